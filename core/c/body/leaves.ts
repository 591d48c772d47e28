/** How control leaves a statement. */
import type { Expression, Statement } from "../syntax";
import { type Node, nodesIn } from "./walk";

/** Functions of the C library, of glib and of QEMU that don't come back. */
export const endings: ReadonlySet<string> = new Set([
  "abort",
  "exit",
  "_exit",
  "g_assert_not_reached",
  "g_abort",
  "qemu_build_not_reached",
]);

/** Macros behind which their first argument holds: what comes otherwise ends, or returns (`g_return_…`). */
export const assertions: ReadonlySet<string> = new Set([
  "assert",
  "g_assert",
  "g_return_if_fail",
  "g_return_val_if_fail",
]);

const deepest = 200;

/** `left`: by return, goto, break or continue; `failed`: by an error's number, to an error's label, or for good. undefined: it runs to its end. */
export function leavesHow(statement: Statement, depth = 0): "left" | "failed" | undefined {
  if (depth > deepest) return undefined;
  switch (statement.kind) {
    case "return":
      return isNegative(statement.value) ? "failed" : "left";
    case "break":
    case "continue":
      return "left";
    case "goto":
      return namesFailure(statement.name ?? "") ? "failed" : "left";
    case "expression": {
      const { expression } = statement;
      const callee = expression.kind === "call" ? expression.callee : undefined;
      return callee?.kind === "identifier" && endings.has(callee.name) ? "failed" : undefined;
    }
    case "block": {
      const last = statement.statements.findLast(({ kind }) => kind !== "empty");
      return last && leavesHow(last, depth + 1);
    }
    case "if": {
      const then = leavesHow(statement.then, depth + 1);
      const otherwise = statement.otherwise && leavesHow(statement.otherwise, depth + 1);
      if (then === undefined || otherwise === undefined) return undefined;
      return then === "left" || otherwise === "left" ? "left" : "failed";
    }
    default:
      return undefined;
  }
}

/** Whether a loop with that body may end before its condition says so. `withRefusals`: not by returning an error. */
export function leavesEarly(body: Statement, withRefusals = false): boolean {
  for (const node of nodesIn(body)) {
    if (node.kind === "goto" || (node.kind === "return" && !(withRefusals && isRefusal(node.value)))) return true;
  }
  for (const { kind } of nodesIn(body, takesBreak)) if (kind === "break") return true;
  return false;
}

/** A break inside is its own. */
function takesBreak({ kind }: Node): boolean {
  return kind === "switch" || kind === "while" || kind === "for" || kind === "do";
}

/** `return -1`, `return ret`. */
function isRefusal(value: Expression | undefined): boolean {
  return isNegative(value) || value?.kind === "identifier";
}

function isNegative(value: Expression | undefined): boolean {
  return value?.kind === "unary" && value.operator === "-";
}

function namesFailure(label: string): boolean {
  return label.includes("err") || label.includes("fail");
}
