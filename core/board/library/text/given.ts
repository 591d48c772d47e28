/** Functions that are given texts: what they do where one is NULL, or not known. */
import { scalarType } from "../../../c/resolve";
import { elementAt } from "../../run/memory";
import type { NativeFunction } from "../../run/runner";
import { Arr, textAt, Unknown, type Value } from "../../run/values";

export const textsOf =
  (work: (a: string, b: string, values: readonly Value[]) => Value): NativeFunction =>
  (_runner, values) => {
    const a = textAt(values[0]);
    const b = textAt(values[1]);
    if (a === undefined || b === undefined) {
      if (values[0] === 0 || values[1] === 0) return values[0] === values[1] ? 0 : 1;
      return new Unknown("a comparison of texts");
    }
    return work(a, b, values);
  };

export const textOf =
  (work: (a: string, values: readonly Value[]) => Value): NativeFunction =>
  (_runner, values) => {
    const a = textAt(values[0]);
    if (a === undefined) return values[0] === 0 ? 0 : new Unknown("a text");
    return work(a, values);
  };

const character = scalarType("char", "char");

/** A pointer to the text's character at that index, into the same memory. */
export function movedTo(text: Value | undefined, index: number): Value {
  return elementAt(text ?? 0, index, character);
}

/** A text in memory of its own, which may be written to. */
export function inMemory(text: string): Arr {
  const made = new Arr(undefined, text.length + 1);
  made.text = text;
  return made;
}
