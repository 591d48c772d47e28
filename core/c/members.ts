/** Members of records and enumerators of enums, read from their bodies. */
import {
  type CType,
  type CTypes,
  type EnumType,
  type Enumerators,
  type Member,
  type RecordMembers,
  type RecordType,
  unknownType,
} from "./ctype";
import { createCursor, behindBracket } from "./cursor";
import { attributesOf, noAttributes, readDeclarations } from "./declarator";
import { alignmentOf } from "./resolve";
import type { Context, Declarator } from "./syntax";
import { known, type Unknown, unknown, type Value } from "./value";

export function readMembers(types: CTypes, record: RecordType): Value<RecordMembers> {
  if (record.body === undefined) return unknown(`${record.recordKind} ${record.tag ?? ""} is not defined in the tree`);
  const { context, span, attributes } = record.body();
  const list: Member[] = [];
  const byName = new Map<string, number>();
  let problem: string | undefined =
    attributes.unsupported === undefined ? undefined : `attribute ${attributes.unsupported}`;
  for (const declaration of readDeclarations(context, span.start, span.end)) {
    problem ??= declaration.problem;
    const condition = context.tokens[declaration.start]?.condition;
    for (const declarator of declaration.declarators) {
      if (!isMember(declarator)) continue;
      if (declarator.name !== undefined) byName.set(declarator.name, list.length);
      list.push(readMember(types, context, declarator, declaration.start, condition));
    }
  }
  const aligned = attributes === noAttributes ? undefined : alignmentOf(types, attributes, context);
  return known({ list, byName, packed: attributes.packed, aligned, problem });
}

/** A tagged struct or an enum that is only declared inside another struct makes no member. */
function isMember(declarator: Declarator): boolean {
  if (declarator.name !== undefined || declarator.bits !== undefined) return true;
  const { base, parts } = declarator.type;
  return parts.length === 0 && base.kind === "record" && base.record.kind !== "enum" && base.record.tag === undefined;
}

function readMember(
  types: CTypes,
  context: Context,
  declarator: Declarator,
  start: number,
  condition: string | undefined,
): Member {
  const attributes = attributesOf(declarator);
  let type: CType | undefined;
  return {
    name: declarator.name,
    type: () => (type ??= types.resolve({ ...declarator.type, attributes }, context)),
    bits: declarator.bits === undefined ? undefined : bitWidth(types.integerIn(context, declarator.bits)),
    aligned: attributes === noAttributes ? undefined : alignmentOf(types, attributes, context),
    packed: attributes.packed,
    token: context.tokens[declarator.nameIndex === -1 ? start : declarator.nameIndex],
    condition,
  };
}

function bitWidth(width: Value<bigint>): Value<number> {
  if (!width.known) return width;
  if (width.value < 0n || width.value > 128n) return unknown(`bit-field of ${width.value} bits`);
  return known(Number(width.value));
}

export interface FoundMember {
  readonly member: Member;
  /** Records gone through, outermost first, with the index of the member taken in each. */
  readonly path: readonly { readonly record: RecordType; readonly index: number }[];
}

const deepestAnonymous = 20;

/** The member of that name, also inside anonymous structs and unions. */
export function findMember(types: CTypes, record: RecordType, name: string, depth = 0): Value<FoundMember> {
  const members = types.members(record);
  if (!members.known) return members;
  const { list, byName, problem } = members.value;
  const index = byName.get(name);
  const direct = index === undefined ? undefined : list[index];
  if (index !== undefined && direct !== undefined) return known({ member: direct, path: [{ record, index }] });
  for (let i = 0; i < list.length && depth < deepestAnonymous; i++) {
    const candidate = list[i];
    if (candidate === undefined || candidate.name !== undefined || candidate.bits !== undefined) continue;
    const inner = candidate.type();
    if (inner.kind !== "record") continue;
    const found = findMember(types, inner, name, depth + 1);
    if (found.known) return known({ member: found.value.member, path: [{ record, index: i }, ...found.value.path] });
  }
  const where = `${record.recordKind} ${record.tag ?? "{…}"}`;
  return unknown(problem === undefined ? `${where} has no member \`${name}\`` : `${where}: ${problem}`);
}

/** Type of `record.name`; unknown with the reason where there is no such member. */
export function memberType(types: CTypes, record: CType, name: string): CType {
  if (record.kind !== "record") return record.kind === "unknown" ? record : unknownType(`\`${name}\` of no struct`);
  const found = findMember(types, record, name);
  return found.known ? found.value.member.type() : unknownType(found.reason);
}

/** Enumerators while they are read: those behind use those before. */
export interface OpenEnumerators extends Enumerators {
  readonly values: Map<string, Value<bigint>>;
  incalculable: Unknown | undefined;
}

export function readEnumerators(types: CTypes, type: EnumType, found: OpenEnumerators): void {
  if (type.body === undefined) return;
  const { values } = found;
  const { context, span } = type.body();
  const cursor = createCursor(context, span.start, span.end);
  let next: Value<bigint> = known(0n);
  while (cursor.index < cursor.end) {
    const token = context.tokens[cursor.index];
    const end = endOfEnumerator(context, cursor.index, cursor.end);
    if (token?.kind === "identifier") {
      const equals = assignmentIn(context, cursor.index + 1, end);
      const value: Value<bigint> = equals === end ? next : types.integerIn(context, { start: equals + 1, end });
      values.set(token.text, value);
      if (equals !== end && !value.known) found.incalculable ??= value;
      next = value.known ? known(value.value + 1n) : value;
      if (token.condition !== undefined) next = unknown(`behind an enumerator under #if ${token.condition}`);
    }
    cursor.index = end + 1;
  }
}

function endOfEnumerator(context: Context, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const text = context.tokens[i]?.text;
    if (text === ",") return i;
    if (text === "(" || text === "[" || text === "{") i = behindBracket(context.tokens, i, end) - 1;
  }
  return end;
}

function assignmentIn(context: Context, start: number, end: number): number {
  for (let i = start; i < end; i++) if (context.tokens[i]?.text === "=") return i;
  return end;
}
