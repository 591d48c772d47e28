/** Calls that hand a description, or a live handler, to the savevm core. */
import { callsIn } from "../c/calls";
import type { FunctionDefinition } from "../c/facts";
import { unknown, type Value } from "../c/value";
import type { Registration } from "./model";

/** vmstate_register, _any, _with_alias_id and their relatives; register_savevm_live and the older register_savevm. */
const registrar = /^(?:vmstate_register\w*|register_savevm\w*)$/;

export function mentionsRegistrar(text: string): boolean {
  return text.includes("vmstate_register") || text.includes("register_savevm");
}

export function registrationsIn(
  file: string,
  text: string,
  functions: readonly FunctionDefinition[],
  isDescription: (symbol: string) => boolean,
  stringOf: (expression: string) => Value<string>,
): Registration[] {
  const found: Registration[] = [];
  for (const fn of functions) {
    // the registrars' own bodies forward to each other
    if (registrar.test(fn.name)) continue;
    const body = text.slice(fn.bodyStart, fn.bodyEnd);
    if (!mentionsRegistrar(body)) continue;
    for (const call of callsIn(text, fn.bodyStart, fn.bodyEnd)) {
      if (!registrar.test(call.callee) || call.through !== undefined) continue;
      found.push(registrationOf(file, fn, call, isDescription, stringOf));
    }
  }
  return found;
}

function registrationOf(
  file: string,
  fn: FunctionDefinition,
  call: ReturnType<typeof callsIn>[number],
  isDescription: (symbol: string) => boolean,
  stringOf: (expression: string) => Value<string>,
): Registration {
  const range = { file, start: call.start, end: call.end };
  const live = call.callee.startsWith("register_savevm");
  if (live) {
    // before the versions of a section: its name, which may be a macro; behind them, up to `opaque`, what loads it
    const at = call.args.findIndex((a) => /^"/.test(a) || /^TYPE_\w+$/.test(a));
    const name = call.args[at];
    const idstr = name === undefined ? unknown("idstr is no literal") : stringOf(name);
    return {
      callee: call.callee,
      reference: undefined,
      idstr,
      instanceId: at === -1 ? undefined : call.args[at + 1],
      operations: call.args.at(-2),
      function: fn.name,
      range,
    };
  }
  const at = call.args.findIndex((a) => isDescription(symbolOf(a)));
  const argument = call.args[at];
  return {
    callee: call.callee,
    reference: argument === undefined ? undefined : { symbol: symbolOf(argument), range },
    idstr: undefined,
    operations: undefined,
    instanceId: call.callee.endsWith("_any") ? "VMSTATE_INSTANCE_ID_ANY" : call.args[1],
    function: fn.name,
    range,
  };
}

function symbolOf(argument: string): string {
  return /^&?\s*\(?\s*(\w+)\s*\)?$/.exec(argument)?.[1] ?? "";
}
