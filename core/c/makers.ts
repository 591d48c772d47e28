import type { NameIndex } from "./names";
import { namesIn } from "./words";

/** Which macros, used at top level, define variables of a type: their bodies name it, directly or through others. */
export interface MakerIndex {
  makes(macro: string, typeNames: ReadonlySet<string>): boolean;
  /** Files that use such a macro at top level. */
  filesMaking(typeNames: ReadonlySet<string>): Iterable<string>;
  /** Forgets what hangs on macros that came, went or say something else; undefined: all. */
  outdate(changed: readonly string[] | undefined): void;
}

const maximumBodyDepth = 8;

export function createMakerIndex(names: NameIndex, text: (path: string) => string | undefined): MakerIndex {
  /** Of every macro that was asked for, or met on the way. */
  const words = new Map<string, ReadonlySet<string>>();
  const wordsOf = (macro: string): ReadonlySet<string> => {
    let known = words.get(macro);
    if (known === undefined) {
      const found = new Set<string>();
      for (const { file, declaration } of names.macros(macro)) {
        const body = text(file)?.slice(declaration.bodyStart, declaration.bodyEnd) ?? "";
        for (const name of namesIn(body)) found.add(name);
      }
      known = found;
      words.set(macro, known);
    }
    return known;
  };
  const reaches = (macro: string, typeNames: ReadonlySet<string>, depth: number, seen: Set<string>): boolean => {
    if (depth > maximumBodyDepth || seen.has(macro)) return false;
    seen.add(macro);
    for (const word of wordsOf(macro)) {
      if (typeNames.has(word)) return true;
      if (names.macros(word).length > 0 && reaches(word, typeNames, depth + 1, seen)) return true;
    }
    return false;
  };
  let answers = new WeakMap<ReadonlySet<string>, Map<string, boolean>>();
  const makes: MakerIndex["makes"] = (macro, typeNames) => {
    let known = answers.get(typeNames);
    if (known === undefined) {
      known = new Map();
      answers.set(typeNames, known);
    }
    let answer = known.get(macro);
    if (answer === undefined) {
      answer = reaches(macro, typeNames, 0, new Set());
      known.set(macro, answer);
    }
    return answer;
  };
  return {
    makes,
    outdate(changed) {
      const isMet = (name: string): boolean => words.has(name) || [...words.values()].some((met) => met.has(name));
      if (changed?.some(isMet) === false) return;
      for (const name of changed ?? words.keys()) words.delete(name);
      answers = new WeakMap();
    },
    filesMaking(typeNames) {
      const found = new Set<string>();
      for (const [macro, files] of names.invocations()) {
        if (files.size > 0 && makes(macro, typeNames)) for (const file of files) found.add(file);
      }
      return found;
    },
  };
}
