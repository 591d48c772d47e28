/** The tree's descriptions, infos and field lists: found by file and by symbol, read once. */
import { firstName } from "../c/words";
import type { CTypes } from "../c/ctype";
import { type InitialisedVariable, variablesOf } from "../c/definitions";
import type { MakerIndex } from "../c/makers";
import type { FileFacts, VariableDefinition } from "../c/facts";
import type { Truth } from "../c/conditions";
import { type ListInitialiser, parseInitialiser } from "../c/initialiser";
import type { NameIndex } from "../c/names";
import type { Located } from "../c/scope";
import type { Scopes } from "../c/scopes";
import { toTheEnd } from "../steps";
import type { Token } from "../c/token";
import { type Evaluator, stringValue } from "./constants";
import { offsetOfMember } from "./evaluator";
import { type FlagTable, functionReference, settledField } from "./field";
import type { VMStateDescription, VMStateInfo } from "./model";
import { type ReadContext, readDescription } from "./read";
import { readWrittenField, type WrittenField } from "./written";

export interface DescriptionSource {
  facts(path: string): FileFacts | undefined;
  readonly names: NameIndex;
  readonly scopes: Scopes;
  makers(): MakerIndex;
  evaluator(): Evaluator;
  ctypes(): CTypes;
  /** Those of several files that the build compiles for the target; all where it does not say. */
  compiled<D>(candidates: readonly Located<D>[]): readonly Located<D>[];
  compiles(file: string): Truth;
  /** A file's descriptions as an earlier reading of the same gave them. */
  known(path: string): readonly VMStateDescription[] | undefined;
}

export interface DescriptionReader {
  descriptionsIn(path: string): readonly VMStateDescription[];
  descriptions(): Iterable<VMStateDescription>;
  /** Reads what `descriptions` answers, one file a step. */
  warm(): Iterable<void>;
  description(symbol: string, file: string): VMStateDescription | undefined;
  isDescription(symbol: string, file: string): boolean;
  info(symbol: string, file: string): VMStateInfo | undefined;
  /** What one element of a field list says, written in a table of that file. */
  field(text: string, file: string): WrittenField | undefined;
  /** By file, what has been read, as data alone; of the wanted files, or all. */
  readSoFar(wanted?: (path: string) => boolean): Iterable<readonly [path: string, list: readonly VMStateDescription[]]>;
  /** Forgets what depends on files for which `affected` holds. `sameVariables`: no table came, went or was renamed. */
  outdate(affected: (file: string) => boolean, sameVariables: boolean): void;
}

interface FileDescriptions {
  readonly list: readonly VMStateDescription[];
  readonly bySymbol: ReadonlyMap<string, VMStateDescription>;
}

const descriptionType: ReadonlySet<string> = new Set(["VMStateDescription"]);
const infoType: ReadonlySet<string> = new Set(["VMStateInfo"]);

