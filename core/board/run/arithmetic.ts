/** C's arithmetic on numbers that are mostly small. */
import { binaryUnbounded, type IntegerType, wrap } from "../../c/integer";
import { asBigint, fromBigint, isTrue, Unknown, type Value } from "./values";

export function wrapped(value: Value, type: IntegerType): Value {
  if (typeof value === "number") {
    if (Number.isInteger(value)) {
      if (value >= 0 && value <= 0x7f) return value;
      if (type.bits >= 32 && value >= 0 && value <= 0x7fffffff) return value;
      if (type.bits === 64 && type.signed && Number.isSafeInteger(value)) return value;
    } else value = Math.trunc(value);
    if (!Number.isFinite(value)) return 0;
  }
  const whole = asBigint(value);
  if (whole === undefined) return value;
  return fromBigint(wrap(whole, type));
}

/** `a operator b` for two integers, before it is brought into its type. */
export function computed(operator: string, a: Value, b: Value, bits: number): Value {
  if (typeof a === "number" && typeof b === "number") {
    const quick = small(operator, a, b);
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

function small(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case "+":
      return safe(a + b);
    case "-":
      return safe(a - b);
    case "*":
      return safe(a * b);
    case "/":
      if (b === 0) return undefined;
      return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b;
    case "%":
      return b === 0 ? undefined : a % b;
    case "<":
      return a < b ? 1 : 0;
    case ">":
      return a > b ? 1 : 0;
    case "<=":
      return a <= b ? 1 : 0;
    case ">=":
      return a >= b ? 1 : 0;
    case "==":
      return a === b ? 1 : 0;
    case "!=":
      return a === b ? 0 : 1;
    case "&":
      return isSmall(a) && isSmall(b) ? a & b : undefined;
    case "|":
      return isSmall(a) && isSmall(b) ? a | b : undefined;
    case "^":
      return isSmall(a) && isSmall(b) ? a ^ b : undefined;
    case "<<":
      return a >= 0 && b >= 0 && b < 53 ? safe(a * 2 ** b) : undefined;
    case ">>":
      return isSmall(a) && b >= 0 && b < 31 ? a >> b : undefined;
    default:
      return undefined;
  }
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
