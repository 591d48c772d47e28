/** Which of the tree's own field macros take a member whole: each is tried on it, nothing is known by name. */
import { type CType, type RecordType, typeText } from "../c/ctype";
import { sizeOf } from "../c/layout";
import { lex } from "../c/lex";
import type { Token } from "../c/token";
import type { VMStateDescription, VMStateField } from "../vmstate/model";
import type { WrittenField } from "../vmstate/written";
import { answered } from "./answers";
import { cachedByRevision, cachedByShape, storeOf, summarise } from "./cache";
import { type DeclaredMember, declaredMember } from "./declaredMember";
import { type ArgumentRole, type MacroSignature, macroSignature } from "./macroRoles";
import type { Project } from "./project";
import { toTheEnd } from "../steps";
import { stateStructs, structNamed } from "./stateTypes";
import { apart, noteSummary } from "./uses";

/** Arguments that are decided already, as text: what the field says now, or what the table wants. */
export type GivenArguments = Readonly<Partial<Record<ArgumentRole, string>>>;

export interface SuitedMacro {
  readonly macro: string;
  /** `VMSTATE_UINT32_ARRAY(regs, DemoState, 16)` */
  readonly text: string;
}

/**
 * The macro for a member: what the tree's tables use most for members that are declared alike, else any that takes it.
 * `path`: one member of the struct, `regs`, also of a struct in it, `ring.head`.
 */
export function macroFor(
  project: Project,
  structName: string,
  path: string,
  file: string,
  given: GivenArguments = {},
): SuitedMacro | undefined {
  const wanted = wantedField(project, structName, path, file, given);
  if (wanted === undefined) return undefined;
  noteSummary(usesSummary);
  const store = byShape(project, choices);
  const key = choiceKey(project, wanted);
  if (store.known.has(key)) {
    const chosen = store.known.get(key);
    const found = chosen === undefined ? undefined : suited(project, wanted, [chosen])[0];
    if (chosen === undefined || found !== undefined) return found;
  }
  const usual = [...(macroUses(project).alike.get(kindOf(wanted.member))?.keys() ?? [])];
  const found = suited(project, wanted, usual)[0] ?? suited(project, wanted, fieldMacros(project, file))[0];
  store.known.set(key, found?.macro);
  return found;
}

/** Macros chosen so far; a hundred are tried for a member that none takes, and an edit seldom changes which one does. */
const choices = storeOf<ByShape<string | undefined>>(() => ({ shape: -1, known: new Map() }));

/** All that the choice hangs on but the macros themselves. */
function choiceKey(project: Project, { file, member, given, arguments: { description } }: WantedField): string {
  const size = sizeOf(project.ctypes(), member.type);
  const what = [kindOf(member), typeText(member.type), size.known ? size.value : "?", member.lengths.length];
  return [file, ...what, description ?? "", ...Object.entries(given).flat()].join(" ");
}

/** Every macro that takes the member whole, best first. */
export function macrosFor(
  project: Project,
  structName: string,
  path: string,
  file: string,
  given: GivenArguments = {},
): readonly SuitedMacro[] {
  const wanted = wantedField(project, structName, path, file, given);
  return wanted === undefined ? [] : suited(project, wanted, fieldMacros(project, file));
}

interface WantedField {
  readonly file: string;
  readonly path: string;
  readonly member: DeclaredMember;
  readonly given: GivenArguments;
  /** What a macro's arguments would be. */
  readonly arguments: GivenArguments;
}

function wantedField(
  project: Project,
  structName: string,
  path: string,
  file: string,
  given: GivenArguments,
): WantedField | undefined {
  const member = declaredMember(project, structName, path, file);
  if (member === undefined) return undefined;
  const record = recordOf(member.type);
  const nested = record === undefined ? undefined : tableOf(project, record, file);
  const all = {
    version: "0",
    member: path,
    struct: structName,
    type: member.typeName,
    ...(nested === undefined ? {} : { description: nested.symbol }),
    ...given,
  };
  return { file, path, member, given, arguments: all };
}

