/** Revisions are read in large pieces, whichever of their files are asked for. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commitOf, openGitTree } from "../../server/node/gitTree";

let root = "";
const count = 1000;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "vmstate-git-"));
  mkdirSync(join(root, "hw"));
  for (let k = 0; k < count; k++) writeFileSync(join(root, `hw/d${k}.c`), `int d${k};\n`);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: root });
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "all");
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Git processes that read blobs while the wanted paths are read, in order. */
function processesFor(wants: (index: number) => boolean): number {
  const trace = join(root, "trace");
  rmSync(trace, { force: true });
  const tree = openGitTree(root, commitOf(root, "HEAD") ?? "");
  const before = process.env["GIT_TRACE"];
  process.env["GIT_TRACE"] = trace;
  try {
    for (const [index, path] of [...tree.paths()].entries()) {
      if (wants(index)) expect(tree.read(path)).toBe(`int ${path.slice(3, -2)};\n`);
    }
  } finally {
    if (before === undefined) delete process.env["GIT_TRACE"];
    else process.env["GIT_TRACE"] = before;
  }
  return [...readFileSync(trace, "utf8").matchAll(/trace: built-in: git cat-file/g)].length;
}

it("all files in a few processes", () => {
  expect(processesFor(() => true)).toBeLessThanOrEqual(4);
});

it("as few where some are left out, also the first of a piece", () => {
  expect(processesFor((index) => index % 256 !== 0)).toBeLessThanOrEqual(5);
  expect(processesFor((index) => index % 3 === 1)).toBeLessThanOrEqual(5);
});

it("one that is far ahead alone, and the walk goes on", () => {
  expect(processesFor((index) => index < 600 || index === count - 1)).toBeLessThanOrEqual(4);
});
