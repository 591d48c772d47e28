/** What a revision or a range names, as git's diff means it. */
import { git } from "./git";
import { GitError } from "./gitReason";
import { commitOf } from "./gitTree";

export interface GitRange {
  /** Commit. */
  readonly before: string;
  /** Commit; undefined: the files on disk. */
  readonly after: string | undefined;
}

/**
 * `A`: from where HEAD left A to the files on disk. `A...B`: from where B left A to B. `A..B`: from A to B. A side that is left
 * out is HEAD. Throws GitError with the way out.
 */
export function rangeOf(directory: string, given: string): GitRange {
  const at = given.indexOf("..");
  if (at < 0) return { before: mergeBase(directory, given, "HEAD"), after: undefined };
  const dots = given.startsWith("...", at) ? 3 : 2;
  const [from, to] = [given.slice(0, at) || "HEAD", given.slice(at + dots) || "HEAD"];
  const after = existing(directory, to);
  return { before: dots === 3 ? mergeBase(directory, from, to) : existing(directory, from), after };
}

function existing(directory: string, revision: string): string {
  const commit = commitOf(directory, revision);
  if (commit !== undefined) return commit;
  // one that is named and not there is git's to explain
  if (!revision.startsWith("-") && namesObject(directory, revision)) git(directory, ["cat-file", "-t", revision]);
  const shallow = isShallow(directory) ? "; the clone is shallow: git fetch --unshallow, and the branch or tag" : "";
  throw new GitError("no-revision", `${revision}: no such revision in ${directory}${shallow}`);
}

function namesObject(directory: string, revision: string): boolean {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", revision];
  return git(directory, args, { codes: [1] }).length > 0;
}

function mergeBase(directory: string, from: string, to: string): string {
  const [a, b] = [existing(directory, from), existing(directory, to)];
  // 1: there is none
  const [base] = git(directory, ["merge-base", a, b], { codes: [1] })
    .toString("latin1")
    .split("\n");
  if (base) return base;
  const wayOut = isShallow(directory)
    ? "the clone is shallow: git fetch --unshallow"
    : `they have no common commit; ${from}..${to} compares the two as they are`;
  throw new GitError("no-merge-base", `${from} and ${to}: ${wayOut}`);
}

/** Whether the history of the repository is cut off. */
export function isShallow(directory: string): boolean {
  return git(directory, ["rev-parse", "--is-shallow-repository"]).toString("latin1").trim() === "true";
}
