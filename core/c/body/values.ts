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
import {
  comparisons,
  failing,
  greater,
  isNever,
  isTruth,
  lesser,
  mirrored,
  opposite,
  restricted,
  upper,
} from "./comparison";
import { isAssignment, type Locals, onlyValue } from "./locals";
import { keyOf, pathOf } from "./paths";
import type { State } from "./state";
import type { BodyTypes } from "./types";
import type { Node } from "./walk";

/** What a walk goes by. */
export interface RangeFacts {
  readonly locals: Locals;
  readonly types: BodyTypes;
  readonly ctypes: CTypes;
  /** What a member or a variable may be before the function sets it. undefined: nobody knows more than its type. */
  seed(place: Expression): Interval | undefined;
  /** What a call gives back, or puts where the argument of that index points. undefined: nobody knows more than the type. */
  given?(call: Call, argument: number | undefined): Interval | undefined;
  /** What places are behind a call: of a function that looks at them or sets them; `holds`: where what it returns is true, or false. */
  learnt?(call: Call, holds: boolean | undefined): readonly Learnt[];
  /** The parts of the function that are asked about; undefined: all. What others do is passed over. */
  readonly matters?: ReadonlySet<Node> | undefined;
  /** Nobody asks for ways out of the function, nor for what calls do: statements that do not matter are passed over as a whole. */
  readonly isQuick?: boolean | undefined;
  /** What a loop returns as an error is what somebody sent: one who means it to go on sends something else. */
  readonly isSent?: boolean | undefined;
  /** Whether a function never comes back. */
  ends?(call: Call): boolean;
}

export interface Learnt {
  readonly place: Expression;
  readonly value: Interval;
}

const deepest = 200;

const keys = new WeakMap<Locals, Map<Expression, string | undefined>>();

function keyIn(locals: Locals, place: Expression): string | undefined {
  const known = keys.get(locals) ?? new Map<Expression, string | undefined>();
  keys.set(locals, known);
  if (known.has(place)) return known.get(place);
  const path = pathOf(place, locals);
  const key = path === undefined || path.steps.at(-1) === "&" ? undefined : keyOf(path);
  known.set(place, key);
  return key;
}

export class Values {
  private readonly types = new WeakMap<Expression, Interval>();
  private readonly constants = new WeakMap<Expression, Interval | null>();
  private readonly initial = new Map<string, Interval | Expression>();
  private depth = 0;
  private isAsked = false;

  constructor(readonly facts: RangeFacts) {}

  matters(node: Node): boolean {
    return this.isAsked || this.facts.matters === undefined || this.facts.matters.has(node);
  }

