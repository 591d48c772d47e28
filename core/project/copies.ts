/**
 * Sources that repeat one that the build compiles, and that the build does not name: `x-copy.c` beside `x.c`, a copied
 * folder without a `subdir()`. No emulator has both, so the copy's names are not the tree's.
 */
import { isFolderOf, readBuildNames, type BuildNames } from "../c/build/buildNames";
import type { FileFacts } from "../c/facts";
import { directoryOf } from "../c/includes";
import { skim } from "../c/skim";
import type { SourceTree } from "../c/tree";

export interface Copies {
  /** The source that a file repeats; undefined where it repeats none, or where the build files do not say which is compiled. */
  originalOf(path: string): string | undefined;
  /** Those found so far, by path. */
  found(): ReadonlyMap<string, string>;
  /** Facts of a file that was compared with another. */
  facts(path: string): FileFacts | undefined;
  /** Forgets what files said: one of them has changed. */
  forget(): void;
  /** Forgets what was read of build files and of the folder's list. */
  outdate(): void;
}

/** By full path; folders end with a slash. */
interface Folder {
  readonly sources: Set<string>;
  readonly below: Set<string>;
}

/** Sources among which an original is looked for. */
interface Originals {
  readonly paths: readonly string[];
  /** Names of what they include, without folders. */
  readonly included: ReadonlySet<string>;
  /** Who defines a function or a variable with a value: places in `paths`, each with whether it is static. */
  readonly defining: ReadonlyMap<string, readonly (readonly [place: number, isStatic: boolean])[]>;
}

