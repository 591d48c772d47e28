/** What a hook without branches that nobody can decide puts into a member of its struct: the counts of a WITH_TMP's pre_load. */
import { isAssignment } from "../c/body/locals";
import { binaryExact } from "../c/integer";
import type { Expression } from "../c/syntax";
import { evaluate } from "./evaluate";
import { follow } from "./follow";
import { parameterNames, type PutFunction, type PutSource } from "./model";
import { spelled } from "./spelled";
import { bind, ifSmall, substituted, withoutCasts } from "./substituted";

/** A member of the struct, or of one that it points to (`parent->count`). */
export type MemberWorth = (path: string) => bigint | undefined;

const maximumDepth = 6;
const mostSteps = 2000;
const given = "opaque";
const opaque: Expression = { kind: "identifier", name: given, start: 0, end: 0 };
const ofObject = `${given}->`;

interface Frame {
  readonly fn: PutFunction;
  readonly source: PutSource;
  readonly member: MemberWorth;
  /** By path, what has been assigned; undefined: something that is not known. */
  readonly assigned: Map<string, bigint | undefined>;
  readonly bindings: Map<string, Expression | undefined>;
  readonly depth: number;
  readonly steps: { left: number };
}

/** Nobody knows what comes of it. */
class NotKnown extends Error {}

/** By path, what the hook leaves in its struct; undefined where the function is not in the source, or what decides is not known. */
export function assignedBy(
  name: string,
  file: string,
  member: MemberWorth,
  source: PutSource,
): ReadonlyMap<string, bigint | undefined> | undefined {
  const fn = source.function(name, file);
  if (fn === undefined) return undefined;
  const assigned = new Map<string, bigint | undefined>();
  try {
    call(fn, [opaque], { source, member, assigned, depth: 0, steps: { left: mostSteps } });
  } catch (error) {
    if (error instanceof NotKnown) return undefined;
    throw error;
  }
  return assigned;
}

function call(fn: PutFunction, values: readonly Expression[], around: Omit<Frame, "fn" | "bindings">): void {
  const bindings = new Map(parameterNames(fn).map((name, i) => [name, ifSmall(values[i])]));
  const frame = { ...around, fn, bindings };
  follow(fn.body.block.statements, {
    bindings,
    truth(condition) {
      spend(frame);
      const value = worth(condition, frame);
      return value === undefined ? undefined : value !== 0n;
    },
    act: (expression) => act(expression, frame),
    returned(value) {
      if (value !== undefined) act(value, frame);
      return true;
    },
    lost() {
      throw new NotKnown();
    },
  });
}

function spend({ steps }: Frame): void {
  if (--steps.left < 0) throw new NotKnown();
}

function act(expression: Expression, frame: Frame): void {
  spend(frame);
  if (expression.kind === "binary" && isAssignment(expression.operator)) {
    const { left, right, operator } = expression;
    if (left.kind === "identifier") return bind(frame.bindings, left.name, operator === "=" ? right : undefined);
    const path = pathOf(left, frame);
    if (path === undefined) return;
    const value = worth(right, frame);
    const before = operator === "=" ? undefined : read(path, frame);
    frame.assigned.set(path, operator === "=" ? value : combined(operator.slice(0, -1), before, value));
    return;
  }
  if (expression.kind === "call" && expression.callee.kind === "identifier") {
    const values = expression.arguments.map((each) => withoutCasts(substituted(each, frame.bindings)));
    if (!values.some((each) => each.kind === "identifier" && each.name === given)) return;
    const fn = frame.source.function(expression.callee.name, frame.fn.file);
    if (fn === undefined || frame.depth >= maximumDepth) throw new NotKnown();
    return call(fn, values, { ...frame, depth: frame.depth + 1 });
  }
  if (expression.kind === "unary" || expression.kind === "postfix") {
    const path = pathOf(expression.operand, frame);
    if (path !== undefined) throw new NotKnown();
  }
}

function combined(operator: string, a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || b === undefined ? undefined : binaryExact(operator, a, b);
}

/** Of what is reached from the struct; undefined for anything else. */
function pathOf(node: Expression, { bindings, fn }: Pick<Frame, "bindings" | "fn">): string | undefined {
  const text = spelled(substituted(node, bindings), fn.text);
  return text.startsWith(ofObject) ? text.slice(ofObject.length) : undefined;
}

function read(path: string, { assigned, member }: Frame): bigint | undefined {
  return assigned.has(path) ? assigned.get(path) : member(path);
}

function worth(expression: Expression, frame: Frame): bigint | undefined {
  const { fn, source, bindings } = frame;
  return evaluate(substituted(expression, bindings), {
    leaf: (node) => {
      const text = spelled(node, fn.text);
      if (text.startsWith(ofObject)) return read(text.slice(ofObject.length), frame);
      const value = node.kind === "identifier" ? source.evaluate(text, fn.file) : undefined;
      return value === undefined ? undefined : BigInt(value);
    },
  });
}
