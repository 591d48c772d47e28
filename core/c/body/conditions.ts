/** Under which conditions a place inside a function is reached. */
import { spell } from "../initialiser";
import { lex } from "../lex";
import type { Token } from "../token";
import type { Block, CaseLabel, Expression, Span, Statement } from "../syntax";
import { assertions, leavesHow } from "./leaves";
import type { Body } from "./parse";
import { childrenOf, type Node } from "./walk";

/** Where a case's condition stands: its last label; else the expression. */
export interface Condition extends Span {
  /**
   * - if: the place is in an arm of an if; loop: in the body of a while or for.
   * - operand: behind `&&`, `||` or `?`.
   * - case: in an arm of a switch; `expression` is the subject, `values` those of the arm.
   * - left: behind an if that leaves the block, the loop or the function where this does not hold; failed: the same, where
   *   what leaves says that something has failed.
   * - asserted: behind an assertion.
   * - macro: in the statement of a macro, `expression` being its call: nobody knows whether it loops or asks.
   */
  readonly kind: "if" | "loop" | "operand" | "case" | "left" | "failed" | "asserted" | "macro";
  readonly expression: Expression;
  /** False: the place is reached where the expression is zero. Never for `case`. */
  readonly holds: boolean;
  /** Of a `case`; empty otherwise. */
  readonly values: readonly CaseLabel[];
}

interface Around {
  readonly offset: number;
  readonly found: Condition[];
}

/** Conditions of the place, outermost first. Total: an offset outside has none. */
export function conditionsAt(body: Body, offset: number): readonly Condition[] {
  const around: Around = { offset, found: [] };
  let node: Node | undefined = body.block;
  while (node !== undefined) {
    const next: Node | undefined = childAt(node, offset);
    if (next !== undefined) note(around, node, next);
    node = next;
  }
  return around.found;
}

function childAt(node: Node, offset: number): Node | undefined {
  const read = node.kind === "block" ? readBlock(node) : undefined;
  if (read?.isInOrder === true) {
    const last = read.statements[firstFrom(read.statements, offset + 1) - 1];
    return last !== undefined && offset < last.end ? last : undefined;
  }
  return childrenOf(node).find(({ start, end }) => start <= offset && offset < end);
}

/** What being in `child` of `node` says. */
function note(around: Around, node: Node, child: Node): void {
  switch (node.kind) {
    case "if":
      if (child === node.condition) return;
      add(around, "if", node.condition, child === node.then);
      return;
    case "while":
      if (child === node.body) add(around, "loop", node.condition, true);
      return;
    case "for":
      if (node.condition !== undefined && (child === node.body || child === node.step)) {
        add(around, "loop", node.condition, true);
      }
      return;
    case "macro":
      if (child === node.body) add(around, "macro", node.head, true);
      return;
    case "conditional":
      if (child !== node.test) add(around, "operand", node.test, child === node.then);
      return;
    case "binary":
      if (child !== node.right || (node.operator !== "&&" && node.operator !== "||")) return;
      add(around, "operand", node.left, node.operator === "&&");
      return;
    case "switch":
      // `switch (x) case 1: f();` has no list of arms
      if (child === node.body && child.kind === "block") noteArm(around, node.subject, child);
      return;
    case "block":
      noteBefore(around, node, child);
      return;
    default:
      return;
  }
}

function add({ found }: Around, kind: Condition["kind"], expression: Expression, holds: boolean): void {
  found.push(conditionOf(kind, expression, holds));
}

/** `!x` that must not hold is `x` that must. */
function conditionOf(kind: Condition["kind"], expression: Expression, holds: boolean): Condition {
  let asked = expression;
  let truth = holds;
  while (asked.kind === "unary" && asked.operator === "!") {
    asked = asked.operand;
    truth = !truth;
  }
  return { kind, expression: asked, holds: truth, values: [], start: asked.start, end: asked.end };
}

/** What must hold by itself: the operands of an `&&` that holds, and of an `||` that does not. */
export function partsOf(condition: Condition): readonly Condition[] {
  const found: Condition[] = [];
  const pending = [condition];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { kind, expression, holds } = next;
    const isSplit = expression.kind === "binary" && expression.operator === (holds ? "&&" : "||") && kind !== "case";
    if (!isSplit) found.push(next);
    else pending.push(conditionOf(kind, expression.right, holds), conditionOf(kind, expression.left, holds));
  }
  return found;
}

/** The labels of the switch's arm that the place is in, with those that fall into it. */
function noteArm({ found, offset }: Around, subject: Expression, block: Block): void {
  let values: CaseLabel[] = [];
  let isOpen = true;
  let isEntered = false;
  for (const statement of block.statements) {
    if (statement.start > offset) break;
    if (statement.kind === "case" || statement.kind === "default") {
      if (!isEntered) {
        values = [];
        isOpen = false;
      }
      isEntered = true;
      if (statement.kind === "case") values.push(statement);
      else isOpen = true;
    } else if (statement.kind === "label") isOpen = true;
    else if (statement.end <= offset && leavesHow(statement) !== undefined) isEntered = false;
  }
  if (isOpen || values.length === 0) return;
  const { start, end } = values.at(-1) ?? subject;
  found.push({ kind: "case", expression: subject, holds: true, values, start, end });
}

