/**
 * Finds the C files of a source tree on disk.
 *
 * Invariant: symbolic links are never followed, so every file is met once and nothing outside the root is read.
 */
import { existsSync, readdirSync } from "./disk";
import type { Dirent } from "./disk";
import type { Note } from "../leftOut";
import { backupOf, type OtherFolder, otherFolder } from "../otherTrees";
import { excluder, isSourcePath, skippedNames, sourceFilter, submodulesIn } from "../sourcePaths";
import { notRegular, readText, textOf } from "./readFile";

const cPlusPlus = /\.(?:cc|cpp|cxx)$/;

export interface WalkOptions {
  /** Globs of paths that are left out, relative to the root. */
  readonly exclude?: readonly string[];
  /** Only the root itself, without what is below it. */
  readonly shallow?: boolean;
  /** Told of what is not read, where one may expect that it is. */
  readonly note?: Note;
}

/** Whether a path may be read as C in a tree walked with these options; for files that appear later. */
export function pathFilter(root: string, options: WalkOptions): (path: string) => boolean {
  const filter = sourceFilter(excluder(options.exclude ?? []), submodulePaths(root));
  return (path) => filter(path) && boundaryOf(root, path) === undefined;
}

export interface Boundary extends OtherFolder {
  /** The folder, or the kept file itself, relative to the root. */
  readonly path: string;
}

/** The outermost folder between `root` and a path in it that is another tree; undefined where there is none. */
export function boundaryOf(root: string, path: string): Boundary | undefined {
  const parts = path.split("/");
  let names = namesOf(list(root));
  for (let k = 1; k <= parts.length; k++) {
    const part = parts.slice(0, k).join("/");
    const kept = backupOf(parts[k - 1] ?? "", names);
    if (kept !== undefined) return { path: part, ...kept };
    if (k === parts.length) break;
    names = namesOf(list(`${root}/${part}`));
    const other = otherFolder(names, (below) => existsSync(`${root}/${part}/${below}`));
    if (other !== undefined) return { path: part, ...other };
  }
  return undefined;
}

/**
 * Yields the C files of one directory at a time, relative to `root` with `/`: a caller may stop or pause between them.
 * Left out: version control, other trees and build folders below the root, git submodules, meson subprojects that are
 * fetched (`x` beside `x.wrap`), and what `exclude` names. A directory that cannot be read is passed over.
 */
export function* walkSources(root: string, options: WalkOptions = {}): Generator<readonly string[]> {
  const excluded = excluder(options.exclude ?? []);
  const submodules = submodulePaths(root, options.note);
  const pending: string[] = [""];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const full = directory === "" ? root : `${root}/${directory}`;
    const entries = list(full);
    const names = namesOf(entries);
    const other = directory === "" ? undefined : otherFolder(names, (path) => existsSync(`${full}/${path}`));
    if (other !== undefined) {
      options.note?.(directory, other.reason);
      continue;
    }
    const prefix = directory === "" ? "" : `${directory}/`;
    const files: string[] = [];
    for (const entry of entries) {
      const path = prefix + entry.name;
      const isFolder = entry.isDirectory();
      if (options.note !== undefined && entry.isFile() && cPlusPlus.test(path) && !excluded(path)) {
        if (textOf(`${root}/${path}`)?.includes("VMStateDescription") === true) options.note(path, "C++ is not read");
        continue;
      }
      if (isFolder ? options.shallow === true || isSkipped(entry.name, path) : !isSourcePath(path)) continue;
      if (excluded(path) || entry.isSymbolicLink()) continue;
      const kept = backupOf(entry.name, names);
      if (kept !== undefined) options.note?.(path, kept.reason);
      else if (isFolder) pending.push(path);
      else if (entry.isFile()) files.push(path);
      else options.note?.(path, notRegular);
    }
    yield files;

    function isSkipped(name: string, path: string): boolean {
      return skippedNames.has(name) || names.has(`${name}.wrap`) || submodules.has(path);
    }
  }
}

function namesOf(entries: readonly Dirent[]): ReadonlySet<string> {
  return new Set(entries.map((entry) => entry.name));
}

function list(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function submodulePaths(root: string, note?: Note): ReadonlySet<string> {
  const reading = readText(`${root}/.gitmodules`);
  if (reading.kind === "refused") note?.(".gitmodules", reading.reason);
  return reading.kind === "text" ? submodulesIn(reading.text) : new Set();
}
