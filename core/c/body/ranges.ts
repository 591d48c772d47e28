/**
 * A walk through a function in the order in which it runs, with what checks leave of each value. Every statement is
 * walked once: what a loop changes is taken to be anything that its steps and its condition allow.
 */
import type { Expression, Statement, Switch } from "../syntax";
import { accessesIn } from "./accesses";
import { type Interval, vague } from "./interval";
import { assertions, endings, leavesEarly } from "./leaves";
import { isAssignment } from "./locals";
import type { Body } from "./parse";
import { State } from "./state";
import { type RangeFacts, Values } from "./values";
import { nodesIn, type Node } from "./walk";

export type { RangeFacts } from "./values";

/** One place of the walk; good only while the visitor is called. */
export interface Point {
  rangeOf(expression: Expression): Interval;
  /** What the place may be on each of the ways by which a condition with `||` came to hold; empty where there is one. */
  waysOf(place: Expression): readonly Interval[];
  /** What the place is where the condition holds, or does not; undefined where that is never so. */
  rangeWhere(place: Expression, condition: Expression, holds: boolean): Interval | undefined;
}

export interface RangeVisitor {
  /** Each expression that is evaluated, before it and what stands in it take effect. */
  expression(node: Expression, point: Point): void;
  /** Whether what follows the expression is not asked about: as if it ended the function. */
  ends?(node: Expression, point: Point): boolean;
  /** Each way out of the function: a return, and the end of the body with no value. */
  leave?(value: Expression | undefined, point: Point): void;
}

interface Frame {
  /** Where the walk goes on behind the innermost loop or switch. */
  readonly breaks: State[];
  /** Of the innermost switch. */
  readonly arms: { readonly subject: Expression; readonly entry: State; hasDefault: boolean } | undefined;
}

export function walkRanges(body: Body, facts: RangeFacts, visitor: RangeVisitor): void {
  const values = new Values(facts);

  const walk = new RangeWalk(values, visitor, jumpedBackTo(body));
  walk.statement(body.block, { breaks: [], arms: undefined });
  walk.end();
}

function jumpedBackTo(body: Body): ReadonlySet<string> {
  const passed = new Set<string>();
  const found = new Set<string>();
  for (const node of nodesIn(body.block)) {
    if (node.kind === "label") passed.add(node.name);
    else if (node.kind === "goto" && node.name !== undefined && passed.has(node.name)) found.add(node.name);
  }
  return found;
}

class RangeWalk {
  private state = State.empty();

  constructor(
    private readonly values: Values,
    private readonly visitor: RangeVisitor,
    /** Labels that are jumped to from below. */
    private readonly backward: ReadonlySet<string>,
  ) {}

  private readonly jumps = new Map<string, State[]>();

  private readonly point: Point = {
    rangeOf: (expression) => this.values.of(expression, this.state),
    waysOf: (place) => this.values.waysOf(place, this.state),
    rangeWhere: (place, condition, holds) => {
      const there = this.state.copy();
      this.values.ask(condition, holds, there);
      return there.isDead ? undefined : this.values.of(place, there);
    },
  };

  end(): void {
    if (!this.state.isDead) this.visitor.leave?.(undefined, this.point);
  }

  statement(node: Statement, frame: Frame): void {
    if (this.passesOver(node)) return;
    switch (node.kind) {
      case "block":
        for (const each of node.statements) this.statement(each, frame);
        return;
      case "expression":
        this.run(node.expression);
        return;
      case "declaration":
        for (const each of node.declarators) {
          if (each.value === undefined) continue;
          this.run(each.value);
          if (!this.values.matters(node)) continue;
          const { name, nameStart: start, nameEnd: end } = each;
          this.put({ kind: "identifier", name, start, end }, this.values.of(each.value, this.state), each.value);
        }
        return;
      case "if":
        this.branch(node, frame);
        return;
      case "while":
        this.loop(node, node.condition, undefined, node.body, frame);
        return;
      case "for":
        if (node.initial !== undefined) this.statement(node.initial, frame);
        this.loop(node, node.condition, node.step, node.body, frame);
        return;
      case "do":
        this.doWhile(node.body, node.condition, frame);
        return;
      case "macro":
        this.loop(node, node.head, undefined, node.body, frame);
        return;
      case "switch":
        this.switch(node);
        return;
      case "case":
      case "default":
        this.label(node, frame);
        return;
      case "label":
        this.arrive(node);
        return;
      case "break":
        if (!this.state.isDead) frame.breaks.push(this.state.copy());
        this.state.isDead = true;
        return;
      case "goto":
        this.jump(node.name);
        this.state.isDead = true;
        return;
      case "continue":
        this.state.isDead = true;
        return;
      case "return":
        if (node.value !== undefined) this.run(node.value);
        if (!this.state.isDead) this.visitor.leave?.(node.value, this.point);
        this.state.isDead = true;
        return;
      case "unknown-statement":
        this.loseWhatIsSet(node);
        return;
      default:
        return;
    }
  }

