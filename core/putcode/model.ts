/** What a VMStateInfo.put function writes, as read from its tree. */
import type { Body } from "../c/body/parse";
import type { Expression } from "../c/syntax";
import type { SlotDescription, SlotFunction, SlotName } from "../wire/values/owner";

export type Put =
  /** value undefined: the call has no such argument. */
  | {
      readonly kind: "integer";
      readonly bytes: 1 | 2 | 4 | 8;
      readonly signed: boolean;
      readonly value: Expression | undefined;
    }
  | { readonly kind: "bytes"; readonly from: Expression | undefined; readonly size: Expression | undefined }
  /** vmstate_save_state(f, description, …); version undefined: the description's own. */
  | {
      readonly kind: "struct";
      readonly description: Expression | undefined;
      readonly version: Expression | undefined;
      /** The struct that it is of. */
      readonly object: Expression | undefined;
      /** Set where the description comes out of a class. */
      readonly slot: SlotName | undefined;
    }
  | { readonly kind: "sequence"; readonly parts: readonly Put[] }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      /** The condition is that a class has something in this slot. */
      readonly slot: SlotName | undefined;
      readonly then: Put;
      readonly otherwise: Put;
    }
  /** Exactly one of these: switch arms, or what a function pointer may call. */
  | { readonly kind: "either"; readonly what: string; readonly arms: readonly Put[] }
  | { readonly kind: "pointer"; readonly slot: SlotName; readonly args: readonly Expression[] }
  | Loop
  /** value undefined: not known behind it; `counts`: it is `name++`. */
  | { readonly kind: "assign"; readonly name: string; readonly value: Expression | undefined; readonly counts?: true }
  | { readonly kind: "return" }
  | { readonly kind: "break" }
  | { readonly kind: "call"; readonly fn: PutFunction; readonly args: readonly Expression[]; readonly body: Put }
  /** Writes something that cannot be read from the source. */
  | { readonly kind: "unknown"; readonly reason: string };

export interface Loop {
  readonly kind: "loop";
  readonly variable: string | undefined;
  /** Rounds; undefined where the header does not say. */
  readonly count: Expression | undefined;
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

/** A function as the source has it. */
export interface PutFunction {
  readonly name: string;
  readonly file: string;
  /** Of the file, which the positions in the tree are of. */
  readonly text: string;
  readonly body: Body;
}

export interface Written {
  readonly node: Expression;
  readonly text: string;
}

export interface PutSource {
  function(name: string, file: string): PutFunction | undefined;
  /** The name that a macro of this name stands for; undefined where it is no such macro. */
  alias(name: string, file: string): string | undefined;
  /** What a call of a macro stands for, and the text that its positions are of; undefined where it calls none. */
  expanded(call: string, file: string): Written | undefined;
  /** Constant expression; undefined where it is not one. */
  evaluate(expression: string, file: string): number | undefined;
  /** Functions that any class has in a slot. */
  slotFunctions(slot: SlotName): readonly SlotFunction[];
  slotDescriptions(slot: SlotName): readonly SlotDescription[];
}

export function parameterNames({ body }: PutFunction): readonly string[] {
  return body.parameters.map(({ name }) => name);
}
