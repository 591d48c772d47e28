/** Which files are seen from a file for some of several targets only. */
import type { FileFacts } from "./facts";
import { closureFrom, type FileClosure, type IncludeGraph } from "./includes";
import type { VaryingIncludes } from "./varying";

interface Includes {
  /** For all targets. */
  readonly steady: readonly string[];
  /** For some target. */
  readonly varying: readonly string[];
}

export function createVaryingIncludes(
  graph: Pick<IncludeGraph, "alternatives" | "includerFor">,
  facts: (path: string) => FileFacts | undefined,
  read: () => Iterable<string>,
  architectures: readonly (readonly string[])[],
): VaryingIncludes {
  const included = new Map<string, Includes>();
  const closures = new Map<string, FileClosure>();
  const crossing = new Map<string, boolean>();
  let alternatives: ReadonlySet<string> | undefined;
  let behind: ReadonlySet<string> | undefined;

  const includesOf = (file: string): Includes => {
    let known = included.get(file);
    if (known === undefined) {
      const [steady, varying] = [new Set<string>(), new Set<string>()];
      for (const { name } of facts(file)?.includes ?? []) {
        const meant = graph.alternatives(file, name, architectures);
        const into = meant.length > 1 ? varying : steady;
        for (const each of meant) if (each !== undefined && each !== file) into.add(each);
      }
      known = { steady: [...steady], varying: [...varying] };
      included.set(file, known);
    }
    return known;
  };

  const steadyFrom = (file: string): FileClosure => {
    let known = closures.get(file);
    if (known === undefined) {
      known = closureFrom(file, (each) => includesOf(each).steady);
      closures.set(file, known);
    }
    return known;
  };

  const varies = (file: string): boolean => {
    let known = crossing.get(file);
    if (known === undefined) {
      known = false;
      for (const each of steadyFrom(file).all()) known ||= includesOf(each).varying.length > 0;
      crossing.set(file, known);
    }
    return known;
  };

  const allAlternatives = (): ReadonlySet<string> => {
    alternatives ??= new Set([...read()].flatMap((each) => includesOf(each).varying));
    return alternatives;
  };

  const allBehind = (): ReadonlySet<string> => {
    if (behind === undefined) {
      const found = new Set(allAlternatives());
      for (const each of found) {
        const { steady, varying } = includesOf(each);
        for (const next of [...steady, ...varying]) found.add(next);
      }
      behind = found;
    }
    return behind;
  };

  return {
    sees: (file, path, isSeen) =>
      isSeen ? !steadyFrom(file).has(path) : allBehind().has(path) && varies(file) && !steadyFrom(file).has(path),
    leadsElsewhere: (from, name) => graph.alternatives(from, name, architectures).length > 1,
    includers(header) {
      const [first = [], ...others] = architectures;
      const found = graph.includerFor(header, first);
      if (found.by.some((each) => allAlternatives().has(each))) return undefined;
      if (!found.isDecided) return [found.path];
      return [...new Set([found.path, ...others.map((each) => graph.includerFor(header, each).path)])];
    },
    varies,
    behind: allBehind,
  };
}
