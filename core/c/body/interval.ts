/** Ranges of integers, as far as they can be told. */
export interface Interval {
  /** Inclusive; infinite where nothing bounds it. No value is outside. */
  readonly min: number;
  readonly max: number;
  /** A bound that may be nearer in a way that was not followed: nobody may say that a value reaches it. */
  readonly vagueMin: boolean;
  readonly vagueMax: boolean;
}

export const anything: Interval = {
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  vagueMin: true,
  vagueMax: true,
};

export function between(min: number, max: number): Interval {
  return { min, max, vagueMin: false, vagueMax: false };
}

export function exactly(value: number): Interval {
  return between(value, value);
}

export function vague({ min, max }: Interval): Interval {
  return { min, max, vagueMin: true, vagueMax: true };
}

/** All values of an integer type. */
export function ofType(bits: number, isSigned: boolean): Interval {
  return isSigned ? between(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) : between(0, 2 ** bits - 1);
}

/** Whether it is for sure an index of an array of that length, or for sure may be none; undefined where nobody knows. */
export function isIndexOf({ min, max, vagueMin, vagueMax }: Interval, length: number): boolean | undefined {
  if (min >= 0 && max < length) return true;
  const reachesBeyond = (max >= length && !vagueMax) || (min < 0 && !vagueMin);
  return reachesBeyond ? false : undefined;
}

/** What either may be. */
export function joined(a: Interval, b: Interval): Interval {
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    vagueMin: a.vagueMin || b.vagueMin,
    vagueMax: a.vagueMax || b.vagueMax,
  };
}

/** The part of `a` that is also in `b`; nothing sure where they have nothing in common, as in code that never runs. */
export function within(a: Interval, b: Interval): Interval {
  const low = b.min > a.min ? b : a;
  const high = b.max < a.max ? b : a;
  // a bound that nobody knows is one all the same, and may be the nearer of the two
  const vagueMin = a.vagueMin || b.vagueMin;
  const vagueMax = a.vagueMax || b.vagueMax;
  return low.min > high.max ? vague(a) : { min: low.min, max: high.max, vagueMin, vagueMax };
}

function corners(a: Interval, b: Interval, results: readonly number[]): Interval {
  const numbers = results.map((each) => (Number.isNaN(each) ? 0 : each));
  const isVague = a.vagueMin || a.vagueMax || b.vagueMin || b.vagueMax;
  return { min: Math.min(...numbers), max: Math.max(...numbers), vagueMin: isVague, vagueMax: isVague };
}

/** What an operator of C makes of two integers, without the wrapping of their types. */
export function combined(operator: string, a: Interval, b: Interval): Interval {
  const vagueMax = a.vagueMax || b.vagueMax;
  const vagueMin = a.vagueMin || b.vagueMin;
  switch (operator) {
    case "+":
      return { min: a.min + b.min, max: a.max + b.max, vagueMin, vagueMax };
    case "-":
      return {
        min: a.min - b.max,
        max: a.max - b.min,
        vagueMin: a.vagueMin || b.vagueMax,
        vagueMax: a.vagueMax || b.vagueMin,
      };
    case "*":
      return corners(a, b, [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max]);
    case "/":
      if (b.min <= 0) return anything;
      return corners(a, b, [a.min / b.min, a.min / b.max, a.max / b.min, a.max / b.max].map(Math.trunc));
    case "%": {
      if (b.min <= 0) return anything;
      if (a.min >= 0 && a.max < b.min) return a;
      const most = b.max - 1;
      const max = a.min < 0 ? most : Math.min(a.max, most);
      return { min: a.min < 0 ? -most : 0, max, vagueMin, vagueMax };
    }
    case "&":
      if (a.min < 0 && b.min < 0) return anything;
      return { min: 0, max: Math.min(a.min < 0 ? b.max : a.max, b.min < 0 ? a.max : b.max), vagueMin, vagueMax };
    case "|":
    case "^":
      if (a.min < 0 || b.min < 0) return anything;
      return {
        min: operator === "|" ? Math.max(a.min, b.min) : 0,
        max: allBits(Math.max(a.max, b.max)),
        vagueMin,
        vagueMax,
      };
    case "<<":
      if (a.min < 0 || b.min < 0 || b.max > 64) return anything;
      return { min: a.min * 2 ** b.min, max: a.max * 2 ** b.max, vagueMin, vagueMax };
    case ">>":
      if (a.min < 0 || b.min < 0) return anything;
      return { min: Math.floor(a.min / 2 ** b.max), max: Math.floor(a.max / 2 ** b.min), vagueMin, vagueMax };
    case "==":
    case "!=":
    case "<":
    case ">":
    case "<=":
    case ">=":
    case "&&":
    case "||":
      return between(0, 1);
    default:
      return anything;
  }
}

/** The largest number with as many bits. */
function allBits(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return value;
  let most = 1;
  while (most <= value) most *= 2;
  return most - 1;
}

/** The value as a type takes it: as it is where it fits, else any of the type's. */
export function converted(value: Interval, type: Interval): Interval {
  if (value.min >= type.min && value.max <= type.max) return value;
  const isVague = value.vagueMin || value.vagueMax;
  return { min: type.min, max: type.max, vagueMin: isVague, vagueMax: isVague };
}
