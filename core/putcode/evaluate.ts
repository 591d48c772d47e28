/** Arithmetic over expressions whose leaves may be unknown. */
import { binaryExact } from "../c/integer";
import type { Expression } from "../c/syntax";

export interface Leaves {
  /** Value of a name, a place in memory, a call or a size. undefined: not known. */
  leaf(node: Expression): bigint | undefined;
}

const deepest = 200;

/** undefined where a leaf that decides is not known. Sizes of integers are not counted: `(uint8_t)x` is x. */
export function evaluate(node: Expression, leaves: Leaves, depth = 0): bigint | undefined {
  if (depth > deepest) return undefined;
  const of = (each: Expression): bigint | undefined => evaluate(each, leaves, depth + 1);
  switch (node.kind) {
    case "integer":
    case "char":
      return node.value;
    case "cast":
      return of(node.operand);
    case "conditional": {
      const test = of(node.test);
      if (test === undefined) return undefined;
      return test === 0n ? of(node.otherwise) : node.then === undefined ? test : of(node.then);
    }
    case "binary": {
      const left = of(node.left);
      if (node.operator === "&&" && left === 0n) return 0n;
      if (node.operator === "||" && left !== undefined && left !== 0n) return 1n;
      const right = of(node.right);
      return left === undefined || right === undefined ? undefined : binaryExact(node.operator, left, right);
    }
    case "unary": {
      if (node.operator === "&" || node.operator === "*") return leaves.leaf(node);
      const value = of(node.operand);
      if (value === undefined) return undefined;
      if (node.operator === "!") return value === 0n ? 1n : 0n;
      if (node.operator === "-") return -value;
      return node.operator === "~" ? ~value : node.operator === "+" ? value : undefined;
    }
    case "identifier":
      if (node.name === "true" || node.name === "false") return node.name === "true" ? 1n : 0n;
      return leaves.leaf(node);
    case "call":
      return leaves.leaf(node) ?? wellKnown(node.callee, node.arguments.map(of));
    case "member":
    case "subscript":
    case "sizeof":
    case "sizeof-type":
      return leaves.leaf(node);
    default:
      return undefined;
  }
}

/** Constants that an expression can have: both arms of `a ? 1 : 2`. undefined: anything. */
export function constants(node: Expression, leaves: Leaves): bigint[] | undefined {
  if (node.kind !== "conditional" || node.then === undefined) {
    const value = evaluate(node, leaves);
    return value === undefined ? undefined : [value];
  }
  const [first, second] = [constants(node.then, leaves), constants(node.otherwise, leaves)];
  return first === undefined || second === undefined ? undefined : [...first, ...second];
}

/** Macros of osdep.h that sizes are written with. */
function wellKnown(callee: Expression, [a, b]: readonly (bigint | undefined)[]): bigint | undefined {
  const name = callee.kind === "identifier" ? callee.name : "";
  if (a === undefined || b === undefined || !isWellKnown(name)) return undefined;
  if (name === "MIN") return a < b ? a : b;
  if (name === "MAX") return a > b ? a : b;
  if (b === 0n) return undefined;
  const parts = (a + b - 1n) / b;
  return name === "DIV_ROUND_UP" ? parts : parts * b;
}

const macros: ReadonlySet<string> = new Set(["DIV_ROUND_UP", "ROUND_UP", "QEMU_ALIGN_UP", "MIN", "MAX"]);

export function isWellKnown(name: string): boolean {
  return macros.has(name);
}
