/** Where a struct's members are kept in a Rec. */
import type { CType, CTypes, RecordType } from "../../c/ctype";
import { findMember } from "../../c/members";
import { beginning, firstText, isAggregate, recordName } from "./memory";

export interface MemberPlace {
  /** undefined: the memory itself, as it begins with the member. */
  readonly key: string | undefined;
  readonly type: CType;
}

/** The steps from a struct to its member, through anonymous ones; undefined where there is no such member. */
export function placeOfMember(types: CTypes, record: RecordType, name: string): readonly MemberPlace[] | undefined {
  const found = findMember(types, record, name);
  if (!found.known) return undefined;
  const { path } = found.value;
  const places: MemberPlace[] = [];
  path.forEach((step, k) => {
    const members = types.members(step.record);
    const member = members.known ? members.value.list[step.index] : undefined;
    if (member === undefined) return;
    const isLast = k === path.length - 1;
    places.push(placeOf(step.record, step.index, isLast ? name : `anonymous ${step.index}`, member.type()));
  });
  return places;
}

function placeOf(record: RecordType, index: number, name: string, type: CType): MemberPlace {
  const isFirst = index === 0 || record.recordKind === "union";
  if (isFirst && (type.kind === "record" || type.kind === "opaque")) return { key: undefined, type };
  if (isFirst && !isAggregate(type)) return { key: beginning, type };
  if (isFirst && type.kind === "array" && isCharacter(type.element)) return { key: firstText, type };
  return { key: `${recordName(record)}.${name}`, type };
}

function isCharacter(type: CType): boolean {
  return type.kind === "scalar" && type.canonical.endsWith("char");
}

export interface NamedPlace {
  readonly name: string | undefined;
  readonly places: readonly MemberPlace[];
}

/** The struct's own members in order, for initialisers without designators. */
export function placesInOrder(types: CTypes, record: RecordType): readonly NamedPlace[] {
  const members = types.members(record);
  if (!members.known) return [];
  return members.value.list.map((member, index) => ({
    name: member.name,
    places: [placeOf(record, index, member.name ?? `anonymous ${index}`, member.type())],
  }));
}
