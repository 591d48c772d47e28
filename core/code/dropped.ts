/** Calls whose result nobody looks at, by the offsets of their names. */
import { bodyCall } from "../c/body/calls";
import { localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { keyOf, pathOf } from "../c/body/paths";
import { nodesIn, type Node } from "../c/body/walk";
import type { Call, Expression, If } from "../c/syntax";

/**
 * Those that stand as a statement of their own; not those that hand out a place of the state that is asked about afterwards:
 * `map(as, &s->p, …); if (s->p == NULL)`.
 */
export function droppedIn(body: Body): ReadonlySet<number> {
  const calls: Call[] = [];
  const ifs: If[] = [];
  for (const node of nodesIn(body.block, holdsNoStatement)) {
    if (node.kind === "expression") addDropped(node.expression, calls);
    else if (node.kind === "for" && node.step !== undefined) addDropped(node.step, calls);
    else if (node.kind === "if") ifs.push(node);
  }
  let asked: ReadonlyMap<string, number> | undefined;
  const isAskedAbout = (place: Expression, from: number): boolean => {
    const key = keyIn(body, place);
    asked ??= askedAbout(body, ifs);
    return key !== undefined && (asked.get(key) ?? -1) >= from;
  };
  const isHandedOut = (call: Call): boolean =>
    call.arguments.some(
      (each) =>
        each.kind === "unary" && each.operator === "&" && isPart(each.operand) && isAskedAbout(each.operand, call.end),
    );
  return new Set(calls.flatMap((call) => (isHandedOut(call) ? [] : [bodyCall(call).nameStart])));
}

function holdsNoStatement({ kind }: Node): boolean {
  return kind === "expression" || kind === "declaration" || kind === "return";
}

function addDropped(expression: Expression, calls: Call[]): void {
  let dropped = expression;
  while (dropped.kind === "cast" && dropped.type.base.kind === "builtin") dropped = dropped.operand;
  if (dropped.kind === "call") calls.push(dropped);
}

/** The places that conditions ask about, with where the last one begins. */
function askedAbout(body: Body, ifs: readonly If[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { condition } of ifs) {
    for (const node of nodesIn(condition)) {
      const key = isPart(node) ? keyIn(body, node) : undefined;
      if (key !== undefined) found.set(key, condition.start);
    }
  }
  return found;
}

function isPart(node: Node): node is Expression & { readonly kind: "member" | "subscript" } {
  return node.kind === "member" || node.kind === "subscript";
}

function keyIn(body: Body, place: Expression): string | undefined {
  const path = pathOf(place, localsOf(body));
  return path && keyOf(path);
}
