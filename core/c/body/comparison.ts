/** What a comparison says of a range, and what the lesser and the greater of two ranges are. */
import type { Expression } from "../syntax";
import { anything, type Interval, within } from "./interval";

export const comparisons: ReadonlySet<string> = new Set(["<", ">", "<=", ">=", "==", "!="]);
export const opposite: ReadonlyMap<string, string> = new Map([
  ["<", ">="],
  [">=", "<"],
  [">", "<="],
  ["<=", ">"],
  ["==", "!="],
  ["!=", "=="],
]);
export const mirrored: ReadonlyMap<string, string> = new Map([
  ["<", ">"],
  [">", "<"],
  ["<=", ">="],
  [">=", "<="],
  ["==", "=="],
  ["!=", "!="],
]);

/** `s->at < 16`: what is 0 or 1, by a condition. */
export function isTruth(node: Expression): boolean {
  if (node.kind === "unary") return node.operator === "!";
  return node.kind === "binary" && (comparisons.has(node.operator) || node.operator === "&&" || node.operator === "||");
}

/** Compared with 0: whether a function says that something went wrong. */
export const failing: ReadonlyMap<string, boolean> = new Map([
  ["<", true],
  ["!=", true],
  ["==", false],
  [">=", false],
]);

/** What is at most compared with: all that `operator bound` allows upwards. */
export function upper(operator: string, bound: Interval): Interval {
  if (operator === "<") return { ...bound, max: bound.max - 1 };
  return operator === "<=" || operator === "==" ? bound : anything;
}

/** Whether no value of the range can be so. */
export function isNever({ min, max, vagueMin, vagueMax }: Interval, operator: string, bound: Interval): boolean {
  if (vagueMin || vagueMax || bound.vagueMin || bound.vagueMax) return false;
  switch (operator) {
    case "<":
      return min >= bound.max;
    case "<=":
      return min > bound.max;
    case ">":
      return max <= bound.min;
    case ">=":
      return max < bound.min;
    case "==":
      return min > bound.max || max < bound.min;
    case "!=":
      return min === max && bound.min === bound.max && min === bound.min;
    default:
      return false;
  }
}

/** What is left of the range where `operator bound` holds. */
export function restricted(value: Interval, operator: string, bound: Interval): Interval {
  const { min, max, vagueMin, vagueMax } = bound;
  switch (operator) {
    case "<":
      return within(value, { ...anything, vagueMin: false, max: max - 1, vagueMax });
    case "<=":
      return within(value, { ...anything, vagueMin: false, max, vagueMax });
    case ">":
      return within(value, { ...anything, vagueMax: false, min: min + 1, vagueMin });
    case ">=":
      return within(value, { ...anything, vagueMax: false, min, vagueMin });
    case "==":
      return within(value, bound);
    case "!=":
      if (min !== max) return value;
      if (min === value.min) return { ...value, min: min + 1 };
      return min === value.max ? { ...value, max: max - 1 } : value;
    default:
      return value;
  }
}

/** MIN */
export function lesser(a: Interval, b: Interval): Interval {
  const least = a.min < b.min ? a : b;
  const most = a.max < b.max ? a : b;
  return { min: least.min, max: most.max, vagueMin: a.vagueMin || b.vagueMin, vagueMax: a.vagueMax || b.vagueMax };
}

/** MAX */
export function greater(a: Interval, b: Interval): Interval {
  const least = a.min > b.min ? a : b;
  const most = a.max > b.max ? a : b;
  return { min: least.min, max: most.max, vagueMin: a.vagueMin || b.vagueMin, vagueMax: a.vagueMax || b.vagueMax };
}
