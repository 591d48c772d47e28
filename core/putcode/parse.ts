/** Reads the tree of a put function into what it writes. Statements that write nothing and decide nothing vanish. */
import { isAssignment } from "../c/body/locals";
import { nodesIn } from "../c/body/walk";
import { lex } from "../c/lex";
import type { Call, Expression, For, If, LocalDeclarator, Statement, Switch } from "../c/syntax";
import type { SlotName } from "../wire/values/owner";
import type { Put, PutFunction, PutSource } from "./model";
import { controls, forget, looping, nothing, sequence, writesSomething } from "./puts";
import { spelled } from "./spelled";

const maximumDepth = 8;
const mostCalls = 5000;

const integers: ReadonlyMap<string, { bytes: 1 | 2 | 4 | 8; signed: boolean }> = new Map([
  ["qemu_put_byte", { bytes: 1, signed: false }],
  ["qemu_put_sbyte", { bytes: 1, signed: true }],
  ["qemu_put_8s", { bytes: 1, signed: false }],
  ["qemu_put_s8s", { bytes: 1, signed: true }],
  ["qemu_put_be16", { bytes: 2, signed: false }],
  ["qemu_put_sbe16", { bytes: 2, signed: true }],
  ["qemu_put_be16s", { bytes: 2, signed: false }],
  ["qemu_put_sbe16s", { bytes: 2, signed: true }],
  ["qemu_put_be32", { bytes: 4, signed: false }],
  ["qemu_put_sbe32", { bytes: 4, signed: true }],
  ["qemu_put_be32s", { bytes: 4, signed: false }],
  ["qemu_put_sbe32s", { bytes: 4, signed: true }],
  ["qemu_put_be64", { bytes: 8, signed: false }],
  ["qemu_put_sbe64", { bytes: 8, signed: true }],
  ["qemu_put_be64s", { bytes: 8, signed: false }],
  ["qemu_put_sbe64s", { bytes: 8, signed: true }],
  ["qemu_put_timer", { bytes: 8, signed: true }],
  ["timer_put", { bytes: 8, signed: true }],
] as const);

interface Frame {
  readonly source: PutSource;
  readonly fn: PutFunction;
  /** Names of variables of type QEMUFile. */
  readonly streams: Set<string>;
  /** Declared struct of local variables. */
  readonly types: Map<string, string>;
  /** Enclosing functions, against recursion. */
  readonly stack: readonly string[];
  /** Calls that are still followed, in all functions together. */
  readonly calls: { left: number };
}

const parsed = new WeakMap<PutFunction, Put>();

/** Of a function as `source` has it; the result is kept with it. */
export function parsePut(fn: PutFunction, source: PutSource): Put {
  return parsedIn(fn, source, [], { left: mostCalls });
}

function parsedIn(fn: PutFunction, source: PutSource, stack: readonly string[], left: Frame["calls"]): Put {
  const known = parsed.get(fn);
  if (known !== undefined) return known;
  const frame: Frame = { source, fn, streams: new Set(), types: new Map(), stack: [...stack, fn.name], calls: left };
  for (const parameter of fn.body.parameters) declare(frame, parameter);
  const put = statement(fn.body.block, frame);
  if (stack.length === 0) parsed.set(fn, put);
  return put;
}

function declare({ streams, types }: Frame, { name, typeName }: LocalDeclarator): void {
  if (typeName === "QEMUFile") streams.add(name);
  else if (typeName !== "") types.set(name, typeName);
}

function block(statements: readonly Statement[], frame: Frame): Put {
  return sequence(statements.map((each) => statement(each, frame)));
}

function statement(node: Statement, frame: Frame): Put {
  switch (node.kind) {
    case "block":
      return block(node.statements, frame);
    case "if":
      return conditional(node, frame);
    case "for":
      return loop(node, frame);
    case "while":
      return looping(undefined, undefined, text(node.condition, frame), statement(node.body, frame), frame.fn.text);
    case "do":
      return looping(undefined, undefined, "do", statement(node.body, frame), frame.fn.text);
    case "switch":
      return switching(node, frame);
    case "macro": {
      const body = statement(node.body, frame);
      const name = node.head.callee.kind === "identifier" ? node.head.callee.name.toLowerCase() : "";
      const repeats = name.includes("foreach") || name.includes("for_each");
      return repeats ? looping(undefined, undefined, text(node.head, frame), body, frame.fn.text) : body;
    }
    case "break":
      return { kind: "break" };
    case "return":
      return sequence([...(node.value === undefined ? [] : calls(node.value, frame)), { kind: "return" }]);
    case "declaration":
      return sequence(node.declarators.flatMap((each) => declared(each, frame)));
    case "expression":
      return expression(node.expression, frame);
    case "unknown-statement": {
      const names = lex(frame.fn.text, frame.fn.file, node.start, node.end);
      if (!names.some((word) => frame.streams.has(word.text))) return nothing;
      return { kind: "unknown", reason: `a statement that cannot be read: ${node.reason}` };
    }
    default:
      return nothing;
  }
}

