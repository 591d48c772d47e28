/** Expressions as text: one spelling for what means the same, in questions and as a key. */
import { nodesIn } from "../c/body/walk";
import type { Expression, TypeSyntax } from "../c/syntax";

/** What a name stands for in the text; undefined: itself. */
export type NameOf = (name: string) => string | undefined;

const deepest = 200;

/** `*p` and `&p` are spelled `p`: callers and callees agree. `text`: of the file that the expression is in. */
export function spelled(node: Expression, text: string, nameOf: NameOf = () => undefined, depth = 0): string {
  if (depth > deepest) return text.slice(node.start, node.end);
  const of = (each: Expression): string => spelled(each, text, nameOf, depth + 1);
  const operand = (each: Expression): string =>
    each.kind === "binary" || each.kind === "conditional" ? `(${of(each)})` : of(each);
  switch (node.kind) {
    case "identifier":
      return nameOf(node.name) ?? node.name;
    case "integer":
    case "char":
      return String(node.value);
    case "member":
      return `${operand(node.object)}${node.arrow ? "->" : "."}${node.name}`;
    case "subscript":
      return `${operand(node.object)}[${of(node.index)}]`;
    case "call":
      return `${of(node.callee)}(${node.arguments.map(of).join(", ")})`;
    case "unary":
      return node.operator === "&" || node.operator === "*"
        ? of(node.operand)
        : `${node.operator}${operand(node.operand)}`;
    case "binary":
      return `${operand(node.left)} ${node.operator} ${operand(node.right)}`;
    case "conditional":
      return `${operand(node.test)} ? ${node.then === undefined ? "" : operand(node.then)} : ${operand(node.otherwise)}`;
    case "cast":
      return isPointer(node.type) ? of(node.operand) : text.slice(node.start, node.end);
    default:
      return text.slice(node.start, node.end);
  }
}

export function isPointer({ parts }: TypeSyntax): boolean {
  return parts.at(-1)?.kind === "pointer";
}

/** The name that an expression begins with: `s` of `(*s).a[i]->b`. */
export function rootName(node: Expression): string | undefined {
  for (let each = node; ; ) {
    switch (each.kind) {
      case "identifier":
        return each.name;
      case "member":
      case "subscript":
        each = each.object;
        break;
      case "call":
        each = each.callee;
        break;
      case "unary":
      case "postfix":
      case "cast":
        each = each.operand;
        break;
      case "binary":
        each = each.left;
        break;
      default:
        return undefined;
    }
  }
}

/** Names of variables, members and functions in it. */
export function namesIn(node: Expression): readonly string[] {
  const names: string[] = [];
  for (const each of nodesIn(node)) if (each.kind === "identifier" || each.kind === "member") names.push(each.name);
  return names;
}

/** Members and calls without arithmetic: stands for the same thing wherever it is written. */
export function isPath(node: Expression): boolean {
  const known = paths.get(node);
  if (known !== undefined) return known;
  let isOne = true;
  for (const each of nodesIn(node)) {
    const { kind } = each;
    const isPart =
      kind === "identifier" ||
      kind === "member" ||
      kind === "subscript" ||
      kind === "call" ||
      kind === "integer" ||
      (kind === "unary" && each.operator === "&") ||
      (kind === "cast" && isPointer(each.type));
    if (!isPart) isOne = false;
  }
  paths.set(node, isOne);
  return isOne;
}

const paths = new WeakMap<Expression, boolean>();
