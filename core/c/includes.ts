/** `#include` lines followed by name within the tree: no build directory, no include path. */
import type { ConditionIndex, FileFacts } from "./facts";

export interface IncludeGraph {
  /** A file that exists, whether it has been read or not. */
  know(path: string): void;
  add(facts: FileFacts): void;
  remove(path: string): void;
  /** The file meant by `#include "name"` in `from`, or undefined where the tree has none. */
  resolve(from: string, name: string): string | undefined;
  /** A source file that includes the header, directly or not: its namesake where that does, else the nearest. */
  includer(header: string): string | undefined;
  /** The same for a target with those folders. */
  includerFor(header: string, architectures: readonly string[]): FoundIncluder;
  /** The file itself and all that include it, directly or not. */
  includers(file: string): Iterable<string>;
  /** The file itself and all that it includes, directly or not. */
  closure(file: string): FileClosure;
  /** Whether any file names it in an `#include`, wherever that leads. */
  isNamed(path: string): boolean;
  /** What an include means by each of several lists of a target's folders, each once; one where they agree. */
  alternatives(
    from: string,
    name: string,
    architectures: readonly (readonly string[])[],
  ): readonly (string | undefined)[];
  /** Reads what `includer` answers from, one file a step. */
  warm(): Iterable<void>;
}

/** What an include means to a target with these folders. */
type Deciding = (architectures: readonly string[]) => string | undefined;

export interface FoundIncluder {
  readonly path: string | undefined;
  /** Files by whose includers it was found. */
  readonly by: readonly string[];
  /** Whether it hangs on the target's folders. */
  readonly isDecided: boolean;
}

/** Grows as it is asked: most names are found before the last include has been read. */
export interface FileClosure {
  has(path: string): boolean;
  all(): Iterable<string>;
}

/** `read` gives the facts of a known file that has not been added yet; it may call `add` meanwhile. */
export function createIncludeGraph(
  architectures: readonly string[],
  read: (path: string) => FileFacts | undefined,
  /** Whether the configuration leaves out what stands under that `#if` arm, whatever the tree defines. */
  isExcluded: (facts: FileFacts, index: ConditionIndex) => boolean = () => false,
): IncludeGraph {
  const files = new Map<string, FileFacts>();
  const existing = new Set<string>();
  const byName = new Map<string, string[]>();
  let closures = new Map<string, FileClosure>();
  let direct = new Map<string, readonly string[]>();

  let includers: ReadonlyMap<string, readonly string[]> | undefined;
  let named: ReadonlySet<string> | undefined;

  const forget = (): void => {
    includers = undefined;
    named = undefined;
    closures = new Map();
    direct = new Map();
  };

  const know = (path: string): void => {
    if (existing.has(path)) return;
    existing.add(path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    const list = byName.get(name);
    if (list === undefined) byName.set(name, [path]);
    else list.push(path);
    if (closures.size > 0 || direct.size > 0) forget();
  };

  /** Asks `choose` where the target decides. */
  const resolveBy = <T>(from: string, name: string, choose: (by: Deciding) => T): T | string | undefined => {
    const plain = belowSome(normalise(name));
    const candidates = byName.get(plain.slice(plain.lastIndexOf("/") + 1));
    if (candidates === undefined) return undefined;
    const beside = normalise(`${directoryOf(from)}${name}`);
    if (existing.has(beside)) return beside;
    const matching = candidates.filter((path) => path === plain || path.endsWith(`/${plain}`));
    if (matching.length === 1) return matching[0];
    if (matching.length === 0)
      return plain.startsWith("asm/") ? choose((own) => kernelHeader(plain, candidates, own)) : undefined;
    return choose((own) => best(matching, (path) => preference(path, from, plain, own)));
  };
  const resolve = (from: string, name: string): string | undefined =>
    resolveBy(from, name, (meaning) => meaning(architectures));

  const namesIn = (facts: FileFacts): readonly string[] =>
    facts.includes.filter(({ condition }) => !isExcluded(facts, condition)).map(({ name }) => name);

  const directOf = (file: string): readonly string[] => {
    let found = direct.get(file);
    if (found === undefined) {
      const seen = new Set<string>();
      const facts = files.get(file) ?? read(file);
      for (const name of facts === undefined ? [] : namesIn(facts)) {
        const target = resolve(file, name);
        if (target !== undefined && target !== file) seen.add(target);
      }
      found = [...seen];
      direct.set(file, found);
    }
    return found;
  };

  const directIncluders = (): ReadonlyMap<string, readonly string[]> => {
    if (includers === undefined) {
      const reverse = new Map<string, string[]>();
      for (const file of files.keys()) {
        for (const target of directOf(file)) {
          const list = reverse.get(target);
          if (list === undefined) reverse.set(target, [file]);
          else list.push(file);
        }
      }
      includers = reverse;
    }
    return includers;
  };

  const includerFor = (header: string, folders: readonly string[]): FoundIncluder => {
    let isDecided = false;
    const stem = stemOf(header);
    const seen = new Set<string>([header]);
    const own = processorOf(header);
    const by: string[] = [];
    let nearest: string | undefined;
    let foreign: string | undefined;
    for (const file of seen) {
      by.push(file);
      for (const next of directIncluders().get(file) ?? []) {
        if (next.endsWith(".c")) {
          const processor = processorOf(next);
          const isForeign = processor !== undefined && processor !== own;
          isDecided ||= isForeign;
          if (isForeign && !folders.includes(processor)) {
            // sees another target's macros
            foreign ??= next;
            continue;
          }
          if (stemOf(next) === stem) return { path: next, by, isDecided };
          nearest ??= next;
        }
        seen.add(next);
      }
      if (nearest !== undefined && seen.size > nearestSearch) break;
    }
    return { path: nearest ?? foreign, by, isDecided };
  };

  return {
    alternatives(from, name, lists) {
      const found = resolveBy(from, name, (meaning) => new Set(lists.map(meaning)));
      return found instanceof Set ? [...found] : [found];
    },
    includer: (header) => includerFor(header, architectures).path,
    includerFor,
    includers(file) {
      const seen = new Set([file]);
      for (const each of seen) for (const next of directIncluders().get(each) ?? []) seen.add(next);
      return seen;
    },
    know,
    *warm() {
      for (const file of [...files.keys()]) {
        directOf(file);
        yield;
      }
      directIncluders();
    },
    add(facts) {
      const before = files.get(facts.path);
      know(facts.path);
      files.set(facts.path, facts);
      // a file read for the first time changes no one else's closure: whoever reached it has made it be read
      if (before === undefined) {
        direct.delete(facts.path);
        named = undefined;
      } else if (!isSame(namesIn(before), namesIn(facts))) forget();
    },
    remove(path) {
      files.delete(path);
      if (!existing.delete(path)) return;
      const name = path.slice(path.lastIndexOf("/") + 1);
      byName.set(
        name,
        (byName.get(name) ?? []).filter((other) => other !== path),
      );
      forget();
    },
    resolve,
    isNamed(path) {
      if (named === undefined) {
        const found = new Set<string>();
        for (const facts of files.values()) for (const { name } of facts.includes) found.add(nameOf(name));
        named = found;
      }
      return named.has(nameOf(path));
    },
    closure(file) {
      let found = closures.get(file);
      if (found === undefined) {
        found = closureFrom(file, directOf);
        closures.set(file, found);
      }
      return found;
    },
  };
}

export function closureFrom(file: string, directOf: (file: string) => readonly string[]): FileClosure {
  const seen = new Set<string>([file]);
  const unread = seen.values();
  /** Reads the includes of one more file; false where all have been read. */
  const grow = (): boolean => {
    const next = unread.next();
    if (next.done === true) return false;
    for (const path of directOf(next.value)) seen.add(path);
    return true;
  };
  return {
    has(path) {
      do if (seen.has(path)) return true;
      while (grow());
      return false;
    },
    all() {
      while (grow());
      return seen;
    },
  };
}

/** `i386` of `target/i386/cpu.c`, before 3.0 `target-i386/cpu.c`: the processor that a file is about. */
export function processorOf(path: string): string | undefined {
  if (!path.startsWith("target") || (path[6] !== "/" && path[6] !== "-")) return undefined;
  const end = path.indexOf("/", 7);
  return end === -1 ? undefined : path.slice(7, end);
}

/** Files looked at for a header's namesake before the nearest includer is taken. */
const nearestSearch = 200;

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function stemOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  return dot === -1 ? name : name.slice(0, dot);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, k) => name === b[k]);
}

