/** Calls that hand a description, or a live handler, to the savevm core. */
import { callsIn } from "../c/calls";
import { isName } from "../c/words";
import type { FunctionDefinition } from "../c/facts";
import { unknown, type Value } from "../c/value";
import type { Registration } from "./model";

/** vmstate_register, _any, _with_alias_id and their relatives; register_savevm_live and the older register_savevm. */
function isRegistrar(name: string): boolean {
  return name.startsWith("vmstate_register") || name.startsWith("register_savevm");
}

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
    if (isRegistrar(fn.name)) continue;
    const body = text.slice(fn.bodyStart, fn.bodyEnd);
    if (!mentionsRegistrar(body)) continue;
    for (const call of callsIn(text, fn.bodyStart, fn.bodyEnd)) {
      if (!isRegistrar(call.callee) || call.through !== undefined) continue;
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
    const at = call.args.findIndex((a) => a.startsWith('"') || (a.startsWith("TYPE_") && isName(a)));
    const name = call.args[at];
    const idstr = name === undefined ? unknown("idstr is no literal") : stringOf(name);
    return {
      callee: call.callee,
      reference: undefined,
      idstr,
      instanceId: at === -1 ? undefined : call.args[at + 1],
      operations: call.args.at(-2),
      owner: undefined,
      opaque: call.args.at(-1),
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
    owner: call.args[0],
    opaque: argument === undefined ? undefined : call.args[at + 1],
    instanceId: call.callee.endsWith("_any") ? "VMSTATE_INSTANCE_ID_ANY" : call.args[1],
    function: fn.name,
    range,
  };
}

/** `vmstate_x` of `&vmstate_x`; "" for what is no name. */
export function symbolOf(argument: string): string {
  let name = argument.trim();
  if (name.startsWith("&")) name = name.slice(1).trim();
  if (name.startsWith("(") && name.endsWith(")")) name = name.slice(1, -1).trim();
  return isName(name) ? name : "";
}
