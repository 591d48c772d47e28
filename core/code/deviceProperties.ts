/** Properties as devices declare them: `Property x_properties[] = {…}`, expanded by the tree's own macros. */
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { parseExpression } from "../c/expression";
import type { FileFacts, VariableDefinition } from "../c/facts";
import { type Initialiser, type InitialiserElement, matching, parseInitialiser, spell } from "../c/initialiser";
import { lex } from "../c/lex";
import type { SourceRange } from "../c/range";
import type { Token } from "../c/token";
import { lastName } from "../c/words";
import { bodyOf } from "../project/bodies";
import { storeOf } from "../project/cache";
import type { LocatedFunction, Project } from "../project/project";
import { memberReference } from "../vmstate/memberReference";
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
  /** Names that stand in it; undefined where a macro without arguments may bring any. */
  readonly names: ReadonlySet<string> | undefined;
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
    const tokens = lex(project.text(file) ?? "", file, declaration.initStart, declaration.initEnd);
    const isOpen = tokens.some(({ text }, k) => text === "(" && tokens[k + 1]?.text === ")");
    found.push({ declaration, names: isOpen ? undefined : new Set(tokens.map(({ text }) => text)), read: undefined });
  }
  perFile.set(facts, found);
  return found;
}

/** Those that set a member of that name. Arrays that cannot have one are not expanded. */
export function propertiesOfMember(project: Project, file: string, member: string): readonly DeviceProperty[] {
  return arraysIn(project, file).flatMap((array) =>
    array.names?.has(member) === false
      ? []
      : readArray(project, file, array).filter((property) => property.member === member),
  );
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
  const [name, offset, info, bit] = ["name", "offset", "info", "bitnr"].map((each) => parts.get(each));
  const place = offset && memberReference(tokens, offset.start, offset.end);
  const first = tokens[element.start];
  return madeOf(project, tokens, {
    name,
    structName: place?.structName,
    member: place?.path,
    bit,
    kind: info && tokens.slice(info.start, info.end).find(({ text }) => text.startsWith(infoPrefix))?.text,
    byDefault: parts.get("defval"),
    array,
    range: first === undefined ? whole : tokenRange(first, whole),
  });
}

const infoPrefix = "qdev_prop_";

type Piece = Pick<InitialiserElement, "start" | "end"> | undefined;

interface Pieces extends Pick<DeviceProperty, "array" | "range"> {
  readonly name: Piece;
  readonly structName: string | undefined;
  readonly member: string | undefined;
  readonly bit: Piece;
  /** `qdev_prop_bool` */
  readonly kind: string | undefined;
  readonly byDefault: Piece;
}

function madeOf(project: Project, tokens: readonly Token[], pieces: Pieces): DeviceProperty | undefined {
  const { file } = pieces.range;
  const text = (piece: Piece): string | undefined => piece && spell(tokens, piece.start, piece.end);
  const name = valueOf(project.string(text(pieces.name) ?? "", file));
  const member = lastName(pieces.member ?? "");
  if (name === undefined || pieces.structName === undefined || member === "") return undefined;
  const bit = text(pieces.bit);
  return {
    name,
    structName: withoutTag(pieces.structName),
    member,
    bit: bit === undefined ? undefined : valueOf(project.evaluate(bit, file)),
    kind: pieces.kind?.slice(infoPrefix.length) ?? "",
    byDefault: pieces.byDefault && numberOf(project, tokens, pieces.byDefault, file),
    array: pieces.array,
    file,
    range: pieces.range,
  };
}

function withoutTag(structName: string): string {
  return structName.startsWith("struct ") ? structName.slice(7).trim() : structName;
}

/** The kinds whose macro takes name, struct and member, then a bit where it is one, and a default. */
const plainKinds: ReadonlySet<string> = new Set(
  ["BOOL", "BIT", "BIT64", "SIZE", "SIZE32", "ON_OFF_AUTO"].concat(
    ["8", "16", "32", "64"].flatMap((bits) => [`UINT${bits}`, `INT${bits}`]),
  ),
);