export function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** `../migration/savevm.h` seen from a folder of headers: which one, only the build says, so the rest is looked for. */
function belowSome(path: string): string {
  let from = 0;
  while (path.startsWith("../", from)) from += 3;
  return path.slice(from);
}

/** Without `.` and with `..` taken up, but for those that lead out of the tree. */
function normalise(path: string): string {
  if (!path.includes("./")) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === ".." && parts.length > 0 && parts[parts.length - 1] !== "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function best(paths: readonly string[], rank: (path: string) => number): string | undefined {
  let winner: string | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const path of paths) {
    const value = rank(path);
    if (value > highest) {
      highest = value;
      winner = path;
    }
  }
  return winner;
}

/** Linux's names of the architectures that its own headers are copied for. */
const kernelArchitectures: Readonly<Record<string, string>> = {
  aarch64: "arm64",
  arm: "arm64",
  i386: "x86",
  loongarch: "loongarch",
  mips: "mips",
  ppc: "powerpc",
  riscv: "riscv",
  s390x: "s390",
  x86_64: "x86",
};

/** `<asm/kvm.h>`: configure links `asm` to the folder of one architecture, the target's where KVM serves it. */
function kernelHeader(
  name: string,
  candidates: readonly string[],
  architectures: readonly string[],
): string | undefined {
  const own = architectures
    .map((architecture) => kernelArchitectures[architecture])
    .find((found) => found !== undefined);
  for (const architecture of [own, "x86", "generic"]) {
    const found = candidates.find((path) => path.endsWith(`/asm-${architecture}/${name.slice(4)}`));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Among files of one name: the include folder's, then the target architecture's, then the nearest. */
function preference(path: string, from: string, name: string, architectures: readonly string[]): number {
  const parts = path.split("/");
  const fromParts = from.split("/");
  let shared = 0;
  while (shared < parts.length - 1 && parts[shared] === fromParts[shared]) shared++;
  let rank = shared * 10 - parts.length;
  if (path === `include/${name}`) rank += 1000;
  if (path === name) rank += 500;
  const inTarget = fromParts[0] === "target" && fromParts[1] === parts[1] && parts[0] === "target";
  if (inTarget) rank += 400;
  const at = architectures.findIndex((a) => parts.includes(a) || parts.includes(`target-${a}`));
  if (at !== -1 && (parts[0] === "target" || parts[0]?.startsWith("target-"))) rank += 300 - at;
  if (parts[0] === "tests" && fromParts[0] !== "tests") rank -= 600;
  return rank;
}
