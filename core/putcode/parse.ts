/** Reads the C text of a put function into what it writes. Statements that write nothing and decide nothing vanish. */
import type { SlotName } from "../wire/values/owner";
import type { Put, PutFunction, PutSource, Words } from "./model";
import { closing, isName, split, wordsOf } from "./tokens";

const maximumDepth = 8;

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

const nothing: Put = { kind: "sequence", parts: [] };

interface Frame {
  readonly source: PutSource;
  readonly file: string;
  /** Names of variables of type QEMUFile. */
  readonly streams: Set<string>;
  /** Declared struct of local variables. */
  readonly types: Map<string, string>;
  /** Enclosing functions, against recursion. */
  readonly stack: readonly string[];
}

const parsed = new WeakMap<PutFunction, Put>();

/** Of a function as `source` has it; the result is kept with it. */
export function parsePut(fn: PutFunction, source: PutSource, stack: readonly string[] = []): Put {
  const known = parsed.get(fn);
  if (known !== undefined) return known;
  const put = parseBody(fn, source, stack);
  if (stack.length === 0) parsed.set(fn, put);
  return put;
}

function parseBody(fn: PutFunction, source: PutSource, stack: readonly string[]): Put {
  const frame: Frame = { source, file: fn.file, streams: new Set(), types: new Map(), stack: [...stack, fn.name] };
  for (const parameter of split(wordsOf(fn.parameters))) {
    const name = parameter.at(-1);
    if (name !== undefined && parameter.includes("QEMUFile")) frame.streams.add(name);
    else if (name !== undefined && parameter.length > 1) declare(frame, parameter);
  }
  return block(wordsOf(fn.body), frame);
}

const names = new WeakMap<PutFunction, readonly string[]>();

export function parameterNames(fn: PutFunction): readonly string[] {
  const known = names.get(fn);
  if (known !== undefined) return known;
  const list = split(wordsOf(fn.parameters)).map((parameter) => parameter.at(-1) ?? "");
  names.set(fn, list);
  return list;
}

function declare(frame: Frame, words: Words): void {
  const name = words.at(-1);
  const type = words.filter((word) => isName(word) && word !== "const" && word !== "struct").at(-2);
  if (name !== undefined && type !== undefined) frame.types.set(name, type);
}

function block(words: Words, frame: Frame): Put {
  const parts: Put[] = [];
  for (let i = 0; i < words.length; ) {
    const { put, next } = statement(words, i, frame);
    if (put.kind === "sequence") parts.push(...put.parts);
    else parts.push(put);
    i = Math.max(next, i + 1);
  }
  return { kind: "sequence", parts };
}

interface Parsed {
  readonly put: Put;
  readonly next: number;
}

function statement(words: Words, at: number, frame: Frame): Parsed {
  const word = words[at];
  if (word === "{") {
    const end = closing(words, at);
    return { put: block(words.slice(at + 1, end), frame), next: end + 1 };
  }
  if (word === "if" && words[at + 1] === "(") return conditional(words, at, frame);
  if (word === "for" || word === "while") return loop(words, at, frame);
  if (word === "do") {
    const body = statement(words, at + 1, frame);
    const end = words.indexOf(";", body.next);
    return { put: looping(undefined, undefined, "do", body.put), next: end < 0 ? words.length : end + 1 };
  }
  if (word === "switch") return switching(words, at, frame);
  if (isName(word) && words[at + 1] === "(") {
    const end = closing(words, at + 1);
    if (words[end + 1] === "{") {
      const body = statement(words, end + 1, frame);
      const repeats = /for_?each/i.test(word);
      const put = repeats ? looping(undefined, undefined, words.slice(at, end).join(" "), body.put) : body.put;
      return { put, next: body.next };
    }
  }
  const end = statementEnd(words, at);
  return { put: simple(words.slice(at, end), frame), next: end + 1 };
}

function statementEnd(words: Words, at: number): number {
  let depth = 0;
  for (let i = at; i < words.length; i++) {
    const word = words[i];
    if (word === "(" || word === "[" || word === "{") depth++;
    else if (word === ")" || word === "]" || word === "}") depth--;
    else if (word === ";" && depth === 0) return i;
  }
  return words.length;
}

