/** The tree's types by name, with their ancestry; read file by file, remembered with the files each reading used. */
import { isTest } from "../c/paths";
import type { Truth } from "../c/conditions";
import { type InitialisedVariable, variablesOf } from "../c/definitions";
import type { Body } from "../c/body/parse";
import type { MakerIndex } from "../c/makers";
import type { FileFacts, FunctionDefinition } from "../c/facts";
import type { NameIndex } from "../c/names";
import type { Scopes } from "../c/scopes";
import type { Token } from "../c/token";
import type { Value } from "../c/value";
import { type Evaluator, stringValue } from "../vmstate/constants";
import type { QomType, Registration } from "./model";
import { isDeviceInfoType, readDeviceInfo } from "./deviceInfo";
import { readType } from "./read";
import { functionsWithTypeInfo, type RuntimeContext, runtimeTypesIn } from "./runtimeTypes";
import { registrationsIn } from "./registrations";

export interface ClassSource {
  facts(path: string): FileFacts | undefined;
  text(path: string): string | undefined;
  /** Files that call one of savevm's registering functions. */
  registrars(): Iterable<string>;
  readonly names: NameIndex;
  readonly scopes: Scopes;
  makers(): MakerIndex;
  evaluator(): Evaluator;
  function(name: string, file: string): { readonly file: string; readonly definition: FunctionDefinition } | undefined;
  body(fn: { readonly file: string; readonly definition: FunctionDefinition }): Body;
  /** Types of sources in another language; where C has one of the same name, the one that the build compiles counts. */
  others(): readonly QomType[];
  compiles(file: string): Truth;
  /** Files of which a function may fill and register a TypeInfo. */
  registering(): ReadonlySet<string>;
  isDescription(symbol: string, file: string): boolean;
  memberNames(typeName: string, file: string): readonly string[];
  /** Elements of an array variable, or the variable alone. */
  elements(symbol: string, file: string): readonly InitialisedVariable[];
  /** What the text of a variable's initialiser gives one member; undefined where only its expansion tells. */
  member(
    symbol: string,
    file: string,
    member: string,
  ): { readonly file: string; readonly tokens: readonly Token[] } | undefined;
  /** What an earlier reading of the same gave. */
  known(path: string): ReadTypes | undefined;
}

/** What was read of one file. */
export interface ReadTypes {
  readonly types: { readonly list: readonly QomType[]; readonly used: readonly string[] } | undefined;
  readonly registrations: readonly Registration[] | undefined;
}

export interface ClassReader {
  types(): Iterable<QomType>;
  type(name: string): QomType | undefined;
  ancestry(name: string): readonly QomType[];
  children(name: string): readonly string[];
  registrations(): Iterable<Registration>;
  /** Types of another language beside those of C of the same name, whichever is built. */
  rewritten(): readonly (readonly [other: QomType, c: QomType])[];
  /** Reads the files that `types` needs, one a step. */
  warm(): Generator<void>;
  /** By file, what has been read. */
  readSoFar(): Iterable<readonly [path: string, read: ReadTypes]>;
  /** `sameVariables`: no TypeInfo came, went or was renamed. */
  outdate(path: string, affected: (file: string) => boolean, sameVariables: boolean): void;
}

interface FileTypes {
  readonly list: readonly QomType[];
  /** Other files whose text the reading used. */
  readonly used: ReadonlySet<string>;
}

const typeInfo: ReadonlySet<string> = new Set(["TypeInfo"]);

