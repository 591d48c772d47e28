/** How far an edit reaches: the files of which something else may be said after it. */
import type { IncludeGraph } from "../c/includes";
import { isSource } from "../c/paths";
import type { Scopes } from "../c/scopes";

export interface Reach {
  /**
   * The file, and those that found names in it, or in what includes it, without including it themselves.
   *
   * @param macros those that came, went or say something else
   */
  from(path: string, macros: readonly string[]): ReadonlySet<string>;
  /** The files themselves, and those that include one of them. */
  affectedBy(reached: ReadonlySet<string>): (file: string) => boolean;
}

export function createReach(
  scopes: Pick<Scopes, "includers" | "includerOf" | "readers">,
  includes: Pick<IncludeGraph, "closure" | "isNamed">,
  text: (path: string) => string | undefined,
): Reach {
  return {
    from(path, macros) {
      const reached = new Set([path]);
      const headers = macros.length === 0 ? [] : [...scopes.includers().keys(), ...includes.closure(path).all()];
      for (const header of headers) {
        const mentioned = isSource(header) ? "" : (text(header) ?? "");
        if (!macros.some((name) => mentioned.includes(name)) || includes.closure(header).has(path)) continue;
        const includer = scopes.includerOf(header);
        if (includer !== undefined && includes.closure(includer).has(path)) reached.add(header);
      }
      const add = (readers: Iterable<string>, each: string): void => {
        for (const reader of readers) if (!includes.closure(reader).has(each)) reached.add(reader);
      };
      for (const each of reached) {
        if (!includes.isNamed(each)) add(scopes.readers().get(each) ?? [], each);
        else for (const [owner, readers] of scopes.readers()) if (includes.closure(owner).has(each)) add(readers, each);
      }
      return reached;
    },
    affectedBy(reached) {
      const named = [...reached].filter((each) => includes.isNamed(each));
      return (file) => reached.has(file) || named.some((each) => includes.closure(file).has(each));
    },
  };
}