function suited(project: Project, wanted: WantedField, macros: readonly string[]): readonly SuitedMacro[] {
  const { file, given, member } = wanted;
  const needed = (["version", "predicate"] as const).filter((role) => given[role] !== undefined);
  const uses = macroUses(project);
  const alike = uses.alike.get(kindOf(member));
  const found: Ranked[] = [];
  for (const name of macros) {
    const roles = fieldSignature(project, name, file)?.roles;
    if (roles === undefined || needed.some((role) => !roles.includes(role))) continue;
    let dimension = 0;
    const args = roles.map((role) => {
      if (role !== "count" || given.count !== undefined) return wanted.arguments[role];
      return member.lengths[dimension++];
    });
    if (args.some((each) => each === undefined)) continue;
    const text = `${name}(${args.join(", ")})`;
    const written = project.field(text, file);
    if (written === undefined || !takesWhole(project, written, wanted)) continue;
    found.push({
      macro: name,
      text,
      sameName: written.checks.some((check) => typeText(check.wanted) === typeText(member.type)),
      version: roles.includes("version") && given.version === undefined,
      alike: alike?.get(name) ?? 0,
      uses: uses.any.get(name) ?? 0,
      arguments: args.length,
    });
  }
  return found.sort(better).map(({ macro, text }) => ({ macro, text }));
}

/** What the use of a macro says that another one has to say too: version, condition, hint, count. */
export function givenIn(project: Project, text: string, file: string): GivenArguments {
  const tokens = lex(text, "");
  const [name, open] = tokens;
  const roles = name === undefined ? undefined : macroSignature(project, name.text, file)?.roles;
  if (open?.text !== "(" || roles === undefined) return {};
  const given: { [role in ArgumentRole]?: string } = {};
  for (const [index, argument] of argumentTexts(text, tokens).entries()) {
    const role = roles[index];
    if (role === "version" || role === "predicate" || role === "hint" || role === "description") given[role] = argument;
  }
  return given;
}

/** Between the parentheses behind the first token. */
function argumentTexts(text: string, tokens: readonly Token[]): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const token of tokens.slice(1)) {
    if (token.text === "(" || token.text === "[" || token.text === "{") {
      if (depth++ === 0) start = token.end;
    } else if (token.text === ")" || token.text === "]" || token.text === "}") {
      if (--depth > 0) continue;
      found.push(text.slice(start, token.start).trim());
      return found;
    } else if (token.text === "," && depth === 1) {
      found.push(text.slice(start, token.start).trim());
      start = token.end;
    }
  }
  return found;
}

interface Ranked extends SuitedMacro {
  readonly sameName: boolean;
  /** Has a version to be thought of. */
  readonly version: boolean;
  readonly alike: number;
  readonly uses: number;
  readonly arguments: number;
}

function better(a: Ranked, b: Ranked): number {
  return (
    Number(a.version) - Number(b.version) ||
    b.alike - a.alike ||
    Number(b.sameName) - Number(a.sameName) ||
    b.uses - a.uses ||
    a.arguments - b.arguments ||
    (a.macro < b.macro ? -1 : 1)
  );
}

/** How often the tree's tables use each macro: for members declared alike, and for any. */
interface Uses {
  readonly alike: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly any: ReadonlyMap<string, number>;
}

interface Counted extends Uses {
  readonly alike: Map<string, Map<string, number>>;
  readonly any: Map<string, number>;
  done: boolean;
}

const counted = storeOf<Counted>(() => ({ alike: new Map(), any: new Map(), done: false }));

/** Counts, one description a step. An edit changes little of what is usual, so that it is counted once. */
export function* warmMacroUses(project: Project): Generator<void> {
  const { done } = counted(project);
  if (done) return;
  const any = new Map<string, number>();
  const alike = new Map<string, Map<string, number>>();
  for (const file of new Set(Array.from(project.descriptions(), (each) => each.file))) {
    for (const [macro, kind] of answered(project, `macros ${file}`, file, () => macrosUsed(project, file))) {
      any.set(macro, (any.get(macro) ?? 0) + 1);
      if (kind === "") continue;
      const counts = alike.get(kind) ?? new Map<string, number>();
      alike.set(kind, counts);
      counts.set(macro, (counts.get(macro) ?? 0) + 1);
    }
    yield;
  }
  Object.assign(counted(project), { any, alike, done: true });
}

