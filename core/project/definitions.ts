/** Which of several definitions of a name is meant, seen from a file. */
import type { Build } from "../c/build/compiled";
import { type InitialisedVariable, variablesOf } from "../c/definitions";
import type { FileFacts, FunctionDefinition, VariableDefinition } from "../c/facts";
import { type MadeFunction, madeFunctions } from "../c/madeFunctions";
import type { MakerIndex } from "../c/makers";
import type { NameIndex } from "../c/names";
import { architectureOf, isStub, isTest } from "../c/paths";
import type { Located } from "../c/scope";
import type { Scopes } from "../c/scopes";
import type { Varying } from "../c/varying";
import type { LocatedFunction } from "./project";
import { isFragment } from "./waiting";

export interface DefinitionSource {
  facts(path: string): FileFacts | undefined;
  text(path: string): string | undefined;
  readonly names: NameIndex;
  readonly scopes: Scopes;
  makers(): MakerIndex;
  /** Notes where it hangs on the target. */
  readonly compiles: Build["compiles"];
  /** Of the configuration. */
  readonly architectures: readonly string[];
  readonly varying: Varying;
}

export interface Definitions {
  /** A static one of the file, else the external one; undefined where absent or ambiguous. */
  function(name: string, file: string): LocatedFunction | undefined;
  /** That which a macro at top level makes. */
  made(name: string, file: string): MadeFunction | undefined;
  /** One with an initialiser. */
  variable(name: string, file: string): Located<VariableDefinition> | undefined;
  /** Also one without an initialiser. */
  global(name: string, file: string): Located<VariableDefinition> | undefined;
  /** The variable with what its initialiser says. */
  elements(name: string, file: string): readonly InitialisedVariable[];
  /** Those that the build compiles, where it compiles any of them. */
  compiled<D>(candidates: readonly Located<D>[]): readonly Located<D>[];
  /** Forgets what macros make. */
  outdate(): void;
}

export function createDefinitions(source: DefinitionSource): Definitions {
  const { facts, text, names, scopes, makers, architectures, varying } = source;
  let made: ReturnType<typeof madeFunctions> | undefined;

  const isBuilt = ({ file }: { readonly file: string }): boolean => source.compiles(file) !== "false";

  const compiled = <D>(candidates: readonly Located<D>[]): readonly Located<D>[] => {
    if (candidates.length < 2) return candidates;
    const rest = candidates.filter(isBuilt);
    return rest.length === 0 ? candidates : rest;
  };

  const isVisible = (candidate: Located<FunctionDefinition>, file: string): boolean => {
    if (candidate.declaration.isStatic && !scopes.closure(file).has(candidate.file)) {
      // what a source includes in its middle sees all of that source
      if (!isFragment(file) || !scopes.closure(candidate.file).has(file)) return false;
    }
    return scopes.condition(candidate.file, candidate.declaration.condition) !== "false";
  };

  /** Of several external definitions of one name: this architecture's, what is built, no test, and a stub at last. */
  const narrowed = (
    candidates: readonly Located<FunctionDefinition>[],
    file: string,
  ): Located<FunctionDefinition> | undefined => {
    const rest = candidates.filter((c) => !isStub(c.file) && (!isTest(c.file) || isTest(file)));
    const built = rest.filter(isBuilt);
    // what is built for a target does without what is not
    const isLeftOut = built.length === 0 && source.compiles(file) === "true";
    if (rest.length === 1 && !isLeftOut) return rest[0];
    const near = rest.filter((c) => isSameArchitecture(c.file, file));
    if (near.length === 1) return near[0];
    // what is linked for sure leaves no place for another, but for one of a library that is only taken where there is none
    const linked = rest.filter((c) => source.compiles(c.file) === "true");
    if (linked.length === 1) return linked[0];
    // where none of the others is built, a stub is what there is
    const left = built.length > 0 ? built : candidates.filter((c) => isStub(c.file) && isBuilt(c));
    return left.length === 1 ? left[0] : left.length === 0 && rest.length === 1 ? rest[0] : undefined;
  };

  const isSameArchitecture = (path: string, from: string): boolean => {
    const [other, own] = [architectureOf(path), architectureOf(from)];
    if (other !== undefined && own === undefined) varying.note();
    return other !== undefined && (own === undefined ? architectures.includes(other) : own === other);
  };

  const chosen = (candidates: readonly Located<VariableDefinition>[], file: string, last = candidates) =>
    scopes.choose<VariableDefinition>(candidates, file) ?? scopes.choose<VariableDefinition>(compiled(last), file);

  const variable = (name: string, file: string): Located<VariableDefinition> | undefined =>
    chosen(
      names.variables(name).filter((c) => c.file === file || !c.declaration.isStatic),
      file,
    );

  const functionSeen = (name: string, file: string): LocatedFunction | undefined => {
    const candidates = names.functions(name);
    const own = candidates.find((c) => c.file === file && scopes.condition(file, c.declaration.condition) !== "false");
    if (own !== undefined) return { file, definition: own.declaration };
    const others = candidates.filter((c) => isVisible(c, file));
    const found = others.length > 1 ? narrowed(others, file) : others[0];
    return found === undefined ? undefined : { file: found.file, definition: found.declaration };
  };

  const globalSeen = (name: string, file: string): Located<VariableDefinition> | undefined => {
    const isSeen = (each: Located<VariableDefinition>): boolean =>
      each.file === file || !each.declaration.isStatic || scopes.closure(file).has(each.file);
    for (const all of [names.variables(name), names.blanks(name)]) {
      const seen = all.filter(isSeen);
      // of several that a file cannot tell apart: one that is built and no stub
      const real = seen.filter((c) => !isStub(c.file) && !isTest(c.file));
      const found = chosen(seen, file, real);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const madeSeen = (name: string, file: string): MadeFunction | undefined => {
    made ??= madeFunctions({
      facts,
      headed: () => names.headed(),
      text,
      makers,
      tokens: (path, start, end) => scopes.of(path).tokens(path, start, end),
      excluded: (path, index) => scopes.condition(path, index) === "false",
      varying,
    });
    const all = made(name, file);
    const own = all.find((each) => each.file === file);
    if (own !== undefined || all.length < 2) return own ?? all[0];
    const closure = scopes.closure(file);
    return all.find((each) => closure.has(each.file));
  };

  return {
    compiled,
    variable: (name, file) => scopes.from(file, () => variable(name, file)),
    function: (name, file) => scopes.from(file, () => functionSeen(name, file)),
    made: (name, file) => scopes.from(file, () => madeSeen(name, file)),
    global: (name, file) => scopes.from(file, () => globalSeen(name, file)),
    elements(name, file) {
      const found = scopes.from(file, () => variable(name, file));
      const owner = found === undefined ? undefined : facts(found.file);
      if (owner === undefined || found === undefined) return [];
      const only = { ...owner, declarations: [found.declaration] };
      return [...variablesOf(only, new Set([found.declaration.typeName]), scopes, makers())];
    },
    outdate() {
      made = undefined;
    },
  };
}
