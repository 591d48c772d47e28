/** Values of constant expressions. */
import type { Constant, CTypes } from "./ctype";
import { binaryInteger, int32, int64, type Integer, integer, literalType, promote, uint64 } from "./integer";
import { constantMacro, hostConstant } from "./hosttypes";
import { alignOf, placeOf, sizeOf, type Step } from "./layout";
import type { Binary, Call, Cast, Context, Expression, OffsetOf, Unary } from "./syntax";
import { readInteger } from "./literal";
import { scalarType } from "./resolve";
import { enumeratorType, integerTypeOf } from "./typing";
import { known, type Unknown, unknown, type Value } from "./value";

const one = integer(1n, int32);
const zero = integer(0n, int32);
const nullPointer: Constant = { kind: "pointer", value: 0n };

export function evaluate(types: CTypes, expression: Expression, context: Context): Value<Constant> {
  switch (expression.kind) {
    case "integer": {
      const { value, unsigned, long, decimal } = expression;
      return known(integer(value, literalType(value, unsigned, long, decimal)));
    }
    case "char":
      return known(integer(expression.value, int32));
    case "string":
      return known({ kind: "text", value: expression.value });
    case "float":
      return unknown("floating-point constant");
    case "identifier":
      return evaluateName(types, expression.name, context);
    case "sizeof-type":
      return bytes(sizeOf(types, types.resolve(expression.type, context)));
    case "alignof-type":
      return bytes(alignOf(types, types.resolve(expression.type, context)));
    case "sizeof":
      return bytes(sizeOf(types, types.typeOf(expression.operand, context)));
    case "alignof":
      return bytes(alignOf(types, types.typeOf(expression.operand, context)));
    case "offsetof":
      return bytes(offsetOf(types, expression, context));
    case "cast":
      return evaluateCast(types, expression, context);
    case "unary":
      return evaluateUnary(types, expression, context);
    case "binary":
      return evaluateBinary(types, expression, context);
    case "conditional": {
      const test = truth(types.constant(expression.test, context));
      if (!test.known) return test;
      if (!test.value) return types.constant(expression.otherwise, context);
      return types.constant(expression.then ?? expression.test, context);
    }
    case "choose": {
      const test = truth(types.constant(expression.test, context));
      if (!test.known) return test;
      return types.constant(test.value ? expression.then : expression.otherwise, context);
    }
    case "types-compatible": {
      const left = types.resolve(expression.left, context);
      const same = types.compatible(left, types.resolve(expression.right, context));
      return same.known ? known(same.value ? one : zero) : same;
    }
    case "call":
      return evaluateCall(types, expression, context);
    case "compound":
      return unknown("compound literal");
    case "member":
    case "subscript":
      return unknown("value of an object");
    case "postfix":
      return unknown(`\`${expression.operator}\` in a constant`);
    case "list":
    case "statements":
    case "type":
    case "omitted":
      return unknown("no constant");
    case "unknown":
      return unknown(expression.reason);
  }
}

function bytes(size: Value<number>): Value<Constant> {
  return size.known ? known(integer(BigInt(size.value), uint64)) : size;
}

function truth(value: Value<Constant>): Value<boolean> {
  if (!value.known) return value;
  return known(value.value.kind === "text" || value.value.value !== 0n);
}

function evaluateName(types: CTypes, name: string, context: Context): Value<Constant> {
  if (name === "true") return known(one);
  if (name === "false") return known(zero);
  if (name === "NULL") return known(nullPointer);
  const value = types.enumerator(name, context.scope);
  if (value === undefined) {
    const host = readInteger(hostConstant(name) ?? "");
    if (host === undefined) return unknown(`\`${name}\` is no constant that the tree defines`);
    return known(integer(host.value, literalType(host.value, host.unsigned, host.long, host.decimal)));
  }
  return value.known ? known(integer(value.value, enumeratorType(value.value))) : value;
}

function offsetOf(types: CTypes, expression: OffsetOf, context: Context): Value<number> {
  const steps: Step[] = [];
  for (const designator of expression.path) {
    if (designator.kind === "member") {
      steps.push(designator);
      continue;
    }
    const index = types.integer(designator.index, context);
    if (!index.known) return index;
    steps.push({ kind: "index", index: Number(index.value) });
  }
  const place = placeOf(types, types.resolve(expression.type, context), steps);
  return place.known ? place.value.offset : place;
}

