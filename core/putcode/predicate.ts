/**
 * field_exists functions, as far as their source says: on the version and on members that have been loaded. What remains
 * is a question with a key, so that `f` and `!f` are asked once.
 */
import { isAssignment } from "../c/body/locals";
import { nodesIn } from "../c/body/walk";
import type { Expression } from "../c/syntax";
import type { OpenTruth } from "../wire/values/question";
import type { MemberBits } from "../wire/values/schema";
import { allBits } from "../wire/values/scope";
import { evaluate } from "./evaluate";
import { follow } from "./follow";
import { parameterNames, type PutFunction, type PutSource } from "./model";
import { rootName, spelled } from "./spelled";
import { bind, type Bindings, isSmall, substituted } from "./substituted";

export interface PredicateState {
  readonly versionId: number;
  /** A member of the object, by designator. */
  member(path: string): bigint | undefined;
  /** A member of the machine's class. */
  machineClass?(name: string): bigint | undefined;
}

const maximumDepth = 6;
const mostSteps = 2000;
const nowhere = { start: 0, end: 0 };

/** undefined: the function is not in the source. */
export function evaluatePredicate(
  name: string,
  file: string,
  state: PredicateState,
  source: PutSource,
): boolean | OpenTruth | undefined {
  const fn = source.function(name, file);
  if (fn === undefined) return undefined;
  const bindings = new Map<string, Expression | undefined>();
  for (const [i, parameter] of parameterNames(fn).entries()) {
    const stands = i === 0 ? "opaque" : i === 1 ? "version_id" : undefined;
    if (stands !== undefined) bindings.set(parameter, { kind: "identifier", name: stands, ...nowhere });
  }
  return run(fn, { fn, state, source, bindings, depth: 0, steps: { left: mostSteps } });
}

/** The same where only bits of members may be known: those that are not are tried both ways. */
export function decidePredicate(
  name: string,
  file: string,
  { versionId, bits, machineClass }: Omit<PredicateState, "member"> & { bits(path: string): MemberBits | undefined },
  source: PutSource,
): boolean | OpenTruth | undefined {
  const answer = (worth: (known: MemberBits) => bigint | undefined) => {
    const member = (path: string): bigint | undefined => {
      const known = bits(path);
      return known && worth(known);
    };
    const ofClass = machineClass === undefined ? {} : { machineClass };
    return evaluatePredicate(name, file, { versionId, member, ...ofClass }, source);
  };
  const low = answer(({ value }) => value);
  const isBoth = typeof low === "boolean" && low === answer(({ value, mask }) => value | (allBits & ~mask));
  return isBoth ? low : answer(({ value, mask }) => (mask === allBits ? value : undefined));
}

interface Frame {
  readonly fn: PutFunction;
  readonly state: PredicateState;
  readonly source: PutSource;
  /** Local names with what they stand for, in terms of `opaque` and `version_id`; undefined: not known. */
  readonly bindings: Map<string, Expression | undefined>;
  readonly depth: number;
  /** Questions that are still followed, in all calls together: each call may hold several. */
  readonly steps: { left: number };
}

function run(fn: PutFunction, frame: Frame): boolean | OpenTruth {
  const lost = (): OpenTruth => whole(fn);
  const given = follow<boolean | OpenTruth>(fn.body.block.statements, {
    bindings: frame.bindings,
    truth(condition) {
      const truth = truthOf(condition, frame);
      return typeof truth === "boolean" ? truth : undefined;
    },
    act(expression) {
      if (expression.kind !== "binary" || !isAssignment(expression.operator)) return;
      const { left, right, operator } = expression;
      if (left.kind === "identifier") bind(frame.bindings, left.name, operator === "=" ? right : undefined);
    },
    returned: (value) => (value === undefined ? lost() : truthOf(value, frame)),
    lost,
  });
  return given ?? lost();
}

function whole({ name }: PutFunction): OpenTruth {
  return { key: `${name}()`, negated: false };
}

function truthOf(expression: Expression, frame: Frame): boolean | OpenTruth {
  if (--frame.steps.left < 0) return whole(frame.fn);
  let node = substituted(expression, frame.bindings);
  let negated = false;
  while (node.kind === "unary" && node.operator === "!") {
    node = node.operand;
    negated = !negated;
  }
  const value = evaluate(node, { leaf: (leaf) => leafOf(leaf, frame) });
  if (value !== undefined) return (value !== 0n) !== negated;
  const inner = called(node, frame);
  if (typeof inner === "boolean") return inner !== negated;
  if (inner !== undefined) return { key: inner.key, negated: inner.negated !== negated };
  return { key: spelled(node, frame.fn.text), negated };
}

function leafOf(node: Expression, frame: Frame): bigint | undefined {
  if (node.kind === "identifier" && node.name === "version_id") return BigInt(frame.state.versionId);
  const text = spelled(node, frame.fn.text);
  if (rootName(node) === "opaque") {
    return text.startsWith(ofObject) ? frame.state.member(text.slice(ofObject.length)) : undefined;
  }
  if (node.kind === "member" && isMachine(node.object)) return frame.state.machineClass?.(node.name);
  if (node.kind === "call") {
    const inner = called(node, frame);
    if (inner !== undefined) return typeof inner === "boolean" ? (inner ? 1n : 0n) : undefined;
  }
  const value = isPlain(node) ? frame.source.evaluate(text, frame.fn.file) : undefined;
  return value === undefined ? undefined : BigInt(value);
}

const ofObject = "opaque->";

/** `MACHINE_GET_CLASS(qdev_get_machine())`, also without what makes it the class. */
function isMachine(node: Expression): boolean {
  for (let each = node; each.kind === "call" && each.callee.kind === "identifier"; ) {
    if (each.callee.name === "qdev_get_machine") return true;
    const [only, ...more] = each.arguments;
    if (only === undefined || more.length > 0) return false;
    each = only;
  }
  return false;
}

/** Names and numbers alone: all that is spelled without the text of the function that it stood in. */
function isPlain(node: Expression): boolean {
  if (node.kind !== "identifier" && node.kind !== "call") return false;
  for (const { kind } of nodesIn(node)) {
    if (kind !== "identifier" && kind !== "call" && kind !== "integer" && kind !== "binary") return false;
  }
  return true;
}

/** A call as the whole expression: the truth of what the function returns. */
function called(node: Expression, frame: Frame): boolean | OpenTruth | undefined {
  if (node.kind !== "call" || node.callee.kind !== "identifier" || frame.depth >= maximumDepth) return undefined;
  const fn = frame.source.function(node.callee.name, frame.fn.file);
  if (fn === undefined || --frame.steps.left < 0 || !isSmall(node)) return undefined;
  const bindings: Bindings = new Map(parameterNames(fn).map((name, i) => [name, node.arguments[i]]));
  const result = run(fn, { ...frame, fn, bindings: new Map(bindings), depth: frame.depth + 1 });
  return typeof result !== "boolean" && result.key === `${fn.name}()`
    ? { key: spelled(node, frame.fn.text), negated: result.negated }
    : result;
}
