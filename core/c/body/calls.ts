/** The calls of a function, macros included. */
import type { Call, Expression } from "../syntax";
import type { Body } from "./parse";
import { nodesIn, type Node } from "./walk";

export interface BodyCall {
  readonly node: Call;
  /** `pci_dma_read`; through a pointer the last member: `read` of `s->ops->read(…)`. "" where it has no name. */
  readonly name: string;
  /** What stands before the last member: `s->ops`; the pointer itself in `(*fn)(…)`; undefined for a direct call. */
  readonly through: Expression | undefined;
  /** Offset of the name. */
  readonly nameStart: number;
}

const known = new WeakMap<Body, readonly BodyCall[]>();

/** In textual order, nested ones behind those that hold them. */
export function callsOf(body: Body): readonly BodyCall[] {
  const before = known.get(body);
  if (before !== undefined) return before;
  const found = callsIn(body.block);
  known.set(body, found);
  return found;
}

function callsIn(root: Node): readonly BodyCall[] {
  const found: BodyCall[] = [];
  for (const node of nodesIn(root)) if (node.kind === "call") found.push(bodyCall(node));
  return found;
}

export function bodyCall(node: Call): BodyCall {
  let callee = node.callee;
  let isPointer = false;
  while (
    callee.kind === "subscript" ||
    (callee.kind === "unary" && callee.operator === "*") ||
    callee.kind === "cast"
  ) {
    callee = callee.kind === "subscript" ? callee.object : callee.operand;
    isPointer = true;
  }
  if (callee.kind === "identifier") {
    return { node, name: callee.name, through: isPointer ? callee : undefined, nameStart: callee.start };
  }
  if (callee.kind !== "member") return { node, name: "", through: callee, nameStart: callee.start };
  return { node, name: callee.name, through: callee.object, nameStart: callee.end - callee.name.length };
}
