/** A table for a struct that has none: what of it is the guest's state, by which macro, and why the rest is left out. */
import { allWrites, type Writers } from "../../code/memberWrites";
import { propertySetters } from "../../code/propertyMembers";
import type { CType, Member, RecordType } from "../../c/ctype";
import { sizeOf } from "../../c/layout";
import type { SourceRange } from "../../c/range";
import type { Project } from "../../project/project";
import { macroFor } from "../../project/fieldMacros";
import { structNamed } from "../../project/stateTypes";
import { typeText } from "../constructs/members";

export interface ProposedField {
  readonly member: string;
  readonly macro: string;
  /** `VMSTATE_UINT32(ctl, DemoState)` */
  readonly text: string;
}

export interface LeftOut {
  readonly member: string;
  readonly typeName: string;
  /** What speaks against it, as a clause: `a property sets it`. */
  readonly why: string;
  /** Where the member is declared, or where what speaks against it stands. */
  readonly range: SourceRange | undefined;
}

export interface ProposedTable {
  readonly structName: string;
  readonly file: string;
  readonly symbol: string;
  /** Of the section, as the stream will have it. */
  readonly name: string;
  readonly fields: readonly ProposedField[];
  readonly leftOut: readonly LeftOut[];
  /** The definition, without a line break at its end. */
  readonly text: string;
}

/** undefined where the file sees no struct of that name with members. */
export function proposeTable(project: Project, file: string, structName: string): ProposedTable | undefined {
  const struct = structNamed(project, structName, file);
  const members = struct.kind === "record" ? namedMembers(project, struct) : [];
  if (members.length === 0) return undefined;
  const fields: ProposedField[] = [];
  const leftOut: LeftOut[] = [];
  const objects = new Set([...project.types()].map(({ instanceStruct }) => instanceStruct));
  const flat = members.flatMap((member, index) => {
    const parts = withParts(project, objects, file, structName, member);
    const base = index === 0 && parts.length === 1 ? partsOfBase(project, file, structName, member) : [];
    return base.length === 0 ? parts : base;
  });
  const writers = allWrites(project, file, { structName, members: flat.map(({ path }) => path) });
  for (const { path, member, inherited } of flat) {
    if (inherited && (writers.get(path)?.running.length ?? 0) === 0) continue;
    const judged = judge(project, file, structName, path, member, writers.get(path));
    if ("text" in judged) fields.push({ member: path, ...judged });
    else leftOut.push({ member: path, typeName: typeText(member.type()), ...judged });
  }
  const { symbol, name } = namesFor(project, file, structName);
  const text = tableText(project, file, { symbol, name, fields });
  return { structName, file, symbol, name, fields, leftOut, text };
}

/** Whether one member of a union is all of it, as the word is beside its bits. */
function fills(project: Project, union: RecordType, member: Member): boolean {
  const types = project.ctypes();
  const [all, own] = [sizeOf(types, union), sizeOf(types, member.type())];
  return isValue(member.type()) && member.bits === undefined && all.known && own.known && all.value === own.value;
}

interface Part {
  readonly path: string;
  readonly member: Member;
  /** Of a base type: its own source sets it as well, so that only what is set here is known to be this device's. */
  readonly inherited?: true;
}

/** A struct without a table of its own counts by its members, unless it is an object, which has a section of its own. */
function withParts(
  project: Project,
  objects: ReadonlySet<string | undefined>,
  file: string,
  structName: string,
  member: Member,
  path = member.name ?? "",
): readonly Part[] {
  const type = member.type();
  const whole = [{ path, member }];
  if (type.kind !== "record" || path.split(".").length > 3) return whole;
  if (type.tag !== undefined && objects.has(type.tag)) return whole;
  if (macroFor(project, structName, path, file) !== undefined) return whole;
  const all = namedMembers(project, type).filter((each) => type.recordKind === "struct" || fills(project, type, each));
  const inner = type.recordKind === "struct" ? all : all.slice(0, 1);
  if (inner.length === 0 || !inner.some((each) => isValue(each.type()))) return whole;
  return inner.flatMap((each) => withParts(project, objects, file, structName, each, `${path}.${each.name ?? ""}`));
}

/** Of a base type without a table, which has no section: the values that this file may set. */
function partsOfBase(project: Project, file: string, structName: string, member: Member): readonly Part[] {
  const type = member.type();
  const path = member.name ?? "";
  if (type.kind !== "record" || macroFor(project, structName, path, file) !== undefined) return [];
  return namedMembers(project, type)
    .filter((each) => isValue(each.type()))
    .map((each) => ({ path: `${path}.${each.name ?? ""}`, member: each, inherited: true }));
}