function text(node: Expression | undefined, { fn }: Frame): string {
  return node === undefined ? "" : spelled(node, fn.text);
}

function declared(declarator: LocalDeclarator, frame: Frame): readonly Put[] {
  declare(frame, declarator);
  const { name, value } = declarator;
  return value === undefined ? [] : [...calls(value, frame), { kind: "assign", name, value }];
}

function expression(node: Expression, frame: Frame): Put {
  const writes = calls(node, frame);
  if (node.kind === "postfix" || (node.kind === "unary" && (node.operator === "++" || node.operator === "--"))) {
    const { operand } = node;
    if (operand.kind !== "identifier") return sequence(writes);
    const assign: Put = { kind: "assign", name: operand.name, value: undefined };
    return sequence([...writes, node.operator === "++" ? { ...assign, counts: true } : assign]);
  }
  if (node.kind !== "binary" || !isAssignment(node.operator) || node.left.kind !== "identifier")
    return sequence(writes);
  const value = node.operator === "=" ? node.right : undefined;
  return sequence([...writes, { kind: "assign", name: node.left.name, value }]);
}

function conditional(node: If, frame: Frame): Put {
  const before = calls(node.condition, frame);
  const then = statement(node.then, frame);
  const otherwise = node.otherwise === undefined ? nothing : statement(node.otherwise, frame);
  if (failsOnly(node.then)) return sequence([...before, otherwise]);
  if (node.otherwise !== undefined && failsOnly(node.otherwise)) return sequence([...before, then]);
  if (!controls(then) && !controls(otherwise)) return sequence([...before, ...forget(then), ...forget(otherwise)]);
  const { condition } = node;
  return sequence([...before, { kind: "if", condition, slot: slotOf(condition, frame), then, otherwise }]);
}

/** A branch that gives up: it ends in `return` of something that is not 0, or in goto, and writes nothing itself. */
function failsOnly(branch: Statement): boolean {
  let gives: Expression | undefined;
  let goes = false;
  for (const node of nodesIn(branch)) {
    if (node.kind === "identifier" && isWriter(node.name)) return false;
    if (node.kind === "goto") goes = true;
    else if (node.kind === "return") gives = node.value;
  }
  if (goes) return true;
  if (gives === undefined || (gives.kind === "integer" && gives.value === 0n)) return false;
  for (const node of nodesIn(gives)) if (node.kind === "call") return false;
  return true;
}

function isWriter(name: string): boolean {
  return name.startsWith("qemu_put") || name.startsWith("vmstate_save");
}

function loop(node: For, frame: Frame): Put {
  const { initial, condition, step } = node;
  const variable = initial === undefined ? undefined : counterOf(initial);
  const header = [initial && headText(initial, frame), text(condition, frame), text(step, frame)].join("; ");
  const before = initial === undefined ? nothing : statement(initial, frame);
  const body = statement(node.body, frame);
  const isCounted =
    variable?.isFromZero === true &&
    condition?.kind === "binary" &&
    condition.operator === "<" &&
    condition.left.kind === "identifier" &&
    condition.left.name === variable.name;
  const made = looping(variable?.name, isCounted ? condition.right : undefined, header, body, frame.fn.text);
  return sequence([...(controls(before) ? [before] : []), made]);
}

/** Of `int i = 0` no more than `i = 0`. */
function headText(initial: Statement, frame: Frame): string {
  if (initial.kind === "expression") return text(initial.expression, frame);
  if (initial.kind !== "declaration") return "";
  return initial.declarators.map(({ name, value }) => `${name} = ${text(value, frame)}`).join(", ");
}

