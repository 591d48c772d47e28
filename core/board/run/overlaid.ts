/** Structs that are laid over bytes: `(struct header *)&bytes[k]`. Members that are bytes themselves are read and written there. */
import type { CType, CTypes, RecordType } from "../../c/ctype";
import { findMember } from "../../c/members";
import { spend } from "./meter";
import { Arr, Ptr, Rec, type Value, Variables } from "./values";

/**
 * Where a struct at `value` has the member: among the bytes of an array. undefined where `value` is no such bytes, or the member not made of
 * them: how a longer number lies in them depends on the host.
 */
export type Overlaid = (value: Value) => Ptr | undefined;

export function overlaid(types: CTypes, record: RecordType, name: string): Overlaid {
  let offset: number | undefined | "not asked" = "not asked";
  return (value) => {
    const [bytes, from] = value instanceof Ptr ? [value.holder, Number(value.key)] : [value, 0];
    if (!(bytes instanceof Arr) || bytes instanceof Variables || !isByte(bytes.element)) return undefined;
    if (offset === "not asked") offset = offsetOfBytes(types, record, name);
    if (offset === undefined || hasStructs(bytes, from + offset)) return undefined;
    return new Ptr(bytes, from + offset, bytes.element);
  };
}

/** Bytes that are not zero, which a struct there consists of. */
export function holdsBytes({ element, items, text }: Arr): boolean {
  if (!isByte(element)) return false;
  spend(items.length);
  return text !== undefined || items.some((each) => typeof each === "number" && each !== 0);
}

/** One that was written as a whole before the place may reach over it. */
function hasStructs({ items }: Arr, end: number): boolean {
  const before = Math.min(items.length, end + 1);
  spend(before);
  for (let k = 0; k < before; k++) if (items[k] instanceof Rec || items[k] instanceof Arr) return true;
  return false;
}

/** From the struct's start. undefined where that is not known, or the member is neither a byte nor an array of bytes. */
function offsetOfBytes(types: CTypes, record: RecordType, name: string): number | undefined {
  const found = findMember(types, record, name);
  if (!found.known || found.value.member.bits !== undefined) return undefined;
  const type = found.value.member.type();
  if (!isByte(type.kind === "array" ? type.element : type)) return undefined;
  let sum = 0;
  for (const step of found.value.path) {
    const offset = types.layout(step.record).offsets[step.index];
    if (offset?.known !== true) return undefined;
    sum += offset.value;
  }
  return sum;
}

function isByte(type: CType | undefined): boolean {
  return type?.kind === "scalar" && type.size === 1;
}
