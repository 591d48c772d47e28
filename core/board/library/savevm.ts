/** Registrations with the migration core, named and numbered as migration/savevm.c does. */
import {
  anyInstance,
  createHandlerList,
  type HandlerList,
  type LevelScheme,
  levelOf,
  levelScheme,
  type SaveStateEntry,
} from "../../priority";
import type { Project } from "../../project/project";
import type { VMStateDescription } from "../../vmstate/model";
import type { NativeFunction, Runner } from "../run/runner";
import { Rec, textAt, Unknown, type Value } from "../run/values";
import { numberOf } from "./arguments";
import { objectData } from "./qom/data";

export interface LiveHandler {
  /** SaveVMHandlers. */
  readonly table: Rec;
  readonly version: number | undefined;
}

/** What stands behind a registration. */
export interface Registered {
  /** QOM type of the object that it belongs to; "" where there is none. */
  readonly type: string;
  /** The object's place in the tree of objects. */
  readonly object: Rec | undefined;
  readonly description: VMStateDescription | undefined;
  /** For a live handler: which of SaveVMHandlers' operations its table has. */
  readonly operations: ReadonlySet<string>;
  readonly live: LiveHandler | undefined;
  /** What is saved. */
  readonly opaque: Value;
  /** Innermost call in the tree that registers, and offset. */
  readonly file: string;
  readonly start: number;
  /** Calls that led there, outermost first. */
  readonly through: readonly string[];
}

export interface RegisteredBlock {
  /** As the stream has it: behind the path of the device that it is registered for. */
  readonly name: string;
  /** undefined where the code that makes it was not followed. */
  readonly bytes: number | undefined;
  readonly device: Rec | undefined;
}

export interface Registry {
  readonly handlers: HandlerList<Registered>;
  readonly scheme: LevelScheme;
  /** RAM blocks in order. */
  readonly blocks: RegisteredBlock[];
}

export function createRegistry(project: Project): Registry {
  const scheme = levelScheme(project.priorityLevels());
  return {
    scheme,
    blocks: [],
    handlers: createHandlerList({ scheme, duplicates: refusesDuplicates(project) ? "refuse" : "keep" }),
  };
}

/** QEMU looks for a duplicate when it inserts, since 8.2. */
function refusesDuplicates(project: Project): boolean {
  const insertion = project.function("savevm_state_handler_insert", "migration/savevm.c");
  return insertion !== undefined && project.calls(insertion).some(({ callee }) => callee === "find_se");
}

function where(runner: Runner): Pick<Registered, "file" | "start" | "through"> {
  const through = runner.stack.map(({ name }) => name);
  for (let k = runner.sites.length; k >= 0; k--) {
    const site = runner.sites[k];
    if (site === undefined || site.file === "" || site.file.endsWith(".h")) continue;
    const token = site.context.tokens[site.node.start];
    return { file: site.file, start: token?.use?.start ?? token?.start ?? 0, through };
  }
  return { file: "", start: 0, through };
}

/** Whence names are seen as the migration core sees them. */
const core = "migration/savevm.c";

function instanceOf(value: Value | undefined): number | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : number >>> 0;
}

export function savevmFunctions(
  registry: (runner: Runner) => Registry,
): readonly (readonly [string, NativeFunction])[] {
  const register: NativeFunction = (runner, [owner, instance, table, opaque, alias]) => {
    const symbol = table instanceof Rec ? table.symbol : undefined;
    const description = symbol === undefined ? undefined : runner.project.description(symbol.name, symbol.file);
    // of a copy, another may have been set
    const own = table instanceof Rec ? textAt(table.get("@0")) : undefined;
    const name = own ?? (description?.name.known === true ? description.name.value : undefined);
    const given = instanceOf(instance);
    if (description === undefined || name === undefined || given === undefined) {
      runner.noteHere("a registration whose table or instance is not known");
      return 0;
    }
    const path = owner === undefined || owner === 0 ? 0 : runner.run("vmstate_if_get_id", [owner], core);
    if (path instanceof Unknown) runner.noteHere(`a device path that is not known: ${path.reason}`);
    const level = levelOf(description, registry(runner).scheme);
    const object = [owner, opaque].find((each) => objectData(each) !== undefined);
    const aliasId = instanceOf(alias);
    const result = registry(runner).handlers.register({
      ...{ path: textAt(path), name, instanceId: given, description: description.symbol },
      ...(aliasId === undefined || aliasId === anyInstance ? {} : { aliasId }),
      level: level.known ? level.value : registry(runner).scheme.unset,
      earlySetup: description.earlySetup.known && description.earlySetup.value,
      owner: {
        type: objectData(object)?.type.name ?? "",
        object: object instanceof Rec ? object : undefined,
        description,
        operations: noOperations,
        live: undefined,
        opaque: opaque ?? 0,
        ...where(runner),
      },
    });
    if (result.kind !== "registered") runner.refuse(result.message);
    else if (opaque instanceof Rec) remember(opaque, result.entry);
    return 0;
  };
  const live: NativeFunction = (runner, values) => {
    const from = textAt(values[0]) === undefined || values[0] === 0 ? 1 : 0;
    const idstr = textAt(values[from]);
    const instance = instanceOf(values[from + 1]);
    const ops = values[from + 3];
    if (idstr === undefined || instance === undefined) {
      runner.noteHere("a live handler whose name is not known");
      return 0;
    }
    const path =
      from === 1 && values[0] !== 0 ? textAt(runner.run("vmstate_if_get_id", [values[0] ?? 0], core)) : undefined;
    const operations = operationsOf(ops);
    const result = registry(runner).handlers.registerLive({
      idstr: path === undefined ? idstr : `${path}/${idstr}`,
      instanceId: instance,
      isRam: operations.has("save_setup"),
      owner: {
        type: "",
        object: undefined,
        description: undefined,
        operations,
        live: ops instanceof Rec ? { table: ops, version: numberOf(values[from + 2]) } : undefined,
        opaque: values[from + 4] ?? 0,
        ...where(runner),
      },
    });
    if (result.kind !== "registered") runner.refuse(result.message);
    return 0;
  };
  const unregister: NativeFunction = (runner, [, table, opaque]) => {
    const symbol = table instanceof Rec ? table.symbol?.name : undefined;
    for (const entry of opaque instanceof Rec ? (entries.get(opaque) ?? []) : []) {
      if (entry.description === symbol) registry(runner).handlers.remove(entry);
    }
    return 0;
  };
  return [
    ["vmstate_register_with_alias_id", register],
    ["register_savevm_live", live],
    ["vmstate_unregister", unregister],
    ["unregister_savevm", () => 0],
  ];
}

const noOperations: ReadonlySet<string> = new Set();

function operationsOf(table: Value | undefined): ReadonlySet<string> {
  if (!(table instanceof Rec)) return noOperations;
  const set = [...table.cells.keys()].filter((key) => table.get(key) !== 0);
  return new Set(set.map((key) => key.slice(key.indexOf(".") + 1)));
}

const entries = new WeakMap<Rec, SaveStateEntry<Registered>[]>();

function remember(opaque: Rec, entry: SaveStateEntry<Registered>): void {
  const list = entries.get(opaque);
  if (list === undefined) entries.set(opaque, [entry]);
  else list.push(entry);
}
