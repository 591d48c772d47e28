/** Rules about arrays whose length is a member of the state. */
import type { MemberReference, VMStateField } from "../vmstate/model";

/** The member that says how much is loaded: elements of an array, or bytes of a buffer. */
export function countOf(field: VMStateField): MemberReference | undefined {
  if (isCounted(field)) return field.numMember;
  return field.flagNames.includes("VBUFFER") ? field.sizeMember : undefined;
}

export function isCounted(field: VMStateField): boolean {
  return field.numMember !== undefined && field.flagNames.some((flag) => flag.startsWith("VARRAY"));
}

export function same(a: MemberReference | undefined, b: MemberReference | undefined): boolean {
  return a !== undefined && b !== undefined && a.path === b.path && a.structName === b.structName;
}