/** Each use in the file's tables, with what its member is declared as; "" where that is not known. */
function macrosUsed(project: Project, file: string): readonly (readonly [macro: string, kind: string])[] {
  return project.descriptionsIn(file).flatMap(({ fields }) =>
    fields.flatMap(({ macro, member }): (readonly [string, string])[] => {
      if (macro === undefined) return [];
      const declared = member && declaredMember(project, member.structName, member.path, file);
      return [[macro, declared === undefined ? "" : kindOf(declared)]];
    }),
  );
}

function macroUses(project: Project): Uses {
  noteSummary(usesSummary);
  apart(() => toTheEnd(warmMacroUses(project)));
  return counted(project);
}

const usesSummary = "field macros";

summarise(usesSummary, (project) => {
  const { any, alike } = macroUses(project);
  const byKind = [...alike].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, uses]) => [kind, ranked(uses)]);
  return [ranked(any), byKind, headerMacros(project)];
});

/** The choice goes by which is used more, not by how much: most used first, those that are used alike together. */
function ranked(uses: ReadonlyMap<string, number>): readonly (readonly string[])[] {
  const byCount = new Map<number, string[]>();
  for (const [macro, count] of uses) {
    const alike = byCount.get(count);
    if (alike === undefined) byCount.set(count, [macro]);
    else alike.push(macro);
  }
  return [...byCount].sort(([a], [b]) => b - a).map(([, macros]) => macros.sort());
}

/** `uint8_t[]`, `QEMUTimer *`: what members have in common that are declared alike. */
function kindOf({ type, typeName }: DeclaredMember): string {
  let around = "";
  let inner = type;
  while (inner.kind === "array" || inner.kind === "pointer") {
    around += inner.kind === "array" ? "[]" : "*";
    inner = inner.kind === "array" ? inner.element : inner.target();
  }
  return typeName + around;
}

/** Outdated when files define or declare other names. */
interface ByShape<T> {
  shape: number;
  readonly known: Map<string, T>;
}

function byShape<T>(project: Project, store: (project: Project) => ByShape<T>): ByShape<T> {
  const found = store(project);
  if (found.shape !== project.shape) {
    found.known.clear();
    found.shape = project.shape;
  }
  return found;
}

/** By file and macro. */
const signatures = storeOf<ByShape<MacroSignature | undefined>>(() => ({ shape: -1, known: new Map() }));

/** Of a macro that makes a field of a member, as that file sees it. */
function fieldSignature(project: Project, name: string, file: string): MacroSignature | undefined {
  const store = byShape(project, signatures);
  const key = `${file} ${name}`;
  if (!store.known.has(key)) {
    const signature = macroSignature(project, name, file);
    const isField = signature?.roles.includes("member") === true && signature.roles.includes("struct");
    store.known.set(key, isField ? signature : undefined);
  }
  return store.known.get(key);
}

/** Names of macros that may make fields: those of the headers, and those that the file itself defines. */
function fieldMacros(project: Project, file: string): readonly string[] {
  return [...new Set([...headerMacros(project), ...macrosIn(project, file)])];
}

const headerMacros = cachedByShape((project): readonly string[] =>
  project.paths().flatMap((path) => (path.endsWith(".h") ? macrosIn(project, path) : [])),
);

/** Function-like macros that say by their body or their name that they are about fields. */
function macrosIn(project: Project, path: string): readonly string[] {
  const macros = project.facts(path)?.macros ?? [];
  if (macros.length === 0) return [];
  return macros
    .filter(({ name, parameters }) => (parameters?.length ?? 0) >= 2 && name.includes("VMSTATE"))
    .map(({ name }) => name);
}

const partial: readonly string[] = [
  "VARRAY_INT32",
  "VARRAY_UINT32",
  "VARRAY_UINT16",
  "VARRAY_UINT8",
  "VBUFFER",
  "MULTIPLY",
  "MULTIPLY_ELEMENTS",
  "ALLOC",
  "MUST_EXIST",
];