function conditional(words: Words, at: number, frame: Frame): Parsed {
  const end = closing(words, at + 1);
  const condition = words.slice(at + 2, end);
  const writes = calls(condition, frame);
  const then = statement(words, end + 1, frame);
  const hasElse = words[then.next] === "else";
  const otherwise = hasElse ? statement(words, then.next + 1, frame) : { put: nothing, next: then.next };
  const before: Put[] = writes;
  const fails = failsOnly(words.slice(end + 1, then.next));
  const elseFails = hasElse && failsOnly(words.slice(then.next + 1, otherwise.next));
  const sequence = (...parts: Put[]): Parsed => ({
    put: { kind: "sequence", parts: [...before, ...parts] },
    next: otherwise.next,
  });
  if (fails) return sequence(otherwise.put);
  if (elseFails) return sequence(then.put);
  if (!controls(then.put) && !controls(otherwise.put)) return sequence(...forget(then.put), ...forget(otherwise.put));
  const slot = slotOf(condition, frame);
  const put: Put = { kind: "if", condition, slot, then: then.put, otherwise: otherwise.put };
  return { put: { kind: "sequence", parts: [...before, put] }, next: otherwise.next };
}

/** A branch that gives up: it ends in `return` of something that is not 0, or in goto, and writes nothing itself. */
function failsOnly(words: Words): boolean {
  const inner = words[0] === "{" ? words.slice(1, -1) : words;
  if (inner.some((word) => word.startsWith("qemu_put") || word.startsWith("vmstate_save"))) return false;
  const last = inner.lastIndexOf("return");
  if (inner.includes("goto")) return true;
  if (last < 0) return false;
  const value = inner.slice(last + 1).filter((word) => word !== ";");
  return value.length > 0 && value.join("") !== "0" && !value.includes("(");
}

/** Whether a part writes, or ends a function or a loop. */
function controls(put: Put): boolean {
  switch (put.kind) {
    case "sequence":
      return put.parts.some(controls);
    case "assign":
      return false;
    case "if":
      return controls(put.then) || controls(put.otherwise);
    case "loop":
    case "call":
      return writesSomething(put.body);
    default:
      return true;
  }
}

/** The variables that a part sets, with values that are not known behind it. */
function forget(put: Put): Put[] {
  switch (put.kind) {
    case "sequence":
      return put.parts.flatMap(forget);
    case "assign":
      return [{ kind: "assign", name: put.name, value: undefined }];
    case "if":
      return [...forget(put.then), ...forget(put.otherwise)];
    case "loop":
      return forget(put.body);
    default:
      return [];
  }
}

export function writesSomething(put: Put): boolean {
  switch (put.kind) {
    case "sequence":
      return put.parts.some(writesSomething);
    case "assign":
    case "return":
    case "break":
      return false;
    case "if":
      return writesSomething(put.then) || writesSomething(put.otherwise);
    case "loop":
    case "call":
      return writesSomething(put.body);
    default:
      return true;
  }
}

function loop(words: Words, at: number, frame: Frame): Parsed {
  const end = closing(words, at + 1);
  const header = words.slice(at + 2, end);
  const body = statement(words, end + 1, frame);
  if (words[at] === "while") return { put: looping(undefined, undefined, header.join(" "), body.put), next: body.next };
  const [init, test] = split(header, ";");
  const variable = init?.find(isName) === undefined ? undefined : init.filter(isName).at(-1);
  const from = init?.at(-1);
  const name = init?.[init.indexOf("=") - 1];
  const count = from === "0" && test?.[0] === name && test?.[1] === "<" ? test?.slice(2) : undefined;
  return { put: looping(name ?? variable, count, header.join(" "), body.put), next: body.next };
}

function looping(variable: string | undefined, count: Words | undefined, header: string, body: Put): Put {
  const stop = firstBreak(body);
  const key = stop === undefined ? header : `${header} | ${stop.condition.join(" ")}`;
  const parts = body.kind === "sequence" ? body.parts : [body];
  const counters = parts.flatMap((part) => (part.kind === "assign" && part.counts === true ? [part.name] : []));
  return { kind: "loop", variable, count, key, body, stop, counters, writes: writesSomething(body) };
}

function firstBreak(put: Put): Extract<Put, { kind: "if" }> | undefined {
  if (put.kind === "sequence") {
    for (const part of put.parts) {
      const found = firstBreak(part);
      if (found !== undefined) return found;
    }
  }
  if (put.kind !== "if") return undefined;
  const then = put.then.kind === "sequence" ? put.then.parts : [put.then];
  return then.some((part) => part.kind === "break") ? put : undefined;
}

function switching(words: Words, at: number, frame: Frame): Parsed {
  const open = closing(words, at + 1) + 1;
  const end = closing(words, open);
  const arms: Put[] = [];
  let start = -1;
  let depth = 0;
  for (let i = open + 1; i <= end; i++) {
    const word = words[i];
    const label = depth === 0 && (word === "case" || word === "default");
    if (i === end || label) {
      if (start >= 0 && i > start) arms.push(block(words.slice(start, i), frame));
      if (label) {
        while (i < end && words[i] !== ":") i++;
        start = i + 1;
      }
    } else if (word === "{" || word === "(") depth++;
    else if (word === "}" || word === ")") depth--;
  }
  return { put: { kind: "either", what: words.slice(at, open).join(" "), arms }, next: end + 1 };
}

