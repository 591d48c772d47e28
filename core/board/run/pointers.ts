/** Pointers compared, moved and taken for numbers. */
import type { CType } from "../../c/ctype";
import { computed } from "./arithmetic";
import { around, elementAt, inside, rawSize, same } from "./memory";
import { Arr, asBigint, Offset, Ptr, Rec, Tagged, Unknown, type Value } from "./values";

export function compared(operator: string, a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b)) return computed(operator, a, b, 64);
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (operator === "==" || operator === "!=") {
    const equal = same(a, b);
    if (equal === undefined) return new Unknown("a comparison");
    return equal === (operator === "==") ? 1 : 0;
  }
  const between = distance(a, b);
  return between instanceof Unknown ? between : computed(operator, between, 0, 64);
}

/** In elements of that type, where it is known. */
export function distance(a: Value, b: Value, target?: CType): Value {
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (isNumber(a) && isNumber(b)) return computed("-", a, b, 64);
  if (b instanceof Offset) return around(a, b);
  if (typeof a === "string" && typeof b === "string") return b.length - a.length;
  const isInside = (a instanceof Ptr && a.holder === b) || (b instanceof Ptr && b.holder === a);
  const [home, at] = isInside && a instanceof Rec ? [a, 0] : positionOf(a);
  const [otherHome, from] = isInside && b instanceof Rec ? [b, 0] : positionOf(b);
  if (home === undefined || otherHome === undefined) return new Unknown("the distance of two pointers");
  if (home !== otherHome) return new Offset([], { from: b, to: a });
  return (at - from) / (home instanceof Rec && target !== undefined ? rawSize(target) : 1);
}

function positionOf(value: Value): readonly [object | undefined, number] {
  if (value instanceof Arr) return [value, 0];
  if (value instanceof Ptr) return [value.holder, Number(String(value.key).replace("@", ""))];
  if (value instanceof Rec) return value.holder === undefined ? [value, 0] : [value.holder, Number(value.holderKey)];
  return [undefined, 0];
}

export function moved(pointer: Value, by: Value, sign: 1 | -1, target: CType): Value {
  if (pointer instanceof Unknown) return pointer;
  if (by instanceof Unknown) return by;
  if (by instanceof Offset) return sign === 1 ? inside(pointer, by) : around(pointer, by);
  if (typeof by !== "number") return new Unknown("a pointer moved by no number");
  if (isNumber(pointer)) return computed("+", pointer, by * sign, 64);
  return elementAt(pointer, by * sign, target);
}

export function joinedOffsets(operator: string, a: Value, b: Value): Value {
  if (
    [a, b].some(
      (each) => each instanceof Offset && each.between !== undefined && a instanceof Offset === b instanceof Offset,
    )
  )
    return new Unknown("an offset as a number");
  if (b === 0) return operator === "+" || operator === "-" ? a : new Unknown("an offset as a number");
  if (a === 0 && operator === "+") return b;
  if (operator === "+" && a instanceof Offset && b instanceof Offset) return new Offset([...a.steps, ...b.steps]);
  if (operator === "+" && a instanceof Offset && typeof b === "number") return a;
  if (operator === "-" && a instanceof Offset && b instanceof Offset && a.steps.length === b.steps.length) {
    if (a.steps.every((step, k) => step.key === b.steps[k]?.key)) return 0;
  }
  if (b instanceof Offset && operator === "-") return around(a, b);
  if (b instanceof Offset && operator === "+") return inside(a, b);
  return new Unknown("an offset as a number");
}

const lowBits = 7n;

/** A pointer taken for a number: tags in its low bits, and what lies between two. */
export function pointerNumber(operator: string, a: Value, b: Value): Value {
  if (operator === "-" && !isNumber(a) && !isNumber(b)) return distance(a, b);
  const number = asBigint(b);
  const { pointer, tag } = a instanceof Tagged ? a : { pointer: a, tag: 0 };
  if (number === undefined || isNumber(pointer)) return new Unknown("a pointer taken for a number");
  const low = Number(number & lowBits);
  if (operator === "|" && number <= lowBits) return tagged(pointer, tag | low);
  if (operator === "&" && number >= 0n && number <= lowBits) return tag & low;
  if (operator === "&" && (number < 0n || number > 0xffff_ffffn)) return tagged(pointer, tag & low);
  return new Unknown("a pointer taken for a number");
}

function tagged(pointer: Value, tag: number): Value {
  return tag === 0 ? pointer : new Tagged(pointer, tag);
}

export function floating(operator: string, a: Value, b: Value): Value {
  const x = typeof a === "bigint" ? Number(a) : a;
  const y = typeof b === "bigint" ? Number(b) : b;
  if (typeof x !== "number" || typeof y !== "number") return new Unknown("a floating-point number");
  switch (operator) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return x / y;
    default:
      return computed(operator, x, y, 64);
  }
}

export function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