/** Whether the field compiles and saves all of the member, as the kind of value that it is. */
function takesWhole(project: Project, written: WrittenField, { path, member, file }: WantedField): boolean {
  const { type } = member;
  const { field, checks } = written;
  if (field.member?.path !== path || field.flagNames.some((flag) => partial.includes(flag))) return false;
  if (!field.flags.known || checks.some(({ holds }) => !holds.known || !holds.value)) return false;
  const checked = checks.length > 0;
  if (field.flagNames.includes("POINTER") || field.flagNames.includes("ARRAY_OF_POINTER")) return checked;
  const size = sizeOf(project.ctypes(), type);
  const isArray = field.flagNames.includes("ARRAY");
  if (!size.known || !field.size.known || (isArray && !field.num.known)) return false;
  if (field.size.value * (isArray && field.num.known ? field.num.value : 1) !== size.value) return false;
  return isOfKind(project, field, type, checked, file);
}

function isOfKind(project: Project, field: VMStateField, type: CType, checked: boolean, file: string): boolean {
  let element = type;
  while (element.kind === "array") element = element.element;
  if (field.vmsd !== undefined) {
    const table = project.description(field.vmsd.symbol, file);
    return element.kind === "record" && (checked || (table !== undefined && holds(project, table, element)));
  }
  const moved = movedBy(field.info?.symbol);
  if (moved === undefined) return checked;
  if (moved === "bytes") {
    const size = sizeOf(project.ctypes(), element);
    return type.kind === "array" && size.known && size.value === 1;
  }
  if (element.kind !== "scalar" || element.floating) return checked;
  const isBool = element.canonical === "_Bool" || element.canonical === "bool";
  if (moved === "bool") return isBool;
  return !isBool && element.size === moved.bytes && element.signed === moved.signed;
}

export interface MovedInteger {
  readonly bytes: number;
  readonly signed: boolean;
}

const movedIntegers: ReadonlyMap<string, MovedInteger> = new Map(
  [1, 2, 4, 8].flatMap((bytes) =>
    ["", "_equal", "_le"].flatMap((how): [string, MovedInteger][] => [
      [`vmstate_info_int${8 * bytes}${how}`, { bytes, signed: true }],
      [`vmstate_info_uint${8 * bytes}${how}`, { bytes, signed: false }],
    ]),
  ),
);

/** What the get and put functions of migration/vmstate-types.c move; undefined: another thing. */
export function movedBy(symbol: string | undefined): MovedInteger | "bool" | "bytes" | undefined {
  if (symbol === "vmstate_info_bool") return "bool";
  if (symbol === "vmstate_info_buffer") return "bytes";
  return movedIntegers.get(symbol ?? "");
}

function recordOf(type: CType): RecordType | undefined {
  let element = type;
  while (element.kind === "array") element = element.element;
  if (element.kind === "pointer") element = element.target();
  return element.kind === "record" ? element : undefined;
}

/** The table that saves a struct: of the file itself, else one that the file can see. Subsections are parts of another. */
function tableOf(project: Project, record: RecordType, file: string): VMStateDescription | undefined {
  const inFile = project.descriptionsIn(file).find((each) => isWhole(project, each) && holds(project, each, record));
  if (inFile !== undefined) return inFile;
  for (const name of record.tag === undefined ? [] : [record.tag, `struct ${record.tag}`]) {
    const found = (tablesByStruct(project).get(name) ?? []).find((symbol) => {
      const table = project.description(symbol, file);
      return table !== undefined && holds(project, table, record);
    });
    if (found !== undefined) return project.description(found, file);
  }
  return undefined;
}

const subsectionNames = cachedByRevision((project): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { subsections } of project.descriptions()) for (const { symbol } of subsections) names.add(symbol);
  return names;
}, "tables");

function isWhole(project: Project, table: VMStateDescription): boolean {
  return !subsectionNames(project).has(table.symbol);
}

/** Symbols of tables by the struct that they save. */
const tablesByStruct = cachedByRevision((project): ReadonlyMap<string, readonly string[]> => {
  const byStruct = new Map<string, string[]>();
  for (const table of project.descriptions()) {
    const [name] = stateStructs(table);
    if (name === undefined || !isWhole(project, table)) continue;
    const list = byStruct.get(name) ?? [];
    list.push(table.symbol);
    byStruct.set(name, list);
  }
  return byStruct;
}, "tables");

function holds(project: Project, table: VMStateDescription, record: RecordType): boolean {
  const [name] = stateStructs(table);
  if (name === undefined) return false;
  const type = structNamed(project, name, table.file);
  return type.kind === "record" && type.identity === record.identity;
}
