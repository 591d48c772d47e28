import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { patternsOf, verdict } from "../../scripts/check-patterns.mjs";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vmstate-patterns-"));
  mkdirSync(join(root, "core"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function plant(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return patternsOf(root);
}

describe("pattern check", () => {
  it("counts literals and those that are made, and neither comments, strings nor divisions", () => {
    const { found } = plant({
      "core/check/a.ts": "const a = 4 / 2 / 1; // x = /y/\nconst b = '/c/';\nb.match(/c/);\nnew RegExp(b);\n",
    });
    expect(found).toEqual([
      { file: "core/check/a.ts", line: 3 },
      { file: "core/check/a.ts", line: 4 },
    ]);
  });

  it("leaves out what reads other text than C", () => {
    expect(plant({ "core/rust/lex.ts": "/a/;", "core/c/build/kconfig.ts": "/a/;" }).found).toEqual([]);
  });

  it("fails on one more than there were, and on having read nothing", () => {
    const read = plant({ "core/check/a.ts": "/a/;\n/b/;" });
    expect(verdict(read, 2)).toBeUndefined();
    expect(verdict(read, 1)).toContain("2 regular expressions over C, 1 are allowed");
    expect(verdict({ modules: 0, found: [] }, 1)).toBe("no modules found");
  });
});
