/** Text in memory that the caller gives. */
import type { NativeFunction } from "../../run/runner";
import { Arr, Ptr, Rec, textAt, Unknown, type Value } from "../../run/values";
import { spendText } from "../../run/meter";
import { numberOf } from "../arguments";

/** Writes text into a buffer. */
export function writeText(target: Value | undefined, text: string): void {
  spendText(text.length);
  let array: Arr | undefined;
  let from = 0;
  if (target instanceof Arr) array = target;
  else if (target instanceof Ptr && target.holder instanceof Arr) {
    array = target.holder;
    from = Number(target.key);
  } else if (target instanceof Rec) {
    for (let k = 0; k <= text.length; k++) target.set(`@${k}`, k < text.length ? text.charCodeAt(k) : 0);
    return;
  }
  if (array === undefined) return;
  if (from === 0) {
    array.text = text;
    array.items.length = 0;
    return;
  }
  for (let k = 0; k <= text.length; k++) array.set(from + k, k < text.length ? text.charCodeAt(k) : 0);
}

export const bufferFunctions: readonly (readonly [string, NativeFunction])[] = [
  [
    "pstrcpy",
    (_r, values) => {
      const text = textAt(values[2]);
      if (text === undefined) return new Unknown("a text");
      writeText(values[0], text.slice(0, Math.max(0, (numberOf(values[1]) ?? text.length + 1) - 1)));
      return 0;
    },
  ],
  [
    "pstrcat",
    (_r, values) => {
      const text = (textAt(values[0]) ?? "") + (textAt(values[2]) ?? "");
      writeText(values[0], text.slice(0, Math.max(0, (numberOf(values[1]) ?? text.length + 1) - 1)));
      return values[0] ?? 0;
    },
  ],
  [
    "strcpy",
    (_r, values) => {
      writeText(values[0], textAt(values[1]) ?? "");
      return values[0] ?? 0;
    },
  ],
  [
    "strcat",
    (_r, values) => {
      writeText(values[0], (textAt(values[0]) ?? "") + (textAt(values[1]) ?? ""));
      return values[0] ?? 0;
    },
  ],
  [
    "strncpy",
    (_r, values) => {
      writeText(values[0], (textAt(values[1]) ?? "").slice(0, numberOf(values[2])));
      return values[0] ?? 0;
    },
  ],
  [
    "strpadcpy",
    (_r, values) => {
      writeText(values[0], textAt(values[2]) ?? "");
      return 0;
    },
  ],
];
