/** What the arguments of `vmstate diff` name: a source tree, a revision of one, or a dump. */
import { closeSync, readSync, realpathSync, statAt } from "../../server/node/disk";
import { basename, resolve } from "node:path";
import { createReading, type Project, type TreeReading } from "../../core/project";
import { dumpVmstate } from "../../core/project/dump";
import { defaultTarget, distinctTargets } from "../../core/c/configuration";
import { didYouMean } from "../../core/nearest";
import type { SourceTree } from "../../core/c/tree";
import {
  dumpSide,
  type EntrySide,
  hasCounts,
  machineTypes,
  machineVersion,
  releaseOf,
  treatedAs,
  type TreatedAs,
  type TreeFinding,
  treeSide,
  withoutCounts,
} from "../../core/compat";
import type { ConfiguredBuild } from "../../core/c/build/configured";
import { type BuildFolder, buildNote } from "../../server/builds";
import { openBuildFolder } from "../../server/node/buildFolder";
import { GitError } from "../../server/node/gitReason";
import { commitOf, openGitTree } from "../../server/node/gitTree";
import { openRegular, readText, textOf } from "../../server/node/readFile";
import { openDiskTree } from "../../server/node/tree";
import { withSparseFiles } from "../../server/node/sparse";
import { treeAt, treeNamed } from "../findTree";
import { CannotRun, type Io, type Progress } from "../io";
import { checkTarget } from "../options";
import { digestOf, stateOf } from "../shard";
import { type Witness, witnessOfNothing } from "./remembered";
import { openStream } from "../streamFile";
import { type StreamFindings, streamFindings } from "./streams";

/** Bytes; of all devices QEMU writes some 10 MiB. */
const largestDump = 256 << 20;

export interface DiffInput {
  readonly tree?: string;
  readonly target?: string;
  readonly machine?: string;
  readonly treatAs?: string;
  /** What messages call the directory `tree`; its own name without it. */
  readonly treeName?: string;
  /** The one that is read of a file with several. */
  readonly snapshot?: string;
  /** Told of everything that is read. */
  readonly witness: Witness;
  /** What several comparisons share; default: nothing. */
  readonly opened?: OpenedTrees;
}

/** Trees by where they are, and what was read of them. */
export interface OpenedTrees {
  open(key: string, tree: () => SourceTree): OpenedTree;
  /** The source that was made with the same target and build, or a new one, which is then there for the next who asks. */
  source(given: string, how: string, make: () => Source): Source;
  /** Lets go of all but these of the given versions. */
  keepOnly(given: readonly string[]): void;
}

interface OpenedTree {
  readonly tree: SourceTree;
  readonly reading: TreeReading;
}

/**
 * For comparisons of the same trees. `reuses`: a version's project serves each comparison, not only what was read for it. `targets`: those
 * that the trees are compared for, one after the other.
 */
export function createOpenedTrees(reuses = false, targets: readonly string[] = []): OpenedTrees {
  const opened = new Map<string, OpenedTree>();
  const sources = new Map<string, { readonly how: string; readonly source: Source }>();
  return {
    open(key, make) {
      let found = opened.get(key);
      if (found === undefined) {
        const tree = make();
        found = { tree, reading: createReading(tree, targets) };
        if (!reuses) opened.set(key, found);
      }
      return found;
    },
    source(given, how, make) {
      const known = sources.get(given);
      if (known?.how === how) return known.source;
      const source = make();
      if (reuses) sources.set(given, { how, source });
      return source;
    },
    keepOnly(given) {
      for (const each of [...sources.keys()]) if (!given.includes(each)) sources.delete(each);
    },
  };
}

export type Source =
  | {
      readonly kind: "tree";
      readonly label: string;
      readonly project: Project;
      readonly version: string | undefined;
      /** Leaves what was read for the next project of the same tree. */
      release(): void;
    }
  | { readonly kind: "dump"; readonly label: string; readonly side: EntrySide; readonly machine: string | undefined };

/** What a stream and a tree are compared as. */
export interface StreamSides {
  readonly sides: Sides;
  readonly findings: readonly TreeFinding[];
}

