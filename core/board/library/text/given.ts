/** Functions that are given texts: what they do where one is NULL, or not known. */
import type { NativeFunction } from "../../run/runner";
import { textAt, Unknown, type Value } from "../../run/values";

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
