/** Folders below a tree's top that are no part of it, by what lies in them; the same on disk and in a browser. */
import { usualPlaces } from "./sourcePaths";

/** `tree`: a QEMU tree of its own; `checkout`: version control of its own; `build`: made from sources; `backup`: kept by hand. */
export interface OtherFolder {
  readonly kind: "tree" | "checkout" | "build" | "backup";
  /** Why it is left out, in half a sentence. */
  readonly reason: string;
}

/** What configure, meson, CMake and autoconf leave in the top of a build folder. */
const buildMarks: readonly string[] = [
  "build.ninja",
  "config.status",
  "CMakeCache.txt",
  "compile_commands.json",
  "meson-private",
  "meson-info",
  "config-host.mak",
  "config-host.h",
];
/** What patch, editors and people put behind the name of what they keep a copy of. */
const backup = /\.(?:orig|bak|old)$/;
const backupSource = /\.(?:orig|bak|old)(?=\.[a-z]+$)/;

/**
 * Whether a folder is another tree. `names`: of its files and folders; `has`: whether a path below it exists.
 * undefined: a part of the tree around it.
 */
export function otherFolder(names: ReadonlySet<string>, has: (path: string) => boolean): OtherFolder | undefined {
  if (names.has("VERSION") && usualPlaces.some(has)) return { kind: "tree", reason: "a QEMU tree of its own" };
  if (names.has(".git")) return { kind: "checkout", reason: "it has a .git of its own" };
  const mark = buildMarks.find((name) => names.has(name));
  if (mark !== undefined) return { kind: "build", reason: `a build folder (${mark})` };
  return hasOnlyObjects(names) ? { kind: "build", reason: "a build folder (object files)" } : undefined;
}

/** Object files, none beside what it was made from: a tree that was built in place has both together. */
function hasOnlyObjects(names: ReadonlySet<string>): boolean {
  let objects = 0;
  for (const name of names) {
    if (!name.endsWith(".o")) continue;
    const stem = name.slice(0, -2);
    if (names.has(`${stem}.c`) || names.has(`${stem}.S`) || names.has(stem)) return false;
    objects++;
  }
  return objects > 0;
}

/** `demo.orig` beside `demo`, `x.orig.c` beside `x.c`: a copy that was kept; undefined for any other name. */
export function backupOf(name: string, names: ReadonlySet<string>): OtherFolder | undefined {
  for (const pattern of [backup, backupSource]) {
    const original = name.replace(pattern, "");
    if (original !== name && names.has(original)) return { kind: "backup", reason: `kept beside ${original}` };
  }
  return undefined;
}

/** The folders of a list of files that are other trees, with why. */
export function otherFoldersIn(paths: Iterable<string>): ReadonlyMap<string, OtherFolder> {
  const all = new Set(paths);
  const folders = new Map<string, Set<string>>();
  for (const path of all) {
    const parts = path.split("/");
    for (let k = 0; k < parts.length; k++) {
      const folder = parts.slice(0, k).join("/");
      const names = folders.get(folder) ?? new Set();
      folders.set(folder, names.add(parts[k] ?? ""));
    }
  }
  const found = new Map<string, OtherFolder>();
  for (const [folder, names] of folders) {
    const other = folder === "" ? undefined : otherFolder(names, (path) => all.has(`${folder}/${path}`));
    if (other !== undefined) found.set(folder, other);
    for (const name of names) {
      const kept = backupOf(name, names);
      if (kept !== undefined) found.set(folder === "" ? name : `${folder}/${name}`, kept);
    }
  }
  return found;
}

/** The outermost of `others` at or above a path. */
export function otherAbove(others: ReadonlyMap<string, OtherFolder>, path: string): OtherFolder | undefined {
  if (others.size === 0) return undefined;
  for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
    const found = others.get(path.slice(0, end));
    if (found !== undefined) return found;
  }
  return others.get(path);
}