  /** As `assume`, of any expression of the function. */
  ask(node: Expression, holds: boolean, state: State): void {
    this.isAsked = true;
    this.take(node, holds, state);
    this.isAsked = false;
  }

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
    const key = keyIn(this.facts.locals, place);
    if (key === undefined) return undefined;
    if (!this.initial.has(key)) this.initial.set(key, this.facts.seed(place) ?? place);
    return key;
  }

  /** What the place is where the state says nothing of it. */
  readonly unset = (key: string, state: State): Interval => {
    let value = this.initial.get(key) ?? anything;
    if ("kind" in value) {
      value = vague(this.typeOf(value));
      this.initial.set(key, value);
    }
    return state.isLost ? vague(value) : value;
  };

  /** As `of`, apart for each way by which the conditions that lead here came to hold. */
  waysOf(place: Expression, state: State): readonly Interval[] {
    const key = this.keyOf(place);
    return key === undefined ? [] : state.waysOf(key);
  }

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
      value = found.known ? exactly(Number(found.value)) : isErrorNumber(node) ? errorNumbers : null;
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
        return this.cast(this.of(node.operand, state), node);
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

  private cast(value: Interval, node: Expression): Interval {
    return (value.min === value.max ? this.constant(node) : undefined) ?? converted(value, this.typeOf(node));
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
    // types are asked for where they make a difference: int holds it, or nothing is said of it
    if (!isUpdate && ((value.min >= 0 && value.max <= 0x7fffffff) || (value.vagueMin && value.vagueMax))) return value;
    const type = this.typeOf(isUpdate ? left : node);
    // 0 - 1 of an unsigned type is seldom meant, and seldom reached
    return value.min < 0 && type.min === 0 ? vague(type) : converted(value, type);
  }

  /** Functions of QEMU, of glib and of the C library whose results have bounds. */
  private call(node: Call, state: State): Interval {
    const name = node.callee.kind === "identifier" ? node.callee.name : "";
    const [first, second, third] = bounding.has(name) ? node.arguments.map((each) => this.of(each, state)) : [];
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
    return this.facts.given?.(node, undefined) ?? this.constant(node) ?? vague(this.typeOf(node));
  }

  /** What a function leaves of places that it looks at. */
  learnFrom(call: Call, holds: boolean | undefined, state: State): boolean {
    const found = this.facts.learnt?.(call, holds) ?? [];
    for (const { place, value } of found) {
      const key = this.keyOf(place);
      if (key !== undefined) state.learn(key, (now) => within(now, value), this.unset);
    }
    return found.length > 0;
  }

  /** Takes up in the state that the condition holds, or does not. */
  assume(node: Expression, holds: boolean, state: State): void {
    if (this.depth > deepest || !this.matters(node)) return;
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
      state.joinWay(other, this.unset);
      return;
    }
    if (node.kind === "binary" && comparisons.has(node.operator)) {
      const operator = holds ? node.operator : (opposite.get(node.operator) ?? "");
      const [left, right] = [this.of(node.left, state), this.of(node.right, state)];
      const truth = node.left.kind === "call" && right.min === 0 && right.max === 0 ? failing.get(operator) : undefined;
      if (truth !== undefined && node.left.kind === "call" && this.learnFrom(node.left, truth, state)) return;
      // two values that may always be the same
      if (operator === "!=" && !isOne(left) && !isOne(right)) return this.doubt(node, state);
      this.compareAs(node.left, left, operator, node.right, right, state);
      this.compareAs(node.right, right, mirrored.get(operator) ?? "", node.left, left, state);
      return;
    }
    if (node.kind === "binary" && isAssignment(node.operator)) return this.assume(node.left, holds, state);
    if (node.kind === "binary" && node.operator === ",") return this.assume(node.right, holds, state);
    const asked = node.kind === "call" && unlikely(node) ? node.arguments[0] : undefined;
    if (asked !== undefined) return this.assume(asked, holds, state);
    if (node.kind === "call" && this.learnFrom(node, holds, state)) return;
    if (node.kind === "conditional" && node.then !== undefined) {
      const other = state.copy();
      this.assume(node.test, true, state);
      this.assume(node.then, holds, state);
      this.assume(node.test, false, other);
      this.assume(node.otherwise, holds, other);
      state.joinWay(other, this.unset);
      return;
    }
    const known =
      node.kind === "integer" || node.kind === "unary" || node.kind === "identifier" ? this.fixed(node) : undefined;
    if (known !== undefined) {
      const isZero = known.min === 0 && known.max === 0;
      if (isZero === holds) state.isDead = true;
      return;
    }
    const local = node.kind === "identifier" ? this.facts.locals.at(node.name, node.start) : undefined;
    const asking = local && onlyValue(local);
    // `bool isIn = s->at < 16;`
    if (asking !== undefined && isTruth(asking)) return this.assume(asking, holds, state);
    if (node.kind === "identifier" || node.kind === "member" || node.kind === "subscript" || node.kind === "postfix") {
      return this.compare(node, holds ? "!=" : "==", exactly(0), state);
    }
    if (node.kind === "binary" && node.operator === "&")
      return this.compare(node, holds ? "!=" : "==", exactly(0), state);
    this.doubt(node, state);
  }

  /** What is the same at every place: a number, a macro. */
  private fixed(node: Expression): Interval | undefined {
    if (node.kind === "unary" && node.operator === "-") {
      const value = this.fixed(node.operand);
      return value && combined("-", exactly(0), value);
    }
    const isVariable = node.kind === "identifier" && this.facts.locals.at(node.name, node.start) !== undefined;
    return isVariable ? undefined : this.constant(node);
  }

  /** `node operator other` holds: a signed value that is compared with an unsigned one of its size counts as one. */
  private compareAs(
    node: Expression,
    value: Interval,
    operator: string,
    other: Expression,
    bound: Interval,
    state: State,
  ): void {
    if (value.min >= 0) return this.compare(node, operator, bound, state);
    const own = this.typeOf(node);
    const others = this.typeOf(other);
    const isWrapped = own.min < 0 && others.min === 0 && others.max > own.max && others.max >= 2 ** 32 - 1;
    if (!isWrapped) return this.compare(node, operator, bound, state);
    // a negative one is above all that fit
    if (operator === ">" || operator === ">=") {
      this.doubt(node, state);
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
    if (isNever(now, operator, bound)) state.isDead = true;
    else state.learn(key, (value) => restricted(value, operator, bound), this.unset);
  }

  private narrow(node: Expression, to: Interval, isVague: boolean, state: State): void {
    const key = node.kind === "cast" ? undefined : this.keyOf(node);
    if (key === undefined) return this.doubt(node, state);
    state.learn(key, (value) => within(value, isVague ? vague(to) : to), this.unset);
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
        if (operator === "!=" || (operator === "==" && bound.min === 0 && bound.max === 0)) return;
        // the bits may be what is used
        if (operator !== ">" && operator !== ">=") this.doubt(left, state);
        // a value has at least what its bits have
        if (operator === "<" || operator === "<=" || this.of(left, state).min < 0) return;
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
      if (!this.matters(next)) continue;
      if (next.kind === "identifier" || next.kind === "member" || next.kind === "subscript") {
        const key = this.keyOf(next);
        if (key !== undefined) state.learn(key, vague, this.unset);
      } else if (next.kind === "call") pending.push(...next.arguments);
      else if (next.kind === "binary") pending.push(next.left, next.right);
      else if (next.kind === "unary" || next.kind === "postfix" || next.kind === "cast") pending.push(next.operand);
      else if (next.kind === "conditional") pending.push(next.test, next.otherwise);
    }
  }
}

const bounding: ReadonlySet<string> = new Set(
  "MIN MIN_CONST min MAX MAX_CONST max CLAMP extract32 extract64".split(" "),
);

/** EINVAL and the like: their numbers are the C library's. */
function isErrorNumber(node: Expression): boolean {
  return node.kind === "identifier" && node.name.startsWith("E") && node.name === node.name.toUpperCase();
}

const errorNumbers = between(1, 4095);

function unlikely({ callee }: Call): boolean {
  return callee.kind === "identifier" && (callee.name === "unlikely" || callee.name === "likely");
}

function isOne({ min, max }: Interval): boolean {
  return min === max;
}
