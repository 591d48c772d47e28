/**
 * `check --since` on QEMU's own history: commits that touch tables bring exactly the findings that the tree with the commit
 * has and the tree before it has not; what is for review, all of it in the files that the commit changes, and elsewhere
 * none that is not new. A checkout that differs in nothing brings none.
 *
 * QEMU_HISTORY names a clone of QEMU (bare or not). SINCE_COMMITS: how many commits, spread over the history from 2012 on
 * (default 4). SINCE_SKIP: how many of them are left out at first.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { diagnoseProject } from "../../core/check";
import { isForReview, settled } from "../../core/check/settle";
import { createProject } from "../../core/project";
import type { Diagnostic } from "../../core/check/diagnostic";
import { openDiskTree } from "../../server/node/tree";
import { vmstate } from "../cli/run";

/** What a file says depends on its text alone: read once, however many trees have it. */
vi.mock("../../core/c/skim", async (original) => {
  const module = await original<typeof import("../../core/c/skim")>();
  const known = new Map<string, { readonly text: string; readonly facts: ReturnType<typeof module.skim> }>();
  return {
    ...module,
    skim(path: string, text: string) {
      const entry = known.get(path);
      if (entry?.text === text) return entry.facts;
      const facts = module.skim(path, text);
      known.set(path, { text, facts });
      return facts;
    },
  };
});

const count = Number(process.env["SINCE_COMMITS"] ?? 4);
const skipped = Number(process.env["SINCE_SKIP"] ?? 0);
let folder = "";

beforeAll(() => {
  const history = process.env["QEMU_HISTORY"];
  if (history === undefined) throw new Error("set QEMU_HISTORY to a clone of QEMU's repository");
  folder = mkdtempSync(join(tmpdir(), "vmstate-since-"));
  execFileSync("git", ["clone", "-q", "--shared", "--no-checkout", history, folder]);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", maxBuffer: 1 << 28, stdio: "pipe" });
}

const folders = ["hw", "target", "migration", "audio", "net"];

/** Commits that change lines of tables, newest first. To look into every commit of the history would take longer than all checks. */
function* commits(): Iterable<string> {
  const all = git("log", "--format=%H", "--no-merges", "--since=2012-01-01", "--", ...folders)
    .split("\n")
    .filter(Boolean);
  const step = Math.max(1, Math.floor(all.length / count));
  for (let i = skipped; i < count; i++) {
    const found = all.slice(i * step, (i + 1) * step).find(changesTables);
    if (found !== undefined) yield found;
  }
}

function changesTables(commit: string): boolean {
  const options = ["-r", "--no-commit-id", "--name-only", "-GVMSTATE_|VMStateDescription"];
  return git("diff-tree", ...options, commit, "--", ...folders) !== "";
}

function findings(): readonly Diagnostic[] {
  const tree = openDiskTree(folder);
  const project = createProject(tree);
  for (const path of tree.paths()) project.load(path);
  // nothing that is off
  return diagnoseProject(project, { wanted: (code) => settled(code, "warning", {}) !== "off" });
}

function changedFiles(before: string, after: string): ReadonlySet<string> {
  return new Set(git("diff-tree", "-r", "-M", "-z", "--name-only", before, after).split("\0"));
}

function renames(before: string, after: string): ReadonlyMap<string, string> {
  const words = git("diff-tree", "-r", "-M", "-z", "--diff-filter=R", "--name-status", before, after).split("\0");
  const found = new Map<string, string>();
  for (let at = 0; at + 2 < words.length; at += 3) found.set(words[at + 1] ?? "", words[at + 2] ?? "");
  return found;
}

interface Shown {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

const sorted = (list: readonly Shown[]): readonly string[] =>
  list.map(({ file, code, message }) => `${file} ${code} ${message}`).sort();

it(
  `${count} commits`,
  async () => {
    for (const commit of commits()) {
      const started = performance.now();
      git("checkout", "-q", "--force", "--detach", `${commit}^`);
      const names = renames(`${commit}^`, commit);
      const before = findings().map(({ range, code, message }) => ({
        file: names.get(range.file) ?? range.file,
        code,
        message,
      }));
      git("checkout", "-q", "--force", "--detach", commit);
      const left = new Map<string, number>();
      for (const key of sorted(before)) left.set(key, (left.get(key) ?? 0) + 1);
      const brought = findings()
        .map(({ range, code, message }) => ({ file: range.file, code, message }))
        .filter((each) => {
          const [key = ""] = sorted([each]);
          const known = left.get(key) ?? 0;
          left.set(key, known - 1);
          return known <= 0;
        });
      const since = async (revision: string): Promise<readonly Shown[]> => {
        const { out, err, code } = await vmstate(["check", "--tree", folder, "--since", revision, "--format", "json"]);
        if (code === 2) throw new Error(err);
        return JSON.parse(out) as Shown[];
      };
      const said = await since(`${commit}^`);
      const wanted = (all: readonly Shown[]) => sorted(all.filter(({ code }) => !isForReview(code, {})));
      expect({ commit, brought: wanted(said) }).toEqual({ commit, brought: wanted(brought) });
      const files = changedFiles(`${commit}^`, commit);
      const review = (all: readonly Shown[]) => sorted(all.filter(({ code }) => isForReview(code, {})));
      const told = review(said);
      expect(review(brought)).toEqual(expect.arrayContaining([...told]));
      const ofChanged = review(brought.filter(({ file }) => files.has(file)));
      expect({ commit, told }).toEqual({ commit, told: expect.arrayContaining([...ofChanged]) as unknown });
      expect({ commit, brought: await since("HEAD") }).toEqual({ commit, brought: [] });
      const untold = review(brought).filter((each) => !told.includes(each));
      if (untold.length > 0) console.log(`not told: ${untold.join("; ")}`);
      const seconds = Math.round((performance.now() - started) / 1000);
      console.log(
        `${commit.slice(0, 12)}: ${said.length} brought, for review ${told.length} of ${told.length + untold.length}, ${seconds} s`,
      );
    }
  },
  count * 600_000,
);
