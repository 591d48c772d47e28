/** Where in configuration space of PCI a function reads and writes. */
import { childrenOf, type Node, nodesIn } from "../c/body/walk";
import type { Expression, Statement } from "../c/syntax";

/** What is added up to the offset; undefined where it is not told by a sum. */
export type ConfigOffset = readonly Expression[] | undefined;

/** Of `d->config`, and of locals that are declared as it: `pci_conf`. */
export function configOffsetsIn(block: Statement): readonly ConfigOffset[] {
  const locals = new Set(["pci_conf"]);
  for (const node of nodesIn(block)) {
    if (node.kind !== "declaration") continue;
    for (const { name, value } of node.declarators)
      if (value !== undefined && isConfig(value, locals)) locals.add(name);
  }
  const found: ConfigOffset[] = [];
  const stack: Node[] = [block];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const terms = termsOf(node, locals);
    if (terms === undefined) {
      const isDeclared = (child: Node): boolean => node?.kind === "declaration" && isConfig(child, locals);
      stack.push(...childrenOf(node).filter((child) => !isDeclared(child)));
    } else {
      // the whole of it is handed on
      found.push(terms.length === 0 ? undefined : terms);
      stack.push(...terms);
    }
  }
  return found;
}

function isConfig(node: Node, locals: ReadonlySet<string>): boolean {
  return termsOf(node, locals)?.length === 0;
}

/** undefined where it is no place in configuration space. */
function termsOf(node: Node, locals: ReadonlySet<string>): readonly Expression[] | undefined {
  const terms: Expression[] = [];
  for (let at = node; ; ) {
    switch (at.kind) {
      case "member":
        return at.name === "config" ? terms : undefined;
      case "identifier":
        return locals.has(at.name) ? terms : undefined;
      case "cast":
        at = at.operand;
        break;
      case "unary":
        if (at.operator !== "&") return undefined;
        at = at.operand;
        break;
      case "subscript":
        terms.push(at.index);
        at = at.object;
        break;
      case "binary":
        if (at.operator !== "+") return undefined;
        terms.push(at.right);
        at = at.left;
        break;
      default:
        return undefined;
    }
  }
}
