/** The variables of a function: where each is in sight, and what is put into it. */
import type { Expression, LocalDeclarator } from "../syntax";
import type { Body } from "./parse";
import { childrenOf, type Node } from "./walk";

export interface Local {
  readonly declarator: LocalDeclarator;
  readonly isParameter: boolean;
  /** Text of the whole declaration, specifiers included. */
  readonly start: number;
  readonly end: number;
  /** The name means this variable from its declarator up to here. */
  readonly scopeEnd: number;
  /** What is put into it, its initialiser first. undefined: something that no expression says, as by `++`, `&x` or a macro. */
  readonly values: readonly (Expression | undefined)[];
}

export interface Locals {
  readonly all: readonly Local[];
  /** What the name means at the offset; undefined for what is no variable of the function. */
  at(name: string, offset: number): Local | undefined;
}

type OpenLocal = Local & { readonly values: (Expression | undefined)[] };

const known = new WeakMap<Body, Locals>();

export function localsOf(body: Body): Locals {
  const before = known.get(body);
  if (before !== undefined) return before;
  const byName = new Map<string, OpenLocal[]>();
  const add = (declarator: LocalDeclarator, local: Omit<Local, "declarator" | "values">): void => {
    if (declarator.name === "") return;
    const made = { ...local, declarator, values: declarator.value === undefined ? [] : [declarator.value] };
    const list = byName.get(declarator.name);
    if (list === undefined) byName.set(declarator.name, [made]);
    else list.push(made);
  };
  for (const each of body.parameters) {
    add(each, { isParameter: true, start: each.start, end: each.end, scopeEnd: body.end });
  }
  const pending: { readonly node: Node; readonly scopeEnd: number }[] = [{ node: body.block, scopeEnd: body.end }];
  const writes: (readonly [Node, Expression | undefined])[] = [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next;
    if (node.kind === "declaration") {
      for (const each of node.declarators) {
        add(each, { isParameter: false, start: node.start, end: node.end, scopeEnd: next.scopeEnd });
      }
    }
    noteWrites(node, writes);
    const opens = node.kind === "block" || node.kind === "for";
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i];
      if (child !== undefined) pending.push({ node: child, scopeEnd: opens ? node.end : next.scopeEnd });
    }
  }
  const find = (name: string, offset: number): OpenLocal | undefined =>
    byName.get(name)?.findLast(({ declarator, scopeEnd }) => declarator.start <= offset && offset < scopeEnd);
  for (const [target, value] of writes) {
    if (target.kind === "identifier") find(target.name, target.start)?.values.push(value);
  }
  const locals = { all: [...byName.values()].flat(), at: find };
  known.set(body, locals);
  return locals;
}

function noteWrites(node: Node, writes: (readonly [Node, Expression | undefined])[]): void {
  if (node.kind === "binary" && isAssignment(node.operator)) {
    writes.push([node.left, node.operator === "=" ? node.right : undefined]);
  } else if (node.kind === "postfix") writes.push([node.operand, undefined]);
  else if (node.kind === "unary" && (node.operator === "++" || node.operator === "--" || node.operator === "&")) {
    writes.push([node.operand, undefined]);
  } else if (node.kind === "macro") {
    for (const each of node.head.arguments) writes.push([each, undefined]);
  }
}

export function isAssignment(operator: string): boolean {
  switch (operator) {
    case "==":
    case "!=":
    case "<=":
    case ">=":
      return false;
    default:
      return operator.endsWith("=");
  }
}

/** The only value that a local ever has; undefined where there are several, none, or one that nobody knows. */
export function onlyValue({ values, isParameter }: Local): Expression | undefined {
  return values.length === 1 && !isParameter ? values[0] : undefined;
}