/** Where one of the two is a file with a stream: read by the tree that the other one is. undefined: neither is. */
export async function openStreamSides(
  io: Io,
  given: readonly [string, string],
  input: DiffInput,
  progress: Progress,
): Promise<StreamSides | undefined> {
  const isStream = given.map((each) => isStreamArgument(io, each));
  if (!isStream.includes(true)) return undefined;
  const at = isStream.indexOf(false);
  const [stream, tree] = at === 1 ? given : [given[1], given[0]];
  if (at < 0) throw new CannotRun("compare a stream with a source tree or a revision; inspect shows two side by side");
  const [[, builds], notes] = buildsOf(io, [stream, tree], input);
  const source = openSource(io, tree, input, progress, builds);
  if (source.kind === "dump") throw new CannotRun(`${tree}: a stream is read by a source tree or a revision`);
  progress.report("reading the stream");
  input.witness.file(resolve(io.cwd, stream));
  const direction = at === 1 ? "old->new" : "new->old";
  const { project } = source;
  const opened = await openStream(io, stream, input);
  let read: StreamFindings;
  try {
    read = streamFindings(stream, opened.source, project, source.label, direction, input);
  } finally {
    opened.close();
  }
  const { findings, note } = read;
  const all = [...notes, ...(note === undefined ? [] : [note])];
  const none: EntrySide = {
    label: label(stream, input),
    entries: [],
    complete: true,
    hasType: () => false,
    exists: () => true,
    needed: () => true,
  };
  const own: EntrySide = { ...none, label: source.label };
  const sides =
    at === 1
      ? {
          old: none,
          next: own,
          oldProject: undefined,
          newProject: project,
          machine: undefined,
          withoutLengths: [],
          notes: all,
          release: source.release,
        }
      : {
          old: own,
          next: none,
          oldProject: project,
          newProject: undefined,
          machine: undefined,
          withoutLengths: [],
          notes: all,
          release: source.release,
        };
  return { sides, findings };
}

export interface Sides {
  readonly old: EntrySide;
  readonly next: EntrySide;
  readonly oldProject: Project | undefined;
  readonly newProject: Project | undefined;
  /** The type that --machine names, or is treated as; undefined where a version alone counts. */
  readonly machine: string | undefined;
  /** Labels of dumps without any array length, as QEMU 7.2 writes them: that an array grew cannot be seen. */
  readonly withoutLengths: readonly string[];
  /** What a person is told of build folders and the machine type, a line each. */
  readonly notes: readonly string[];
  /** Leaves what was read of the trees for the next comparison of them. */
  release(): void;
}

/** It names a file that is no dump. */
export function isStreamArgument(io: Io, given: string): boolean {
  const path = resolve(io.cwd, given);
  return statAt(path)?.isFile() === true && !isDump(path);
}

/** JSON by its first bytes; any other file is one with a stream. */
function isDump(path: string): boolean {
  const { descriptor } = openRegular(path);
  try {
    const head = Buffer.alloc(64);
    const text = head.toString("latin1", 0, readSync(descriptor, head, 0, head.length, 0)).trimStart();
    return text.startsWith("{") || text.startsWith("[");
  } finally {
    closeSync(descriptor);
  }
}

/** Throws CannotRun with what to do where an argument names nothing. */
export function openSides(io: Io, given: readonly [string, string], input: DiffInput, progress: Progress): Sides {
  const [builds, notes] = buildsOf(io, given, input);
  const sources = given.map((each, index) => openSource(io, each, input, progress, builds[index]));
  const [old, next] = sources;
  if (old === undefined || next === undefined) throw new CannotRun("give two versions to compare");
  const { name, version: machine, note } = machineOf(input, old, next);
  progress.report("comparing");
  const both = old.kind === "tree" && next.kind === "tree";
  const side = (source: Source): EntrySide => {
    if (source.kind === "dump") return source.side;
    if (both) return treeSide(source.project, source.label, machine);
    const dump = dumpSide(dumpVmstate(source.project), source.label);
    if (dump === undefined) throw new CannotRun(`${source.label}: no device has a table`);
    return { ...dump.side, complete: true, hasType: (name) => source.project.type(name) !== undefined };
  };
  let [a, b] = [side(old), side(next)];
  const unknown = both ? [] : [a, b].filter((each) => !hasCounts(each));
  if (unknown.length === 1) [a, b] = [withoutCounts(a), withoutCounts(b)];
  return {
    old: a,
    next: b,
    oldProject: old.kind === "tree" ? old.project : undefined,
    newProject: next.kind === "tree" ? next.project : undefined,
    machine: name,
    withoutLengths: [...new Set(unknown.map((each) => each.label))],
    notes: [...notes, ...(note === undefined ? [] : [note])],
    release() {
      for (const source of sources) if (source.kind === "tree") source.release();
    },
  };
}

