/** Opens the tree a command is about, for all commands alike. */
import { contentStamp, existsSync, realpathSync, statAt } from "../server/node/disk";
import type { KeptTree } from "../server/host";
import { openKeptFacts } from "../server/node/keptFacts";
import { noting } from "../server/noting";
import { toTheEnd } from "../core/steps";
import { dirname, join, resolve } from "node:path";
import { createReading, type LoadableProject, succeeded } from "../core/project";
import { defaultTarget, distinctTargets } from "../core/c/configuration";
import type { SourceTree } from "../core/c/tree";
import { type Note, repeats, sayOnce } from "../server/leftOut";
import type { ConfiguredBuild } from "../core/c/build/configured";
import { type BuildFolder, buildNote, noBuild } from "../server/builds";
import { openBuildFolder } from "../server/node/buildFolder";
import { type DiskTree, openDiskTree } from "../server/node/tree";
import { treeVersion } from "../server/node/locate";
import { sparseNote, withSparseFiles } from "../server/node/sparse";
import { collectGarbage } from "./collect";
import { folderOf, treeAt, treeNamed } from "./findTree";
import { CannotRun, progressOn } from "./io";
import type { Io } from "./io";
import { allTargets, checkSettings, checkTarget } from "./options";
import { type Selection, selectionOf, takePaths } from "./selection";
import { digestOf, stateOf } from "./shard";

export interface TreeOptions {
  readonly tree?: string;
  readonly target?: string;
  readonly config?: ReadonlyMap<string, string>;
  readonly build?: string;
  /** False: nothing that was kept counts, and nothing is kept. */
  readonly cache?: boolean;
}

export interface Session {
  readonly project: LoadableProject;
  /** Absolute path. */
  readonly root: string;
  readonly version: string | undefined;
  /** Whether all files of the tree could be read. */
  readonly isWhole: boolean;
  /** What the user named; undefined: the whole tree. */
  readonly selection: Selection | undefined;
  /** Where QEMU is built, if it is. */
  readonly build: ConfiguredBuild | undefined;
  /** Digest of the sources that it is of, and of the build that configures them. */
  readonly state: () => string;
  /** Keeps what was concluded, when all that was asked has been answered. */
  keep(): void;
}

/** Code units: all of QEMU's sources. */
const wholeTree = 160 << 20;

/**
 * The tree at or directly below `--tree`, else at, above or directly below the working directory, else the first path given. Files outside the
 * tree (a device kept elsewhere) are read into it. Throws CannotRun with what to do where there is no tree.
 */
export function openSession(io: Io, options: TreeOptions, paths: readonly string[] = []): Session {
  if (options.target === allTargets)
    throw new CannotRun("--target all: only check and diff take all targets; name one");
  const opened = openTree(io, options, paths, undefined);
  const [session] = opened.sessions("at once");
  if (session === undefined) throw new CannotRun(`--target ${options.target ?? ""}: ${opened.root} has no targets`);
  return session;
}

/**
 * The same, one session after the other where `--target all` asks for all: each file is read for the first one, and who lets go of a session
 * before the next has no more than one in memory. What is read is what `seen` makes of the tree on disk; then a project of another state can
 * take over from each. What was read is kept when the caller has concluded from it.
 */
export function openSessions(
  io: Io,
  options: TreeOptions,
  paths: readonly string[],
  seen: ((tree: DiskTree) => SourceTree) | undefined,
): { readonly targets: readonly string[]; readonly sessions: Iterable<Session> } {
  const { targets, sessions } = openTree(io, options, paths, seen);
  return { targets, sessions: sessions("later") };
}

interface OpenTree {
  readonly root: string;
  readonly targets: readonly string[];
  sessions(keeps: "at once" | "later"): Iterable<Session>;
}

