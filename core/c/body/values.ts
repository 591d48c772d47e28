/** What an expression may be, given what is known of the places that it reads. */
import { integerTypeOf } from "../typing";
import type { CTypes } from "../ctype";
import type { Call, Expression } from "../syntax";
import {
  anything,
  between,
  combined,
  converted,
  exactly,
  type Interval,
  joined,
  ofType,
  vague,
  within,
} from "./interval";
import { isAssignment, type Locals } from "./locals";
import { keyOf, pathOf } from "./paths";
import type { State } from "./state";
import type { BodyTypes } from "./types";

/** What a walk goes by. */
export interface RangeFacts {
  readonly locals: Locals;
  readonly types: BodyTypes;
  readonly ctypes: CTypes;
  /** What a member or a variable may be before the function sets it. undefined: nobody knows more than its type. */
  seed(place: Expression): Interval | undefined;
}

const deepest = 200;

export class Values {
  private readonly types = new WeakMap<Expression, Interval>();
  private readonly constants = new WeakMap<Expression, Interval | null>();
  private readonly initial = new Map<string, Interval>();
  private depth = 0;

  constructor(readonly facts: RangeFacts) {}

  /** All that the expression's type can hold. */
  typeOf(node: Expression): Interval {
    const before = this.types.get(node);
    if (before !== undefined) return before;
    const type = integerTypeOf(this.facts.ctypes, this.facts.types.typeOf(node));
    const made = type === undefined ? anything : ofType(type.bits, type.signed);
    this.types.set(node, made);
    return made;
  }

  /** Where a place is kept in a state; undefined for what can't be followed. */
  keyOf(place: Expression): string | undefined {
    const path = pathOf(place, this.facts.locals);
    if (path === undefined || path.steps.at(-1) === "&") return undefined;
    const key = keyOf(path);
    if (!this.initial.has(key)) this.initial.set(key, this.facts.seed(place) ?? vague(this.typeOf(place)));
    return key;
  }

  /** What the place is where the state says nothing of it. */
  readonly unset = (key: string, state: State): Interval => {
    const value = this.initial.get(key) ?? anything;
    return state.isLost ? vague(value) : value;
  };

  of(node: Expression, state: State): Interval {
    if (this.depth > deepest) return anything;
    this.depth++;
    const value = this.read(node, state);
    this.depth--;
    return value;
  }

  constant(node: Expression): Interval | undefined {
    let value = this.constants.get(node);
    if (value === undefined) {
      const found = this.facts.types.integer(node);
      value = found.known ? exactly(Number(found.value)) : null;
      this.constants.set(node, value);
    }
    return value ?? undefined;
  }

  private read(node: Expression, state: State): Interval {
    switch (node.kind) {
      case "integer":
      case "char":
        return exactly(Number(node.value));
      case "identifier": {
        const isVariable = this.facts.locals.at(node.name, node.start) !== undefined;
        return (isVariable ? undefined : this.constant(node)) ?? this.placeValue(node, state);
      }
      case "member":
      case "subscript":
        return this.placeValue(node, state);
      case "cast":
        return converted(this.of(node.operand, state), this.typeOf(node));
      case "unary":
        return this.unary(node.operator, node, node.operand, state);
      case "postfix":
        return this.of(node.operand, state);
      case "binary":
        return this.binary(node.operator, node, node.left, node.right, state);
      case "conditional": {
        const { test, then, otherwise } = node;
        const held = state.copy();
        this.assume(test, true, held);
        const failed = state.copy();
        this.assume(test, false, failed);
        return joined(this.of(then ?? test, held), this.of(otherwise, failed));
      }
      case "call":
        return this.call(node, state);
      default:
        return this.constant(node) ?? vague(this.typeOf(node));
    }
  }

  private placeValue(node: Expression, state: State): Interval {
    const key = this.keyOf(node);
    if (key === undefined) return this.facts.seed(node) ?? vague(this.typeOf(node));
    return state.get(key) ?? this.unset(key, state);
  }

  private unary(operator: string, node: Expression, operand: Expression, state: State): Interval {
    if (operator === "*") return this.placeValue(node, state);
    if (operator === "!") return between(0, 1);
    if (operator === "&") return anything;
    const value = this.of(operand, state);
    switch (operator) {
      case "-":
        return combined("-", exactly(0), value);
      case "~":
        return combined("-", exactly(-1), value);
      case "++":
      case "--":
        return converted(combined(operator === "++" ? "+" : "-", value, exactly(1)), this.typeOf(operand));
      default:
        return value;
    }
  }

  private binary(operator: string, node: Expression, left: Expression, right: Expression, state: State): Interval {
    if (operator === ",") return this.of(right, state);
    if (operator === "=") return converted(this.of(right, state), this.typeOf(left));
    const isUpdate = isAssignment(operator);
    const value = combined(isUpdate ? operator.slice(0, -1) : operator, this.of(left, state), this.of(right, state));
    const type = this.typeOf(isUpdate ? left : node);
    // 0 - 1 of an unsigned type is seldom meant, and seldom reached
    return value.min < 0 && type.min === 0 ? vague(type) : converted(value, type);
  }

