/** Puts made of puts. */
import type { Expression } from "../c/syntax";
import type { Put } from "./model";
import { spelled } from "./spelled";

export const nothing: Put = { kind: "sequence", parts: [] };

export function sequence(parts: readonly Put[]): Put {
  return { kind: "sequence", parts: parts.flatMap((put) => (put.kind === "sequence" ? put.parts : [put])) };
}

/** Whether a part writes, or ends a function or a loop. */
export function controls(put: Put): boolean {
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
export function forget(put: Put): Put[] {
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

/** `text`: of the file that the loop is in. */
export function looping(
  variable: string | undefined,
  count: Expression | undefined,
  header: string,
  body: Put,
  text: string,
): Put {
  const stop = firstBreak(body);
  const key = stop === undefined ? header : `${header} | ${spelled(stop.condition, text)}`;
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
