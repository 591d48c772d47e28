/** Findings that a tree has and an earlier state of it has not: `check --since`. */
import { type DiagnoseOptions, diagnoseProject } from "../core/check";
import { workspaceFileName } from "../core/code";
import { createProject } from "../core/project";
import { type AcceptedFinding, acceptedForm, compareWith } from "../core/check/baseline";
import type { Diagnostic } from "../core/check/diagnostic";
import type { SourceTree } from "../core/c/tree";
import { type Changes, changesBetween, changesOnDisk } from "../server/node/gitChanges";
import { GitError } from "../server/node/gitReason";
import { rangeOf } from "../server/node/gitRange";
import { renamesOf } from "../server/node/gitRenames";
import { openGitTree } from "../server/node/gitTree";
import type { DiskTree } from "../server/node/tree";
import { CannotRun } from "./io";
import { renamed } from "./renamed";
import type { Session, TreeOptions } from "./session";

export interface Comparison {
  /** What the session is to read: the newer side, which at first has the older one's text where the two differ little. */
  readonly tree: SourceTree;
  /** Findings of the newer side that the older one has not. The session's project is the newer side afterwards. */
  introduced(session: Session, options: TreeOptions, asked: DiagnoseOptions): readonly Diagnostic[];
}

/** Differing files up to which one project that takes them over costs less than a second project. */
const mostTakenOver = 256;

/** Throws CannotRun with git's reason, where it has one. */
export function compareSince(disk: DiskTree, given: string): Comparison {
  try {
    return compare(disk, given);
  } catch (error) {
    if (error instanceof GitError) throw new CannotRun(`--since ${given}: ${error.message}`);
    throw error;
  }
}

function compare(disk: DiskTree, given: string): Comparison {
  const range = rangeOf(disk.root, given);
  const old = openGitTree(disk.root, range.before);
  if (old.ids.size === 0) throw new CannotRun(`--since ${given}: ${disk.root} is no folder of that revision`);
  const next = range.after === undefined ? undefined : openGitTree(disk.root, range.after);
  const now: SourceTree = next === undefined ? disk : restricted(next, (path) => disk.accepts(path));
  const changes =
    next === undefined ? changesOnDisk(old, disk) : changesBetween(old, next, (path) => disk.accepts(path));
  const before = withChanges(now, old, changes);
  const all = [...changes.edited, ...changes.come, ...changes.gone];
  if (all.length === 0) return { tree: now, introduced: () => [] };
  old.readTogether([...changes.edited, ...changes.gone]);
  const renames = (): ReadonlyMap<string, string> => renamesOf(texts(old, changes.gone), texts(now, changes.come));
  if (all.length > mostTakenOver || all.some(decidesAll)) {
    return {
      tree: now,
      introduced({ project, build }, options, asked) {
        const earlier = loaded(before, options, build);
        const known = [...diagnoseProject(earlier, asked)].map(acceptedForm);
        return fresh(known, renames(), [...diagnoseProject(project, asked)]);
      },
    };
  }
  let shown = before;
  return {
    tree: { paths: () => shown.paths(), read: (path) => shown.read(path) },
    introduced({ project }, _, asked) {
      const known = [...diagnoseProject(project, asked)].map(acceptedForm);
      shown = now;
      for (const path of all) project.update(path, undefined);
      return fresh(known, renames(), [...diagnoseProject(project, asked)]);
    },
  };
}

/** What is read once when a project is made, or is no text of C. */
function decidesAll(path: string): boolean {
  return path === workspaceFileName || path.startsWith("configs/targets/");
}

function fresh(
  known: readonly AcceptedFinding[],
  renames: ReadonlyMap<string, string>,
  findings: readonly Diagnostic[],
): readonly Diagnostic[] {
  return compareWith(
    known.map((each) => renamed(each, renames)),
    findings,
  ).fresh;
}

function loaded(tree: SourceTree, { target, config }: TreeOptions, build: Session["build"]) {
  const project = createProject(tree, {
    ...(target === undefined ? {} : { target }),
    ...(config === undefined ? {} : { config }),
    build,
  });
  for (const path of tree.paths()) project.load(path);
  return project;
}

function restricted(tree: SourceTree, accepts: (path: string) => boolean): SourceTree {
  const paths = [...tree.paths()].filter(accepts);
  return { paths: () => paths, read: (path) => tree.read(path) };
}

/** `now` as it was before the changes, in the order in which `now` has its files. */
function withChanges(now: SourceTree, old: SourceTree, { edited, come, gone }: Changes): SourceTree {
  const [others, absent] = [new Set([...edited, ...gone]), new Set(come)];
  const sources = new Set(old.paths());
  const paths = [...now.paths()].filter((path) => !absent.has(path));
  paths.push(...gone.filter((path) => sources.has(path)));
  return {
    paths: () => paths,
    read: (path) => (absent.has(path) ? undefined : others.has(path) ? old.read(path) : now.read(path)),
  };
}

function texts(tree: SourceTree, paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    paths.flatMap((path) => {
      const text = tree.read(path);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}