  /** Functions of QEMU, of glib and of the C library whose results have bounds. */
  private call(node: Call, state: State): Interval {
    const name = node.callee.kind === "identifier" ? node.callee.name : "";
    const [first, second, third] = node.arguments.map((each) => this.of(each, state));
    if (first !== undefined && second !== undefined) {
      switch (name) {
        case "MIN":
        case "MIN_CONST":
        case "min":
          return lesser(first, second);
        case "MAX":
        case "MAX_CONST":
        case "max":
          return greater(first, second);
        case "CLAMP":
          return third === undefined ? anything : lesser(greater(first, second), third);
        case "extract32":
        case "extract64":
          if (third !== undefined && third.max <= 53) return between(0, 2 ** third.max - 1);
      }
    }
    return this.constant(node) ?? vague(this.typeOf(node));
  }

  /** Takes up in the state that the condition holds, or does not. */
  assume(node: Expression, holds: boolean, state: State): void {
    if (this.depth > deepest) return;
    this.depth++;
    this.take(node, holds, state);
    this.depth--;
  }

  private take(node: Expression, holds: boolean, state: State): void {
    if (node.kind === "unary" && node.operator === "!") return this.assume(node.operand, !holds, state);
    if (node.kind === "binary" && (node.operator === "&&" || node.operator === "||")) {
      const both = node.operator === "&&";
      if (holds === both) {
        this.assume(node.left, holds, state);
        this.assume(node.right, holds, state);
        return;
      }
      const other = state.copy();
      this.assume(node.left, holds, state);
      this.assume(node.left, !holds, other);
      this.assume(node.right, holds, other);
      state.join(other, this.unset);
      return;
    }
    if (node.kind === "binary" && comparisons.has(node.operator)) {
      const operator = holds ? node.operator : (opposite.get(node.operator) ?? "");
      const [left, right] = [this.of(node.left, state), this.of(node.right, state)];
      this.compareAs(node.left, operator, node.right, right, state);
      this.compareAs(node.right, mirrored.get(operator) ?? "", node.left, left, state);
      return;
    }
    if (node.kind === "binary" && isAssignment(node.operator)) return this.assume(node.left, holds, state);
    if (node.kind === "binary" && node.operator === ",") return this.assume(node.right, holds, state);
    const asked = node.kind === "call" && unlikely(node) ? node.arguments[0] : undefined;
    if (asked !== undefined) return this.assume(asked, holds, state);
    if (node.kind === "identifier" || node.kind === "member" || node.kind === "subscript" || node.kind === "postfix") {
      return this.compare(node, holds ? "!=" : "==", exactly(0), state);
    }
    if (node.kind === "binary" && node.operator === "&")
      return this.compare(node, holds ? "!=" : "==", exactly(0), state);
    this.doubt(node, state);
  }

  /** `node operator other` holds: a signed value that is compared with an unsigned one of its size counts as one. */
  private compareAs(node: Expression, operator: string, other: Expression, bound: Interval, state: State): void {
    const own = this.typeOf(node);
    const others = this.typeOf(other);
    const isWrapped = own.min < 0 && others.min === 0 && others.max > own.max && others.max >= 2 ** 32 - 1;
    if (!isWrapped) return this.compare(node, operator, bound, state);
    // a negative one is above all that fit
    if (operator === ">" || operator === ">=") {
      if (this.of(node, state).min >= 0) this.compare(node, operator, bound, state);
      return;
    }
    if (operator !== "!=" && bound.max <= own.max) this.compare(node, ">=", exactly(0), state);
    this.compare(node, operator, bound, state);
  }

  /** `node operator bound` holds. */
  private compare(node: Expression, operator: string, bound: Interval, state: State): void {
    switch (node.kind) {
      case "cast": {
        const value = this.of(node.operand, state);
        const type = this.typeOf(node);
        const fits = value.min >= type.min && value.max <= type.max;
        // (unsigned)x < n also says that x is not negative
        const isUnsigned = type.min === 0 && (operator === "<" || operator === "<=" || operator === "==");
        if (fits) return this.compare(node.operand, operator, bound, state);
        if (isUnsigned) return this.narrow(node.operand, between(0, upper(operator, bound).max), bound.vagueMax, state);
        return this.doubt(node, state);
      }
      case "binary":
        return this.compareOperation(node, operator, bound, state);
      case "postfix":
        // it has been counted on since
        return this.doubt(node.operand, state);
      case "unary":
        if (node.operator === "*" || node.operator === "++" || node.operator === "--") break;
        return this.doubt(node, state);
      case "identifier":
      case "member":
      case "subscript":
        break;
      case "integer":
      case "char":
      case "sizeof":
      case "sizeof-type":
        return;
      default:
        return this.doubt(node, state);
    }
    const place = node.kind === "unary" && node.operator !== "*" ? node.operand : node;
    const key = this.keyOf(place);
    if (key === undefined) return;
    const now = state.get(key) ?? this.unset(key, state);
    state.set(key, restricted(now, operator, bound));
  }

