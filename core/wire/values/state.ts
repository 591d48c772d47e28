/** A device's state as it stands in a stream: data only, of the shape its description gives. */

/** Integers are what the field's C type holds: signed for int32, 0 or 1 (or what the byte said) for bool. */
export interface IntegerValue {
  readonly kind: "integer";
  readonly value: bigint;
}

export interface BytesValue {
  readonly kind: "bytes";
  readonly value: Uint8Array;
}

/** More than one element, or a field whose element count is variable. */
export interface ArrayValue {
  readonly kind: "array";
  readonly elements: readonly FieldValue[];
  /** Where each element began in the stream: of arrays of pointers, whose NULLs have no place of their own. */
  readonly offsets?: readonly number[];
}

/** VMS_STRUCT, VMS_VSTRUCT, WITH_TMP. */
export interface StructValue {
  readonly kind: "struct";
  readonly state: DescriptionState;
}

/** NULL in an array of pointers: `pointerMark.absent` on the wire. */
export interface NullValue {
  readonly kind: "null";
}

/** QTAILQ and QLIST, head first. */
export interface ListValue {
  readonly kind: "list";
  readonly elements: readonly DescriptionState[];
}

/** GTree in key order; `key` is an integer for direct keys. */
export interface TreeValue {
  readonly kind: "tree";
  readonly entries: readonly { readonly key: bigint | DescriptionState; readonly value: DescriptionState }[];
}

/** What a VMStateInfo of its own writes: named parts in wire order. */
export interface RecordValue {
  readonly kind: "record";
  readonly members: readonly RecordMember[];
}

export interface RecordMember {
  readonly name: string;
  readonly value: FieldValue;
  /** Width of an integer. */
  readonly bytes?: 1 | 2 | 4 | 8;
}

/** Bytes whose meaning is not known; `reason` says why. */
export interface OpaqueValue {
  readonly kind: "opaque";
  readonly value: Uint8Array;
  readonly reason: string;
}

export type FieldValue =
  | IntegerValue
  | BytesValue
  | ArrayValue
  | StructValue
  | NullValue
  | ListValue
  | TreeValue
  | RecordValue
  | OpaqueValue;

export interface FieldState {
  /** Index into WireDescription.fields: names may repeat. */
  readonly index: number;
  readonly name: string;
  readonly value: FieldValue;
  /** Where it stood in the stream it was loaded from. */
  readonly at?: { readonly offset: number; readonly size: number };
}

/** A field that is absent from `fields` is not in the stream (version, field_exists). */
export interface DescriptionState {
  /** VMStateDescription.name and C symbol. */
  readonly name: string;
  readonly symbol: string;
  readonly versionId: number;
  readonly fields: readonly FieldState[];
  /** In stream order. */
  readonly subsections: readonly DescriptionState[];
}

export function integer(value: bigint | number): IntegerValue {
  return { kind: "integer", value: BigInt(value) };
}

export function bytes(value: Uint8Array): BytesValue {
  return { kind: "bytes", value };
}

export function record(members: readonly (readonly [string, FieldValue])[]): RecordValue {
  return { kind: "record", members: members.map(([name, value]) => ({ name, value })) };
}

/** The first field of that name, or undefined. */
export function fieldNamed(state: DescriptionState, name: string): FieldValue | undefined {
  return state.fields.find((field) => field.name === name)?.value;
}

export function memberNamed(value: FieldValue | undefined, name: string): FieldValue | undefined {
  return value?.kind === "record" ? value.members.find((member) => member.name === name)?.value : undefined;
}