function counterOf(initial: Statement): { readonly name: string; readonly isFromZero: boolean } | undefined {
  const isZero = (value: Expression | undefined): boolean => value?.kind === "integer" && value.value === 0n;
  if (initial.kind === "declaration") {
    const last = initial.declarators.at(-1);
    return last && { name: last.name, isFromZero: isZero(last.value) };
  }
  if (initial.kind !== "expression") return undefined;
  const node = initial.expression;
  if (node.kind !== "binary" || node.operator !== "=" || node.left.kind !== "identifier") return undefined;
  return { name: node.left.name, isFromZero: isZero(node.right) };
}

function switching(node: Switch, frame: Frame): Put {
  const statements = node.body.kind === "block" ? node.body.statements : [node.body];
  const arms: Put[] = [];
  let arm: Statement[] | undefined;
  const close = (): void => {
    if (arm !== undefined && arm.length > 0) arms.push(block(arm, frame));
  };
  for (const each of statements) {
    if (each.kind === "case" || each.kind === "default") {
      close();
      arm = [];
    } else arm?.push(each);
  }
  close();
  return { kind: "either", what: `switch (${text(node.subject, frame)})`, arms };
}

/** What the calls inside an expression write, in textual order. */
function calls(node: Expression, frame: Frame): Put[] {
  const found: Put[] = [];
  const isWrite = (each: Expression | Statement): each is Call => each.kind === "call" && takesStream(each, frame);
  for (const each of nodesIn(node, isWrite)) if (isWrite(each)) found.push(called(each, frame));
  return found;
}

function takesStream(call: Call, { streams }: Frame): boolean {
  return call.arguments.some((argument) => argument.kind === "identifier" && streams.has(argument.name));
}

function called(call: Call, frame: Frame): Put {
  let { callee } = call;
  while (callee.kind === "unary" && callee.operator === "*") callee = callee.operand;
  if (callee.kind === "identifier") return direct(callee.name, call.arguments, frame);
  const slot = slotOf(callee, frame) ?? { structName: "", slot: callee.kind === "member" ? callee.name : "" };
  return { kind: "pointer", slot, args: call.arguments };
}

function direct(written: string, args: readonly Expression[], frame: Frame): Put {
  const { source, fn } = frame;
  const name = integers.has(written) ? written : (source.alias(written, fn.file) ?? written);
  const integer = integers.get(name);
  if (integer !== undefined) return { kind: "integer", ...integer, value: args[1] };
  if (name === "qemu_put_buffer") return { kind: "bytes", from: args[1], size: args[2] };
  if (name === "vmstate_save_state" || name === "vmstate_save_state_v") {
    const [, description, object] = args;
    const version = name.endsWith("_v") ? args[4] : undefined;
    return { kind: "struct", description, version, object, slot: description && slotOf(description, frame) };
  }
  if (name === "qemu_put_counted_string") return { kind: "unknown", reason: "a counted string" };
  if (frame.stack.length >= maximumDepth || frame.stack.includes(name)) {
    return { kind: "unknown", reason: `${name} is nested too deeply` };
  }
  for (const argument of args) {
    const callback = argument.kind === "identifier" ? source.function(argument.name, fn.file) : undefined;
    const body = callback && inline(callback, [], frame);
    if (body !== undefined && writesSomething(body)) {
      return looping(undefined, undefined, `${name} ${callback?.name}`, body, fn.text);
    }
  }
  const target = source.function(name, fn.file);
  if (target !== undefined) return inline(target, args, frame);
  const isSilent = silent.some((prefix) => name.startsWith(prefix));
  return isSilent ? nothing : { kind: "unknown", reason: `${name} is not in the source` };
}

/** Functions on a QEMUFile, or around one, that write no bytes. */
const silent = ["qemu_file", "error_", "trace_", "qemu_fflush"];

function inline(fn: PutFunction, args: readonly Expression[], frame: Frame): Put {
  if (--frame.calls.left < 0) return { kind: "unknown", reason: `${fn.name} is one call too many to follow` };
  return { kind: "call", fn, args, body: parsedIn(fn, frame.source, frame.stack, frame.calls) };
}

/** `k->save` and `k->save != NULL`. */
function slotOf(node: Expression, frame: Frame): SlotName | undefined {
  if (node.kind === "binary") {
    const { operator, left, right } = node;
    return operator === "!=" && right.kind === "identifier" && right.name === "NULL" ? slotOf(left, frame) : undefined;
  }
  if (node.kind !== "member" || !node.arrow || node.object.kind !== "identifier") return undefined;
  const structName = frame.types.get(node.object.name);
  return structName === undefined ? undefined : { structName, slot: node.name };
}
