/**
 * Descriptions ready for the wire: numbers resolved, nested descriptions linked, each field with its codec.
 * Made from core/vmstate's model by compileDescription; tests and the emulator may write them by hand.
 */
import type { ByteReader, ByteWriter } from "../framing/bytes";
import type { PutOwner } from "./owner";
import type { Question } from "./question";
import type { FieldValue } from "./state";

export interface WireDescription {
  readonly symbol: string;
  readonly file: string;
  readonly name: string;
  readonly versionId: number;
  readonly minimumVersionId: number;
  readonly fields: readonly WireField[];
  readonly subsections: readonly WireDescription[];
  /** Names of C functions; empty where there are none. */
  readonly hooks: Readonly<Partial<Record<"pre_load" | "post_load" | "pre_save" | "post_save" | "needed", string>>>;
}

/** What is known of an integer. */
export interface MemberBits {
  readonly value: bigint;
  /** Bits of `value` that count. */
  readonly mask: bigint;
}

/** A place in the state struct, as in core/vmstate's MemberReference. */
export interface WireMember {
  readonly structName: string;
  readonly path: string;
}

/** How many elements a field has (vmstate_n_elems). */
export type ElementCount =
  | { readonly kind: "one" }
  | { readonly kind: "fixed"; readonly count: number }
  /** Held in a member that is loaded earlier, or is configuration. `multiply` is VMS_MULTIPLY_ELEMENTS' num, else 1. */
  | { readonly kind: "member"; readonly member: WireMember | undefined; readonly multiply: number }
  | { readonly kind: "unknown"; readonly reason: string };

/** Bytes of one element (vmstate_size); for bitmaps in bits. */
export type ElementSize =
  | { readonly kind: "fixed"; readonly size: number }
  | { readonly kind: "member"; readonly member: WireMember | undefined; readonly multiply: number }
  | { readonly kind: "unknown"; readonly reason: string };

export interface WireField {
  readonly index: number;
  readonly name: string;
  readonly versionId: number;
  /** C name of field_exists. Where set, versionId does not count. */
  readonly exists: string | undefined;
  readonly member: WireMember | undefined;
  /** An info of the whole struct: the field has no offset. */
  readonly isWhole?: true;
  readonly count: ElementCount;
  readonly size: ElementSize;
  readonly element: WireElement;
  /** VMS_ARRAY_OF_POINTER: an element may be NULL. */
  readonly pointers: boolean;
  /** VMS_ARRAY_OF_POINTER_AUTO_ALLOC: a byte before each element tells whether it is NULL. */
  readonly marked: boolean;
  /** VMS_MUST_EXIST (VMSTATE_VALIDATE): writes nothing; field_exists false fails the load. */
  readonly mustExist: boolean;
  readonly errHint: string | undefined;
  /** VMStateInfo.name, "struct" or "vstruct": the trailer's `type`. */
  readonly type: string;
  /** Where the field is written in the source. */
  readonly source: { readonly file: string; readonly start: number; readonly end: number } | undefined;
}

export type WireElement =
  /** `versionId`: struct_version_id of VMS_VSTRUCT; undefined takes the nested description's own. */
  | { readonly kind: "struct"; readonly description: WireDescription; readonly versionId: number | undefined }
  | { readonly kind: "integer"; readonly bytes: 1 | 2 | 4 | 8; readonly signed: boolean; readonly check: IntegerCheck }
  | { readonly kind: "buffer" }
  | { readonly kind: "unused" }
  | { readonly kind: "bitmap" }
  | { readonly kind: "nullptr" }
  /** The byte before an element of a marked array, where a stream describes it as a field of its own. */
  | { readonly kind: "marker" }
  | { readonly kind: "tmp"; readonly description: WireDescription }
  | { readonly kind: "list"; readonly description: WireDescription }
  | { readonly kind: "tree"; readonly key: WireDescription | undefined; readonly value: WireDescription }
  | { readonly kind: "codec"; readonly codec: InfoCodec }
  /** Nobody knows how these bytes are made. */
  | { readonly kind: "opaque"; readonly reason: string };

/** equal: load compares with the local value; le: 0 <= loaded <= local. */
export type IntegerCheck = "none" | "equal" | "le";

/** A VMStateInfo of its own, by rule. Throws StreamFailure on bad bytes. */
export interface InfoCodec {
  readonly name: string;
  read(reader: ByteReader, io: InfoReading): FieldValue;
  /** Returns undefined, or why the value cannot be written. */
  write(writer: ByteWriter, value: FieldValue, io: InfoWriting): string | undefined;
}

export interface InfoWriting {
  readonly field: WireField;
  /** Saves a nested value made by InfoReading.load. */
  save(description: WireDescription, value: FieldValue): void;
}

export interface InfoReading {
  readonly field: WireField;
  /** Element size where known. */
  readonly size: number | undefined;
  /** Only whether the bytes fit is asked: the value will not be looked at. */
  readonly dry: boolean;
  /** Counts one unit of work; throws StreamFailure where there has been too much. */
  spend(): void;
  /** Worth of an expression that follows from what has been loaded, beyond the C text. */
  fact(expression: string): bigint | undefined;
  /** Answers to conditions that ask nothing of the object: they hold for the whole load. */
  readonly settled: Map<string, bigint>;
  /** Answers what the bytes alone don't say. */
  choose(question: Question): number;
  /** Values that the source gives to a member of this path somewhere. */
  likely(path: string): readonly number[];
  /**
   * An integer that was loaded before or that the destination has, by path in what the info is of, or in the struct of that name around it.
   * `->` leads to another object.
   */
  member(path: string, structName?: string): bigint | undefined;
  /** Loads a nested description in place; `place`: designator in what the info is of, "" for all of that, undefined: not known. */
  load(description: WireDescription, versionId: number, place: string | undefined): FieldValue;
  /** Tells bits of a member of what the info is of that the bytes hold, by designator. */
  learn(path: string, bits: MemberBits): void;
  /** What the section's device has in the slots of its class. */
  readonly owner: PutOwner | undefined;
  /** Word for the bus that the device is on: `pci`, `mmio`. */
  readonly bus: string | undefined;
}

const byName = new WeakMap<readonly WireDescription[], ReadonlyMap<string, readonly WireDescription[]>>();

/** Subsections of that name, in the table's order. */
export function subsectionsNamed({ subsections }: WireDescription, name: string): readonly WireDescription[] {
  let named = byName.get(subsections);
  if (named === undefined) {
    named = groupedByName(subsections);
    byName.set(subsections, named);
  }
  return named.get(name) ?? [];
}

export function groupedByName<T extends { readonly name: string }>(
  all: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(each.name);
    if (group === undefined) groups.set(each.name, [each]);
    else group.push(each);
  }
  return groups;
}

/** Of subsections that share a name the one of that symbol, else the first, as in vmstate_get_subsection. */
export function subsectionOf(
  description: WireDescription,
  { name, symbol }: { readonly name: string; readonly symbol: string },
): WireDescription | undefined {
  const named = subsectionsNamed(description, name);
  return named.find((candidate) => candidate.symbol === symbol) ?? named[0];
}
