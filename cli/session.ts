/** Opens the tree a command is about, for all commands alike. */
import { existsSync, readFileSync, realpathSync, statSync } from "../server/node/disk";
import { dirname, relative, resolve, sep } from "node:path";
import { createProject, type LoadableProject } from "../core/project";
import type { SourceTree } from "../core/c/tree";
import { type DiskTree, openDiskTree } from "../server/node/tree";
import { treeAbove, treeOfFolder, treeVersion } from "../server/node/locate";
import { CannotRun, progressOn } from "./io";
import type { Io } from "./io";
import { checkSettings, checkTarget } from "./options";

export interface TreeOptions {
  readonly tree?: string;
  readonly target?: string;
  readonly config?: ReadonlyMap<string, string>;
}

export interface Session {
  readonly project: LoadableProject;
  /** Absolute path. */
  readonly root: string;
  readonly version: string | undefined;
  /** Files given by the user, relative to the root (`../x.c` for one outside); undefined: the whole tree. */
  readonly selection: Selection | undefined;
}

export interface Selection {
  readonly paths: readonly string[];
  /** Whether a file is among the paths or below one of them. */
  includes(file: string): boolean;
}

/**
 * `--tree`, else the nearest QEMU tree above the working directory, else above the first path given. Files outside the
 * tree (a device kept elsewhere) are read into it. What is read is what `seen` makes of the tree on disk. Throws CannotRun with
 * what to do where there is no tree.
 */
export function openSession(
  io: Io,
  options: TreeOptions,
  paths: readonly string[] = [],
  seen: (tree: DiskTree) => SourceTree = (tree) => tree,
): Session {
  const root = findRoot(io, options, paths);
  const progress = progressOn(io);
  progress.report(`reading ${root}`);
  const tree = openDiskTree(root);
  const located = paths.map((path) => locate(io, root, path));
  for (const { path, full } of located) {
    if (path.startsWith("../") && statSync(full).isFile()) tree.overlay(path, readFileSync(full, "utf8"));
  }
  checkTarget(options.target, tree, root);
  const source = seen(tree);
  const project = createProject(source, {
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.config === undefined ? {} : { config: options.config }),
  });
  let done = 0;
  for (const path of source.paths()) {
    project.load(path);
    if (++done % 64 === 0) progress.report(`reading ${root}: ${done} files`);
  }
  if (options.config !== undefined) checkSettings(options.config, tree, project);
  progress.done();
  return {
    project,
    root,
    version: treeVersion(root),
    selection: located.length === 0 ? undefined : select(located.map((each) => each.path)),
  };
}

function findRoot(io: Io, options: TreeOptions, paths: readonly string[]): string {
  if (options.tree !== undefined) {
    const directory = resolve(io.cwd, options.tree);
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
      throw new CannotRun(`--tree ${options.tree}: no such directory`);
    }
    return realpathSync(directory);
  }
  const first = paths[0] === undefined ? undefined : resolve(io.cwd, paths[0]);
  const found =
    treeAbove(io.cwd) ??
    (first !== undefined && existsSync(first) ? (treeAbove(first) ?? treeOfFile(first)) : undefined);
  if (found === undefined) {
    throw new CannotRun("no QEMU source tree here or above; give one with --tree DIR");
  }
  return realpathSync(found);
}

/** Without a tree, a file still goes as far as the text beside it. */
function treeOfFile(path: string): string | undefined {
  const isFile = statSync(path).isFile();
  return treeOfFolder(isFile ? dirname(path) : path) ?? (isFile ? dirname(path) : path);
}

function locate(io: Io, root: string, given: string): { readonly path: string; readonly full: string } {
  const candidates = [resolve(io.cwd, given), resolve(root, given)];
  const full = candidates.find((path) => existsSync(path));
  if (full === undefined) throw new CannotRun(`${given}: no such file`);
  const real = realpathSync(full);
  return { path: relative(root, real).split(sep).join("/"), full: real };
}

function select(paths: readonly string[]): Selection {
  return {
    paths,
    includes: (file) => paths.some((path) => path === "" || path === file || file.startsWith(`${path}/`)),
  };
}
