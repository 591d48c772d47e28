/** Whether a function comes to a place on each of its ways. */
import type { Expression, Statement } from "../syntax";
import { leavesHow } from "./leaves";
import type { Body } from "./parse";
import { childrenOf, type Node } from "./walk";

/** How a statement is left. */
interface Way {
  /** Who runs past it has been there. */
  readonly comes: boolean;
  /** Somebody leaves the function there, without an error and without having been there. */
  readonly leaks: boolean;
}

const past: Way = { comes: false, leaks: false };
const there: Way = { comes: true, leaks: false };
const deepest = 200;

/**
 * Whether every call that fails in nothing comes to one of the offsets. A loop counts as run, a `goto` and a variable that is
 * returned as failures, and text that is no C as passed: the answer is false only where a way around is to be seen.
 */
export function alwaysComesTo(body: Body, offsets: readonly number[]): boolean {
  const { comes, leaks } = wayOf(
    body.block,
    [...offsets].sort((a, b) => a - b),
    0,
  );
  return comes && !leaks;
}

/** `offsets` rise. */
function holds({ start, end }: Node, offsets: readonly number[]): boolean {
  let low = 0;
  for (let high = offsets.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? end) < start) low = middle + 1;
    else high = middle;
  }
  return (offsets[low] ?? end) < end;
}

function wayOf(statement: Statement, offsets: readonly number[], depth: number): Way {
  if (depth > deepest) return there;
  switch (statement.kind) {
    case "block":
      return wayThrough(statement.statements, offsets, depth);
    case "if": {
      if (comesIn(statement.condition, offsets)) return there;
      const then = wayOf(statement.then, offsets, depth + 1);
      const otherwise = statement.otherwise ? wayOf(statement.otherwise, offsets, depth + 1) : past;
      return { comes: then.comes && otherwise.comes, leaks: then.leaks || otherwise.leaks };
    }
    case "while":
    case "for":
    case "do":
    case "macro":
      if (holds(statement, offsets) && !holds(statement.body, offsets)) return there;
      return wayOf(statement.body, offsets, depth + 1);
    case "switch":
      if (comesIn(statement.subject, offsets)) return there;
      return wayOfArms(statement.body, offsets, depth);
    case "return":
      if (statement.value !== undefined && comesIn(statement.value, offsets)) return there;
      return { comes: true, leaks: isSuccess(statement.value) };
    case "goto":
    case "break":
    case "continue":
      return there;
    case "unknown-statement":
      return holds(statement, offsets) ? there : past;
    default:
      if (leavesHow(statement) === "failed") return there;
      return childrenOf(statement).some((child) => comesIn(child, offsets)) ? there : past;
  }
}

function wayThrough(statements: readonly Statement[], offsets: readonly number[], depth: number): Way {
  let leaks = false;
  for (const statement of statements) {
    const way = wayOf(statement, offsets, depth + 1);
    leaks ||= way.leaks;
    if (way.comes) return { comes: true, leaks };
  }
  return { comes: false, leaks };
}

/** Each arm to its end, with those that it falls into; without a `default` there is a way past them all. */
function wayOfArms(body: Statement, offsets: readonly number[], depth: number): Way {
  if (body.kind !== "block") return holds(body, offsets) ? there : past;
  const arms: Way[] = [];
  // from the end, as arms fall into those behind them
  let rest = past;
  for (const statement of [...body.statements].reverse()) {
    if (statement.kind === "break") rest = past;
    else {
      const way = wayOf(statement, offsets, depth + 1);
      rest = way.comes ? way : { comes: rest.comes, leaks: way.leaks || rest.leaks };
    }
    if (statement.kind === "case" || statement.kind === "default") arms.push(rest);
  }
  const isComplete = body.statements.some(({ kind }) => kind === "default");
  return { comes: isComplete && arms.every(({ comes }) => comes), leaks: arms.some(({ leaks }) => leaks) };
}

/** Nothing, 0 or `true`: anything else may be an error. */
function isSuccess(value: Expression | undefined): boolean {
  if (value?.kind === "identifier") return value.name === "true";
  return value === undefined || (value.kind === "integer" && value.value === 0n);
}

/** Not behind `&&`, `||` or `?`. */
function comesIn(node: Node, offsets: readonly number[]): boolean {
  const open = [node];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (!holds(each, offsets)) continue;
    if (each.kind === "conditional") {
      const { test, then, otherwise } = each;
      if (then !== undefined && comesIn(then, offsets) && comesIn(otherwise, offsets)) return true;
      open.push(test);
    } else if (each.kind === "binary" && (each.operator === "&&" || each.operator === "||")) open.push(each.left);
    else {
      const children = childrenOf(each).filter((child) => holds(child, offsets));
      if (children.length === 0) return true;
      for (const child of children) open.push(child);
    }
  }
  return false;
}
