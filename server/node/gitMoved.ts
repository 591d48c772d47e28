/** Where files have gone that are no longer where they were: by git's history and its finding of renames. */
import type { SourceTree } from "../../core/c/tree";
import { git } from "./git";
import { renamesOf } from "./gitRenames";
import { commitOf, openGitTree } from "./gitTree";

/** Files that may be the new ones; beyond it those of `likely` alone. */
const mostCandidates = 1000;

/**
 * `old path -> new path` of those of `missing` that are another file now. `now` reads the tree as it is, `likely` are files
 * of it. Throws GitError.
 */
export function movedFiles(
  root: string,
  missing: readonly string[],
  now: SourceTree,
  likely: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const moved = new Map<string, string>();
  for (const [commit, paths] of lastHeldBy(root, missing)) {
    const old = openGitTree(root, commit);
    const fresh = [...now.paths()].filter((path) => !old.ids.has(path));
    const candidates = fresh.length <= mostCandidates ? fresh : fresh.filter((path) => likely.has(path));
    for (const [from, to] of renamesOf(texts(old, paths), texts(now, candidates))) moved.set(from, to);
  }
  return moved;
}

/** Commits that still hold the files: HEAD, or the parent of the one that took them away. A file that none holds is in none. */
function lastHeldBy(root: string, paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, string[]>();
  const head = commitOf(root, "HEAD");
  if (head === undefined) return held;
  const { ids } = openGitTree(root, head);
  for (const path of paths) {
    const commit = ids.has(path) ? head : parentOfRemoval(root, path);
    if (commit === undefined) continue;
    const list = held.get(commit);
    if (list === undefined) held.set(commit, [path]);
    else list.push(path);
  }
  return held;
}

function parentOfRemoval(root: string, path: string): string | undefined {
  const options = ["-1", "--format=%H", "--diff-filter=D", "--no-renames", "--no-ext-diff", "--no-textconv"];
  const removal = git(root, ["log", ...options, "--", `:(literal)${path}`])
    .toString("latin1")
    .trim();
  return removal === "" ? undefined : commitOf(root, `${removal}^`);
}

function texts(tree: SourceTree, paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    paths.flatMap((path) => {
      const text = tree.read(path);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}