function simple(words: Words, frame: Frame): Put {
  const [first] = words;
  if (first === undefined) return nothing;
  if (first === "break") return { kind: "break" };
  if (first === "return") {
    return { kind: "sequence", parts: [...calls(words.slice(1), frame), { kind: "return" }] };
  }
  const parts = calls(words, frame);
  const other = words.length === 2 && words.includes("++") ? words.find(isName) : undefined;
  if (other !== undefined) return { kind: "assign", name: other, value: undefined, counts: true };
  const equals = words.indexOf("=");
  const target = equals > 0 ? words.slice(0, equals) : undefined;
  const name = target?.at(-1);
  if (target === undefined && words.includes("QEMUFile")) frame.streams.add(words.at(-1) ?? "");
  if (
    target !== undefined &&
    isName(name) &&
    !target.includes("->") &&
    !target.includes(".") &&
    !target.includes("[")
  ) {
    if (target.includes("QEMUFile")) frame.streams.add(name);
    if (target.length > 1) declare(frame, target);
    parts.push({ kind: "assign", name, value: words.slice(equals + 1) });
  }
  return { kind: "sequence", parts };
}

/** What the calls inside an expression write, in textual order. */
function calls(words: Words, frame: Frame): Put[] {
  const found: Put[] = [];
  for (let i = 0; i < words.length; i++) {
    const name = words[i];
    if (!isName(name) || words[i + 1] !== "(") continue;
    const end = closing(words, i + 1);
    const args = split(words.slice(i + 2, end));
    const pointer = words[i - 1] === "->" || words[i - 1] === ".";
    const stream = args.some((arg) => arg.length === 1 && frame.streams.has(arg[0] ?? ""));
    if (!stream) continue;
    found.push(pointer ? indirect(words, i, args, frame) : direct(name, args, frame));
    i = end;
  }
  return found;
}

function direct(called: string, args: readonly Words[], frame: Frame): Put {
  const name = integers.has(called) ? called : (frame.source.alias(called, frame.file) ?? called);
  const integer = integers.get(name);
  if (integer !== undefined) return { kind: "integer", ...integer, value: args[1] ?? [] };
  if (name === "qemu_put_buffer") return { kind: "bytes", from: args[1] ?? [], size: args[2] ?? [] };
  if (name === "vmstate_save_state" || name === "vmstate_save_state_v") {
    const version = name.endsWith("_v") ? args[4] : undefined;
    const description = args[1] ?? [];
    return { kind: "struct", description, version, slot: slotOf(description, frame), file: frame.file };
  }
  if (name === "qemu_put_counted_string") return { kind: "unknown", reason: "a counted string" };
  if (frame.stack.length >= maximumDepth || frame.stack.includes(name)) {
    return { kind: "unknown", reason: `${name} is nested too deeply` };
  }
  const callback = args.find(
    (arg) => arg.length === 1 && frame.source.function(arg[0] ?? "", frame.file) !== undefined,
  );
  if (callback !== undefined) {
    const body = inline(callback[0] ?? "", [], frame);
    if (writesSomething(body)) return looping(undefined, undefined, `${name} ${callback[0]}`, body);
  }
  return inline(name, args, frame);
}

function inline(name: string, args: readonly Words[], frame: Frame): Put {
  const fn = frame.source.function(name, frame.file);
  if (fn === undefined) {
    return /^(qemu_file|error_|trace_|qemu_fflush)/.test(name)
      ? nothing
      : { kind: "unknown", reason: `${name} is not in the source` };
  }
  return {
    kind: "call",
    name,
    parameters: parameterNames(fn),
    args,
    file: fn.file,
    body: parsePut(fn, frame.source, frame.stack),
  };
}

function indirect(words: Words, at: number, args: readonly Words[], frame: Frame): Put {
  let start = at - 1;
  while (start > 0 && (isName(words[start - 1]) || words[start - 1] === "->" || words[start - 1] === ".")) start--;
  const slot = slotOf(words.slice(start, at + 1), frame) ?? { structName: "", slot: words[at] ?? "" };
  return { kind: "pointer", slot, call: { args, file: frame.file } };
}

/** `k->save` and `k->save != NULL`. */
function slotOf(words: Words, frame: Frame): SlotName | undefined {
  const [variable, arrow, slot, ...rest] = words;
  if (!isName(variable) || arrow !== "->" || slot === undefined) return undefined;
  if (rest.length > 0 && rest.join(" ") !== "!= NULL") return undefined;
  const structName = frame.types.get(variable);
  return structName === undefined ? undefined : { structName, slot };
}
