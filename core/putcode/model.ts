/** What a VMStateInfo.put function writes, as read from its C text. Expressions are words (see tokens.ts). */
import type { SlotDescription, SlotFunction, SlotName } from "../wire/values/owner";

export type Words = readonly string[];

export type Put =
  | { readonly kind: "integer"; readonly bytes: 1 | 2 | 4 | 8; readonly signed: boolean; readonly value: Words }
  | { readonly kind: "bytes"; readonly from: Words; readonly size: Words }
  /** vmstate_save_state(f, description, …); version undefined: the description's own. */
  | {
      readonly kind: "struct";
      readonly description: Words;
      readonly version: Words | undefined;
      /** Set where the description comes out of a class. */
      readonly slot: SlotName | undefined;
      readonly file: string;
    }
  | { readonly kind: "sequence"; readonly parts: readonly Put[] }
  | {
      readonly kind: "if";
      readonly condition: Words;
      /** The condition is that a class has something in this slot. */
      readonly slot: SlotName | undefined;
      readonly then: Put;
      readonly otherwise: Put;
    }
  /** Exactly one of these: switch arms, or what a function pointer may call. */
  | { readonly kind: "either"; readonly what: string; readonly arms: readonly Put[] }
  | { readonly kind: "pointer"; readonly slot: SlotName; readonly call: IndirectCall }
  | Loop
  /** value undefined: not known behind it; `counts`: it is `name++`. */
  | { readonly kind: "assign"; readonly name: string; readonly value: Words | undefined; readonly counts?: true }
  | { readonly kind: "return" }
  | { readonly kind: "break" }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly parameters: readonly string[];
      readonly args: readonly Words[];
      readonly body: Put;
      readonly file: string;
    }
  /** Writes something that cannot be read from the text. */
  | { readonly kind: "unknown"; readonly reason: string };

export interface Loop {
  readonly kind: "loop";
  readonly variable: string | undefined;
  /** Rounds; undefined where the header does not say. */
  readonly count: Words | undefined;
  /** Equal for two loops over the same things: header and first break condition. */
  readonly key: string;
  readonly body: Put;
  /** The `if (…) break;` among the body's parts. */
  readonly stop: Put | undefined;
  /** Variables that go up by one each round. */
  readonly counters: readonly string[];
  /** False for a loop that writes nothing: it only counts. */
  readonly writes: boolean;
}

export interface IndirectCall {
  readonly args: readonly Words[];
  readonly file: string;
}

/** A function as the source has it. */
export interface PutFunction {
  readonly name: string;
  readonly file: string;
  /** Text between the parentheses, and between the braces. */
  readonly parameters: string;
  readonly body: string;
}

export interface PutSource {
  function(name: string, file: string): PutFunction | undefined;
  /** The name that a macro of this name stands for; undefined where it is no such macro. */
  alias(name: string, file: string): string | undefined;
  /** Constant expression; undefined where it is not one. */
  evaluate(expression: string, file: string): number | undefined;
  /** Functions that any class has in a slot. */
  slotFunctions(slot: SlotName): readonly SlotFunction[];
  slotDescriptions(slot: SlotName): readonly SlotDescription[];
}
