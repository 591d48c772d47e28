/** Reads and writes of places in memory. */
import type { Expression } from "../syntax";
import { isAssignment } from "./locals";
import type { Node } from "./walk";
import { childrenOf } from "./walk";

export interface Access {
  /** The place: a member, an element, a variable, or what a pointer points to. */
  readonly place: Expression;
  /** write: `=`; update: `+=`, `++`; address: `&`, so that anybody may read and write it. */
  readonly kind: "read" | "write" | "update" | "address";
  /** What is written, by `=` alone. */
  readonly value: Expression | undefined;
  /** The place is not accessed itself, but a part of it: `s->regs` in `s->regs.ctl = 1`, `s->buf` in `s->buf[i] = 1`. */
  readonly isPart: boolean;
}

interface Visit {
  readonly node: Node;
  readonly kind: Access["kind"];
  readonly value: Expression | undefined;
  readonly isPart: boolean;
}

/** In textual order, the parts of a place behind it. A subscript counts for the array, whether that is one or a pointer. */
export function* accessesIn(root: Node): Iterable<Access> {
  const stack: Visit[] = [read(root)];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { node, kind, value, isPart } = visit;
    const next: Visit[] = [];
    switch (node.kind) {
      case "member":
        yield { place: node, kind, value, isPart };
        next.push(node.arrow ? read(node.object) : { node: node.object, kind, value: undefined, isPart: true });
        break;
      case "subscript":
        yield { place: node, kind, value, isPart };
        next.push({ node: node.object, kind, value: undefined, isPart: true }, read(node.index));
        break;
      case "identifier":
        yield { place: node, kind, value, isPart };
        break;
      case "unary":
        if (node.operator === "*") yield { place: node, kind, value, isPart };
        next.push({ ...read(node.operand), kind: kindOfOperand(node.operator) });
        break;
      case "postfix":
        next.push({ ...read(node.operand), kind: "update" });
        break;
      case "binary":
        if (isAssignment(node.operator)) {
          const isPlain = node.operator === "=";
          const written = isPlain ? node.right : undefined;
          next.push({ node: node.left, kind: isPlain ? "write" : "update", value: written, isPart: false });
          next.push(read(node.right));
        } else next.push(read(node.left), read(node.right));
        break;
      case "call":
        // the name of a function is no place
        if (node.callee.kind !== "identifier") next.push(read(node.callee));
        for (const each of node.arguments) next.push(read(each));
        break;
      case "cast":
        next.push({ ...visit, node: node.operand });
        break;
      case "sizeof":
      case "alignof":
        break;
      default:
        for (const child of childrenOf(node)) next.push(read(child));
    }
    for (let i = next.length - 1; i >= 0; i--) {
      const each = next[i];
      if (each !== undefined) stack.push(each);
    }
  }
}

function read(node: Node): Visit {
  return { node, kind: "read", value: undefined, isPart: false };
}

function kindOfOperand(operator: string): Access["kind"] {
  if (operator === "++" || operator === "--") return "update";
  return operator === "&" ? "address" : "read";
}