  private passesOver(node: Statement): boolean {
    if (this.values.facts.isQuick !== true || this.values.matters(node)) return false;
    switch (node.kind) {
      case "if":
        return node.otherwise === undefined;
      case "expression":
        return node.expression.kind !== "call";
      case "declaration":
      case "for":
      case "while":
      case "do":
      case "macro":
      case "switch":
        return true;
      default:
        return false;
    }
  }

  private jump(name: string | undefined): void {
    if (name === undefined || this.state.isDead) return;
    const states = this.jumps.get(name);
    if (states === undefined) this.jumps.set(name, [this.state.copy()]);
    else states.push(this.state.copy());
  }

  /** What leads here from above is known; a jump back is not followed. */
  private arrive(label: Extract<Statement, { kind: "label" }>): void {
    const states = this.jumps.get(label.name);
    if (states === undefined || this.backward.has(label.name)) {
      this.state.lose();
      return;
    }
    for (const each of states) this.state.join(each, this.values.unset);
  }

  private branch(node: Extract<Statement, { kind: "if" }>, frame: Frame): void {
    this.run(node.condition);
    const otherwise = this.state.copy();
    this.values.assume(node.condition, true, this.state);
    this.statement(node.then, frame);
    const then = this.state;
    this.state = otherwise;
    this.values.assume(node.condition, false, this.state);
    if (node.otherwise !== undefined) this.statement(node.otherwise, frame);
    this.state.join(then, this.values.unset);
  }

  private switch(node: Switch): void {
    this.run(node.subject);
    const entry = this.state.copy();
    const arms = { subject: node.subject, entry, hasDefault: false };
    const breaks: State[] = [];
    this.state.isDead = true;
    this.statement(node.body, { breaks, arms });
    if (!arms.hasDefault) this.state.join(entry, this.values.unset);
    for (const each of breaks) this.state.join(each, this.values.unset);
  }

  private label(node: Extract<Statement, { kind: "case" | "default" }>, { arms }: Frame): void {
    if (arms === undefined) {
      this.state.lose();
      return;
    }
    const entered = arms.entry.copy();
    if (node.kind === "default") arms.hasDefault = true;
    else if (this.values.matters(arms.subject)) {
      const { start, end } = node;
      const is = (operator: string, right: Expression): Expression => ({
        kind: "binary",
        operator,
        left: arms.subject,
        right,
        start,
        end,
      });
      if (node.last === undefined) this.values.ask(is("==", node.value), true, entered);
      else {
        this.values.ask(is(">=", node.value), true, entered);
        this.values.ask(is("<=", node.last), true, entered);
      }
    }
    this.state.join(entered, this.values.unset);
  }

  private loop(
    node: Statement,
    condition: Expression | undefined,
    step: Expression | undefined,
    body: Statement,
    frame: Frame,
  ): void {
    // the condition's first evaluation is that of every round
    const isMacro = node.kind === "macro";
    const parts: readonly (Node | undefined)[] = [condition, step, body];
    const hasExit = leavesEarly(body, this.values.facts.isSent);
    const changed = this.changed(parts.filter((each) => each !== undefined));
    if (isMacro && condition?.kind === "call")
      for (const each of condition.arguments) this.values.doubt(each, this.state);
    if (condition !== undefined) this.run(condition);
    const entry = this.state.copy();
    const isAsked = condition !== undefined && this.values.matters(condition);
    const end = isAsked && condition.kind === "binary" ? this.values.of(condition.right, this.state) : undefined;
    if (condition !== undefined && !isMacro) this.values.assume(condition, true, this.state);
    // the loop may be left long before its condition is what ends it
    if (!hasExit && condition !== undefined && end !== undefined) this.reach(condition, end, changed);
    const breaks: State[] = [];
    this.statement(body, { breaks, arms: frame.arms && { ...frame.arms } });
    if (step !== undefined) this.run(step);
    this.state = entry;
    if (isMacro || condition === undefined) this.state.isDead ||= condition === undefined && !isMacro;
    else this.values.assume(condition, false, this.state);
    for (const each of breaks) this.state.join(each, this.values.unset);
  }

  private doWhile(body: Statement, condition: Expression | undefined, frame: Frame): void {
    this.changed(condition === undefined ? [body] : [body, condition]);
    const breaks: State[] = [];
    this.statement(body, { breaks, arms: frame.arms && { ...frame.arms } });
    // `continue` comes here as well
    if (this.state.isDead) this.state.lose();
    if (condition !== undefined) {
      this.run(condition);
      this.values.assume(condition, false, this.state);
    }
    for (const each of breaks) this.state.join(each, this.values.unset);
  }

