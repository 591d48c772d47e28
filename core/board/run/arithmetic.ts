/** C's arithmetic on numbers that are mostly small. */
import { binaryUnbounded, type IntegerType, wrap } from "../../c/integer";
import { asBigint, fromBigint, isTrue, Unknown, type Value } from "./values";

export function wrapped(value: Value, type: IntegerType): Value {
  if (typeof value === "number") {
    if (Number.isInteger(value)) {
      if (value >= 0 && value <= 0x7f) return value;
      const { bits, signed } = type;
      if (bits === 64 ? (signed || value >= 0) && Number.isSafeInteger(value) : isWithin(value, bits, signed))
        return value;
    } else value = Math.trunc(value);
    if (!Number.isFinite(value)) return 0;
  }
  const whole = asBigint(value);
  if (whole === undefined) return value;
  return fromBigint(wrap(whole, type));
}

/** Powers of two. */
const ends = Array.from({ length: 33 }, (_, bits) => 2 ** bits);

/** Of an integer of at most 32 bits. */
function isWithin(value: number, bits: number, signed: boolean): boolean {
  const end = ends[signed ? bits - 1 : bits];
  return end !== undefined && value < end && value >= (signed ? -end : 0);
}

/** `a operator b` for two integers, before it is brought into its type. */
export function computed(operator: string, a: Value, b: Value, bits: number): Value {
  if (typeof a === "number" && typeof b === "number") {
    const quick = quickOperators.get(operator)?.(a, b);
    if (quick !== undefined) return quick;
  }
  if (typeof a === "number" && !Number.isInteger(a)) return new Unknown("a floating-point number");
  const left = asBigint(a);
  const right = asBigint(b);
  if (left === undefined || right === undefined) return new Unknown("no number");
  if (operator === "<<" || operator === ">>") {
    if (right < 0n || right > 127n) return 0;
    return fromBigint(operator === "<<" ? BigInt.asIntN(bits + 1, left << right) : left >> right);
  }
  const made = binaryUnbounded(operator, left, right);
  if (made !== undefined) return fromBigint(made);
  return new Unknown(operator === "/" || operator === "%" ? "division by zero" : `\`${operator}\``);
}

/** What an operator makes of two numbers; undefined where that takes more than a number holds. */
type Quick = (a: number, b: number) => number | undefined;

const quickOperators: ReadonlyMap<string, Quick> = new Map<string, Quick>([
  ["+", (a, b) => safe(a + b)],
  ["-", (a, b) => safe(a - b)],
  ["*", (a, b) => safe(a * b)],
  ["/", (a, b) => (b === 0 ? undefined : Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b)],
  ["%", (a, b) => (b === 0 ? undefined : a % b)],
  ["<", (a, b) => (a < b ? 1 : 0)],
  [">", (a, b) => (a > b ? 1 : 0)],
  ["<=", (a, b) => (a <= b ? 1 : 0)],
  [">=", (a, b) => (a >= b ? 1 : 0)],
  ["==", (a, b) => (a === b ? 1 : 0)],
  ["!=", (a, b) => (a === b ? 0 : 1)],
  ["&", (a, b) => (isSmall(a) && isSmall(b) ? a & b : undefined)],
  ["|", (a, b) => (isSmall(a) && isSmall(b) ? a | b : undefined)],
  ["^", (a, b) => (isSmall(a) && isSmall(b) ? a ^ b : undefined)],
  ["<<", (a, b) => (a >= 0 && b >= 0 && b < 53 ? safe(a * 2 ** b) : undefined)],
  [">>", (a, b) => (isSmall(a) && b >= 0 && b < 31 ? a >> b : undefined)],
]);

/** For an operator that is known before its operands are. */
export function quickly(operator: string): Quick {
  return quickOperators.get(operator) ?? (() => undefined);
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) || !Number.isInteger(value) ? value : undefined;
}

function isSmall(value: number): boolean {
  return value >= 0 && value <= 0x7fffffff;
}

export function negated(value: Value): Value {
  const truth = isTrue(value);
  return truth === undefined ? value : truth ? 0 : 1;
}
