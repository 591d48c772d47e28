/** Which paths of a tree are read; the same on disk and in a browser. */
import picomatch from "picomatch";

/** C, Rust, and QAPI's schemas, which stand in for the headers that a build generates from them. */
const readable = /\.(?:c|h|inc|hx|def|rs)$|^qapi\/[\w-]+\.json$/;
export const skippedNames: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  "node_modules",
  "__pycache__",
  ".venv",
  "venv",
]);

/** Where releases have kept `struct VMStateDescription`, newest first; a fork that moved it is found by looking. */
export const usualPlaces: readonly string[] = [
  "include/migration/vmstate.h",
  "migration/vmstate.h",
  "vmstate.h",
  "hw/hw.h",
];
export const definition = /\bstruct\s+VMStateDescription\s*\{/;

export function isSourcePath(path: string): boolean {
  return readable.test(path);
}

/** Whether one of the globs takes a path. */
export function excluder(globs: readonly string[]): (path: string) => boolean {
  return globs.length === 0 ? () => false : picomatch([...globs], { dot: true });
}

/** Git's submodules, by the text of `.gitmodules`. */
export function submodulesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].map((match) => match[1] ?? ""));
}

/** Whether a path is a source file outside version control, submodules and what is excluded. */
export function sourceFilter(
  excluded: (path: string) => boolean,
  submodules: ReadonlySet<string>,
): (path: string) => boolean {
  return (path) => {
    if (!isSourcePath(path) || excluded(path)) return false;
    const parts = path.split("/");
    if (parts.some((part) => skippedNames.has(part))) return false;
    for (let length = 1; length < parts.length; length++) {
      const directory = parts.slice(0, length).join("/");
      if (submodules.has(directory) || excluded(directory)) return false;
    }
    return true;
  };
}

/** Release as the tree's VERSION file says, `10.2.2`. */
export function releaseIn(text: string): string | undefined {
  return /^\S+/.exec(text.trim())?.[0];
}