type Judged = { readonly macro: string; readonly text: string } | Pick<LeftOut, "why" | "range">;

function judge(
  project: Project,
  file: string,
  structName: string,
  path: string,
  member: Member,
  writers: Writers | undefined,
): Judged {
  const { token, bits } = member;
  const range =
    token === undefined || token.file === "" ? undefined : { file: token.file, start: token.start, end: token.end };
  if (bits !== undefined) return { why: "a bit-field has no address", range };
  if (propertySetters(project, file, path))
    return { why: "a property sets it: both sides have it from the command line", range };
  const macro = macroFor(project, structName, path, file);
  if (macro === undefined) return { why: whyNone(member.type()), range };
  if (leadsToObject(project, macro.text, file)) return { why: whyNone(pointerIn(member.type())), range };
  if (!isValue(member.type())) return macro;
  if (writers === undefined || writers.running.length > 0) return macro;
  const [first] = writers.setUp;
  return { why: "it is set when the device is made, and not while the guest runs", range: first ?? range };
}

/** A pointer to a struct with a table: a part that is allocated, or, as a rule, another device. */
function leadsToObject(project: Project, text: string, file: string): boolean {
  const field = project.field(text, file)?.field;
  if (field?.vmsd === undefined || !text.includes(field.vmsd.symbol)) return false;
  return field.flagNames.some((flag) => flag === "POINTER" || flag === "ARRAY_OF_POINTER");
}

function pointerIn(type: CType): CType {
  return type.kind === "array" ? pointerIn(type.element) : type;
}

function whyNone(type: CType): string {
  let element = type;
  while (element.kind === "array") element = element.element;
  switch (element.kind) {
    case "pointer":
      return element.target().kind === "function"
        ? "a function of this QEMU"
        : "a pointer: what it leads to has an owner of its own";
    case "record":
      return `${typeText(element)} has no table that is seen here`;
    case "enum":
      return "an enum: no macro of this tree takes its type";
    case "unknown":
      return `its type is not known: ${element.reason}`;
    default:
      return `no macro of this tree takes ${typeText(type)}`;
  }
}

/** Numbers, and arrays of them: what code sets by assignment. */
function isValue(type: CType): boolean {
  return type.kind === "array" ? isValue(type.element) : type.kind === "scalar" || type.kind === "enum";
}

function namedMembers(project: Project, record: RecordType): readonly Member[] {
  const members = project.ctypes().members(record);
  if (!members.known) return [];
  return members.value.list.flatMap((member) => {
    if (member.name !== undefined) return [member];
    const inner = member.bits === undefined ? member.type() : undefined;
    return inner?.kind === "record" ? namedMembers(project, inner) : [];
  });
}

/** The section is called after the type whose instances the struct is; else after the struct. */
function namesFor(
  project: Project,
  file: string,
  structName: string,
): { readonly symbol: string; readonly name: string } {
  const bare = structName.replace(/^struct /, "");
  const types = [...project.types()].filter(
    (type) => type.file === file && type.instanceStruct === bare && !type.abstract,
  );
  const words = bare
    .replace(/State$/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase();
  const name = types.length === 1 ? (types[0]?.name ?? words) : words.replaceAll("_", "-");
  const symbol = `vmstate_${(types.length === 1 ? name : words).replace(/\W+/g, "_").toLowerCase()}`;
  return { symbol: project.description(symbol, file)?.file === file ? `${symbol}_new` : symbol, name };
}

function tableText(
  project: Project,
  file: string,
  { symbol, name, fields }: Pick<ProposedTable, "symbol" | "name" | "fields">,
): string {
  const list = fieldListType(project, file);
  return [
    `static const VMStateDescription ${symbol} = {`,
    `    .name = "${name}",`,
    "    .version_id = 1,",
    "    .minimum_version_id = 1,",
    `    .fields = (${list}[]) {`,
    ...fields.map(({ text }) => `        ${text},`),
    "        VMSTATE_END_OF_LIST()",
    "    },",
    "};",
  ].join("\n");
}

/** `const VMStateField`, or without const in trees whose struct takes no const list. */
function fieldListType(project: Project, file: string): string {
  const struct = structNamed(project, "VMStateDescription", file);
  const member =
    struct.kind === "record" ? namedMembers(project, struct).find(({ name }) => name === "fields") : undefined;
  const { token } = member ?? {};
  if (token === undefined) return "const VMStateField";
  const text = project.text(token.file) ?? "";
  const line = text.slice(text.lastIndexOf("\n", token.start) + 1, token.start);
  return line.includes("const") ? "const VMStateField" : "VMStateField";
}