function evaluateCast(types: CTypes, cast: Cast, context: Context): Value<Constant> {
  const value = types.constant(cast.operand, context);
  if (!value.known) return value;
  if (value.value.kind === "text") return value;
  // The type behind a `*` needs no look-up: only that it is a pointer counts.
  if (cast.type.parts[cast.type.parts.length - 1]?.kind === "pointer") {
    return known({ kind: "pointer", value: BigInt.asUintN(64, value.value.value) });
  }
  const type = types.resolve(cast.type, context);
  if (type.kind === "pointer") return known({ kind: "pointer", value: BigInt.asUintN(64, value.value.value) });
  if (type.kind === "scalar" && type.canonical === "_Bool") {
    return known(integer(value.value.value === 0n ? 0n : 1n, { bits: 8, signed: false }));
  }
  const target = integerTypeOf(types, type);
  if (target !== undefined) return known(integer(value.value.value, target));
  return unknown(type.kind === "unknown" ? type.reason : "cast to no integer");
}

function evaluateUnary(types: CTypes, unary: Unary, context: Context): Value<Constant> {
  if (unary.operator === "&") return address(types, unary.operand, context);
  if (unary.operator === "*") return unknown("value of an object");
  const operand = types.constant(unary.operand, context);
  if (!operand.known) return operand;
  if (unary.operator === "!") return known(truth(operand).known && truthOf(operand.value) ? zero : one);
  if (operand.value.kind !== "integer") return unknown(`\`${unary.operator}\` of a ${operand.value.kind}`);
  const { value, type } = operand.value;
  switch (unary.operator) {
    case "+":
      return known(integer(value, promote(type)));
    case "-":
      return known(integer(-value, promote(type)));
    case "~":
      return known(integer(~value, promote(type)));
    default:
      return unknown(`\`${unary.operator}\` in a constant`);
  }
}

function truthOf(value: Constant): boolean {
  return value.kind === "text" || value.value !== 0n;
}

/** `&((T *)0)->member[2]`, the offset of old. */
function address(types: CTypes, place: Expression, context: Context): Value<Constant> {
  switch (place.kind) {
    case "unary":
      return place.operator === "*" ? types.constant(place.operand, context) : unknown("address of no object");
    case "member": {
      const base = place.arrow ? types.constant(place.object, context) : address(types, place.object, context);
      const object = types.typeOf(place.object, context);
      return moved(base, placeOf(types, pointed(place.arrow, object), [{ kind: "member", name: place.name }]));
    }
    case "subscript": {
      const object = types.typeOf(place.object, context);
      const index = types.integer(place.index, context);
      if (!index.known) return index;
      const array = object.kind === "array";
      const base = array ? address(types, place.object, context) : types.constant(place.object, context);
      const element = array ? object.element : pointed(true, object);
      const size = sizeOf(types, element);
      if (!base.known || !size.known) return base.known ? (size as Unknown) : base;
      if (base.value.kind === "text") return unknown("address of a string");
      return known({ kind: "pointer", value: base.value.value + index.value * BigInt(size.value) });
    }
    default:
      return unknown("address of an object");
  }
}

function pointed(arrow: boolean, object: ReturnType<CTypes["typeOf"]>): ReturnType<CTypes["typeOf"]> {
  return arrow && object.kind === "pointer" ? object.target() : object;
}

function moved(base: Value<Constant>, to: ReturnType<typeof placeOf>): Value<Constant> {
  if (!base.known) return base;
  if (!to.known) return to;
  const { offset } = to.value;
  if (!offset.known) return offset;
  if (base.value.kind === "text") return unknown("address of a string");
  return known({ kind: "pointer", value: base.value.value + BigInt(offset.value) });
}

function evaluateBinary(types: CTypes, binary: Binary, context: Context): Value<Constant> {
  const { operator, left, right } = binary;
  if (operator === "&&" || operator === "||") return evaluateLogical(types, binary, context);
  if (operator === ",") return types.constant(right, context);
  if (operator === "-" && sameText(left, right, context)) return known(integer(0n, int64));
  const a = types.constant(left, context);
  if (!a.known) return a;
  const b = types.constant(right, context);
  if (!b.known) return b;
  if (a.value.kind === "text" || b.value.kind === "text") return unknown(`\`${operator}\` of a string`);
  if (a.value.kind === "pointer" || b.value.kind === "pointer") {
    return pointerArithmetic(types, binary, a.value, b.value, context);
  }
  const result = binaryInteger(operator, a.value, b.value);
  return typeof result === "string" ? unknown(result) : known(result);
}

