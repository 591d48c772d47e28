import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const tree = join(import.meta.dirname, "../../examples/mini-qemu");
const files = readdirSync(tree, { recursive: true, encoding: "utf8" }).filter((path) => /\.[ch]$/.test(path));
const compiler = spawnSync("gcc", ["--version"]).status === 0 ? "gcc" : undefined;

describe("the example tree", () => {
  it("finds every header it includes", () => {
    const missing = files.flatMap((file) =>
      [...readFileSync(join(tree, file), "utf8").matchAll(/#include "([^"]+)"/g)]
        .map((match) => match[1] ?? "")
        .filter((name) => !files.includes(name) && !files.includes(join("include", name)))
        .map((name) => `${file}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it.runIf(compiler)("is C that a compiler accepts", () => {
    const sources = files.filter((file) => file.endsWith(".c"));
    expect(sources.length).toBeGreaterThan(5);
    const run = spawnSync("gcc", ["-std=gnu11", "-fsyntax-only", "-Wall", "-Iinclude", "-I.", ...sources], {
      cwd: tree,
      encoding: "utf8",
    });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
  });
});
