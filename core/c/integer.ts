/** C's integer arithmetic: conversions, promotions and what wraps. */

/** Types of 64 bits and less; a narrower one stands only for casts, arithmetic promotes it. */
export interface IntegerType {
  readonly bits: number;
  readonly signed: boolean;
}

export interface Integer {
  readonly kind: "integer";
  readonly value: bigint;
  readonly type: IntegerType;
}

export const int32: IntegerType = { bits: 32, signed: true };
const uint32: IntegerType = { bits: 32, signed: false };
export const int64: IntegerType = { bits: 64, signed: true };
export const uint64: IntegerType = { bits: 64, signed: false };

export function integer(value: bigint, type: IntegerType): Integer {
  return { kind: "integer", value: wrap(value, type), type };
}

const maximum32 = 0x7fffffffn;

/** The value that the type keeps of it. */
export function wrap(value: bigint, type: IntegerType): bigint {
  if (value >= 0n && value <= maximum32 && type.bits >= 32) return value;
  return type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value);
}

/** The type that a literal or an enumerator of this value has. */
export function literalType(value: bigint, unsigned: boolean, long: boolean, decimal: boolean): IntegerType {
  if (!long) {
    if (!unsigned && value <= maximum32) return int32;
    if ((unsigned || !decimal) && value <= 0xffffffffn) return uint32;
  }
  if (!unsigned && value <= 0x7fffffffffffffffn) return int64;
  return uint64;
}

export function promote(type: IntegerType): IntegerType {
  return type.bits < 32 ? int32 : type;
}

/** The usual arithmetic conversions. */
export function commonType(a: IntegerType, b: IntegerType): IntegerType {
  const left = promote(a);
  const right = promote(b);
  if (left.bits !== right.bits) return left.bits > right.bits ? left : right;
  return left.signed ? right : left;
}

function truth(holds: boolean): Integer {
  return { kind: "integer", value: holds ? 1n : 0n, type: int32 };
}

/** The result, or the reason why there is none. `operator` is neither `&&`, `||` nor an assignment. */
export function binaryInteger(operator: string, a: Integer, b: Integer): Integer | string {
  if (operator === "<<" || operator === ">>") {
    const type = promote(a.type);
    if (b.value < 0n || b.value >= BigInt(type.bits)) return `shift by ${b.value}`;
    return integer(operator === "<<" ? a.value << b.value : a.value >> b.value, type);
  }
  const type = commonType(a.type, b.type);
  const left = wrap(a.value, type);
  const right = wrap(b.value, type);
  switch (operator) {
    case "+":
      return integer(left + right, type);
    case "-":
      return integer(left - right, type);
    case "*":
      return integer(left * right, type);
    case "/":
      return right === 0n ? "division by zero" : integer(left / right, type);
    case "%":
      return right === 0n ? "division by zero" : integer(left % right, type);
    case "&":
      return integer(left & right, type);
    case "|":
      return integer(left | right, type);
    case "^":
      return integer(left ^ right, type);
    case "<":
      return truth(left < right);
    case ">":
      return truth(left > right);
    case "<=":
      return truth(left <= right);
    case ">=":
      return truth(left >= right);
    case "==":
      return truth(left === right);
    case "!=":
      return truth(left !== right);
    default:
      return `operator \`${operator}\` in a constant`;
  }
}

/** The same over integers without a type: of the preprocessor, or where a member's type does not matter. undefined: no value, or one past 128 bits. */
export function binaryExact(operator: string, a: bigint, b: bigint): bigint | undefined {
  const value = binaryUnbounded(operator, a, b);
  return value !== undefined && BigInt.asIntN(128, value) === value ? value : undefined;
}

/** The same, however large the value is. */
export function binaryUnbounded(operator: string, a: bigint, b: bigint): bigint | undefined {
  const truth = (value: boolean): bigint => (value ? 1n : 0n);
  switch (operator) {
    case "||":
      return truth(a !== 0n || b !== 0n);
    case "&&":
      return truth(a !== 0n && b !== 0n);
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "&":
      return a & b;
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "<":
      return truth(a < b);
    case ">":
      return truth(a > b);
    case "<=":
      return truth(a <= b);
    case ">=":
      return truth(a >= b);
    case "<<":
      return b < 0n || b > 64n ? undefined : a << b;
    case ">>":
      return b < 0n || b > 64n ? undefined : a >> b;
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0n ? undefined : a / b;
    case "%":
      return b === 0n ? undefined : a % b;
    default:
      return undefined;
  }
}