type Builds = readonly [ConfiguredBuild | undefined, ConfiguredBuild | undefined];

/**
 * What each side is configured with, and what is said of it. Of two trees both have to be built for the target: one with fewer devices
 * than the other would look like a break.
 */
function buildsOf(io: Io, given: readonly [string, string], input: DiffInput): readonly [Builds, readonly string[]] {
  const target = input.target ?? defaultTarget;
  const [a, b] = [sideOf(io, given[0], input, target), sideOf(io, given[1], input, target)];
  const used = ({ build }: Given, other: Given): BuildFolder | undefined =>
    other.kind === "file" || other.build !== undefined ? build : undefined;
  const note = (own: Given, other: Given): readonly string[] => {
    if (own.build === undefined) return [];
    if (used(own, other) !== undefined) return [`${own.label}: ${buildNote(own.build, target)}`];
    return [`${own.label}: read as without ${own.build.label}, as ${other.label} is not built for ${target}`];
  };
  return [
    [used(a, b)?.configured, used(b, a)?.configured],
    [...note(a, b), ...note(b, a)],
  ];
}

function sideOf(io: Io, given: string, input: DiffInput, target: string): Given {
  const path = resolve(io.cwd, given);
  const stat = statAt(path);
  if (stat?.isDirectory() !== true) return { kind: stat?.isFile() === true ? "file" : "revision", label: given };
  const found = openBuildFolder(realpathSync(treeNamed(path)), undefined, (asked) => input.witness.file(asked));
  const isBuilt = found?.configured.targets.includes(target) === true;
  return { kind: "folder", label: label(path, input), build: isBuilt ? found : undefined };
}

interface Given {
  readonly kind: "folder" | "file" | "revision";
  readonly label: string;
  readonly build?: BuildFolder | undefined;
}

/** `--machine`, else the release that the older tree is of: its machine types are what must go on to work. */
function machineOf(
  input: DiffInput,
  old: Source,
  next: Source,
): Omit<TreatedAs, "name"> & { readonly name: string | undefined } {
  const projects = [old, next].flatMap((each) => (each.kind === "tree" ? [each.project] : []));
  if (input.machine !== undefined) return machineNamed(input.machine, projects, input.treatAs);
  const versions = [old, next].flatMap((each) => (each.kind === "tree" ? (releaseOf(each.version) ?? []) : []));
  const [oldest] = versions.sort((a, b) => a.major - b.major || a.minor - b.minor);
  return { name: undefined, version: oldest, note: undefined };
}

/** CannotRun where no tree has it, or any of its kind; a version alone (`9.2`, `any-9.2`) is one of no board. */
function machineNamed(given: string, projects: readonly Project[], treatAs: string | undefined): TreatedAs {
  const names = [...new Set(projects.flatMap((each) => machineTypes(each)))];
  const treated = names.length === 0 ? undefined : treatedAs(names, given, treatAs);
  if (treated?.version !== undefined) return treated;
  const version = machineVersion(given);
  if (version === undefined)
    throw new CannotRun(`--machine ${given}: a versioned machine type ends in its version, as pc-q35-9.2`);
  if (names.length > 0 && /[a-z]-/.test(given))
    throw new CannotRun(`--machine ${given}: neither version has it${didYouMean(given, names)}`);
  return { name: given, version, note: undefined };
}

/** The project of a directory or a revision; CannotRun where it is neither. */
export function openVersion(io: Io, given: string, input: Omit<DiffInput, "witness">, progress: Progress): Project {
  const source = openSource(io, given, { ...input, witness: witnessOfNothing }, progress);
  if (source.kind === "dump") throw new CannotRun(`${given}: a source tree or a revision is needed here`);
  return source.project;
}

/** Targets that the version builds an emulator for, one for each architecture and width: bytes don't depend on more. */
export function targetsOf(io: Io, given: string, input: { readonly tree?: string }): readonly string[] {
  const path = resolve(io.cwd, given);
  if (statAt(path)?.isDirectory() === true) {
    const root = treeNamed(path);
    return distinctTargets((name) => textOf(`${root}/${name}`));
  }
  const repository = repositoryOf(io, input);
  const commit = revisionIn(repository, given);
  const tree = commit === undefined ? undefined : openGitTree(repository, commit);
  return distinctTargets((name) => tree?.read(name));
}

