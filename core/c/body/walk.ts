/** The parts of a tree. Walks keep their own stack, so that long chains of operators don't overflow the engine's. */
import type { Designator, Expression, Statement } from "../syntax";

export type Node = Statement | Expression;

function designated(path: readonly Designator[]): readonly Expression[] {
  return path.flatMap((each) => (each.kind === "index" ? [each.index] : []));
}

/** What stands directly in a node, in textual order. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "block":
      return node.statements;
    case "if":
      return node.otherwise ? [node.condition, node.then, node.otherwise] : [node.condition, node.then];
    case "while":
      return [node.condition, node.body];
    case "do":
      return node.condition ? [node.body, node.condition] : [node.body];
    case "for":
      return [node.initial, node.condition, node.step, node.body].filter((part) => part !== undefined);
    case "switch":
      return [node.subject, node.body];
    case "macro":
      return [node.head, node.body];
    case "case":
      return node.last ? [node.value, node.last] : [node.value];
    case "return":
      return node.value ? [node.value] : [];
    case "expression":
      return [node.expression];
    case "declaration":
      return node.declarators.flatMap(({ lengths, value }) => (value ? [...lengths, value] : lengths));
    case "unknown-statement":
      return node.expression ? [node.expression] : [];
    case "unary":
    case "postfix":
    case "sizeof":
    case "alignof":
    case "cast":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "conditional":
      return node.then ? [node.test, node.then, node.otherwise] : [node.test, node.otherwise];
    case "choose":
      return [node.test, node.then, node.otherwise];
    case "call":
      return [node.callee, ...node.arguments];
    case "member":
      return [node.object];
    case "subscript":
      return [node.object, node.index];
    case "compound":
      return node.list ? [node.list] : [];
    case "list":
      return node.items.flatMap(({ designators, value }) =>
        designators.length === 0 ? [value] : [...designated(designators), value],
      );
    case "offsetof":
      return designated(node.path);
    case "statements":
      return [node.block];
    default:
      return [];
  }
}

/** The node and everything in it, outer before inner, in textual order. What `skip` answers true for is not entered. */
export function* nodesIn(root: Node, skip?: (node: Node) => boolean): Iterable<Node> {
  const stack: Node[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    if (skip?.(node) === true) continue;
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i];
      if (child !== undefined) stack.push(child);
    }
  }
}
