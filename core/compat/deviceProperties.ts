/** Properties as devices declare them: `Property x_properties[] = {…}`, expanded by the tree's own macros. */
import { storeOf } from "../project/cache";
import type { Project } from "../project/project";
import type { FileFacts, VariableDefinition } from "../c/facts";
import { type Initialiser, type InitialiserElement, parseInitialiser, spell } from "../c/initialiser";
import type { SourceRange } from "../c/range";
import type { Token } from "../c/token";
import { tokenRange } from "../vmstate/ranges";

export interface DeviceProperty {
  readonly name: string;
  readonly structName: string;
  /** Last name of the member's path. */
  readonly member: string;
  /** For a property that is one bit of its member. */
  readonly bit: number | undefined;
  /** As in qdev_prop_<kind>: `bool`, `bit64`, `on_off_auto`. */
  readonly kind: string;
  /** undefined: the property has no default of its own, or none that is a number. */
  readonly byDefault: bigint | undefined;
  /** Symbol of the array that has it. */
  readonly array: string;
  readonly file: string;
  readonly range: SourceRange;
}

interface PropertyArray {
  readonly declaration: VariableDefinition;
  readonly text: string;
  read: readonly DeviceProperty[] | undefined;
}

const perFile = new WeakMap<FileFacts, readonly PropertyArray[]>();

function arraysIn(project: Project, file: string): readonly PropertyArray[] {
  const facts = project.facts(file);
  if (facts === undefined) return [];
  const known = perFile.get(facts);
  if (known !== undefined) return known;
  const found: PropertyArray[] = [];
  for (const declaration of facts.declarations) {
    if (declaration.kind !== "variable" || declaration.typeName !== "Property" || !declaration.array) continue;
    const text = (project.text(file) ?? "").slice(declaration.initStart, declaration.initEnd);
    found.push({ declaration, text, read: undefined });
  }
  perFile.set(facts, found);
  return found;
}

/** Those that set a member of that name. Arrays that cannot have one are not expanded. */
export function propertiesOfMember(project: Project, file: string, member: string): readonly DeviceProperty[] {
  return arraysIn(project, file).flatMap((array) =>
    mayMention(array.text, member)
      ? readArray(project, file, array).filter((property) => property.member === member)
      : [],
  );
}

/** A macro without arguments may bring any member. */
function mayMention(text: string, member: string): boolean {
  return /\(\s*\)/.test(text) || new RegExp(`\\b${member}\\b`).test(text);
}

function readArray(project: Project, file: string, array: PropertyArray): readonly DeviceProperty[] {
  if (array.read !== undefined) return array.read;
  const { declaration } = array;
  const tokens = project.scope(file).tokens(file, declaration.initStart, declaration.initEnd);
  const list = parseInitialiser(tokens, 0, tokens.length);
  const whole = { file, start: declaration.start, end: declaration.end };
  array.read =
    list.kind !== "list"
      ? []
      : list.elements.flatMap((element) => readElement(project, tokens, element, declaration.name, whole) ?? []);
  return array.read;
}

function readElement(
  project: Project,
  tokens: readonly Token[],
  element: InitialiserElement,
  array: string,
  whole: SourceRange,
): DeviceProperty | undefined {
  if (element.value.kind !== "list") return unexpanded(project, tokens, element, array, whole);
  const parts = new Map<string, Initialiser>();
  for (const { designators, value } of element.value.elements) {
    const [first] = designators;
    if (first === undefined) continue;
    const inner = first === "defval" && value.kind === "list" ? value.elements[0]?.value : value;
    if (inner !== undefined) parts.set(first, inner);
  }
  const text = (name: string): string | undefined => {
    const part = parts.get(name);
    return part === undefined ? undefined : spell(tokens, part.start, part.end);
  };
  const { file } = whole;
  const name = text("name");
  const place = memberOf(text("offset") ?? "");
  if (name === undefined || place === undefined) return undefined;
  const literal = /^\(*"([^"\\]*)"\)*$/.exec(name)?.[1] ?? valueOf(project.string(name, file));
  if (literal === undefined) return undefined;
  const bit = text("bitnr");
  const first = tokens[element.start];
  return {
    name: literal,
    ...place,
    bit: bit === undefined ? undefined : valueOf(project.evaluate(bit, file)),
    kind: /qdev_prop_(\w+)/.exec(text("info") ?? "")?.[1] ?? "",
    byDefault: numberOf(project, text("defval"), file),
    array,
    file,
    range: first === undefined ? whole : tokenRange(first, whole),
  };
}

