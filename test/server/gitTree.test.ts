/** Revisions are read in large pieces, whichever of their files are asked for. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commitOf, openGitTree } from "../../server/node/gitTree";
import { standIn, withEnvironment } from "./standInGit";

let root = "";
const count = 1000;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "vmstate-git-"));
  mkdirSync(join(root, "hw"));
  for (let k = 0; k < count; k++) writeFileSync(join(root, `hw/d${k}.c`), `int d${k};\n`);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: root });
  writeFileSync(join(root, "hw/wide.c"), Buffer.from("\ufeffint wide;\n", "utf16le"));
  writeFileSync(join(root, "hw/mark.c"), "\ufeffint mark;\n");
  writeFileSync(join(root, "hw/broad.c"), Buffer.from("\ufeffint broad;\n", "utf16le").swap16());
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "all");
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Git processes that read blobs while the wanted paths are read, in order. */
async function processesFor(wants: (index: number) => boolean): Promise<number> {
  const bin = mkdtempSync(join(tmpdir(), "vmstate-git-bin-"));
  const { calls } = standIn(bin);
  try {
    return await withEnvironment({ PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` }, () => {
      const tree = openGitTree(root, commitOf(root, "HEAD") ?? "");
      for (const [index, path] of [...tree.paths()].entries()) {
        if (wants(index)) expect(tree.read(path)).toBe(`int ${path.slice(3, -2)};\n`);
      }
      return calls().filter(({ args }) => args.includes("cat-file")).length;
    });
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
}

it("all files in a few processes", async () => {
  expect(await processesFor(() => true)).toBeLessThanOrEqual(4);
});

it("as few where some are left out, also the first of a piece", async () => {
  expect(await processesFor((index) => index % 256 !== 0)).toBeLessThanOrEqual(5);
  expect(await processesFor((index) => index % 3 === 1)).toBeLessThanOrEqual(5);
});

it("one that is far ahead alone, and the walk goes on", async () => {
  expect(await processesFor((index) => index < 600 || index === count - 1)).toBeLessThanOrEqual(4);
});

it("in UTF-16 or with a byte order mark as on disk", () => {
  const tree = openGitTree(root, commitOf(root, "HEAD") ?? "");
  expect(["wide", "broad", "mark"].map((name) => tree.read(`hw/${name}.c`))).toEqual([
    "int wide;\n",
    "int broad;\n",
    "int mark;\n",
  ]);
});