/** A macro that is nowhere defined, as in a single file: by the names that QEMU gives such macros. */
function unexpanded(
  project: Project,
  tokens: readonly Token[],
  element: InitialiserElement,
  array: string,
  whole: SourceRange,
): DeviceProperty | undefined {
  const macro = tokens[element.start];
  const prefix = "DEFINE_PROP_";
  const kind = macro?.text.startsWith(prefix) === true ? macro.text.slice(prefix.length) : "";
  if (macro === undefined || !plainKinds.has(kind) || tokens[element.start + 1]?.text !== "(") return undefined;
  const [name, structName, member, third, fourth] = piecesOf(tokens, element.start + 1, element.end);
  const isBit = kind.startsWith("BIT");
  return madeOf(project, tokens, {
    name,
    structName: structName && spell(tokens, structName.start, structName.end),
    member: member && spell(tokens, member.start, member.end),
    bit: isBit ? third : undefined,
    kind: infoPrefix + kind.toLowerCase(),
    byDefault: isBit ? fourth : third,
    array,
    range: tokenRange(macro, whole),
  });
}

/** What stands between the commas of the bracket at `open`. */
function piecesOf(tokens: readonly Token[], open: number, end: number): readonly Piece[] {
  const close = matching(tokens, open, end);
  const pieces: Piece[] = [];
  let start = open + 1;
  for (let k = start; k <= close; k++) {
    const text = tokens[k]?.text;
    if (text === "(" || text === "[" || text === "{") k = matching(tokens, k, close);
    if (k < close && text !== ",") continue;
    pieces.push({ start, end: Math.min(k, close) });
    start = k + 1;
  }
  return pieces;
}

function valueOf<T>(value: { readonly known: true; readonly value: T } | { readonly known: false }): T | undefined {
  return value.known ? value.value : undefined;
}

/** As the constant says; casts don't count. */
function numberOf(
  project: Project,
  tokens: readonly Token[],
  { start, end }: NonNullable<Piece>,
  file: string,
): bigint | undefined {
  let expression = parseExpression({ tokens, scope: project.scope(file) }, start, end);
  while (expression.kind === "cast") expression = expression.operand;
  if (expression.kind === "integer") return expression.value;
  const value = project.evaluate(spell(tokens, expression.start, expression.end), file);
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

/** Those that `-device` takes for a type: its own, then those of its ancestors. */
export function propertiesOfType(project: Project, name: string): readonly DeviceProperty[] {
  return project.ancestry(name).flatMap(({ classInit, file }) => {
    const set = classInit === undefined ? [] : arraysSetBy(project, classInit.name, file);
    return set.flatMap(({ array, file: at }) => {
      const found = arraysIn(project, at).find(({ declaration }) => declaration.name === array);
      return found === undefined ? [] : readArray(project, at, found);
    });
  });
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
    names = setIn(project, fn);
    known.set(name, names);
  }
  return names.map((array) => ({ array, file: fn.file }));
}

/** `device_class_set_props(dc, x_properties)`; until 9.2 also `dc->props = x_properties`. */
function setIn(project: Project, fn: LocatedFunction): readonly string[] {
  const text = project.text(fn.file)?.slice(fn.definition.bodyStart, fn.definition.bodyEnd) ?? "";
  if (!text.includes("props")) return [];
  const body = bodyOf(project, fn);
  const values = callsOf(body)
    .filter(({ name }) => name === "device_class_set_props" || name === "device_class_set_props_n")
    .map(({ node }) => node.arguments[1]);
  for (const { place, value } of accessesIn(body.block)) {
    if (place.kind === "member" && place.name === "props") values.push(value);
  }
  return values.flatMap((value) => (value?.kind === "identifier" && value.name !== "NULL" ? value.name : []));
}