export function createDescriptionReader(source: DescriptionSource): DescriptionReader {
  const { names, scopes } = source;
  const byFile = new Map<string, FileDescriptions>();
  const infos = new Map<string, VMStateInfo | undefined>();
  let outdated = 0;
  let flagTable: FlagTable | undefined;
  /** Files whose top-level macros make descriptions, and the symbols they make. */
  let madeFiles: readonly string[] | undefined;
  let madeSymbols: ReadonlyMap<string, string> | undefined;

  const flags = (file: string): FlagTable => {
    if (flagTable !== undefined) return flagTable;
    const table = new Map<string, number>();
    const record = scopes.choose(names.enums("VMS_SINGLE"), file)?.declaration;
    const owner = scopes.choose(names.enums("VMS_SINGLE"), file)?.file ?? file;
    for (const name of record?.enumerators ?? []) {
      const scope = scopes.of(owner);
      const value = source.evaluator().integer(scope.expandText(name), scope);
      if (name.startsWith("VMS_") && value.known) table.set(name.slice(4), value.value);
    }
    flagTable = table;
    return table;
  };

  const contextOf = (file: string): ReadContext => {
    const scope = scopes.of(file);
    return {
      scope,
      evaluator: source.evaluator(),
      flags: flags(file),
      offsetOf: (member, at) => offsetOfMember(source.ctypes(), member, at),
      variableTokens: (name) => variableTokens(name, file),
    };
  };

  const variableTokens = (name: string, file: string): readonly Token[] | undefined => {
    const candidates = names.variables(name).filter((c) => c.file === file || !c.declaration.isStatic);
    const found = chosen(candidates, file);
    if (found === undefined) return undefined;
    scopes.notes(found.file, file);
    return scopes.of(found.file).tokens(found.file, found.declaration.initStart, found.declaration.initEnd);
  };

  const read = (path: string): FileDescriptions => byFile.get(path) ?? toTheEnd(readInSteps(path));

  const taken = (path: string): FileDescriptions | undefined => {
    const list = source.known(path);
    if (list === undefined) return undefined;
    const made = { list, bySymbol: new Map(list.map((d) => [d.symbol, d])) };
    byFile.set(path, made);
    return made;
  };

  /** One description a step; what is outdated meanwhile is not kept. */
  function* readInSteps(path: string): Generator<void, FileDescriptions> {
    const known = byFile.get(path) ?? taken(path);
    if (known !== undefined) return known;
    const began = outdated;
    const facts = source.facts(path);
    const list: VMStateDescription[] = [];
    for (const variable of facts === undefined ? [] : variablesOf(facts, descriptionType, scopes, source.makers())) {
      const description = describe(variable, path);
      if (description !== undefined) list.push(description);
      yield;
    }
    // Somebody may have asked for the file between two steps, and holds what it was told.
    const told = byFile.get(path);
    if (told !== undefined) return told;
    const made = { list, bySymbol: new Map(list.map((d) => [d.symbol, d])) };
    if (began === outdated) byFile.set(path, made);
    return made;
  }

  const describe = (variable: InitialisedVariable, path: string): VMStateDescription | undefined => {
    const { initialiser } = variable;
    if (initialiser.kind !== "list") return undefined;
    return scopes.from(path, () => readDescription(variable.tokens, initialiser, variable, contextOf(path)));
  };

  const filesOfMade = (): readonly string[] => {
    if (madeFiles === undefined) {
      madeFiles = [...source.makers().filesMaking(descriptionType)];
    }
    return madeFiles;
  };

  const made = (): ReadonlyMap<string, string> => {
    if (madeSymbols === undefined) {
      const symbols = new Map<string, string>();
      madeSymbols = symbols;
      for (const path of filesOfMade()) for (const d of read(path).list) symbols.set(d.symbol, path);
    }
    return madeSymbols;
  };

  /** File that defines the description `symbol` means in `file`. */
  const fileOf = (symbol: string, file: string): string | undefined => {
    const base = firstName(symbol);
    const candidates = names
      .variables(base)
      .filter(
        (c) =>
          c.declaration.typeName === "VMStateDescription" &&
          (c.file === file || !c.declaration.isStatic || isHeader(c.file)),
      );
    return (chosen(candidates, file) ?? onlyFilled(candidates))?.file ?? fileMaking(symbol);
  };

  const fileMaking = (symbol: string): string | undefined => {
    const found = made().get(symbol);
    for (const path of found === undefined ? filesOfMade() : [found]) scopes.meets(path);
    return found;
  };

  /** Where the build takes an empty table in place of the real one: `const VMStateDescription vmstate_x;` in a stub. */
  const stubOf = (symbol: string, owner: string | undefined): VMStateDescription | undefined => {
    const stub = names.blanks(symbol).find((c) => isStub(c));
    if (stub === undefined || source.compiles(stub.file) === "false") return undefined;
    if (owner !== undefined && source.compiles(owner) !== "false") return undefined;
    const { start, end, nameStart, name } = stub.declaration;
    const range = { file: stub.file, start, end };
    const nameRange = { file: stub.file, start: nameStart, end: nameStart + name.length };
    const empty: ListInitialiser = { kind: "list", elements: [], literalOf: undefined, closed: true, start: 0, end: 0 };
    return readDescription([], empty, { symbol, range, nameRange, condition: undefined }, contextOf(stub.file));
  };
  const isStub = ({ file, declaration }: Located<VariableDefinition>): boolean =>
    declaration.typeName === "VMStateDescription" &&
    !declaration.isStatic &&
    !declaration.pointer &&
    file.endsWith(".c");

  const chosen = (
    candidates: readonly Located<VariableDefinition>[],
    file: string,
  ): Located<VariableDefinition> | undefined =>
    scopes.from(
      file,
      () =>
        scopes.choose(candidates, file) ??
        scopes.choose(source.compiled(candidates), file) ??
        scopes.choose(
          candidates.filter((c) => source.compiles(c.file) === "true"),
          file,
        ),
    );

  /** Of several tables of one name, of which all but one are empty stubs, the one with content. */
  const onlyFilled = (candidates: readonly Located<VariableDefinition>[]): Located<VariableDefinition> | undefined => {
    for (const { file } of candidates) scopes.meets(file);
    const filled = candidates.filter((c) => (read(c.file).bySymbol.get(c.declaration.name)?.members.length ?? 0) > 0);
    return filled.length === 1 ? filled[0] : undefined;
  };

  const description = (symbol: string, file: string): VMStateDescription | undefined => {
    const owner = fileOf(symbol, file);
    const stub = names.blanks(symbol).length === 0 ? undefined : stubOf(symbol, owner);
    if (stub !== undefined || owner === undefined) return stub;
    const found = read(owner).bySymbol;
    return found.get(symbol) ?? found.get(`${symbol}[0]`);
  };

  return {
    descriptionsIn: (path) => read(path).list,
    *warm() {
      for (const [macro] of names.invocations()) {
        source.makers().makes(macro, descriptionType);
        yield;
      }
      for (const path of names.filesWithVariablesOf("VMStateDescription")) {
        yield* readInSteps(path);
        yield;
      }
      for (const path of filesOfMade()) {
        yield;
        yield* readInSteps(path);
      }
    },
    *descriptions() {
      const files = new Set([...names.filesWithVariablesOf("VMStateDescription"), ...filesOfMade()]);
      for (const path of files) yield* read(path).list;
    },
    description: (symbol, file) => scopes.from(file, () => description(symbol, file)),
    isDescription(symbol, file) {
      const isWritten = names.variables(symbol).some((c) => c.declaration.typeName === "VMStateDescription");
      return scopes.from(file, () => (isWritten ? fileOf(symbol, file) : fileMaking(symbol))) !== undefined;
    },
    info(symbol, file) {
      const candidates = names
        .variables(symbol)
        .filter((c) => c.declaration.typeName === "VMStateInfo" && (c.file === file || !c.declaration.isStatic));
      const found = chosen(candidates, file);
      if (found === undefined) return undefined;
      const key = `${found.file}:${symbol}`;
      if (!infos.has(key)) infos.set(key, readInfo(found.file, found.declaration));
      return infos.get(key);
    },
    field: (text, file) => readWrittenField(text, contextOf(file), source.ctypes()),
    *readSoFar(wanted) {
      for (const [path, { list }] of byFile) {
        if (wanted?.(path) === false) continue;
        yield [path, list.map((each) => ({ ...each, fields: each.fields.map(settledField) }))];
      }
    },
    outdate(affected, sameVariables) {
      outdated++;
      for (const file of [...byFile.keys()]) if (affected(file)) byFile.delete(file);
      infos.clear();
      if (sameVariables) return;
      flagTable = undefined;
      madeFiles = undefined;
      madeSymbols = undefined;
    },
  };

  function readInfo(file: string, variable: VariableDefinition): VMStateInfo | undefined {
    if (!infoType.has(variable.typeName)) return undefined;
    const scope = scopes.of(file);
    const tokens = scope.tokens(file, variable.initStart, variable.initEnd);
    const list = parseInitialiser(tokens, 0, tokens.length);
    if (list.kind !== "list") return undefined;
    const range = { file, start: variable.start, end: variable.end };
    const element = (name: string) => list.elements.find((e) => e.designators[0] === name)?.value;
    const name = element("name");
    const hook = (slot: string) => {
      const value = element(slot);
      return value === undefined ? undefined : functionReference(tokens, value.start, value.end, range);
    };
    return {
      symbol: variable.name,
      file,
      range,
      name:
        name === undefined
          ? { known: false, reason: "the info sets no .name" }
          : stringValue(tokens, name.start, name.end, scope, source.evaluator()),
      get: hook("get") ?? hook("load"),
      put: hook("put") ?? hook("save"),
    };
  }
}

function isHeader(path: string): boolean {
  return !path.endsWith(".c");
}