  /** `i < n`, with nothing else that ends the loop: the counter comes as far as `n` lets it. */
  private reach(condition: Expression, bound: Interval, changed: readonly string[]): void {
    if (condition.kind !== "binary") return;
    const { left, operator } = condition;
    const key = operator === "<" || operator === "<=" || operator === "!=" ? this.values.keyOf(left) : undefined;
    const now = key === undefined || !changed.includes(key) ? undefined : this.state.get(key);
    if (key === undefined || now === undefined || bound.vagueMax) return;
    const max = Math.min(now.max, operator === "<=" ? bound.max : bound.max - 1);
    if (max >= now.min) this.state.set(key, { ...now, max, vagueMax: false });
  }

  private blur(key: string): void {
    this.state.set(key, vague(this.state.get(key) ?? this.values.unset(key, this.state)));
  }

  /** What the loop's parts set may be anything at its start: only what is counted one way keeps a bound. */
  private changed(parts: readonly Node[]): readonly string[] {
    const ways = new Map<string, { place: Expression; goesUp: boolean; goesDown: boolean }>();
    for (const part of parts) {
      for (const { place, kind, isPart } of accessesIn(part)) {
        if (kind === "read" || isPart || !this.values.matters(place)) continue;
        const key = this.values.keyOf(place);
        if (key !== undefined && !ways.has(key)) ways.set(key, { place, goesUp: false, goesDown: false });
      }
      if (ways.size > 0) for (const node of nodesIn(part)) this.noteWay(node, ways);
    }
    for (const [key, { place, goesUp, goesDown }] of ways) {
      const now = this.state.get(key) ?? this.values.unset(key, this.state);
      const type = this.values.typeOf(place);
      this.state.set(key, {
        min: goesDown ? type.min : now.min,
        max: goesUp ? type.max : now.max,
        // the first round starts with what was there
        vagueMin: now.vagueMin || (goesDown && now.min > type.min),
        vagueMax: now.vagueMax || (goesUp && now.max < type.max),
      });
      this.state.loseParts(key);
    }
    return [...ways.keys()];
  }

  private noteWay(node: Node, ways: Map<string, { place: Expression; goesUp: boolean; goesDown: boolean }>): void {
    const isStep = node.kind === "postfix" || node.kind === "unary";
    const isSet = node.kind === "binary" && isAssignment(node.operator);
    if (!isStep && !isSet) return;
    const place = isStep ? node.operand : node.left;
    const isAddress = node.kind === "unary" && node.operator === "&";
    if (isStep && node.operator !== "++" && node.operator !== "--" && !isAddress) return;
    const key = this.values.keyOf(place);
    const way = key === undefined ? undefined : ways.get(key);
    if (way === undefined) return;
    const isUp = node.operator === "++" || (node.operator === "+=" && isSet && this.isPositive(node.right));
    const isDown = node.operator === "--" || (node.operator === "-=" && isSet && this.isPositive(node.right));
    way.goesUp ||= !isDown;
    way.goesDown ||= !isUp;
  }

  private isPositive(node: Expression): boolean {
    return (this.values.constant(node)?.min ?? -1) >= 0;
  }

  private loseWhatIsSet(node: Node): void {
    for (const { place, kind } of accessesIn(node)) {
      if (kind === "read" || !this.values.matters(place)) continue;
      const key = this.values.keyOf(place);
      if (key !== undefined) this.blur(key);
    }
  }

  private assign(node: Extract<Expression, { kind: "binary" }>): void {
    if (!this.values.matters(node)) return;
    const value = this.values.of(node, this.state);
    this.put(node.left, value, node.operator === "=" ? node.right : undefined);
    if (this.visitor.ends?.(node, this.point) === true) this.state.isDead = true;
  }

  private put(place: Expression, value: Interval, from?: Expression): void {
    const key = this.values.keyOf(place);
    if (key === undefined) return;
    this.state.loseParts(key);
    const type = this.values.typeOf(place);
    const fits = value.min >= type.min && value.max <= type.max;
    const isVague = value.vagueMin || value.vagueMax;
    this.state.set(key, fits ? value : { ...type, vagueMin: isVague, vagueMax: isVague });
    const origin = from === undefined ? undefined : copied(from);
    const of = origin && this.values.keyOf(origin);
    if (of === undefined || origin === undefined) return;
    if (fits && sameRange(this.values.of(origin, this.state), value)) this.state.link(key, of);
    else this.state.linkCast(key, of);
  }

