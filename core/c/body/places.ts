/** What is looked for in a function again and again, found once. */
import type { Expression } from "../syntax";
import type { Body } from "./parse";
import { nodesIn, type Node } from "./walk";

export interface Places {
  /** The members in it by name, in textual order. */
  readonly members: ReadonlyMap<string, readonly Expression[]>;
  /** Subscripts, sums and calls, in textual order. */
  readonly operations: readonly Expression[];
  /** Operands of `&`. */
  readonly addressed: ReadonlySet<Node>;
}

const known = new WeakMap<Body, Places>();

export function placesOf(body: Body): Places {
  const before = known.get(body);
  if (before !== undefined) return before;
  const members = new Map<string, Expression[]>();
  const operations: Expression[] = [];
  const addressed = new Set<Node>();
  for (const node of nodesIn(body.block)) {
    if (node.kind === "member") {
      const list = members.get(node.name);
      if (list === undefined) members.set(node.name, [node]);
      else list.push(node);
    } else if (node.kind === "unary" && node.operator === "&") addressed.add(node.operand);
    else if (node.kind === "subscript" || node.kind === "call" || (node.kind === "binary" && node.operator === "+"))
      operations.push(node);
  }
  const places = { members, operations, addressed };
  known.set(body, places);
  return places;
}
