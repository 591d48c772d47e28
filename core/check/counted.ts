/** Rules about arrays whose length is a member of the state. */
import type { MemberReference, VMStateField } from "../vmstate/model";

export function isCounted(field: VMStateField): boolean {
  return field.numMember !== undefined && field.flagNames.some((flag) => flag.startsWith("VARRAY"));
}

export function same(a: MemberReference | undefined, b: MemberReference | undefined): boolean {
  return a !== undefined && b !== undefined && a.path === b.path && a.structName === b.structName;
}
