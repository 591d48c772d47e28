/** Sizes and offsets of the System V ABI for LP64, as gcc lays records out on x86_64. */
import type { CType, CTypes, EnumType, Member, RecordLayout, RecordType } from "./ctype";
import { findMember } from "./members";
import { known, type Unknown, unknown, type Value } from "./value";

/** Bytes. */
export function sizeOf(types: CTypes, type: CType): Value<number> {
  switch (type.kind) {
    case "void":
    case "function":
      return known(1);
    case "scalar":
    case "opaque":
    case "pointer":
      return known(type.size);
    case "enum":
      return enumSize(types, type);
    case "record":
      return types.layout(type).size;
    case "array": {
      if (type.length === undefined) return unknown("array without a length");
      if (!type.length.known) return type.length;
      const { value: length } = type.length;
      const element = types.nested(() => sizeOf(types, type.element), unknown);
      if (!element.known) return length === 0 ? known(0) : element;
      const size = length * element.value;
      return Number.isSafeInteger(size) ? known(size) : unknown("array too large");
    }
    case "unknown":
      return unknown(type.reason);
  }
}

/** Bytes. */
export function alignOf(types: CTypes, type: CType): Value<number> {
  if (type.alignment !== undefined) return type.alignment;
  switch (type.kind) {
    case "void":
    case "function":
      return known(1);
    case "scalar":
    case "opaque":
      return known(type.align);
    case "pointer":
      return known(type.size);
    case "enum":
      return enumSize(types, type);
    case "record":
      return types.layout(type).align;
    case "array":
      return types.nested(() => alignOf(types, type.element), unknown);
    case "unknown":
      return unknown(type.reason);
  }
}

function enumSize(types: CTypes, type: EnumType): Value<number> {
  if (type.body === undefined) return unknown(`enum ${type.tag ?? ""} is not defined in the tree`);
  const { values, incalculable } = types.enumerators(type);
  if (incalculable !== undefined) return incalculable;
  const { packed } = type.body().attributes;
  let low = 0n;
  let high = 0n;
  let undecided: Unknown | undefined;
  for (const value of values.values()) {
    if (!value.known) undecided ??= value;
    else if (value.value < low) low = value.value;
    else if (value.value > high) high = value.value;
  }
  const size = enumWidth(low, high, packed);
  if (undecided === undefined || enumWidth(low, high + BigInt(values.size), packed) === size) return known(size);
  return undecided;
}

function enumWidth(low: bigint, high: bigint, packed: boolean): number {
  const fits = (bits: number): boolean =>
    low < 0n ? low >= -(1n << BigInt(bits - 1)) && high < 1n << BigInt(bits - 1) : high < 1n << BigInt(bits);
  if (packed) return fits(8) ? 1 : fits(16) ? 2 : fits(32) ? 4 : 8;
  return fits(32) ? 4 : 8;
}

/** gcc's underlying type of an enum. */
export function isSignedEnum(types: CTypes, type: EnumType): boolean {
  for (const value of types.enumerators(type).values.values()) if (value.known && value.value < 0n) return true;
  return false;
}

function alignUp(value: number, align: number): number {
  return align <= 1 ? value : Math.ceil(value / align) * align;
}

interface Progress {
  /** Bits from the record's start; for a union always 0. */
  position: number;
  /** Largest end seen, in bits. */
  end: number;
  align: number;
}

export function layOut(types: CTypes, record: RecordType): RecordLayout {
  const members = types.members(record);
  if (!members.known) return { size: members, align: members, offsets: [] };
  const { list, packed, aligned, problem } = members.value;
  const progress: Progress = { position: 0, end: 0, align: 1 };
  const offsets: Value<number>[] = [];
  let failure = problem === undefined ? undefined : unknown(problem);
  const isUnion = record.recordKind === "union";
  for (let i = 0; i < list.length; i++) {
    const member = list[i];
    if (member === undefined) continue;
    if (isUnion) progress.position = 0;
    if (failure !== undefined && !isUnion) {
      offsets.push(failure);
      continue;
    }
    const last = i === list.length - 1;
    const offset = place(types, progress, member, packed || member.packed, last || isUnion);
    if (!offset.known && member.bits === undefined) failure ??= describeFailure(record, member, offset.reason);
    if (!offset.known && member.bits !== undefined && offset.reason !== bitField) failure ??= offset;
    if (member.condition !== undefined) {
      failure ??= unknown(`\`${member.name ?? "a member"}\` is under an undecided #if (${member.condition})`);
    }
    offsets.push(isUnion && member.bits === undefined ? known(0) : offset);
  }
  let { align } = progress;
  if (aligned !== undefined) {
    if (!aligned.known) return { size: aligned, align: aligned, offsets };
    align = Math.max(align, aligned.value);
  }
  if (failure !== undefined) return { size: failure, align: failure, offsets };
  return { size: known(alignUp(Math.ceil(progress.end / 8), align)), align: known(align), offsets };
}

