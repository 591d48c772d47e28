/**
 * What docs/confirm.md and docs/ci.md show of real trees and binaries is what the commands print. They are run in a folder with the trees `qemu-7.2`, `qemu-10.0` and
 * `qemu-10.2`, in whose `build` stand the binaries. `npx vitest run --project qemu -u test/qemu/documented.test.ts` writes what they print now.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shown, withBlocks } from "../docs/console";
import { sourceTree } from "./tree";

const docs = join(import.meta.dirname, "../../docs");
const trees = [
  ["7.2", "QEMU_SOURCE_7_2"],
  ["10.0", "QEMU_SOURCE_10_0"],
  ["10.2", "QEMU_SOURCE_10_2"],
] as const;
const targets = ["x86_64", "aarch64", "ppc64"];
let folder = "";

beforeAll(() => {
  const program = process.env["QEMU_BINARY"];
  if (program === undefined || !existsSync(program))
    throw new Error("set QEMU_BINARY to a program that runs `PROGRAM RELEASE TARGET ARGUMENTS…`");
  folder = mkdtempSync(join(tmpdir(), "vmstate-documented-"));
  for (const [release, variable] of trees) {
    const tree = join(folder, `qemu-${release}`);
    copy(sourceTree(variable), tree);
    mkdirSync(join(tree, "build"), { recursive: true });
    for (const target of targets) {
      const path = join(tree, `build/qemu-system-${target}`);
      // it may be a link to somebody's build
      rmSync(path, { force: true });
      writeFileSync(path, `#!/bin/sh\nexec '${program}' ${release} ${target} "$@"\n`);
      chmodSync(path, 0o755);
    }
  }
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By links, where the trees lie on the disk of the temporary folder. */
function copy(from: string, to: string): void {
  if (spawnSync("cp", ["-rl", from, to], { stdio: "ignore" }).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  execFileSync("cp", ["-r", from, to]);
}

describe("a page shows what happens", () => {
  it.each(["confirm.md", "ci.md"])("%s", async (name) => {
    const file = join(docs, name);
    const page = readFileSync(file, "utf8");
    expect(page).toContain("\n$ vmstate ");
    const done = await withBlocks(page, async (kind, text) => (kind === "console" ? shown(text, folder) : text));
    await expect(done).toMatchFileSnapshot(file);
  });
});