/** Digest of what the versions of a matrix stand for now: commits, the sources of folders. */
export function statesOf(io: Io, versions: readonly string[], input: { readonly tree?: string }): string {
  return digestOf(
    versions.map((given) => {
      const path = resolve(io.cwd, given);
      if (statAt(path)?.isDirectory() === true) return stateOf(openDiskTree(realpathSync(treeNamed(path))));
      return revisionIn(repositoryOf(io, input), given) ?? given;
    }),
  );
}

function openSource(io: Io, given: string, input: DiffInput, progress: Progress, build?: ConfiguredBuild): Source {
  const { opened = createOpenedTrees(), target } = input;
  const how = `${target ?? ""} ${build === undefined ? "" : "as built"}`;
  return opened.source(given, how, () => makeSource(io, given, { ...input, opened }, progress, build));
}

interface MakingInput extends DiffInput {
  readonly opened: OpenedTrees;
}

function makeSource(io: Io, given: string, input: MakingInput, progress: Progress, build?: ConfiguredBuild): Source {
  const path = resolve(io.cwd, given);
  // also where it is a revision, or leads elsewhere: it may become a folder, or another one
  input.witness.file(path);
  const stat = statAt(path);
  if (stat?.isDirectory()) {
    const root = realpathSync(treeNamed(path));
    const opened = input.opened.open(root, () => input.witness.folder(withSparseFiles(openDiskTree(root))));
    return treeSource(opened, label(path, input), input, progress, build);
  }
  if (stat?.isFile()) return dumpSource(path, given, input);
  const repository = repositoryOf(io, input);
  const commit = revisionIn(repository, given);
  if (commit === undefined) {
    throw new CannotRun(
      `${given}: neither a directory, nor a -dump-vmstate file, nor a revision in ${repository} (see --tree)`,
    );
  }
  input.witness.commit(repository, given, commit);
  const opened = input.opened.open(`${repository}\n${commit}`, () => openGitTree(repository, commit));
  return treeSource(opened, given, input, progress);
}

/** What revisions are of: `--tree`, else the tree that every command finds, else the repository here. */
export function repositoryOf(io: Io, { tree }: { readonly tree?: string }): string {
  return tree === undefined ? (treeAt(io.cwd) ?? io.cwd) : treeNamed(resolve(io.cwd, tree));
}

/** undefined also where there is no repository. Throws GitError where there is one that git does not read. */
function revisionIn(repository: string, given: string): string | undefined {
  try {
    return commitOf(repository, given);
  } catch (error) {
    if (error instanceof GitError && error.reason === "no-repository") return undefined;
    throw error;
  }
}

function label(given: string, { tree, treeName }: DiffInput): string {
  if (treeName !== undefined && tree !== undefined && resolve(tree) === given) return treeName;
  return basename(given.replace(/\/+$/, "")) || given;
}

function treeSource(
  { tree, reading }: OpenedTree,
  name: string,
  input: DiffInput,
  progress: Progress,
  build?: ConfiguredBuild,
): Source {
  checkTarget(input.target, tree, name);
  const project = reading.project({ ...(input.target === undefined ? {} : { target: input.target }), build });
  let done = 0;
  for (const path of tree.paths()) {
    project.load(path);
    if (++done % 64 === 0) progress.report(`reading ${name}: ${done} files`);
  }
  const [first] = project.descriptions();
  if (first === undefined) throw new CannotRun(`${name}: no QEMU source tree: no VMStateDescription in ${done} files`);
  const release = (): void => reading.take(project);
  return { kind: "tree", label: name, project, version: tree.read("VERSION"), release };
}

function dumpSource(path: string, given: string, input: DiffInput): Source {
  const reading = readText(path, largestDump);
  if (reading.kind !== "text")
    throw new CannotRun(`${given}: ${reading.kind === "refused" ? reading.reason : "cannot be read"}`);
  let json: unknown;
  try {
    json = JSON.parse(reading.text);
  } catch (error) {
    throw new CannotRun(`${given}: ${error instanceof Error ? error.message : "cannot be read"}`);
  }
  const read = dumpSide(json, label(given, input));
  if (read === undefined || read.side.entries.length === 0)
    throw new CannotRun(`${given}: not what -dump-vmstate writes`);
  return { kind: "dump", label: label(given, input), ...read };
}
