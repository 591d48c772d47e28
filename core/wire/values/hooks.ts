/** Questions that only C code, or the machine, can answer; whoever loads supplies the answers. All are optional. */
import type { PayloadLayout } from "./layout";
import type { PutOwner } from "./owner";
import type { OpenTruth, Question } from "./question";
import type { Scope } from "./scope";
import type { FieldValue } from "./state";
import type { WireDescription, WireField, WireMember } from "./schema";

export interface LoadHooks {
  /**
   * field_exists(opaque, version_id). An OpenTruth or undefined: not decided; the loader then asks `choose`, once for
   * one key and object.
   */
  readonly fieldExists?: (name: string, field: WireField, scope: Scope) => boolean | OpenTruth | undefined;
  /** A member that the stream does not carry: configuration of the destination. */
  readonly member?: (member: WireMember, scope: Scope) => FieldValue | undefined;
  /** Whether element `index` of an array of pointers is NULL on the destination. */
  readonly isNull?: (field: WireField, index: number, scope: Scope) => boolean | undefined;
  /** The value the destination has before loading; `_EQUAL` and `int32_le` compare with it, index counts elements. */
  readonly local?: (field: WireField, index: number, scope: Scope) => bigint | undefined;
  /** Returns what the C function would: 0, or a negative errno. A string is the message of an _errp hook. */
  readonly preLoad?: (description: WireDescription, scope: Scope) => number | string;
  readonly postLoad?: (description: WireDescription, scope: Scope) => number | string;
  /** The device that is loaded, for codecs that ask its class. */
  readonly owner?: PutOwner;
  /** Word for the bus that the device is on; of several functions those with it in their name are tried first. */
  readonly bus?: string;
  /** undefined: no answer, which fails the load. decodePayload supplies one that searches. */
  readonly choose?: (question: Question) => number | undefined;
  /** What is known of the payload's shape from elsewhere; asked before `choose`. */
  readonly layout?: PayloadLayout;
  /** Values that the source gives to a member somewhere: guesses for counts that the stream does not carry. */
  readonly likely?: (member: WireMember, scope: Scope) => readonly number[];
}

export interface SaveHooks {
  /** Returns what pre_save would: 0, or non-zero to fail. */
  readonly preSave?: (description: WireDescription) => number | string;
}
