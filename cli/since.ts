/** Findings that a tree has and an earlier state of it has not: `check --since`. */
import { diagnoseProject } from "../core/check";
import { createSharedTexts, successor } from "../core/project";
import { acceptedForm, compareWith } from "../core/check/baseline";
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
import { type AskedOfChange, changedFile, aboutChange } from "./ofChange";
import type { Session, TreeOptions } from "./session";

export interface Comparison {
  /** What the session is to read: the newer side. */
  readonly tree: SourceTree;
  /** The older side's commit. */
  readonly before: string;
  /** Findings of the newer side that the older one has not; for the session's target. */
  introduced(session: Session, options: Pick<TreeOptions, "config">, asked: AskedOfChange): readonly Diagnostic[];
}

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
  if (all.length === 0) return { tree: now, before: range.before, introduced: () => [] };
  old.readTogether([...changes.edited, ...changes.gone]);
  const renames = renamesOf(texts(old, changes.gone), texts(now, changes.come));
  const earlierTexts = createSharedTexts();
  const nameNow = (path: string): string => renames.get(path) ?? path;
  const moved = new Set(renames.values());
  const hasOthers = changes.come.length + changes.gone.length > 0;
  return {
    tree: now,
    before: range.before,
    introduced({ project, build }, { config }, asked) {
      const { wanted, within } = asked;
      const about = aboutChange(project, asked, all, () => [
        ...[...changes.edited, ...changes.gone].map((path) =>
          changedFile(path, old.read(path), now.read(nameNow(path))),
        ),
        ...changes.come.filter((path) => !moved.has(path)).map((path) => changedFile(path, undefined, now.read(path))),
      ]);
      const findings = [...diagnoseProject(project, { wanted, within, about })];
      const options = {
        target: project.configuration.target.name,
        texts: earlierTexts,
        ...(config === undefined ? {} : { config }),
        build,
      };
      const earlier = successor(project, before, options, { edited: changes.edited, hasOthers });
      const withinEarlier = within && ((file: string): boolean => within(nameNow(file)));
      const known = [...diagnoseProject(earlier, { wanted, within: withinEarlier, about })].map(acceptedForm);
      return compareWith(
        known.map((each) => renamed(each, renames)),
        findings,
      ).fresh;
    },
  };
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
