/** Operators on values of the types that C gives them, and assignments. */
import { type CType, unknownType } from "../../c/ctype";
import { commonType, promote } from "../../c/integer";
import { pointerTo, scalarType } from "../../c/resolve";
import type { Expression } from "../../c/syntax";
import { computed, negated, quickly, wrapped } from "./arithmetic";
import { type Code, type Compiling, doubleType, integerNamed, intType, pointed, unknownCode } from "./code";
import { initialOf } from "./initialisers";
import { elementAt, isAggregate, load, store, write } from "./memory";
import { valueAt } from "./places";
import { compared, distance, floating, isNumber, joinedOffsets, moved, pointerNumber } from "./pointers";
import { copyInto, isTrue, Offset, Ptr, Rec, Unknown, type Value } from "./values";

const comparisons = new Set(["<", ">", "<=", ">=", "==", "!="]);
export function unaryOf(c: Compiling, node: Extract<Expression, { kind: "unary" }>): Code {
  if (node.operator === "++" || node.operator === "--") {
    return steppingOf(c, node.operand, node.operator === "++" ? 1 : -1, true);
  }
  const operand = c.expression(node.operand);
  switch (node.operator) {
    case "&": {
      const type = pointerTo(c.scope, operand.type);
      if (operand.type.kind === "pointer" && operand.place === undefined)
        return { type: operand.type, run: operand.run };
      return { type, run: operand.place ?? (() => new Unknown("the address of a value")) };
    }
    case "*": {
      const type = operand.type.kind === "array" ? operand.type.element : pointed(operand.type);
      if (type.kind === "function") return { type: operand.type, run: operand.run };
      return { type, place: operand.run, run: (frame) => valueAt(operand.run(frame), type) };
    }
    case "!":
      return { type: intType, run: (frame) => negated(operand.run(frame)) };
    case "+":
      return operand;
    default: {
      const integer = promote(c.integerType(operand.type) ?? { bits: 32, signed: true });
      const isNot = node.operator === "~";
      return {
        type: isFloating(operand.type) ? operand.type : integerNamed(integer),
        run: (frame) => {
          const value = operand.run(frame);
          if (value instanceof Unknown) return value;
          if (typeof value === "number" && !Number.isInteger(value)) return -value;
          return wrapped(isNot ? computed("-", -1, value, 64) : computed("-", 0, value, 64), integer);
        },
      };
    }
  }
}

export function steppingOf(c: Compiling, operand: Expression, by: number, before: boolean): Code {
  const code = c.expression(operand);
  const { type, place, set } = code;
  if (place === undefined) return unknownCode("a step of no variable");
  const converted = c.converting(type);
  const target = type.kind === "pointer" ? type.target() : undefined;
  return {
    type,
    run: (frame) => {
      const at = set === undefined ? place(frame) : undefined;
      const old = at === undefined ? code.run(frame) : load(at, type);
      const next =
        target !== undefined
          ? elementAt(old, by, target)
          : old instanceof Unknown
            ? old
            : converted(computed("+", old, by, 64));
      if (at === undefined) set?.(frame, next);
      else store(at, next);
      return before ? next : old;
    },
  };
}

export function binaryOf(c: Compiling, node: Extract<Expression, { kind: "binary" }>): Code {
  const { operator } = node;
  if (operator === "=") return assignmentOf(c, node);
  if (operator === "&&" || operator === "||") return logicalOf(c, node);
  const left = c.expression(node.left);
  const right = c.expression(node.right);
  if (operator === ",") {
    return {
      type: right.type,
      run: (frame) => {
        left.run(frame);
        return right.run(frame);
      },
    };
  }
  if (operator.endsWith("=") && !comparisons.has(operator)) return updateOf(c, node.operator.slice(0, -1), left, right);
  const { type, run } = operationOf(c, operator, left.type, right.type);
  return { type, run: (frame) => run(left.run(frame), right.run(frame)) };
}

/** Integers are compared as what both become: -1 is the largest number beside one without a sign. */
function comparing(c: Compiling, operator: string, a: CType, b: CType): (x: Value, y: Value) => Value {
  const [own, other] = [c.integerType(a), c.integerType(b)];
  const common = own && other && commonType(own, other);
  const quick = quickly(operator);
  if (common === undefined || common.signed)
    return (x, y) =>
      (typeof x === "number" && typeof y === "number" ? quick(x, y) : undefined) ?? compared(operator, x, y);
  return (x, y) => {
    if (!isNumber(x) || !isNumber(y)) return compared(operator, x, y);
    const [left, right] = [wrapped(x, common), wrapped(y, common)];
    const known = typeof left === "number" && typeof right === "number" ? quick(left, right) : undefined;
    return known ?? compared(operator, left, right);
  };
}