/** A macro that is nowhere defined, as in a single file: by the names that QEMU gives such macros. */
function unexpanded(
  project: Project,
  tokens: readonly Token[],
  element: InitialiserElement,
  array: string,
  whole: SourceRange,
): DeviceProperty | undefined {
  const [macro] = tokens.slice(element.start, element.end);
  const kind = /^DEFINE_PROP_(BOOL|BIT|BIT64|U?INT(?:8|16|32|64)|SIZE(?:32)?|ON_OFF_AUTO)$/.exec(
    macro?.text ?? "",
  )?.[1];
  if (kind === undefined || macro === undefined || tokens[element.start + 1]?.text !== "(") return undefined;
  const args: string[] = [""];
  let depth = 0;
  for (const token of tokens.slice(element.start + 2, element.end - 1)) {
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    if (token.text === "," && depth === 0) args.push("");
    else args.push(`${args.pop() ?? ""}${token.text} `);
  }
  const [name, structName, path, third, fourth] = args.map((arg) => arg.trim());
  const literal = /^"([^"]*)"$/.exec(name ?? "")?.[1];
  const member = /(\w+)$/.exec(path ?? "")?.[1];
  if (literal === undefined || structName === undefined || member === undefined) return undefined;
  const bits = kind.startsWith("BIT");
  return {
    name: literal,
    structName,
    member,
    bit: bits && third !== undefined ? valueOf(project.evaluate(third, whole.file)) : undefined,
    kind: kind.toLowerCase(),
    byDefault: numberOf(project, bits ? fourth : third, whole.file),
    array,
    file: whole.file,
    range: tokenRange(macro, whole),
  };
}

function valueOf<T>(value: { readonly known: true; readonly value: T } | { readonly known: false }): T | undefined {
  return value.known ? value.value : undefined;
}

/** `offsetof(S, a.b.c)` and old `&((S *)0)->c`, with a type check behind it. */
function memberOf(offset: string): { readonly structName: string; readonly member: string } | undefined {
  const match =
    /offsetof\s*\(\s*(?:struct\s+)?(\w+)\s*,\s*(?:[\w.[\]\s]*\.\s*)?(\w+)\s*\)/.exec(offset) ??
    /\(\s*(?:struct\s+)?(\w+)\s*\*\s*\)\s*0\s*\)\s*->\s*(?:[\w.[\]\s]*\.\s*)?(\w+)/.exec(offset);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { structName: match[1], member: match[2] };
}

function numberOf(project: Project, text: string | undefined, file: string): bigint | undefined {
  if (text === undefined) return undefined;
  const plain = text.replace(/^(?:\(\s*_?(?:[Bb]ool|u?int\d+_t)\s*\)\s*)+/, "").trim();
  if (plain === "true") return 1n;
  if (plain === "false") return 0n;
  if (/^\d+$/.test(plain)) return BigInt(plain);
  const value = project.evaluate(plain, file);
  return value.known && Number.isSafeInteger(value.value) ? BigInt(value.value) : undefined;
}

interface ArrayName {
  readonly array: string;
  readonly file: string;
}

interface Arrays {
  revision: number;
  owners: ReadonlyMap<string, readonly string[]>;
}

const arraysOf = storeOf<Arrays>(() => ({ revision: -1, owners: new Map() }));

function currentArrays(project: Project): Arrays {
  const store = arraysOf(project);
  if (store.revision === project.revision) return store;
  const owners = new Map<string, string[]>();
  for (const type of project.types()) {
    const names = type.classInit === undefined ? [] : arraysSetBy(project, type.classInit.name, type.file);
    for (const { array, file } of names) {
      const list = owners.get(`${file} ${array}`);
      if (list) list.push(type.name);
      else owners.set(`${file} ${array}`, [type.name]);
    }
  }
  return Object.assign(store, { revision: project.revision, owners });
}

/** Types whose own class has the property; empty where that is not seen. */
export function ownersOf(project: Project, { file, array }: DeviceProperty): readonly string[] {
  return currentArrays(project).owners.get(`${file} ${array}`) ?? [];
}

const setBy = new WeakMap<FileFacts, Map<string, readonly string[]>>();

function arraysSetBy(project: Project, name: string, from: string): readonly ArrayName[] {
  const fn = project.function(name, from);
  const facts = fn && project.facts(fn.file);
  if (fn === undefined || facts === undefined) return [];
  let known = setBy.get(facts);
  if (known === undefined) {
    known = new Map();
    setBy.set(facts, known);
  }
  let names = known.get(name);
  if (names === undefined) {
    const body = project.text(fn.file)?.slice(fn.definition.bodyStart, fn.definition.bodyEnd) ?? "";
    const calls = body.matchAll(setProps);
    names = [...calls].flatMap((match) => match[1] ?? match[2] ?? []).filter((each) => each !== "NULL");
    known.set(name, names);
  }
  return names.map((array) => ({ array, file: fn.file }));
}

const setProps = /\bdevice_class_set_props(?:_n)?\s*\(\s*\w+\s*,\s*(\w+)|(?:->|\.)props\s*=\s*(\w+)\s*;/g;
