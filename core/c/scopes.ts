/** Scopes over one tree and one configuration: which macro, type or enumerator a name means seen from a file. */
import { createActiveTokens } from "./activeTokens";
import { firstName, oneLine } from "./words";
import { type ArmMemo, armText, evaluateArm, type Lookup, type MacroKnowledge, type Truth } from "./conditions";
import { type Configuration, isBuildOption } from "./configuration";
import type { MakerIndex } from "./makers";
import { createMacro, expand, type Macro } from "./expand";
import type { ConditionIndex, FileFacts, MacroDefinition, RecordDefinition, TypedefDeclaration } from "./facts";
import { type FileClosure, type IncludeGraph, processorOf } from "./includes";
import { lex } from "./lex";
import { createMadeEnums, expandedIn } from "./madeEnums";
import { nearer } from "./paths";
import { type MadeTypedefs, madeTypedefs } from "./madeTypedefs";
import type { NameIndex } from "./names";
import type { CScope, Located } from "./scope";
import type { Token } from "./token";
import { nothingVaries, NotingMemo, type Varying } from "./varying";

export interface ScopeSource {
  facts(path: string): FileFacts | undefined;
  text(path: string): string | undefined;
  readonly names: NameIndex;
  readonly includes: IncludeGraph;
  readonly configuration: Configuration;
  makers(): MakerIndex;
  /** Told of what hangs on the target. */
  readonly varying?: Varying;
}

export interface Scopes {
  of(file: string): CScope;
  /** Does work for a file: what hangs on the target in it counts for the file. */
  from: Varying["from"];
  /** Notes, for whom work is done, that something hangs on the target where it does in that file. */
  meets(file: string): void;
  /** What is seen from a file: noted where it is not for all targets. */
  closure(file: string): FileClosure;
  /** Whether the configuration compiles what stands under that `#if` arm of the file. */
  condition(file: string, index: ConditionIndex): Truth;
  /** Among declarations of one name the one seen from `file`: its own, an included one, else the only one. */
  choose<D extends { readonly condition: ConditionIndex }>(
    candidates: readonly Located<D>[],
    file: string,
  ): Located<D> | undefined;
  /** Forgets what was derived from file texts; with a path only that of a file whose macros nobody else sees. */
  forget(path?: string): void;
  /** Text of the undecided arms around a place, joined by `&&`. */
  conditionText(file: string, index: ConditionIndex): string | undefined;
  /** Notes that what is said of one file hangs on what another declares, beside what a scope finds by itself. */
  notes(owner: string, reader: string): void;
  /** By file: the files that found a type or a variable in it, whether they include it or not. Never shrinks. */
  readers(): ReadonlyMap<string, ReadonlySet<string>>;
  /** The file in which a header finds the macros that it does not include itself. */
  includerOf(header: string): string | undefined;
  /** By header that has looked there so far, that file. */
  includers(): ReadonlyMap<string, string | undefined>;
}

