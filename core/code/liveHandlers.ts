/** Sections without a description: register_savevm_live with its table of operations, and the older register_savevm. */
import { parseInitialiser } from "../c/initialiser";
import { lex } from "../c/lex";
import { isTest } from "../c/paths";
import type { SourceRange } from "../c/range";
import type { Token } from "../c/token";
import { isName } from "../c/words";
import { namedSymbol } from "../vmstate/constants";
import type { Registration } from "../qom/model";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import { typesThatRegister } from "./registered";

export interface LiveHandler {
  readonly kind: "live";
  /** Section's name; the C symbol where it is made while QEMU runs. */
  readonly name: string;
  /** C symbol of the table of operations; of the loading function where there is none. */
  readonly symbol: string;
  readonly file: string;
  /** Where `symbol` is defined. */
  readonly range: SourceRange;
  readonly load: { readonly name: string; readonly file: string; readonly range: SourceRange };
  /**
   * `iterated`: the section comes with the guest's memory, before every device's. qemu_savevm_state_complete_precopy of
   * migration/savevm.c saves what has only `save_state` among the devices.
   */
  readonly phase: "iterated" | "device";
  readonly types: readonly string[];
}

/** Of all handlers, places apart. */
export const handlersSummary = "live handlers";

/** In the order of the files; one for each table or loading function. */
export const liveHandlers: (project: Project) => readonly LiveHandler[] = cachedByRevision(
  (project) => {
    const found = new Map<string, LiveHandler>();
    for (const registration of project.registrations()) {
      const handler = handlerOf(project, registration);
      if (handler && !found.has(handlerKey(handler))) found.set(handlerKey(handler), handler);
    }
    return [...found.values()];
  },
  { summary: handlersSummary, of: handlersText },
);

function handlersText(handlers: readonly LiveHandler[]): string {
  return JSON.stringify(handlers.map(({ range: _, load, ...rest }) => ({ ...rest, load: [load.name, load.file] })));
}

export function handlerKey({ file, symbol }: Pick<LiveHandler, "file" | "symbol">): string {
  return `${file}\n${symbol}`;
}

function handlerOf(project: Project, registration: Registration): LiveHandler | undefined {
  const { operations, idstr, range: call } = registration;
  const isTable = operations?.startsWith("&") === true;
  const symbol = (isTable ? operations.slice(1) : (operations ?? "")).trim();
  if (!isName(symbol) || isTest(call.file)) return undefined;
  const name = idstr?.known === true ? idstr.value : symbol;
  const types = typesThatRegister(project, [registration]);
  if (!isTable) {
    const fn = project.function(symbol, call.file);
    if (!fn) return undefined;
    const { nameStart } = fn.definition;
    const range = { file: fn.file, start: nameStart, end: nameStart + symbol.length };
    const load = { name: symbol, file: fn.file, range };
    return { kind: "live", name, symbol, file: fn.file, range, load, phase: "device", types };
  }
  const { file } = call;
  const table = project.facts(file)?.declarations.find((d) => d.kind === "variable" && d.name === symbol);
  if (table?.kind !== "variable") return undefined;
  const operationsOf = membersSet(lex(project.text(file) ?? "", file, table.initStart, table.initEnd));
  const loader = operationsOf.get("load_state");
  if (loader === undefined) return undefined;
  const range = { file, start: table.nameStart, end: table.nameStart + symbol.length };
  const load = { name: loader.text, file, range: { file, start: loader.start, end: loader.end } };
  const iterates = [...operationsOf.keys()].some((each) => iterating.some((start) => each.startsWith(start)));
  const phase = iterates && !operationsOf.has("save_state") ? "iterated" : "device";
  return { kind: "live", name, symbol, file, range, load, phase, types };
}

/** Operations of SaveVMHandlers that send in rounds. */
const iterating = ["save_setup", "save_live_", "save_complete"];

/** By member, the name that it is set to. */
function membersSet(tokens: readonly Token[]): ReadonlyMap<string, Token> {
  const list = parseInitialiser(tokens, 0, tokens.length);
  const found = new Map<string, Token>();
  for (const { designators, value } of list.kind === "list" ? list.elements : []) {
    const symbol = namedSymbol(tokens, value.start, value.end);
    if (designators[0] !== undefined && symbol !== undefined) found.set(designators[0], symbol);
  }
  return found;
}