function evaluateLogical(types: CTypes, binary: Binary, context: Context): Value<Constant> {
  const decisive = binary.operator === "||";
  const left = truth(types.constant(binary.left, context));
  if (left.known && left.value === decisive) return known(decisive ? one : zero);
  const right = truth(types.constant(binary.right, context));
  if (!left.known) return left;
  return right.known ? known(right.value ? one : zero) : right;
}

/** The same tokens: QEMU's build-time assertions are `sizeof(x) - sizeof(x)`, whatever x is. */
function sameText(left: Expression, right: Expression, context: Context): boolean {
  const length = left.end - left.start;
  const { tokens } = context;
  if (length !== right.end - right.start || length <= 1 || right.end > tokens.length) return false;
  for (let i = 0; i < length; i++) {
    if (tokens[left.start + i]?.text !== tokens[right.start + i]?.text) return false;
  }
  return true;
}

function pointerArithmetic(
  types: CTypes,
  binary: Binary,
  a: Exclude<Constant, { kind: "text" }>,
  b: Exclude<Constant, { kind: "text" }>,
  context: Context,
): Value<Constant> {
  const { operator } = binary;
  if (operator === "-" && a.kind === "pointer" && b.kind === "pointer") {
    if (a.value === b.value) return known(integer(0n, int64));
    const size = elementSize(types, binary.left, context);
    return size.known ? known(integer((a.value - b.value) / size.value, int64)) : size;
  }
  if (operator === "+" || operator === "-") {
    const base = a.kind === "pointer" ? a : b;
    const steps = a.kind === "pointer" ? b : a;
    if (operator === "-" && a.kind !== "pointer") return unknown("a pointer subtracted from a number");
    const size = elementSize(types, a.kind === "pointer" ? binary.left : binary.right, context);
    if (!size.known) return size;
    const distance = steps.value * size.value;
    return known({ kind: "pointer", value: operator === "+" ? base.value + distance : base.value - distance });
  }
  const result = binaryInteger(operator, plain(a), plain(b));
  return typeof result === "string" ? unknown(result) : known(result);
}

function plain(value: Exclude<Constant, { kind: "text" }>): Integer {
  return integer(value.value, uint64);
}

function elementSize(types: CTypes, pointer: Expression, context: Context): Value<bigint> {
  const size = sizeOf(types, pointed(true, types.typeOf(pointer, context)));
  if (!size.known) return size;
  return size.value === 0 ? unknown("pointer to an empty type") : known(BigInt(size.value));
}

function evaluateCall(types: CTypes, call: Call, context: Context): Value<Constant> {
  const name = call.callee.kind === "identifier" ? call.callee.name : "a function";
  const [operand] = call.arguments;
  if (operand !== undefined && call.arguments.length === 1) {
    const typed = constantMacro(name);
    const type = typed === undefined ? undefined : integerTypeOf(types, scalarType(typed, typed));
    if (type !== undefined) {
      const value = types.integer(operand, context);
      return value.known ? known(integer(value.value, type)) : value;
    }
    if (name === "__builtin_constant_p") {
      const value = types.constant(operand, context);
      return value.known ? known(one) : value;
    }
    const count = bitCounts.get(name);
    if (count !== undefined) {
      const value = types.integer(operand, context);
      if (!value.known) return value;
      return countBits(count.what, BigInt.asUintN(count.bits, value.value), count.bits);
    }
  }
  if (name === "__builtin_expect" && operand !== undefined) return types.constant(operand, context);
  return unknown(`call of ${name}`);
}

/** What counts bits at compile time: `__builtin_ctzll`. */
const bitCounts: ReadonlyMap<string, { readonly what: string; readonly bits: number }> = new Map(
  ["ctz", "clz", "popcount", "ffs"].flatMap((what) =>
    ["", "l", "ll"].map((width) => [`__builtin_${what}${width}`, { what, bits: width === "" ? 32 : 64 }] as const),
  ),
);

function countBits(which: string, value: bigint, bits: number): Value<Constant> {
  const digits = value.toString(2);
  if (which === "popcount") return known(integer(BigInt(digits.replaceAll("0", "").length), int32));
  if (which === "ffs" && value === 0n) return known(zero);
  if (value === 0n) return unknown("bit search in 0");
  if (which === "clz") return known(integer(BigInt(bits - digits.length), int32));
  const trailing = BigInt(digits.length - 1 - digits.lastIndexOf("1"));
  return known(integer(which === "ffs" ? trailing + 1n : trailing, int32));
}
