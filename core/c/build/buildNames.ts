/** What the build files of a folder name, meson's and make's. */

/** What a folder's build file names: files, folders, words of lists. */
export interface BuildNames {
  readonly words: ReadonlySet<string>;
  /** A `subdir()` of what is not written out. */
  readonly anyFolder: boolean;
  /** What stands around a variable in make's lists: `hw/$(TARGET_BASE_ARCH)/`, `target-$(TARGET_BASE_ARCH)/`. */
  readonly patterns: FolderPatterns;
}

/** By what stands before the variable, what stands behind it to the end of the folder's name. */
export type FolderPatterns = ReadonlyMap<string, ReadonlySet<string>>;

/** Of the texts of a folder's build files; undefined where it has none. */
export function readBuildNames(texts: readonly string[]): BuildNames | undefined {
  if (texts.length === 0) return undefined;
  const words = new Set<string>();
  let anyFolder = false;
  for (const text of texts) {
    for (const [word] of text.matchAll(/[\w.+-]+/g)) words.add(word);
    for (const call of text.split(/\bsubdir\(/).slice(1)) {
      anyFolder ||= !/^\s*'[^']*'\s*$/.test(call.slice(0, Math.max(0, call.indexOf(")"))));
    }
  }
  return { words, anyFolder, patterns: patternsIn(texts) };
}

/** Of the lists of objects in make's language: `obj-y += hw/$(TARGET_BASE_ARCH)/`. */
function patternsIn(texts: readonly string[]): FolderPatterns {
  const found = new Map<string, Set<string>>();
  for (const line of texts.flatMap((text) => text.replaceAll("\\\n", " ").split("\n"))) {
    const equals = line.indexOf("=");
    if (!line.slice(0, Math.max(0, equals)).includes("obj")) continue;
    for (const word of line.slice(equals + 1).split(" ")) {
      const [before = "", rest] = word.trim().split("$(", 2);
      const end = rest?.indexOf(")") ?? -1;
      const slash = rest?.indexOf("/", end) ?? -1;
      if (rest === undefined || end < 0 || slash < 0) continue;
      const after = rest.slice(end + 1, slash);
      const known = found.get(before);
      if (known) known.add(after);
      else found.set(before, new Set([after]));
    }
  }
  return found;
}

/** Whether a path below the build file's folder is the folder of a pattern, or lies in it. */
export function isFolderOf(rest: string, patterns: FolderPatterns): boolean {
  for (let at = 0; patterns.size > 0 && at < rest.length; at++) {
    const afters = patterns.get(rest.slice(0, at));
    const name = afters === undefined ? "" : rest.slice(at, rest.indexOf("/", at));
    for (let cut = 1; cut <= name.length; cut++) if (afters?.has(name.slice(cut)) === true) return true;
  }
  return false;
}