export function createScopes(source: ScopeSource): Scopes {
  const { names, includes, configuration, varying = nothingVaries } = source;
  const armMemos = new Map<string, ArmMemo>();
  const includers = new Map<string, string | undefined>();
  /** By header, where other targets look; undefined where that is not known. */
  const otherIncluders = new Map<string, readonly (string | undefined)[] | undefined>();
  const readers = new Map<string, Set<string>>();
  const bodies = new WeakMap<MacroDefinition, Macro>();
  const scopes = new Map<string, CScope>();
  let made: MadeTypedefs | undefined;
  const fixed = new Map<string, MacroKnowledge>();
  for (const [name, value] of configuration.defined) fixed.set(name, { kind: "defined", body: lex(value, "") });
  for (const name of configuration.undefined) fixed.set(name, { kind: "undefined" });

  const configuredAs = (name: string): MacroKnowledge | undefined => {
    if (varying.names.has(name)) varying.note();
    return fixed.get(name);
  };

  const macroOf = (file: string, definition: MacroDefinition): Macro => {
    let macro = bodies.get(definition);
    if (macro === undefined) {
      const text = source.text(file) ?? "";
      const parameters = definition.parameters?.map((p) => (p === "..." ? "__VA_ARGS__" : firstName(p)));
      const last = definition.parameters?.at(-1);
      const variadic = last?.endsWith("...") ? parameters?.at(-1) : undefined;
      const body = lex(text, file, definition.bodyStart, definition.bodyEnd);
      macro = createMacro(definition.name, parameters, variadic, body);
      bodies.set(definition, macro);
    }
    return macro;
  };

  const condition = (file: string, index: ConditionIndex): Truth => {
    if (index < 0) return "true";
    const facts = source.facts(file);
    if (facts === undefined) return "unknown";
    let memo = armMemos.get(file);
    if (memo === undefined) {
      memo = varying === nothingVaries ? new Map() : new NotingMemo(varying);
      armMemos.set(file, memo);
    }
    const known = memo.get(index);
    if (known !== undefined) return known;
    const arms = memo;
    return varying.kept(() => evaluateArm(facts, index, lookupIn(file), arms)).value;
  };

  const closure = (file: string): FileClosure => {
    const found = includes.closure(file);
    const others = varying.includes();
    if (others === undefined) return found;
    return {
      has(path) {
        const isSeen = found.has(path);
        if (others.sees(file, path, isSeen)) varying.note();
        return isSeen;
      },
      all: found.all,
    };
  };

  /** Definition of `name` at `offset` of `file`, from the file itself and what it includes. */
  const definitionAt = (name: string, file: string, offset: number): Located<MacroDefinition> | undefined => {
    const candidates = names.macros(name);
    if (candidates.length === 0) return undefined;
    let found: Located<MacroDefinition> | undefined;
    let settled = false;
    for (const candidate of candidates) {
      if (candidate.file !== file || candidate.declaration.nameStart >= offset) continue;
      if (condition(file, candidate.declaration.condition) === "false") continue;
      settled = true;
      found = candidate.declaration.undefined ? undefined : candidate;
    }
    // a header asks for its own guard
    if (settled || candidates.every((each) => each.file === file)) return found;
    const seen = definitionIn(candidates, file, closure(file));
    if (seen !== undefined || file.endsWith(".c")) return seen;
    // a header sees what stands before its `#include` in the source file
    const borrowed = borrowedFrom(includerOf(file), candidates, file);
    const isSame = (other: string | undefined): boolean => borrowedFrom(other, candidates, file) === borrowed;
    if (othersOf(file)?.every(isSame) === false) varying.note();
    if (borrowed === undefined || (!isForeign(borrowed.file, file) && !isOwnIdea(name, borrowed.file))) return borrowed;
    // the target's own counts, whichever file that includes the header stands nearest
    return candidates.find(
      (each) =>
        !isForeign(each.file, file) &&
        processorOf(each.file) !== undefined &&
        condition(each.file, each.declaration.condition) === "true",
    );
  };

  /** A target's constant that a file of no processor defines for itself. */
  const isOwnIdea = (name: string, path: string): boolean =>
    configuration.fallback.has(name) && processorOf(path) === undefined;

  /** In the folder of a processor that is neither the file's nor, for a file of none, the target's. */
  const isForeign = (path: string, file: string): boolean => {
    const processor = processorOf(path);
    if (processor === undefined) return false;
    const own = processorOf(file);
    if (own !== undefined) return own !== processor;
    varying.note();
    return !configuration.architectures.includes(processor);
  };

  const notes = (owner: string, reader: string): void => {
    if (owner === reader) return;
    const known = readers.get(owner);
    if (known === undefined) readers.set(owner, new Set([reader]));
    else known.add(reader);
  };

  const noted = <D>(found: Located<D> | undefined, reader: string): Located<D> | undefined => {
    if (found !== undefined) notes(expandedIn(found.file), reader);
    return found;
  };

  const includerOf = (header: string): string | undefined => {
    if (!includers.has(header)) includers.set(header, includes.includer(header));
    return includers.get(header);
  };

  /** In which sources other targets see the header, noted where it is not known; undefined where nobody asks. */
  const othersOf = (header: string): readonly (string | undefined)[] | undefined => {
    const others = varying.includes();
    if (others === undefined) return undefined;
    if (!otherIncluders.has(header)) otherIncluders.set(header, others.includers(header));
    const found = otherIncluders.get(header);
    if (found === undefined) varying.note();
    return found;
  };

  const borrowedFrom = (
    includer: string | undefined,
    candidates: readonly Located<MacroDefinition>[],
    file: string,
  ): Located<MacroDefinition> | undefined =>
    includer === undefined ? undefined : definitionIn(candidates, file, closure(includer));

  const definitionIn = (
    candidates: readonly Located<MacroDefinition>[],
    file: string,
    visible: FileClosure,
  ): Located<MacroDefinition> | undefined => {
    let possible: Located<MacroDefinition> | undefined;
    let foreign: Located<MacroDefinition> | undefined;
    for (const candidate of candidates) {
      if (candidate.file === file || candidate.declaration.undefined || !visible.has(candidate.file)) continue;
      const truth = condition(candidate.file, candidate.declaration.condition);
      if (truth === "true") {
        if (!isForeign(candidate.file, file)) return candidate;
        foreign ??= candidate;
      }
      if (truth === "unknown") possible ??= candidate;
    }
    return foreign ?? possible;
  };

  const lookupIn =
    (file: string): Lookup =>
    (name, offset) => {
      const known = configuredAs(name);
      const found =
        known === undefined || configuration.fallback.has(name) ? definitionAt(name, file, offset) : undefined;
      if (found === undefined && known !== undefined) return known;
      if (found !== undefined) {
        const body =
          found.declaration.parameters === undefined ? macroOf(found.file, found.declaration).body : undefined;
        return { kind: "defined", body };
      }
      return isBuildOption(name) ? { kind: "unknown" } : { kind: "undefined" };
    };

  const conditionText = (file: string, index: ConditionIndex): string | undefined => {
    const facts = source.facts(file);
    const parts: string[] = [];
    for (let k = index; k >= 0 && facts !== undefined; k = facts.conditions[k]?.parent ?? -1) {
      if (condition(file, k) !== "unknown") break;
      parts.unshift(armText(facts, k));
    }
    return parts.length === 0 ? undefined : parts.join(" && ");
  };

  const choose: Scopes["choose"] = (candidates, file) => varying.from(file, () => chosen(candidates, file));

  const chosen = <D extends { readonly condition: ConditionIndex }>(
    candidates: readonly Located<D>[],
    file: string,
  ): Located<D> | undefined => {
    let included: (typeof candidates)[number] | undefined;
    const others: (typeof candidates)[number][] = [];
    const visible = candidates.length > 1 ? closure(file) : undefined;
    for (const candidate of candidates) {
      if (condition(candidate.file, candidate.declaration.condition) === "false") continue;
      if (candidate.file === file) return candidate;
      if (visible?.has(candidate.file) && nearer(candidate.file, included?.file, file)) included = candidate;
      others.push(candidate);
    }
    if (included !== undefined || others.length < 2) return included ?? others[0];
    const own = others.filter((each) => !isForeign(each.file, file));
    return own.length === 1 ? own[0] : undefined;
  };

  /** Types of another .c file are out of sight, unless the tree has no other of that name. */
  const chooseType = <D extends { readonly condition: ConditionIndex }>(
    candidates: readonly Located<D>[],
    file: string,
  ): Located<D> | undefined =>
    choose(candidates, file) ??
    choose(
      candidates.filter((c) => !c.file.endsWith(".c")),
      file,
    );

  /** A typedef that several headers write in the same words, none of which the file includes. */
  const chooseAlike = (candidates: readonly Located<TypedefDeclaration>[]): Located<TypedefDeclaration> | undefined => {
    const rest = candidates.filter(
      (c) => !c.file.endsWith(".c") && condition(c.file, c.declaration.condition) !== "false",
    );
    const words = ({ file, declaration: d }: Located<TypedefDeclaration>): string =>
      oneLine((source.text(file) ?? "").slice(d.start, d.end));
    const [first, ...others] = rest;
    return first !== undefined && others.every((c) => words(c) === words(first)) ? first : undefined;
  };

  /** A header's types are those that stand before its `#include` in the source file. */
  const chooseByIncluder = (
    candidates: readonly Located<TypedefDeclaration>[],
    file: string,
  ): Located<TypedefDeclaration> | undefined => {
    if (candidates.length < 2 || file.endsWith(".c")) return undefined;
    const seenFrom = (includer: string | undefined): Located<TypedefDeclaration> | undefined =>
      includer === undefined ? undefined : chooseType(candidates, includer);
    const found = seenFrom(includerOf(file));
    if (othersOf(file)?.every((other) => seenFrom(other) === found) === false) varying.note();
    return found;
  };

  const conditionOf = (file: string, index: ConditionIndex): Truth => varying.from(file, () => condition(file, index));

  const meets = (file: string): void => {
    if (varying.has(file)) varying.note();
  };

  const typedefsMade = (): MadeTypedefs => {
    made ??= madeTypedefs({
      text: source.text,
      facts: source.facts,
      makers: source.makers,
      tokens: (file, start, end) => scopeOf(file).tokens(file, start, end),
      excluded: (file, index) => conditionOf(file, index) === "false",
      varying,
    });
    return made;
  };

  const newMadeEnums = (): ReturnType<typeof createMadeEnums> =>
    createMadeEnums({
      facts: source.facts,
      text: source.text,
      makers: source.makers,
      tokens: (file, start, end) => scopeOf(file).tokens(file, start, end),
      excluded: (file, index) => conditionOf(file, index) === "false",
      varying,
      isMacro: (name) => names.macros(name).length > 0,
    });
  let madeEnums = newMadeEnums();

  const activeTokens = createActiveTokens({
    facts: source.facts,
    text: (path) => madeEnums.text(path) ?? source.text(path),
    condition,
    includes,
    varying,
  });

  const scopeOf = (path: string): CScope => {
    const file = expandedIn(path);
    let scope = scopes.get(file);
    if (scope === undefined) {
      scope = createScope(file);
      scopes.set(file, scope);
    }
    return scope;
  };

  /** A header uses what a macro has made before its `#include` in the file around it. */
  const madeByIncluder = (enumerator: string, file: string): Located<RecordDefinition> | undefined => {
    const includer = file.endsWith(".c") ? undefined : includerOf(file);
    if (!file.endsWith(".c") && (othersOf(file)?.length ?? 1) > 1) varying.note();
    return includer === undefined ? undefined : enumSeen(enumerator, includer);
  };

  /** What a macro makes in a file that is seen from `file`. */
  const enumSeen = (enumerator: string, file: string): Located<RecordDefinition> | undefined => {
    const found = madeEnums.find(enumerator, includes.closure(file).all());
    const others = varying.includes();
    if (others?.varies(file) === true) {
      // where another target sees other files, they may make it
      const elsewhere = found ?? madeEnums.find(enumerator, others.behind());
      const at = elsewhere && expandedIn(elsewhere.file);
      if (at !== undefined && others.sees(file, at, found !== undefined)) varying.note();
    }
    return found;
  };

  const createScope = (file: string): CScope => {
    /** Names without a definition of their own in this file mean the same wherever they stand. */
    const steady = new Map<string, Macro | undefined>();
    /** Those of them that another target may see otherwise. */
    const varied = new Set<string>();
    const ownNames = new Set((source.facts(file)?.macros ?? []).map((m) => m.name));
    const lookup = (token: Token): Macro | undefined => {
      const name = token.text;
      if (names.macros(name).length === 0) return configured(name);
      if (!ownNames.has(name)) {
        if (varied.has(name)) varying.note();
        if (steady.has(name)) return steady.get(name);
        const { value: macro, varies } = varying.kept(() => find(name, Number.POSITIVE_INFINITY));
        steady.set(name, macro);
        if (varies) varied.add(name);
        return macro;
      }
      const at =
        token.use?.file === file ? token.use.start : token.file === file ? token.start : Number.POSITIVE_INFINITY;
      return find(name, at);
    };
    const configured = (name: string): Macro | undefined => {
      const value = configuredAs(name);
      if (value?.kind !== "defined" || value.body === undefined) return undefined;
      return createMacro(name, undefined, undefined, value.body);
    };
    const find = (name: string, offset: number): Macro | undefined => {
      const value = configuredAs(name);
      if (value !== undefined && !configuration.fallback.has(name)) return configured(name);
      const found = definitionAt(name, file, offset);
      return found === undefined ? configured(name) : macroOf(found.file, found.declaration);
    };
    const typedef = (name: string): Located<TypedefDeclaration> | undefined => {
      const written = names.typedefs(name);
      const made = typedefsMade().get(name, file);
      const seen =
        made === undefined
          ? chooseType(written, file)
          : (chooseType([...written, ...made], file) ?? chooseType(written, file) ?? chooseType(made, file));
      return seen ?? chooseAlike(written) ?? chooseByIncluder(written, file);
    };
    const enumOf = (enumerator: string): Located<RecordDefinition> | undefined =>
      choose(names.enums(enumerator), file) ?? enumSeen(enumerator, file) ?? madeByIncluder(enumerator, file);
    const seen = <T>(work: () => T): T => varying.from(file, work);
    return {
      file,
      target: configuration.target,
      tokens: (path, start, end) => seen(() => expand(activeTokens(path, start, end), lookup)),
      expandText: (text) => seen(() => expand(lex(text, ""), lookup)),
      at: scopeOf,
      typedef: (name) =>
        noted(
          seen(() => typedef(name)),
          file,
        ),
      record: (kind, tag) =>
        noted(
          seen(() => chooseType(names.records(`${kind} ${tag}`), file)),
          file,
        ),
      enumOf: (enumerator) =>
        noted(
          seen(() => enumOf(enumerator)),
          file,
        ),
      variable: (name) => noted(choose(names.variables(name), file), file),
    };
  };

  const forget = (path?: string): void => {
    if (path !== undefined) {
      armMemos.delete(path);
      scopes.delete(path);
      return;
    }
    armMemos.clear();
    includers.clear();
    otherIncluders.clear();
    scopes.clear();
    made = undefined;
    madeEnums = newMadeEnums();
  };

  return {
    of: scopeOf,
    from: varying.from,
    meets,
    closure,
    condition: conditionOf,
    choose,
    conditionText: (file, index) => varying.from(file, () => conditionText(file, index)),
    forget,
    notes,
    readers: () => readers,
    includerOf,
    includers: () => includers,
  };
}