function openTree(
  io: Io,
  options: TreeOptions,
  paths: readonly string[],
  seen: ((tree: DiskTree) => SourceTree) | undefined,
): OpenTree {
  const root = findRoot(io, options, paths);
  const progress = progressOn(io);
  progress.report(`reading ${root}`);
  const notes = createNotes(io);
  // two states are read from one disk: what the first has read need not be read again
  const disk = openDiskTree(root, { note: notes.note, ...(seen === undefined ? {} : { cacheSize: wholeTree }) });
  const tree = withSparseFiles(disk);
  const given = takePaths(io, tree, paths, notes.note);
  const isAll = options.target === allTargets;
  if (!isAll) checkTarget(options.target, tree, root);
  const source = seen?.(tree) ?? tree;
  const built = findBuild(io, root, options);
  const kept = source === tree && options.cache !== false ? openKept(io, tree, options, built) : undefined;
  // git, where files are not on disk, decides about more than the files' stamps tell; what is kept is of one target
  const models = tree === disk && !isAll ? kept : undefined;
  const targets = isAll ? distinctTargets((path) => tree.read(path)) : [options.target ?? defaultTarget];
  const reading = createReading(kept === undefined ? source : noting(source, kept.reads), targets);
  const note = sparseNote(tree);
  let version: string | undefined;

  const sessionOf = (target: string, isFirst: boolean, keeps: "at once" | "later"): Session => {
    const project = reading.project({
      target,
      ...(options.config === undefined ? {} : { config: options.config }),
      build: built?.configured,
      ...(seen === undefined ? {} : succeeded),
      ...(kept === undefined ? {} : { known: kept.known, models: models?.models }),
    });
    const of = isAll ? ` for ${target}, ${targets.indexOf(target) + 1} of ${targets.length} targets` : "";
    let done = 0;
    for (const path of source.paths()) {
      project.load(path);
      if (++done % 64 === 0) progress.report(`reading ${root}${of}: ${done} files`);
    }
    if (isFirst) {
      if (kept !== undefined && keeps === "at once") toTheEnd(kept.keep(project.readSoFar(), undefined));
      if (options.config !== undefined) checkSettings(options.config, tree, project);
      version = treeVersion(root, notes.note);
    }
    for (const [path, original] of project.leftOut()) notes.note(path, repeats(original));
    progress.done();
    notes.show();
    if (built !== undefined && (!isAll || built.configured.targets.includes(target)))
      io.err.write(`vmstate: ${buildNote(built, target)}\n`);
    if (isFirst && note !== undefined) io.err.write(`vmstate: ${note}\n`);
    return {
      project,
      isWhole: note === undefined,
      root,
      version,
      selection: selectionOf(given, project),
      build: built?.configured,
      state: () => digestOf([stateOf(source), built?.digest ?? ""]),
      keep() {
        if (kept !== undefined)
          toTheEnd(kept.keep(project.readSoFar(), models === undefined ? undefined : project.modelsSoFar()));
      },
    };
  };

  return {
    root,
    targets,
    *sessions(keeps) {
      for (const [index, target] of targets.entries()) {
        const session = sessionOf(target, index === 0, keeps);
        yield session;
        if (index === targets.length - 1) continue;
        reading.take(session.project);
        collectGarbage();
      }
    },
  };
}

function openKept(
  io: Io,
  tree: DiskTree,
  { target, config }: TreeOptions,
  built: BuildFolder | undefined,
): KeptTree | undefined {
  return openKeptFacts(tree, programOf(io), JSON.stringify([target, [...(config ?? [])], built?.digest]));
}

/** What decides how files are read; undefined where that is not known, and nothing is kept. */
function programOf({ self }: Io): string | undefined {
  if (self === undefined) return undefined;
  const files = [self, join(dirname(self), "command.js")];
  return files.map((file) => contentStamp(file)?.stamp ?? "").join("|");
}

function findBuild(io: Io, root: string, { build }: TreeOptions): BuildFolder | undefined {
  const found = openBuildFolder(root, build === undefined ? undefined : resolve(io.cwd, build));
  if (build === undefined || found !== undefined) return found;
  throw new CannotRun(`--build ${build}: ${noBuild}`);
}

/** Lines on stderr, held back while the line of the progress stands there. */
function createNotes(io: Io): { readonly note: Note; show(): void } {
  let held: string[] | undefined = [];
  const write = (line: string): void => io.err.write(`vmstate: ${line}\n`);
  return {
    note: sayOnce((line) => (held === undefined ? write(line) : held.push(line))),
    show() {
      held?.forEach(write);
      held = undefined;
    },
  };
}

function findRoot(io: Io, options: TreeOptions, paths: readonly string[]): string {
  if (options.tree !== undefined) {
    const directory = resolve(io.cwd, options.tree);
    if (!statAt(directory)?.isDirectory()) {
      throw new CannotRun(`--tree ${options.tree}: no such directory`);
    }
    return realpathSync(treeNamed(directory));
  }
  const first = paths[0] === undefined ? undefined : resolve(io.cwd, paths[0]);
  const found =
    treeAt(io.cwd) ?? (first !== undefined && existsSync(first) ? (treeAt(first) ?? folderOf(first)) : undefined);
  if (found === undefined) {
    throw new CannotRun("no QEMU source tree here, above or directly below; give one with --tree DIR");
  }
  return realpathSync(found);
}