export function createClassReader(source: ClassSource): ClassReader {
  const byFile = new Map<string, FileTypes>();
  const registrationsByFile = new Map<string, readonly Registration[]>();
  let byName: ReadonlyMap<string, QomType> | undefined;
  let pairs: readonly (readonly [other: QomType, c: QomType])[] = [];
  let childrenOf: ReadonlyMap<string, readonly string[]> | undefined;
  let files: readonly string[] | undefined;
  let infoTypes: ReadonlySet<string> | undefined;
  /** Grows whenever something is outdated. */
  let generation = 0;

  const read = (path: string): readonly QomType[] => {
    for (const _ of reading(path));
    return byFile.get(path)?.list ?? [];
  };

  /** Reads a file's types, pausing between them; what changed meanwhile is read again. */
  function* reading(path: string): Generator<void> {
    const known = byFile.has(path) ? undefined : source.known(path)?.types;
    if (known !== undefined) byFile.set(path, { list: known.list, used: new Set(known.used) });
    while (!byFile.has(path)) {
      const before = generation;
      const used = new Set<string>();
      const list: QomType[] = [];
      for (const type of typesIn(path, used)) {
        if (type !== undefined) list.push(type);
        yield;
      }
      if (before === generation) byFile.set(path, { list, used });
    }
  }

  /** Notes the other files whose text it uses. Yields undefined where a step brought no type. */
  function* typesIn(path: string, used: Set<string>): Generator<QomType | undefined> {
    const context: RuntimeContext = {
      scope: source.scopes.of,
      evaluator: source.evaluator(),
      text: source.text,
      function(name, file) {
        const found = source.function(name, file);
        if (found !== undefined) used.add(found.file);
        return found;
      },
      body: source.body,
      isDescription: source.isDescription,
      variable(symbol, file) {
        const [base = ""] = symbol.split("[", 1);
        const found = source.elements(base, file).find((v) => v.symbol === symbol);
        if (found !== undefined) used.add(found.range.file);
        return found;
      },
      elements(symbol, file) {
        const found = source.elements(symbol, file);
        for (const variable of found) used.add(variable.range.file);
        return found;
      },
      member(symbol, file, member) {
        const found = source.member(symbol, file, member);
        if (found !== undefined) used.add(found.file);
        return found;
      },
      memberNames: source.memberNames,
      variablesOfType(typeName) {
        const found: InitialisedVariable[] = [];
        const wanted = new Set([typeName]);
        for (const owner of new Set([
          ...source.names.filesWithVariablesOf(typeName),
          ...source.makers().filesMaking(wanted),
        ])) {
          const facts = source.facts(owner);
          if (facts === undefined) continue;
          found.push(...variablesOf(facts, wanted, source.scopes, source.makers()));
          used.add(owner);
        }
        return found;
      },
    };
    const facts = source.facts(path);
    if (facts === undefined) return;
    for (const variable of variablesOf(facts, typeInfo, source.scopes, source.makers())) {
      yield readType(variable, context);
    }
    const older = deviceInfos();
    for (const variable of older.size === 0 ? [] : variablesOf(facts, older, source.scopes, source.makers())) {
      yield readDeviceInfo(variable, context);
    }
    const text = source.registering().has(path) ? (source.text(path) ?? "") : "";
    for (const fn of functionsWithTypeInfo(text, facts)) yield* runtimeTypesIn(path, fn, context);
  }

  /** Struct types that may describe devices in a tree that has no QOM yet; none in one that has. */
  const deviceInfos = (): ReadonlySet<string> => {
    if (infoTypes === undefined) {
      const isOlder = [...source.names.filesWithVariablesOf("TypeInfo")].length === 0;
      infoTypes = new Set(isOlder ? [...source.names.variableTypes()].filter(isDeviceInfoType) : []);
    }
    return infoTypes;
  };

  const filesWithTypes = (): readonly string[] => {
    if (files === undefined) {
      const found = new Set([...source.names.filesWithVariablesOf("TypeInfo"), ...source.registering()]);
      for (const type of deviceInfos()) for (const path of source.names.filesWithVariablesOf(type)) found.add(path);
      for (const [macro, users] of source.names.invocations()) {
        if (macro === "type_init" || source.makers().makes(macro, typeInfo)) for (const path of users) found.add(path);
      }
      files = [...found];
    }
    return files;
  };

  /** Unit tests register types of their own under the real names; boards of several targets have one name. */
  const givesWay = (file: string, other: string): boolean =>
    isTest(file) || (!isTest(other) && source.compiles(file) === "false" && source.compiles(other) !== "false");

  const index = (): ReadonlyMap<string, QomType> => {
    if (byName === undefined) {
      const map = new Map<string, QomType>();
      for (const path of filesWithTypes()) {
        for (const type of read(path)) {
          const own = map.get(type.name);
          if (own === undefined || givesWay(own.file, path)) map.set(type.name, type);
        }
      }
      const both: (readonly [QomType, QomType])[] = [];
      for (const type of source.others()) {
        const own = map.get(type.name);
        if (own !== undefined) both.push([type, own]);
        const built = source.compiles(type.file);
        const wins = own === undefined || built === "true" || source.compiles(own.file) === "false";
        if (wins && (own === undefined || built !== "false")) map.set(type.name, type);
      }
      pairs = both;
      byName = map;
    }
    return byName;
  };

  return {
    types: () => index().values(),
    rewritten() {
      index();
      return pairs;
    },
    type: (name) => index().get(name),
    ancestry(name) {
      const chain: QomType[] = [];
      const seen = new Set<string>();
      for (let next: string | undefined = name; next !== undefined && !seen.has(next); ) {
        seen.add(next);
        const type = index().get(next);
        if (type === undefined) break;
        chain.push(type);
        next = type.parent;
      }
      return chain;
    },
    children(name) {
      if (childrenOf === undefined) {
        const map = new Map<string, string[]>();
        for (const type of index().values()) {
          if (type.parent === undefined) continue;
          const list = map.get(type.parent);
          if (list === undefined) map.set(type.parent, [type.name]);
          else list.push(type.name);
        }
        childrenOf = map;
      }
      return childrenOf.get(name) ?? [];
    },
    *warm() {
      for (const path of filesWithTypes()) {
        yield* reading(path);
        yield;
      }
    },
    *registrations() {
      for (const path of source.registrars()) {
        let known = registrationsByFile.get(path);
        if (known === undefined) {
          known = source.known(path)?.registrations ?? registrationsOf(path);
          registrationsByFile.set(path, known);
        }
        yield* known;
      }
    },
    *readSoFar() {
      for (const path of new Set([...byFile.keys(), ...registrationsByFile.keys()])) {
        const types = byFile.get(path);
        const registrations = registrationsByFile.get(path);
        yield [path, { types: types && { list: types.list, used: [...types.used] }, registrations }];
      }
    },
    outdate(path, affected, sameVariables) {
      generation++;
      for (const [file, { used }] of [...byFile]) if (used.has(path) || affected(file)) byFile.delete(file);
      for (const file of [...registrationsByFile.keys()]) if (affected(file)) registrationsByFile.delete(file);
      byName = undefined;
      childrenOf = undefined;
      if (!sameVariables) files = undefined;
    },
  };

  function registrationsOf(path: string): readonly Registration[] {
    const text = source.text(path);
    if (text === undefined) return [];
    const functions = (source.facts(path)?.declarations ?? []).filter((d) => d.kind === "function");
    const isDescription = (symbol: string): boolean => source.isDescription(symbol, path);
    return registrationsIn(path, text, functions, isDescription, (expression) => stringIn(expression, path)).filter(
      ({ callee, reference, idstr }) =>
        reference !== undefined || idstr !== undefined || takesDescription(callee, path),
    );
  }

  function stringIn(expression: string, path: string): Value<string> {
    const scope = source.scopes.of(path);
    const tokens = scope.expandText(expression);
    return stringValue(tokens, 0, tokens.length, scope, source.evaluator());
  }

  /** vmstate_register_ram and its kind register memory, no table. */
  function takesDescription(callee: string, path: string): boolean {
    const found = source.function(callee, path);
    if (found === undefined) return true;
    const { parametersStart, parametersEnd } = found.definition;
    return source.text(found.file)?.slice(parametersStart, parametersEnd).includes("VMStateDescription") ?? true;
  }
}