/** A block, of which one place after the other is asked for. */
interface ReadBlock {
  readonly statements: readonly Statement[];
  /** Whether each begins where the one before has ended, as those do that no macro makes. */
  readonly isInOrder: boolean;
  /** What statements leave; none behind a label, where nothing of what was before is sure. */
  readonly left: readonly Left[];
}

interface Left {
  readonly start: number;
  readonly conditions: readonly Condition[] | undefined;
}

const readBlocks = new WeakMap<Block, ReadBlock>();

function readBlock(block: Block): ReadBlock {
  let read = readBlocks.get(block);
  if (read === undefined) {
    const { statements } = block;
    const isInOrder = statements.every(
      ({ start, end }, k) => start < end && start >= (statements[k - 1]?.end ?? block.start),
    );
    const left = statements.flatMap((statement): readonly Left[] => {
      const { start } = statement;
      if (isLabel(statement)) return [{ start, conditions: undefined }];
      const conditions = leftBy(statement);
      return conditions.length === 0 ? [] : [{ start, conditions }];
    });
    read = { statements, isInOrder, left };
    readBlocks.set(block, read);
  }
  return read;
}

/** Index of the first that starts there or behind it; they come in order. */
function firstFrom(spans: readonly { readonly start: number }[], offset: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.start ?? offset) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What the statements before the place leave. Behind a label nothing of it is sure. */
function noteBefore(around: Around, block: Block, child: Node): void {
  const { statements, isInOrder, left } = readBlock(block);
  if (!isInOrder) {
    const before: Condition[] = [];
    for (const statement of statements) {
      if (statement === child) break;
      if (isLabel(statement)) before.length = 0;
      else before.push(...leftBy(statement));
    }
    around.found.push(...before);
    return;
  }
  const end = firstFrom(left, child.start);
  let from = end;
  while (left[from - 1]?.conditions !== undefined) from--;
  for (const { conditions } of left.slice(from, end)) around.found.push(...(conditions ?? []));
}

function isLabel({ kind }: Statement): boolean {
  return kind === "label" || kind === "case" || kind === "default";
}

function leftBy(statement: Statement): readonly Condition[] {
  const found: Condition[] = [];
  noteLeft({ offset: statement.start, found }, statement);
  return found;
}

function noteLeft(before: Around, statement: Statement): void {
  if (statement.kind === "expression") {
    const { expression } = statement;
    const isAssertion =
      expression.kind === "call" && expression.callee.kind === "identifier" && assertions.has(expression.callee.name);
    const asserted = isAssertion ? expression.arguments[0] : undefined;
    if (asserted !== undefined) add(before, "asserted", asserted, true);
    return;
  }
  if (statement.kind !== "if") return;
  const then = leavesHow(statement.then);
  const otherwise = statement.otherwise && leavesHow(statement.otherwise);
  if (then !== undefined && otherwise === undefined) add(before, then, statement.condition, false);
  else if (then === undefined && otherwise !== undefined) add(before, otherwise, statement.condition, true);
  // `if (a) return; else if (b) return;`: neither holds
  if (then !== undefined && statement.otherwise?.kind === "if") noteLeft(before, statement.otherwise);
}

/** By offset of a name, what is written in its place. */
type Replaced = ReadonlyMap<number, string>;

/** A node as it is written, in one line and without comments. */
export function writtenIn(text: string, { start, end }: Span, replaced?: Replaced): string {
  const tokens: Token[] = lex(text, "", start, end);
  if (replaced === undefined || replaced.size === 0) return spell(tokens, 0, tokens.length);
  const spelled = tokens.map((token) => ({ ...token, text: replaced.get(token.start) ?? token.text }));
  return spell(spelled, 0, spelled.length);
}

/** The condition as C: `s->state == RUN`, `s->on`. Whether it must hold is not in it. */
export function conditionText(text: string, { kind, expression, values }: Condition, replaced?: Replaced): string {
  const asked = writtenIn(text, expression, replaced);
  if (kind !== "case") return asked;
  return values
    .map(({ value, last }) => {
      const from = writtenIn(text, value);
      return last === undefined ? `${asked} == ${from}` : `${asked} in ${from} ... ${writtenIn(text, last)}`;
    })
    .join(" || ");
}

export interface WrittenCondition extends Span {
  readonly text: string;
  readonly holds: boolean;
}

/** Those that say what state the place is reached in: not whether a loop goes on, or nothing has failed before. */
export function stateConditions(body: Body, offset: number): readonly Condition[] {
  return conditionsAt(body, offset).filter(
    ({ kind }) => kind === "if" || kind === "left" || kind === "case" || kind === "operand",
  );
}

/** The same as text. */
export function writtenConditions(body: Body, text: string, offset: number): readonly WrittenCondition[] {
  return stateConditions(body, offset).map((each) => {
    const { holds, start, end } = each;
    return { text: conditionText(text, each), holds, start, end };
  });
}