function describeFailure(record: RecordType, member: Member, reason: string): Value<number> & { known: false } {
  const where = record.tag ?? "{…}";
  return unknown(
    reason.includes(" in struct ") ? reason : `${reason} (\`${member.name ?? "anonymous"}\` in struct ${where})`,
  );
}

const bitField = "a bit-field has no byte offset";

function place(types: CTypes, progress: Progress, member: Member, packed: boolean, last: boolean): Value<number> {
  const type = member.type();
  const natural = alignOf(types, type);
  if (!natural.known) return natural;
  let align = packed ? 1 : natural.value;
  if (member.aligned !== undefined) {
    if (!member.aligned.known) return member.aligned;
    align = Math.max(align, member.aligned.value);
  }
  if (member.bits !== undefined) return placeBits(types, progress, member, member.bits, packed, natural.value);
  const flexible = type.kind === "array" && type.length === undefined;
  if (flexible && !last) return unknown("array without a length");
  const size = flexible ? known(0) : sizeOf(types, type);
  if (!size.known) return size;
  const offset = alignUp(Math.ceil(progress.position / 8), align);
  progress.align = Math.max(progress.align, align);
  progress.position = (offset + size.value) * 8;
  progress.end = Math.max(progress.end, progress.position);
  return known(offset);
}

function placeBits(
  types: CTypes,
  progress: Progress,
  member: Member,
  bits: Value<number>,
  packed: boolean,
  align: number,
): Value<number> {
  if (!bits.known) return bits;
  const size = sizeOf(types, member.type());
  if (!size.known) return size;
  const width = bits.value;
  const unit = size.value * 8;
  if (width > unit) return unknown(`bit-field of ${width} bits in ${unit}`);
  if (width === 0) {
    progress.position = alignUp(progress.position, align * 8);
    return unknown(bitField);
  }
  const explicit = member.aligned?.known === true ? member.aligned.value : 0;
  if (explicit > 0) progress.position = alignUp(progress.position, explicit * 8);
  const { position } = progress;
  if (!packed && Math.floor(position / unit) !== Math.floor((position + width - 1) / unit)) {
    progress.position = alignUp(position, align * 8);
  }
  progress.position += width;
  progress.end = Math.max(progress.end, progress.position);
  if (member.name !== undefined) progress.align = Math.max(progress.align, packed ? 1 : align, explicit);
  return unknown(bitField);
}

/** One step of a designator with its index already computed. */
export type Step =
  | { readonly kind: "member"; readonly name: string }
  | { readonly kind: "index"; readonly index: number };

export interface Place {
  /** Bytes from the start of the record the path began in. */
  readonly offset: Value<number>;
  readonly type: CType;
  /** The last member gone through. */
  readonly member: Member | undefined;
}

/** Follows a designator path through a type. Unknown only where a member does not exist; see `offset` for the rest. */
export function placeOf(types: CTypes, type: CType, path: readonly Step[]): Value<Place> {
  let place: Place = { offset: known(0), type, member: undefined };
  for (const step of path) {
    const next = step.kind === "member" ? stepInto(types, place, step.name) : stepAt(types, place, step.index);
    if (!next.known) return next;
    place = next.value;
  }
  return known(place);
}

function stepInto(types: CTypes, place: Place, name: string): Value<Place> {
  const { type } = place;
  if (type.kind !== "record") return unknown(type.kind === "unknown" ? type.reason : `\`${name}\` of no struct`);
  const found = findMember(types, type, name);
  if (!found.known) return found;
  const { member, path } = found.value;
  let { offset } = place;
  for (const { record, index } of path) {
    offset = add(offset, types.layout(record).offsets[index] ?? unknown(`offset of \`${name}\``));
  }
  return known({ offset, type: member.type(), member });
}

function stepAt(types: CTypes, place: Place, index: number): Value<Place> {
  const { type, member } = place;
  if (type.kind !== "array") return unknown(type.kind === "unknown" ? type.reason : "an index into no array");
  const size = index === 0 ? known(0) : sizeOf(types, type.element);
  return known({
    offset: add(place.offset, size.known ? known(size.value * index) : size),
    type: type.element,
    member,
  });
}

function add(a: Value<number>, b: Value<number>): Value<number> {
  if (!a.known) return a;
  return b.known ? known(a.value + b.value) : b;
}
