/** The files and folders that a command line names: where they lie, what belongs to them, and that they are read at all. */
import { existsSync, realpathSync, statSync } from "../server/node/disk";
import { relative, resolve, sep } from "node:path";
import type { LoadableProject } from "../core/project";
import { type Note, repeats } from "../server/leftOut";
import { outsideFiles } from "../server/node/outside";
import type { DiskTree } from "../server/node/tree";
import { boundaryOf } from "../server/node/walk";
import { CannotRun, type Io } from "./io";

export interface Selection {
  /** Relative to the root, `../x.c` for one outside; empty for the whole tree. */
  readonly paths: readonly string[];
  /** Whether a file is among the paths or below one of them. */
  includes(file: string): boolean;
}

/** A path as the user gave it. */
interface Given {
  readonly text: string;
  readonly path: string;
  /** Kept outside the tree, or in a checkout of its own in it. */
  readonly isOutside: boolean;
}

/** Takes into the tree what the paths name outside it. Throws CannotRun for a path that is not there or is no part of the tree. */
export function takePaths(io: Io, tree: DiskTree, paths: readonly string[], note: Note): readonly Given[] {
  return paths.map((text) => {
    const full = [resolve(io.cwd, text), resolve(tree.root, text)].find((path) => existsSync(path));
    if (full === undefined) throw new CannotRun(`${text}: no such file`);
    const real = realpathSync(full);
    const path = relative(tree.root, real).split(sep).join("/");
    if (/^(?:\.\.(?:\/\.\.)*)?$/.test(path)) return { text, path: "", isOutside: false };
    const isOutside = path.startsWith("../") || isCheckout(text, tree.root, path, real);
    if (isOutside) tree.admit(outsideFiles(tree.root, real, note));
    return { text, path, isOutside };
  });
}

function isCheckout(text: string, root: string, path: string, real: string): boolean {
  const between = boundaryOf(root, statSync(real).isDirectory() ? `${path}/.` : path);
  if (between === undefined) return false;
  if (between.kind === "checkout") return true;
  const way = between.kind === "tree" ? `; read it with --tree ${between.path}` : "";
  throw new CannotRun(`${text}: no part of the tree: ${between.path} is ${between.reason}${way}`);
}

/** Throws CannotRun where one of the paths names nothing that was read. */
export function selectionOf(given: readonly Given[], project: LoadableProject): Selection | undefined {
  if (given.length === 0) return undefined;
  const known = project.paths();
  const selected = given.flatMap(({ text, path, isOutside }) => {
    const original = project.leftOut().get(path);
    if (original !== undefined) throw new CannotRun(`${text}: left out: ${repeats(original)}`);
    if (!known.some((file) => lies(file, path))) {
      throw new CannotRun(`${text}: nothing there is read as C or Rust; a file of the tree, or of a device, is needed`);
    }
    return isOutside && path.endsWith(".h") ? [path, ...includersOf(path, known, project)] : [path];
  });
  return { paths: selected, includes: (file) => selected.some((path) => lies(file, path)) };
}

function lies(file: string, path: string): boolean {
  return path === "" || path === file || file.startsWith(`${path}/`);
}

/** A header outside the tree stands for the device: the sources outside that include it. */
function includersOf(header: string, known: readonly string[], project: LoadableProject): readonly string[] {
  const name = header.slice(header.lastIndexOf("/") + 1);
  return known
    .filter((file) => file.startsWith("../"))
    .filter((file) =>
      project.facts(file)?.includes.some((each) => each.name === name || each.name.endsWith(`/${name}`)),
    );
}