  private narrow(node: Expression, to: Interval, isVague: boolean, state: State): void {
    const key = node.kind === "cast" ? undefined : this.keyOf(node);
    if (key === undefined) return this.doubt(node, state);
    const now = state.get(key) ?? this.unset(key, state);
    state.set(key, within(now, isVague ? vague(to) : to));
  }

  /** `x + 1 < n`, `x * 4 <= n`, `(x & ~15) == 0`: the same of x, where it can be turned round. */
  private compareOperation(
    node: Extract<Expression, { kind: "binary" }>,
    operator: string,
    bound: Interval,
    state: State,
  ): void {
    const { left, right } = node;
    const constant = this.of(right, state);
    const isConstant = constant.min === constant.max;
    switch (node.operator) {
      case "+":
      case "-": {
        if (!isConstant) return this.doubt(node, state);
        const moved = combined(node.operator === "+" ? "-" : "+", bound, constant);
        return this.compare(left, operator, moved, state);
      }
      case "*":
      case "<<": {
        const factor = node.operator === "*" ? constant.min : 2 ** constant.min;
        if (!isConstant || factor <= 0 || operator === "!=") return this.doubt(node, state);
        if (operator === ">" || operator === ">=") return;
        const limit = upper(operator, bound);
        return this.narrow(
          left,
          { ...anything, max: Math.floor(limit.max / factor), vagueMax: limit.vagueMax, vagueMin: false },
          limit.vagueMax,
          state,
        );
      }
      case "&": {
        // bits that must be clear
        const isLow = isConstant && constant.min < 0 && Number.isInteger(Math.log2(-constant.min));
        if (isLow && operator === "==" && bound.max === 0) {
          return this.narrow(left, between(0, -constant.min - 1), false, state);
        }
        if (!isConstant || constant.min < 0) return this.doubt(node, state);
        if (Number.isInteger(Math.log2(constant.min + 1)) && this.of(left, state).max <= constant.min) {
          return this.of(left, state).min < 0 ? undefined : this.compare(left, operator, bound, state);
        }
        // a value has at least what its bits have
        if (operator === "!=" || operator === "<" || operator === "<=" || this.of(left, state).min < 0) return;
        return this.compare(left, operator === ">" ? ">" : ">=", bound, state);
      }
      case "=":
        return this.compare(left, operator, bound, state);
      default:
        return this.doubt(node, state);
    }
  }

  /** What the condition reads may be bounded by it, in a way that is not followed. */
  doubt(node: Expression, state: State): void {
    const pending: Expression[] = [node];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next.kind === "identifier" || next.kind === "member" || next.kind === "subscript") {
        const key = this.keyOf(next);
        if (key !== undefined) state.set(key, vague(state.get(key) ?? this.unset(key, state)));
      } else if (next.kind === "call") pending.push(...next.arguments);
      else if (next.kind === "binary") pending.push(next.left, next.right);
      else if (next.kind === "unary" || next.kind === "postfix" || next.kind === "cast") pending.push(next.operand);
      else if (next.kind === "conditional") pending.push(next.test, next.otherwise);
    }
  }
}

const comparisons: ReadonlySet<string> = new Set(["<", ">", "<=", ">=", "==", "!="]);
const opposite: ReadonlyMap<string, string> = new Map([
  ["<", ">="],
  [">=", "<"],
  [">", "<="],
  ["<=", ">"],
  ["==", "!="],
  ["!=", "=="],
]);
const mirrored: ReadonlyMap<string, string> = new Map([
  ["<", ">"],
  [">", "<"],
  ["<=", ">="],
  [">=", "<="],
  ["==", "=="],
  ["!=", "!="],
]);

function unlikely({ callee }: Call): boolean {
  return callee.kind === "identifier" && (callee.name === "unlikely" || callee.name === "likely");
}

function upper(operator: string, bound: Interval): Interval {
  if (operator === "<") return { ...bound, max: bound.max - 1 };
  return operator === "<=" || operator === "==" ? bound : anything;
}

function restricted(value: Interval, operator: string, bound: Interval): Interval {
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

function lesser(a: Interval, b: Interval): Interval {
  const least = a.min < b.min ? a : b;
  const most = a.max < b.max ? a : b;
  return { min: least.min, max: most.max, vagueMin: a.vagueMin || b.vagueMin, vagueMax: a.vagueMax || b.vagueMax };
}

function greater(a: Interval, b: Interval): Interval {
  const least = a.min > b.min ? a : b;
  const most = a.max > b.max ? a : b;
  return { min: least.min, max: most.max, vagueMin: a.vagueMin || b.vagueMin, vagueMax: a.vagueMax || b.vagueMax };
}
