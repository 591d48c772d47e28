/** Expressions with variables put in, and without the casts that give their argument back. */
import { nodesIn } from "../c/body/walk";
import type { Call, Expression } from "../c/syntax";
import { isPointer } from "./spelled";

/** undefined: a variable that nobody knows the value of. */
export type Bindings = ReadonlyMap<string, Expression | undefined>;

const deepest = 100;
const largest = 400;

/** What is larger is not put into another expression: putting in twice what was put in twice grows without end. */
export function isSmall(node: Expression): boolean {
  let size = 0;
  for (const _ of nodesIn(node)) if (++size > largest) return false;
  return true;
}

/** From here on the name stands for the value, in terms of what is bound so far. */
export function bind(bindings: Map<string, Expression | undefined>, name: string, value: Expression | undefined): void {
  bindings.set(name, ifSmall(value && substituted(value, bindings)));
}

export function ifSmall(value: Expression | undefined): Expression | undefined {
  return value !== undefined && isSmall(value) ? value : undefined;
}

/** Variables and casts of the parts are replaced; a part that is nested too deeply stays as it is. */
export function substituted(node: Expression, bindings: Bindings, depth = 0): Expression {
  if (depth > deepest) return node;
  const of = (each: Expression): Expression => substituted(each, bindings, depth + 1);
  switch (node.kind) {
    case "identifier":
      return bindings.get(node.name) ?? node;
    case "member":
      return { ...node, object: node.arrow ? withoutCasts(of(node.object)) : of(node.object) };
    case "subscript":
      return { ...node, object: of(node.object), index: of(node.index) };
    case "cast":
      return isPointer(node.type) ? of(node.operand) : { ...node, operand: of(node.operand) };
    case "unary":
      return { ...node, operand: of(node.operand) };
    case "binary":
      return { ...node, left: of(node.left), right: of(node.right) };
    case "conditional":
      return { ...node, test: of(node.test), then: node.then && of(node.then), otherwise: of(node.otherwise) };
    case "call":
      return around(node, of) ?? { ...node, arguments: node.arguments.map(of) };
    default:
      return node;
  }
}

/** `container_of(opaque, S, m)`: a path that leaves the object, by the name of the struct around it. */
function around(call: Call, of: (node: Expression) => Expression): Expression | undefined {
  const found = structAround(call);
  if (found === undefined) return undefined;
  const { start, end } = call;
  return { kind: "member", object: withoutCasts(of(found.object)), name: found.structName, arrow: true, start, end };
}

/** Of `container_of(object, S, m)`. */
export function structAround(call: Call): { readonly object: Expression; readonly structName: string } | undefined {
  const name = call.callee.kind === "identifier" ? call.callee.name : "";
  if (name !== "container_of" && name !== "DO_UPCAST") return undefined;
  const [first, second, third] = call.arguments;
  const [object, type] = name === "DO_UPCAST" ? [third, first] : [first, second];
  const structName = type && nameOfType(type);
  return object === undefined || structName === undefined ? undefined : { object, structName };
}

function nameOfType(node: Expression): string | undefined {
  if (node.kind === "identifier") return node.name;
  if (node.kind !== "type") return undefined;
  const { base } = node.type;
  return base.kind === "name" ? base.name : base.kind === "record" ? base.record.tag : undefined;
}

/** `ESP(opaque)` behind which `->x` stands is `opaque`: an instance cast of QOM gives its argument back. */
export function withoutCasts(node: Expression): Expression {
  let each = node;
  for (;;) {
    if (each.kind === "cast") each = each.operand;
    else if (each.kind === "unary" && each.operator === "&") each = each.operand;
    else if (each.kind === "call" && each.arguments.length === 1 && isCastName(each.callee)) {
      each = each.arguments[0] ?? each.callee;
    } else return each;
  }
}

function isCastName(callee: Expression): boolean {
  return callee.kind === "identifier" && callee.name === callee.name.toUpperCase();
}
