/** What must be so in the loaded state for an effect to happen. */
import { type Condition, conditionText, stateConditions, writtenIn } from "../c/body/conditions";
import { localsOf, onlyValue } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { nodesIn } from "../c/body/walk";
import type { Expression } from "../c/syntax";
import { bodyOf, typesIn } from "../project/bodies";
import { callGraph } from "./callGraph";
import type { CallStep, EffectGuard, LoadEffect } from "./effects";
import type { Project } from "../project/project";

const known = new WeakMap<LoadEffect, readonly EffectGuard[]>();

/** Conditions along the effect's chain, from the callback inwards. None: as far as the code tells it always happens. */
export function effectGuards(project: Project, effect: LoadEffect): readonly EffectGuard[] {
  const before = known.get(effect);
  if (before) return before;
  const found = effect.chain.flatMap((step): readonly EffectGuard[] => {
    const body = bodyAt(project, step);
    const text = project.text(step.file) ?? "";
    if (body === undefined) return [];
    return stateConditions(body, step.range.start).flatMap((each) => guardOf(body, text, each) ?? []);
  });
  const guards = found.filter((guard, i) => found.findIndex(({ saying }) => saying === guard.saying) === i);
  known.set(effect, guards);
  return guards;
}

/**
 * False where a constant rules a call of the chain out: one that the caller passes (`check(s, 0)` and `if (raise) qemu_irq_raise(…)`),
 * or a macro's (`if (DEBUG_DEVICE)`).
 */
export function isPossible(project: Project, { chain }: LoadEffect): boolean {
  const { node } = callGraph(project);
  return chain.every((step, i) => {
    const caller = chain[i - 1];
    const fn = project.function(step.function, step.file);
    const body = fn?.file === step.file ? bodyOf(project, fn) : undefined;
    const asked = body === undefined ? [] : stateConditions(body, step.range.start);
    if (fn === undefined || body === undefined || asked.length === 0) return true;
    const types = typesIn(project, fn);
    const isRuledOut = asked.some(({ expression, holds, kind }) => {
      const value = kind === "case" ? undefined : types.integer(expression);
      return value?.known === true && (value.value !== 0n) !== holds;
    });
    if (isRuledOut) return false;
    if (caller === undefined) return true;
    const calling = node(caller.function, caller.file);
    const edge = calling?.edges.find(({ start }) => start === caller.range.start);
    const args = edge && calling?.argumentsOf(edge);
    return asked.every(({ expression, holds }) => {
      const name = expression.kind === "identifier" ? expression.name : "";
      const at = body.parameters.findIndex((parameter) => parameter.name === name);
      const truth = at === -1 ? undefined : args?.[at]?.truth;
      return truth === undefined || truth === holds;
    });
  });
}

/** The function of a step, where the call is in it. */
function bodyAt(project: Project, step: CallStep): Body | undefined {
  const fn = project.function(step.function, step.file);
  return fn?.file === step.file ? bodyOf(project, fn) : undefined;
}

/** `slot->addressed and not s->halted`; undefined where nothing guards the effect. */
export function guardText(guards: readonly EffectGuard[]): string | undefined {
  return guards.length === 0 ? undefined : guards.map(({ saying }) => saying).join(" and ");
}

/** Longer values don't stand for their local. */
const longestValue = 80;

/** undefined where the condition is not about the state. */
function guardOf(body: Body, text: string, condition: Condition): EffectGuard | undefined {
  const { expression, holds, start, end } = condition;
  const parts = [expression];
  const replaced = new Map<number, string>();
  let isPlain = isPath(expression) || expression.kind === "call";
  for (const { name, value } of variablesIn(body, expression)) {
    parts.push(value);
    const isBare = isPath(value) || name === expression;
    replaced.set(name.start, isBare ? writtenIn(text, value) : `(${writtenIn(text, value)})`);
    if (name === expression) isPlain = isPath(value) || value.kind === "call";
  }
  // a member, or a question to a function; not how another call went
  const isAboutState = parts.some((each) => has(each, "member") || has(each, "call"));
  if (!isAboutState || parts.some(isOutcome)) return undefined;
  const inFull = conditionText(text, condition, replaced);
  const saying = holds ? inFull : isPlain && condition.kind !== "case" ? `not ${inFull}` : `not (${inFull})`;
  return { text: inFull, holds, saying, range: { file: body.file, start, end } };
}

/** Names of variables that are made once, of members, and stand there by themselves and not for what they point to. */
function variablesIn(
  body: Body,
  expression: Expression,
): readonly { readonly name: Expression; readonly value: Expression }[] {
  const objects = new Set<Expression>();
  const found: { readonly name: Expression; readonly value: Expression }[] = [];
  for (const node of nodesIn(expression)) {
    if (node.kind === "member") objects.add(node.object);
    if (node.kind !== "identifier" || objects.has(node)) continue;
    const local = localsOf(body).at(node.name, node.start);
    const value = local && onlyValue(local);
    if (value === undefined || value !== local?.declarator.value || value.end - value.start > longestValue) continue;
    if (has(value, "member")) found.push({ name: node, value });
  }
  return found;
}

function has(expression: Expression, kind: Expression["kind"]): boolean {
  for (const node of nodesIn(expression)) if (node.kind === kind) return true;
  return false;
}

function isPath(expression: Expression): boolean {
  let inner = expression;
  while (inner.kind === "member" || inner.kind === "subscript") inner = inner.object;
  return inner.kind === "identifier";
}

/** What QEMU's code calls how another call went. */
const outcomes: ReadonlySet<string> = new Set(["ret", "rc", "r", "err", "error", "local_err", "errp", "rv"]);

/** How another call went: `ret`, `f(s) < 0`, `f(s) != 0`, `(n = f(s))`. */
function isOutcome(expression: Expression): boolean {
  for (const node of nodesIn(expression)) {
    if ((node.kind === "identifier" || node.kind === "member") && outcomes.has(node.name)) return true;
    if (node.kind !== "binary") continue;
    const { operator, left, right } = node;
    if (operator === "=" && right.kind === "call") return true;
    const isZero = right.kind === "integer" && right.value === 0n;
    if (isZero && (operator === "<" || ((operator === "!=" || operator === "==") && left.kind === "call"))) return true;
  }
  return false;
}
