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

const mostGlobs = 100;
/** Characters. */
const longestGlob = 200;
/** Of `**` in a glob, of `*` between two slashes, of groups in braces: with more, one path may take as long as one likes. */
const mostGlobstars = 2;
const mostStars = 3;
const mostGroups = 4;

/** Why a glob is not taken, in half a sentence; undefined where it is. */
function refusedGlob(glob: string): string | undefined {
  if (glob.length > longestGlob) return `longer than ${longestGlob} characters`;
  if (/[?*+@!]\(/.test(glob) || glob.includes("|")) return "patterns in parentheses are not taken";
  const parts = glob.split("/");
  if (parts.filter((part) => part === "**").length > mostGlobstars) return `more than ${mostGlobstars} \`**\``;
  if (parts.some((part) => part !== "**" && part.split("*").length - 1 > mostStars)) {
    return `more than ${mostStars} \`*\` between two slashes`;
  }
  if (glob.split("{").length - 1 > mostGroups) return `more than ${mostGroups} groups in braces`;
  return undefined;
}

/** Why a list of globs is not taken, by the first that is not. */
export function refusedGlobs(globs: readonly string[]): string | undefined {
  if (globs.length > mostGlobs) return `more than ${mostGlobs} globs`;
  for (const glob of globs) {
    const reason = refusedGlob(glob);
    if (reason !== undefined) return `${JSON.stringify(glob.slice(0, 40))}: ${reason}`;
  }
  return undefined;
}

/** Whether one of the globs takes a path. Those that would be too slow are none: `refusedGlobs` says so beforehand. */
export function excluder(globs: readonly string[]): (path: string) => boolean {
  const taken = globs.slice(0, mostGlobs).filter((glob) => refusedGlob(glob) === undefined);
  return taken.length === 0 ? () => false : picomatch(taken, { dot: true, noextglob: true });
}

/** Git's submodules, by the text of `.gitmodules`. */
export function submodulesIn(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of text.split("\n")) {
    const sign = line.indexOf("=");
    if (sign === -1 || line.slice(0, sign).trim() !== "path") continue;
    const path = line.slice(sign + 1).trim();
    if (path !== "") found.add(path);
  }
  return found;
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
