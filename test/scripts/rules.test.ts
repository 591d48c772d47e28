import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ruleFiles } from "../../scripts/rules/scaffold";

const root = join(import.meta.dirname, "../..");
/** All that a rule, its test and its page need. */
const parts = ["core", "docs/rules", "examples/mini-qemu", "package.json", "scripts", "vitest.config.mts"];
const tests = ["test/tree.ts", "test/check/marked.ts", "test/check/rules/pages.test.ts", "test/qemu/fixCases.ts"];
const judged = ["docs/verdicts.md", "docs/quality-recall.md"];

let copy = "";
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "vmstate-rules-"));
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

describe("npm run new-rule", () => {
  it("makes a rule whose test and page hold as they stand", () => {
    for (const part of [...parts, ...tests, ...judged]) cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const run = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: copy, encoding: "utf8" });
    const said = run("scripts/rules.mjs", "new", "made-up-rule", "fields");
    expect(said).toContain("wrote core/check/rules/fields/made-up-rule.ts");
    expect(said).toContain("wrote package.json");
    expect(readFileSync(join(copy, "core/check/rules/list.ts"), "utf8")).toContain("  madeUpRule,\n");
    const files = ["test/check/rules/fields/made-up-rule.test.ts", "test/check/rules/pages.test.ts"];
    const result = run("node_modules/vitest/vitest.mjs", "run", "--project", "unit", "--reporter", "json", ...files);
    const { success, numTotalTests } = JSON.parse(result.slice(result.indexOf("{"))) as Record<string, unknown>;
    expect({ success, enough: Number(numTotalTests) > 6 }).toEqual({ success: true, enough: true });
  }, 120_000);

  it("refuses what is no code, no group, or there already", () => {
    const none = (): boolean => false;
    expect(ruleFiles("Foo", "tables", none)).toMatch(/is no code/);
    expect(ruleFiles("a-b", "nowhere", none)).toMatch(/^no group is called nowhere: order, hooks/);
    expect(ruleFiles("a-b", "tables", () => true)).toMatch(/^a-b is there/);
  });
});