/** `known`: facts of a file whose text need not be read for them. */
export function createCopies(
  tree: SourceTree,
  read: (path: string) => string | undefined,
  known: (path: string) => FileFacts | undefined,
): Copies {
  const compared = new Map<string, FileFacts>();
  const names = new Map<string, BuildNames | undefined>();
  const reached = new Map<string, string | undefined>();
  const found = new Map<string, string>();
  const compiled = new Map<string, Originals>();
  let folders: ReadonlyMap<string, Folder> | undefined;

  function factsOf(path: string): FileFacts | undefined {
    let facts = compared.get(path) ?? known(path);
    if (facts === undefined) {
      const text = read(path);
      if (text === undefined) return undefined;
      facts = skim(path, text);
    }
    compared.set(path, facts);
    return facts;
  }

  function namesIn(directory: string): BuildNames | undefined {
    if (!names.has(directory)) names.set(directory, readBuildNames(textsIn(directory)));
    return names.get(directory);
  }

  /** meson.build, or what came before it. */
  function textsIn(directory: string): readonly string[] {
    const meson = read(`${directory}meson.build`);
    if (meson !== undefined) return [meson];
    return ["Makefile.objs", "Makefile.target"].flatMap((name) => read(directory + name) ?? []);
  }

  /** The nearest folder at or above `directory` that has a build file. */
  function owner(directory: string): string | undefined {
    for (let at = directory; ; at = parentOf(at)) {
      if (namesIn(at) !== undefined) return at;
      if (at === "") return undefined;
    }
  }

  /** The outermost folder at or above one that no build file above leads to; undefined where the build comes by. */
  function unreached(directory: string): string | undefined {
    if (directory === "") return undefined;
    if (reached.has(directory)) return reached.get(directory);
    const above = owner(parentOf(directory));
    let result: string | undefined;
    if (above !== undefined && !isPatterned(directory)) {
      result = unreached(above);
      const child = directory.slice(0, directory.indexOf("/", above.length) + 1);
      const from = namesIn(above);
      // what a folder's build file names may lie some folders below; without one, so may what the folder above names
      const names = namesIn(directory) === undefined ? [child] : [child, directory];
      if (result === undefined && from?.anyFolder === false && !names.some((each) => from.words.has(lastOf(each)))) {
        result = child;
      }
    }
    reached.set(directory, result);
    return result;
  }

  /** Whether a build file above names the folder with a variable in its name. */
  function isPatterned(directory: string): boolean {
    for (let at = parentOf(directory); ; at = parentOf(at)) {
      const patterns = namesIn(at)?.patterns;
      if (patterns !== undefined && isFolderOf(directory.slice(at.length), patterns)) return true;
      if (at === "") return false;
    }
  }

  function isNamed(path: string): boolean {
    const file = lastOf(path);
    const stem = file.slice(0, -2);
    for (let at = directoryOf(path); ; at = parentOf(at)) {
      const words = namesIn(at)?.words;
      if (words !== undefined && (words.has(file) || words.has(stem) || words.has(`${stem}.o`))) return true;
      if (at === "") return false;
    }
  }

  /** By its own file name, so that it is certain. */
  function isCompiled(path: string): boolean {
    const file = lastOf(path);
    for (let at = directoryOf(path); ; at = parentOf(at)) {
      const words = namesIn(at)?.words;
      if (words !== undefined && (words.has(file) || words.has(`${file.slice(0, -2)}.o`))) return true;
      if (at === "") return false;
    }
  }

  function folder(directory: string): Folder {
    if (folders === undefined) {
      const made = new Map<string, Folder>();
      const at = (name: string): Folder => {
        let known = made.get(name);
        if (known === undefined) {
          known = { sources: new Set(), below: new Set() };
          made.set(name, known);
          if (name !== "") at(parentOf(name)).below.add(name);
        }
        return known;
      };
      for (const path of tree.paths()) if (path.endsWith(".c")) at(directoryOf(path)).sources.add(path);
      folders = made;
    }
    return folders.get(directory) ?? { sources: new Set(), below: new Set() };
  }

  /** Sources that the build names and that `path` may be a copy of. */
  function candidates(path: string): Originals | undefined {
    const directory = directoryOf(path);
    if (owner(directory) === undefined) return undefined;
    const top = unreached(directory);
    if (top === undefined) return isNamed(path) ? undefined : compiledIn(directory);
    const rest = path.slice(top.length);
    const others = [...folder(parentOf(top)).below]
      .map((beside) => beside + rest)
      .filter((other) => folder(directoryOf(other)).sources.has(other))
      .filter((other) => unreached(directoryOf(other)) === undefined && isCompiled(other));
    return others.length === 0 ? undefined : originals(others);
  }

  /** The same for all of the folder that the build does not name. */
  function compiledIn(directory: string): Originals {
    let found = compiled.get(directory);
    if (found === undefined) {
      found = originals([...folder(directory).sources].filter(isCompiled));
      compiled.set(directory, found);
    }
    return found;
  }

  function originals(among: readonly string[]): Originals {
    const paths: string[] = [];
    const included = new Set<string>();
    const defining = new Map<string, [number, boolean][]>();
    for (const path of among) {
      const facts = factsOf(path);
      if (facts === undefined) continue;
      for (const { name } of facts.includes) included.add(lastOf(name));
      for (const [name, isStatic] of definedIn(facts)) {
        const known = defining.get(name);
        if (known) known.push([paths.length, isStatic]);
        else defining.set(name, [[paths.length, isStatic]]);
      }
      paths.push(path);
    }
    return { paths, included, defining };
  }

  return {
    originalOf(path) {
      found.delete(path);
      if (!path.endsWith(".c")) return undefined;
      const others = candidates(path);
      if (others === undefined || others.paths.length === 0 || others.included.has(lastOf(path))) return undefined;
      const facts = factsOf(path);
      const original = facts === undefined ? undefined : repeated(facts, others);
      if (original !== undefined) found.set(path, original);
      return original;
    },
    found: () => found,
    facts: (path) => compared.get(path),
    forget() {
      compared.clear();
      compiled.clear();
    },
    outdate() {
      names.clear();
      reached.clear();
      compiled.clear();
      folders = undefined;
    },
  };
}

/** The first in which at least half of what the file defines stands, or a function that all of an emulator sees. */
function repeated(facts: FileFacts, { paths, defining }: Originals): string | undefined {
  const own = definedIn(facts);
  const shared = new Map<number, number>();
  let first = paths.length;
  for (const [name, isStatic] of own) {
    for (const [place, theirs] of defining.get(name) ?? []) {
      const count = (shared.get(place) ?? 0) + 1;
      shared.set(place, count);
      if ((!isStatic && !theirs) || count * 2 >= own.size) first = Math.min(first, place);
    }
  }
  return paths[first];
}

/** Functions and variables with a value, each with whether it is static. */
function definedIn(facts: FileFacts): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>();
  for (const declaration of facts.declarations) {
    if (declaration.kind === "function") {
      // a program's own: many lie in one folder
      if (declaration.name !== "main") found.set(declaration.name, declaration.isStatic);
    } else if (declaration.kind === "variable" && declaration.initEnd > declaration.initStart) {
      found.set(declaration.name, declaration.isStatic);
    }
  }
  return found;
}

function parentOf(directory: string): string {
  return directoryOf(directory.slice(0, -1));
}

/** `c` of `a/b/c` and of `a/b/c/`. */
function lastOf(path: string): string {
  const end = path.endsWith("/") ? path.length - 1 : path.length;
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}