  /** Evaluates: tells the visitor, and takes up what is set. Long chains are walked without recursion. */
  private run(root: Expression): void {
    if (!this.values.matters(root)) {
      if (this.values.facts.isQuick !== true) {
        for (const node of nodesIn(root)) if (node.kind === "call") this.called(node);
      } else if (root.kind === "call") this.called(root);
      return;
    }
    const pending: (Expression | (() => void))[] = [root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (typeof next === "function") next();
      else pending.push(...this.begin(next).toReversed());
    }
  }

  /** What an expression comes to, in order: operands, and what is done when they are evaluated. */
  private begin(node: Expression): readonly (Expression | (() => void))[] {
    if (!this.state.isDead) this.visitor.expression(node, this.point);
    switch (node.kind) {
      case "binary":
        if (node.operator === "&&" || node.operator === "||") return [node.left, () => this.second(node)];
        if (!isAssignment(node.operator)) return [node.left, node.right];
        return [node.right, ...operandsOf(node.left), () => this.assign(node)];
      case "conditional":
        return [node.test, () => this.choose(node)];
      case "unary":
      case "postfix":
        if (node.operator === "&") return [node.operand, () => this.loseAddress(node.operand)];
        if (node.operator !== "++" && node.operator !== "--") return [node.operand];
        return [node.operand, () => this.count(node.operator === "++" ? 1 : -1, node.operand)];
      case "call":
        return [node.callee, ...node.arguments, () => this.called(node)];
      case "member":
        return [node.object];
      case "subscript":
        return [node.object, node.index];
      case "cast":
        return [node.operand];
      case "compound":
        return node.list === undefined ? [] : [node.list];
      case "list":
        return node.items.map(({ value }) => value);
      case "statements":
        return [() => this.statement(node.block, { breaks: [], arms: undefined })];
      default:
        return [];
    }
  }

  private second(node: Extract<Expression, { kind: "binary" }>): void {
    const skipped = this.state.copy();
    const holds = node.operator === "&&";
    this.values.assume(node.left, holds, this.state);
    this.run(node.right);
    this.values.assume(node.left, !holds, skipped);
    this.state.join(skipped, this.values.unset);
  }

  private choose({ test, then, otherwise }: Extract<Expression, { kind: "conditional" }>): void {
    const other = this.state.copy();
    this.values.assume(test, true, this.state);
    if (then !== undefined) this.run(then);
    const held = this.state;
    this.state = other;
    this.values.assume(test, false, this.state);
    this.run(otherwise);
    this.state.join(held, this.values.unset);
  }

  private count(by: number, place: Expression): void {
    if (!this.values.matters(place) || this.values.keyOf(place) === undefined) return;
    const now = this.values.of(place, this.state);
    const { min, max, vagueMin, vagueMax } = now;
    this.put(place, { min: min + by, max: max + by, vagueMin, vagueMax });
  }

  private called(node: Extract<Expression, { kind: "call" }>): void {
    const name = node.callee.kind === "identifier" ? node.callee.name : "";
    const [first] = node.arguments;
    if (assertions.has(name) && first !== undefined) this.values.assume(first, true, this.state);
    const isLast = endings.has(name) || (this.values.facts.isQuick !== true && this.values.facts.ends?.(node) === true);
    if (isLast) this.state.isDead = true;
    for (const [k, argument] of node.arguments.entries()) this.fill(node, k, argument);
    this.values.learnFrom(node, undefined, this.state);
  }

  /** What the call puts where an argument points. */
  private fill(node: Extract<Expression, { kind: "call" }>, index: number, argument: Expression): void {
    const value = this.values.facts.given?.(node, index);
    const place = argument.kind === "unary" && argument.operator === "&" ? argument.operand : undefined;
    if (value !== undefined && place !== undefined) this.put(place, value);
  }

  /** Whoever has the address may set the place to anything. */
  private loseAddress(place: Expression): void {
    const key = this.values.matters(place) ? this.values.keyOf(place) : undefined;
    if (key === undefined) return;
    const type = this.values.typeOf(place);
    this.state.loseParts(key);
    this.state.set(key, vague(type));
  }
}

/** The place whose value it is, as it is. */
function copied(value: Expression): Expression | undefined {
  let from = value;
  while (from.kind === "cast") from = from.operand;
  return from.kind === "member" || from.kind === "identifier" ? from : undefined;
}

function sameRange(a: Interval, b: Interval): boolean {
  return a.min === b.min && a.max === b.max;
}

function operandsOf(place: Expression): readonly Expression[] {
  switch (place.kind) {
    case "member":
      return [place.object];
    case "subscript":
      // the subscript itself is used
      return [place];
    case "unary":
      return [place.operand];
    default:
      return [];
  }
}
