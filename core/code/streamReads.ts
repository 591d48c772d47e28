/** What load functions take out of a QEMUFile, number by number. */
import { type Interval, ofType } from "../c/body/interval";
import { isAssignment } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { type Node, nodesIn } from "../c/body/walk";
import type { Call, Expression } from "../c/syntax";

export interface StreamRead {
  readonly call: Call;
  /** All that a stream can hold there. */
  readonly range: Interval;
  /** What it is put into, as it is or after some arithmetic; undefined where it is used on the spot. */
  readonly place: Expression | undefined;
}

/** `qemu_get_be32(f)` gives the number back, `qemu_get_be32s(f, &x)` puts it where its second argument points. */
const getters: ReadonlyMap<string, Interval> = new Map([
  ["qemu_get_byte", ofType(8, false)],
  ...[16, 32, 64].flatMap((bits): [string, Interval][] => [
    [`qemu_get_be${bits}`, ofType(bits, false)],
    [`qemu_get_sbe${bits}`, ofType(bits, true)],
  ]),
]);
const fillers: ReadonlyMap<string, Interval> = new Map([
  ["qemu_get_8s", ofType(8, false)],
  ["qemu_get_s8s", ofType(8, true)],
  ...[16, 32, 64].flatMap((bits): [string, Interval][] => [
    [`qemu_get_be${bits}s`, ofType(bits, false)],
    [`qemu_get_sbe${bits}s`, ofType(bits, true)],
  ]),
]);

/** What the call gives back, or puts where its argument points: RangeFacts.given. */
export function givenByStream(call: Call, argument: number | undefined): Interval | undefined {
  if (call.callee.kind !== "identifier") return undefined;
  if (argument === undefined) return getters.get(call.callee.name);
  return argument === 1 ? fillers.get(call.callee.name) : undefined;
}

/** In textual order. */
export function streamReads(body: Body): readonly StreamRead[] {
  const found = new Map<Expression, StreamRead>();
  const take = (value: Expression, place: Expression): void => {
    for (const call of nodesIn(value, isAssigning)) {
      const range = call.kind === "call" ? givenByStream(call, undefined) : undefined;
      if (call.kind === "call" && range !== undefined) found.set(call, { call, range, place });
    }
  };
  for (const node of nodesIn(body.block)) {
    if (node.kind === "binary" && isAssigning(node)) take(node.right, node.left);
    else if (node.kind === "declaration") {
      for (const { value, name, nameStart: start, nameEnd: end } of node.declarators)
        if (value !== undefined) take(value, { kind: "identifier", name, start, end });
    } else if (node.kind === "call" && !found.has(node)) {
      const given = givenByStream(node, undefined);
      const filled = givenByStream(node, 1);
      const range = given ?? filled;
      if (range !== undefined) found.set(node, { call: node, range, place: filled && pointedTo(node.arguments[1]) });
    }
  }
  return [...found.values()].filter(({ call, place }) => place !== undefined || givenByStream(call, 1) === undefined);
}

/** What is put into another place first is that one's. */
function isAssigning(node: Node): boolean {
  return node.kind === "binary" && isAssignment(node.operator);
}

function pointedTo(argument: Expression | undefined): Expression | undefined {
  const isAddress = argument?.kind === "unary" && argument.operator === "&";
  return isAddress ? argument.operand : undefined;
}
