import { lastIndex, lastName } from "./words";
import { blanksAfter, blanksBefore, isIdentifierPart, isIdentifierStart, postfixStart, skipNonCode } from "./body";

/** One call inside a function body, arguments as text. Function pointers keep their path: `k->ops->read`. */
export interface Call {
  /** `pci_dma_read`; for a call through a pointer the last member (`read`) with `through` set. */
  readonly callee: string;
  /** `s->ops` in `s->ops->read(…)`; undefined for a direct call. */
  readonly through: string | undefined;
  readonly args: readonly string[];
  /** Offset of the callee's name, and of the place behind `)`. */
  readonly start: number;
  readonly end: number;
}

interface OpenCall {
  readonly callee: string;
  readonly through: string | undefined;
  readonly start: number;
  readonly args: string[];
  end: number;
}

const notCalls = new Set(
  "if while for switch return sizeof do else case defined alignof _Alignof typeof __typeof__ __attribute__ asm __asm__ goto".split(
    " ",
  ),
);

/**
 * Calls between two offsets (a function body or a macro's), in textual order, nested ones included.
 * Skips comments, literals and directives; both arms of an `#if` count. Never throws; an unclosed call ends at `bodyEnd`.
 */
export function callsIn(text: string, bodyStart: number, bodyEnd: number): readonly Call[] {
  const end = Math.min(bodyEnd, text.length);
  const calls: OpenCall[] = [];
  const frames: (OpenCall | undefined)[] = [];
  const argumentStarts: number[] = [];
  let i = bodyStart;
  while (i < end) {
    const code = text.charCodeAt(i);
    if (isIdentifierStart(code)) {
      const start = i;
      while (i < end && isIdentifierPart(text.charCodeAt(i))) i++;
      const next = text.charCodeAt(i) === 40 ? i : blanksAfter(text, i, end);
      if (text.charCodeAt(next) !== 40 || next >= end) continue;
      const callee = text.slice(start, i);
      i = next + 1;
      const call = notCalls.has(callee) ? undefined : namedCall(text, callee, start, bodyStart);
      if (call) calls.push(call);
      frames.push(call);
      argumentStarts.push(i);
      continue;
    }
    if (code === 40 || code === 91 || code === 123) {
      const call = code === 40 ? pointerCall(text, i, bodyStart) : undefined;
      if (call) calls.push(call);
      frames.push(call);
      argumentStarts.push(i + 1);
      i++;
    } else if (code === 44) {
      const call = frames[frames.length - 1];
      if (call) {
        call.args.push(text.slice(argumentStarts[argumentStarts.length - 1], i).trim());
        argumentStarts[argumentStarts.length - 1] = i + 1;
      }
      i++;
    } else if (code === 41 || code === 93 || code === 125) {
      const call = frames.pop();
      const from = argumentStarts.pop() ?? i;
      if (call) close(call, text.slice(from, i).trim(), i + 1);
      i++;
    } else if (code >= 48 && code <= 57) {
      while (i < end && isIdentifierPart(text.charCodeAt(i))) i++;
    } else {
      const behind = code === 47 || code === 34 || code === 39 || code === 35 ? skipNonCode(text, i, end) : i;
      i = behind > i ? behind : i + 1;
    }
  }
  for (let call = frames.pop(); frames.length > 0 || call; call = frames.pop()) {
    const from = argumentStarts.pop() ?? end;
    if (call) close(call, text.slice(from, end).trim(), end);
  }
  return calls;
}

function close(call: OpenCall, last: string, end: number): void {
  if (last !== "" || call.args.length > 0) call.args.push(last);
  call.end = end;
}

function namedCall(text: string, callee: string, start: number, floor: number): OpenCall {
  return { callee, through: pathBefore(text, start, floor), start, args: [], end: start };
}

/** `s->ops` before `->read`. */
function pathBefore(text: string, memberStart: number, floor: number): string | undefined {
  const joint = blanksBefore(text, memberStart, floor);
  const last = text.charCodeAt(joint - 1);
  let operandEnd: number;
  if (last === 46) operandEnd = joint - 1;
  else if (last === 62 && text.charCodeAt(joint - 2) === 45) operandEnd = joint - 2;
  else return undefined;
  const operandStart = postfixStart(text, operandEnd, floor);
  return operandStart < operandEnd ? text.slice(operandStart, operandEnd).trim() : undefined;
}

/** `(*s->fn)(…)`, `handlers[i](…)`, `s->fn[i](…)`: the parenthesis at `open` calls what stands before it. */
function pointerCall(text: string, open: number, floor: number): OpenCall | undefined {
  const before = blanksBefore(text, open, floor);
  const last = text.charCodeAt(before - 1);
  if (last !== 93 && last !== 41) return undefined;
  const start = postfixStart(text, before, floor);
  const target = text.slice(start, before);
  const inner = last === 41 ? dereferenced(target) : withoutIndex(target);
  const callee = inner === undefined ? "" : lastName(inner);
  if (inner === undefined || callee === "") return undefined;
  const path = withoutJoint(inner.slice(0, -callee.length).trimEnd());
  const through = path === "" ? callee : path;
  return { callee, through, start: start + target.lastIndexOf(callee), args: [], end: open };
}

function dereferenced(target: string): string | undefined {
  const inner = target.slice(1, -1).trimStart();
  if (!target.startsWith("(") || !inner.startsWith("*") || inner.includes("(") || inner.includes(")")) return undefined;
  let at = 0;
  while (inner[at] === "*") at++;
  return withoutIndex(inner.slice(at).trimStart());
}

function withoutIndex(target: string): string {
  const bare = target.trim();
  return lastIndex(bare)?.array.trim() ?? bare;
}

/** `s->ops` of `s->ops->` and of `s->ops.`. */
function withoutJoint(path: string): string {
  if (path.endsWith("->")) return path.slice(0, -2).trim();
  return path.endsWith(".") ? path.slice(0, -1).trim() : path.trim();
}