function operationOf(
  c: Compiling,
  operator: string,
  a: CType,
  b: CType,
): { readonly type: CType; readonly run: (a: Value, b: Value) => Value } {
  const leftTarget = a.kind === "pointer" ? a.target() : a.kind === "array" ? a.element : undefined;
  const rightTarget = b.kind === "pointer" ? b.target() : b.kind === "array" ? b.element : undefined;
  if (comparisons.has(operator)) return { type: intType, run: comparing(c, operator, a, b) };
  if (leftTarget !== undefined && rightTarget !== undefined && operator === "-") {
    return { type: scalarType("ptrdiff_t", "long"), run: (x, y) => distance(x, y, leftTarget) };
  }
  if (leftTarget !== undefined && (operator === "+" || operator === "-")) {
    const type = a.kind === "array" ? pointerTo(c.scope, leftTarget) : a;
    return { type, run: (x, y) => moved(x, y, operator === "+" ? 1 : -1, leftTarget) };
  }
  if (rightTarget !== undefined && operator === "+") {
    const type = b.kind === "array" ? pointerTo(c.scope, rightTarget) : b;
    return { type, run: (x, y) => moved(y, x, 1, rightTarget) };
  }
  if (isFloating(a) || isFloating(b)) {
    return { type: doubleType, run: (x, y) => (x instanceof Unknown ? x : floating(operator, x, y)) };
  }
  const own = c.integerType(a) ?? { bits: 64, signed: true };
  const other = c.integerType(b) ?? { bits: 64, signed: true };
  const integer = operator === "<<" || operator === ">>" ? promote(own) : commonType(own, other);
  const quick = quickly(operator);
  return {
    type: integerNamed(integer),
    run: (x, y) => {
      const known = typeof x === "number" && typeof y === "number" ? quick(x, y) : undefined;
      if (known !== undefined && Number.isInteger(x) && Number.isInteger(y)) return wrapped(known, integer);
      if (x instanceof Unknown) return x;
      if (y instanceof Unknown) return y;
      if (x instanceof Offset || y instanceof Offset) return joinedOffsets(operator, x, y);
      if (!isNumber(x) || !isNumber(y)) return pointerNumber(operator, x, y);
      return wrapped(computed(operator, x, y, integer.bits), integer);
    },
  };
}

function updateOf(c: Compiling, operator: string, left: Code, right: Code): Code {
  const { place, type, set } = left;
  if (place === undefined) return unknownCode("an update of no variable");
  const { run } = operationOf(c, operator, type, right.type);
  const converted = c.converting(type);
  return {
    type,
    run: (frame) => {
      if (set !== undefined) {
        const value = converted(run(left.run(frame), right.run(frame)));
        set(frame, value);
        return value;
      }
      const at = place(frame);
      const value = converted(run(load(at, type), right.run(frame)));
      store(at, value);
      return value;
    },
  };
}

function logicalOf(c: Compiling, node: Extract<Expression, { kind: "binary" }>): Code {
  const left = c.expression(node.left);
  const right = c.expression(node.right);
  const decisive = node.operator === "||";
  return {
    type: intType,
    run: (frame) => {
      const value = left.run(frame);
      const first = isTrue(value);
      if (first === decisive) return decisive ? 1 : 0;
      const other = right.run(frame);
      const second = isTrue(other);
      if (second === decisive) return decisive ? 1 : 0;
      if (first === undefined) return value;
      return second === undefined ? other : second ? 1 : 0;
    },
  };
}

function assignmentOf(c: Compiling, node: Extract<Expression, { kind: "binary" }>): Code {
  const left = c.expression(node.left);
  const { place, type, set } = left;
  const right = initialOf(c, isAggregate(type) ? type : unknownType(""), node.right);
  if (place === undefined) return { type: right.type, run: right.run };
  const converted = c.converting(type);
  if (isAggregate(type) && type.kind !== "array") {
    return {
      type,
      run: (frame) => {
        const value = right.run(frame);
        const target = place(frame);
        if (target instanceof Rec && value instanceof Rec) copyInto(target, value);
        else if ((target instanceof Rec || target instanceof Ptr) && target.holder !== undefined) {
          write(target.holder, target instanceof Rec ? target.holderKey : target.key, value);
        }
        return value;
      },
    };
  }
  if (set !== undefined)
    return {
      type,
      run: (frame) => {
        const value = converted(right.run(frame));
        set(frame, value);
        return value;
      },
    };
  return {
    type,
    run: (frame) => {
      const value = converted(right.run(frame));
      const at = place(frame);
      store(at, value);
      return value;
    },
  };
}

function isFloating(type: CType): boolean {
  return type.kind === "scalar" && type.floating;
}
