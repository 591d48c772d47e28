/**
 * Finds the C files of a source tree on disk.
 *
 * Invariant: symbolic links are never followed, so every file is met once and nothing outside the root is read.
 */
import { readdirSync, readFileSync } from "./disk";
import type { Dirent } from "./disk";
import { excluder, isSourcePath, skippedNames, sourceFilter, submodulesIn } from "../sourcePaths";

/** What meson, and configure before it, leave in the top of a build directory. */
const buildMarks = new Set(["build.ninja", "meson-private", "meson-info", "config-host.mak", "CMakeCache.txt"]);

export interface WalkOptions {
  /** Globs of paths that are left out, relative to the root. */
  readonly exclude?: readonly string[];
  /** Only the root itself, without what is below it. */
  readonly shallow?: boolean;
}

/** Whether a path may be read as C in a tree walked with these options; for files that appear later. */
export function pathFilter(root: string, options: WalkOptions): (path: string) => boolean {
  return sourceFilter(excluder(options.exclude ?? []), submodulePaths(root));
}

/**
 * Yields the C files of one directory at a time, relative to `root` with `/`: a caller may stop or pause between them.
 * Left out: version control, build directories outside the source, git submodules, meson subprojects that are fetched
 * (`x` beside `x.wrap`), and what `exclude` names. A directory that cannot be read is passed over.
 */
export function* walkSources(root: string, options: WalkOptions = {}): Generator<readonly string[]> {
  const excluded = excluder(options.exclude ?? []);
  const submodules = submodulePaths(root);
  const pending: string[] = [""];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const entries = list(directory === "" ? root : `${root}/${directory}`);
    if (directory !== "" && entries.some((entry) => buildMarks.has(entry.name))) continue;
    const prefix = directory === "" ? "" : `${directory}/`;
    const wraps = new Set(
      entries.filter((entry) => entry.name.endsWith(".wrap")).map((entry) => entry.name.slice(0, -5)),
    );
    const files: string[] = [];
    for (const entry of entries) {
      const path = prefix + entry.name;
      if (entry.isFile()) {
        if (isSourcePath(path) && !excluded(path)) files.push(path);
      } else if (entry.isDirectory() && options.shallow !== true) {
        if (skippedNames.has(entry.name) || wraps.has(entry.name) || submodules.has(path) || excluded(path)) continue;
        pending.push(path);
      }
    }
    yield files;
  }
}

function list(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function submodulePaths(root: string): ReadonlySet<string> {
  let text: string;
  try {
    text = readFileSync(`${root}/.gitmodules`, "utf8");
  } catch {
    return new Set();
  }
  return submodulesIn(text);
}
