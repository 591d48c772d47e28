/** What a request of the Debug Adapter Protocol must bring with it, as far as this adapter reads it. */
import * as v from "valibot";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.string();

const needed: Readonly<Record<string, v.GenericSchema>> = {
  initialize: v.object({ linesStartAt1: v.optional(v.boolean()), pathFormat: v.optional(text) }),
  launch: v.object({
    machine: v.optional(text),
    stream: v.optional(text),
    tree: v.optional(text),
    stopOnEntry: v.optional(v.boolean()),
  }),
  setBreakpoints: v.object({
    source: v.object({ path: v.optional(text) }),
    breakpoints: v.optional(v.array(v.object({ line: v.number() }))),
  }),
  setFunctionBreakpoints: v.object({ breakpoints: v.array(v.object({ name: text })) }),
  setExceptionBreakpoints: v.object({ filters: v.array(text) }),
  setDataBreakpoints: v.object({ breakpoints: v.array(v.object({ dataId: text })) }),
  dataBreakpointInfo: v.object({ name: text, variablesReference: v.optional(v.number()) }),
  variables: v.object({ variablesReference: v.number(), start: v.optional(count), count: v.optional(count) }),
  evaluate: v.object({ expression: text }),
  readMemory: v.object({ memoryReference: text, offset: v.optional(v.pipe(v.number(), v.safeInteger())), count }),
};

/** A place in a request's arguments, and what is expected there; undefined: it is missing. */
export interface ArgumentProblem {
  readonly place: string;
  readonly expected: string | undefined;
}

/** undefined where the arguments of `command` are in order. */
export function argumentProblem(command: string, given: unknown): ArgumentProblem | undefined {
  const schema = Object.hasOwn(needed, command) ? needed[command] : undefined;
  if (schema === undefined) return undefined;
  const parsed = v.safeParse(schema, given, { abortEarly: true });
  if (parsed.success) return undefined;
  const [issue] = parsed.issues;
  const place = v.getDotPath(issue) ?? "arguments";
  return { place, expected: issue.received === "undefined" ? undefined : (issue.expected ?? issue.message) };
}
