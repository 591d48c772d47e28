/** A machine whose board is built by running the set-up C of the tree. */
import {
  addressOf,
  type Board,
  type BoardOptions,
  busOf,
  groundOf,
  idOf,
  mainMemory,
  machineTypes,
  partsOf,
  takesOption,
  typeName,
} from "../board";
import { positionAt } from "../c/range";
import { machineTypes as namesOfTypes, machineVersion, treatedAs } from "../compat";
import { nearest } from "../nearest";
import type { Handlers, SaveStateEntry } from "../priority";
import { storeOf } from "../project/cache";
import type { Project } from "../project/project";
import { typeOfAlias } from "./aliases";
import type { Bus, Device } from "./bus";
import { failure, type MachineRequest, type Outcome, success, parseList } from "./commandLine";
import { boardOf, keyOf } from "./keptBoard";
import type { HandlerOwner, Machine } from "./machine";
import { unusedGlobals, withGlobals } from "./globals";
import { mainBlocks } from "./mainMemory";

/** undefined where the target has no such machine; a message where its set-up ends before the board is made, or QEMU would refuse a device. */
export function builtFromSource(project: Project, request: MachineRequest): Outcome<Machine> | undefined {
  const store = kept(project);
  const ground = groundOf(project);
  if (store.ground !== ground) {
    store.ground = ground;
    store.machines.clear();
  }
  const key = keyOf(request);
  const machine = store.machines.has(key) ? store.machines.get(key) : built(project, request);
  // the last one is asked for again first
  store.machines.delete(key);
  store.machines.set(key, machine);
  for (const oldest of store.machines.keys()) {
    if (store.machines.size <= mostKept) break;
    store.machines.delete(oldest);
  }
  return machine?.ok === true ? success(another(machine.value)) : machine;
}

/** As plain data they are small. */
const mostKept = 64;

const kept = storeOf(() => ({
  ground: undefined as object | undefined,
  machines: new Map<string, Outcome<Machine> | undefined>(),
}));

/** With handlers of its own, by which source and destination are told apart. */
function another(machine: Machine): Machine {
  return { ...machine, handlers: handlersOf([...machine.handlers].map((entry) => ({ ...entry }))) };
}

function built(project: Project, request: MachineRequest): Outcome<Machine> | undefined {
  const { machine: typed, treatAs } = request;
  const settings = settingsOf(request);
  const own = treatAs === undefined ? boardOf(project, typed, settings) : undefined;
  // a distributor's type has another's board
  const treated = own === undefined ? treatedAs(namesOfTypes(project), typed, treatAs) : undefined;
  const board = own ?? (treated && boardOf(project, treated.name, settings));
  if (board === undefined) return undefined;
  const name = treated === undefined ? board.name : typed;
  const { devices } = request;
  const followed = openIn(project, board);
  const refusal = board.refusals.find(({ isSure }) => isSure);
  // as QEMU takes them, one after the other
  const first = devices.find(({ type, text }) => text === refusal?.text || !isDeviceType(project, board, type));
  if (first !== undefined && !isDeviceType(project, board, first.type))
    return failure(`${first.text}: '${first.type}' is not a valid device model name`);
  if (refusal !== undefined) return failure(`${refusal.text}: ${refusal.message}`);
  const open = [...followed, ...board.refusals.map(({ text, message }) => `${text}: ends QEMU: ${message}`)];
  if (board.refused !== undefined) {
    // the last place is the end itself
    const why = open.length < 2 ? "" : `, behind what could not be followed: ${open[0]}`;
    return failure(`-M ${request.machine}: its set-up code ends with: ${board.refused}${why}`);
  }
  const memory = mainMemory(board);
  const parts = placed(project, board, request);
  const unused = unusedGlobals(
    project,
    request.globals,
    board.model.objects.flatMap((object) => typeName(object) ?? []),
  );
  return success({
    name,
    version: treated === undefined ? machineVersion(name) : treated.version,
    ram: {
      name: memory?.name ?? "ram",
      base: memory?.base ?? 0,
      below4G: memory?.firstPart ?? Number.MAX_SAFE_INTEGER,
      isOwn: memory?.isOwn === true,
    },
    mainBlocks: mainBlocks(memory?.name ?? "ram", { ...request, memory: memory?.bytes ?? 0 }),
    blocks: board.registry.blocks.map(({ name: block, bytes, device }) => ({
      ...{ name: block, bytes },
      isDevice: device !== undefined,
    })),
    setUp: { name: board.name, settings },
    pageBits: board.pageBits,
    request: { ...request, memory: memory?.bytes ?? 0 },
    handlers: handlersOf(entriesOf(board, parts.deviceOf)),
    scheme: board.registry.scheme,
    devices: parts.devices,
    buses: parts.buses,
    notes: [
      ...(treated?.note === undefined ? [] : [treated.note]),
      ...withoutTaken(request),
      ...unused,
      ...notesOn(board, request, memory?.base, open),
    ],
    open,
    partial: open,
    unnamed: [],
  });
}

/** Whether the emulator has it, also where a loop makes the type. */
function isDeviceType(project: Project, { model }: Board, typed: string): boolean {
  const name = typeOfAlias(project, typed) ?? typed;
  const type = project.type(name);
  return type === undefined ? model.types.find(name) !== undefined : project.compiles(type.file) !== "false";
}

/** What another option makes, or the emulator does not have. */
const ofOthers = new Set(["accel", "memory-backend"]);

/** Notes on options, but for those that a board is built with. */
function withoutTaken({ notes, others }: MachineRequest): readonly string[] {
  const names = [...new Set(others.map(({ name }) => name))];
  const taken = names.filter((name) => takesOption(name) || machineOptions.has(name));
  return notes.filter((note) => !taken.some((name) => note.startsWith(`-${name} `)));
}

/** What stands in the place of -M, -m and -smp; options of QEMU's that are no properties are left out. */
function settingsOf({
  options,
  memory,
  memorySlots,
  maximumMemory,
  given,
  others,
  defaults,
  globals,
}: MachineRequest): BoardOptions {
  const properties = new Map([...options].filter(([name]) => !ofOthers.has(name)));
  for (const { name, value } of others) {
    const property = machineOptions.get(name);
    if (property !== undefined) properties.set(property, value);
  }
  // as typed: what is left out is the board's to decide
  const typed = others.findLast(({ name }) => name === "smp");
  const counts = new Map<string, number>();
  for (const [word, text] of typed === undefined ? [] : parseList(typed.value, "cpus")) counts.set(word, Number(text));
  return {
    properties,
    globals,
    memorySlots,
    ...(maximumMemory === undefined ? {} : { maximumMemory }),
    options: others,
    defaults,
    ...(given.has("m") ? { memory } : {}),
    ...(typed === undefined ? {} : { processors: counts }),
  };
}

/** Options that are properties of the machine, in qemu_init. */
const machineOptions: ReadonlyMap<string, string> = new Map([
  ["bios", "firmware"],
  ["kernel", "kernel"],
  ["initrd", "initrd"],
  ["append", "append"],
  ["dtb", "dtb"],
]);

/** In the words of select_machine, with what the target has instead. */
export function unsupported(project: Project, machine: string): string {
  const { types } = machineTypes(project);
  const own = types.flatMap(({ name, aliases }) => [...aliases, name]);
  const names = [...new Set(own)];
  const near = nearest(machine, names);
  const plain = names.filter((name) => machineVersion(name) === undefined);
  const shown = names.length > mostNames && near.length > 0 ? near : plain.slice(0, mostNames);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} others` : "";
  const has = `${project.configuration.target.name} has ${shown.join(", ") || "none"}${more}`;
  return `unsupported machine type "${machine}": ${has}`;
}

/** Names in one message. */
const mostNames = 12;

function openIn(project: Project, { opens }: Board): readonly string[] {
  return opens.map(({ file, start, text, reason }) => {
    const place = file === "" ? "" : `${file}:${positionAt(project.lines(file), start).line + 1} `;
    return `${place}${text}: ${reason}`;
  });
}

function notesOn(
  { name }: Board,
  { defaults }: MachineRequest,
  base: number | undefined,
  open: readonly string[],
): readonly string[] {
  const more = open.length > 1 ? ` and ${open.length - 1} more (vmstate machine lists them)` : "";
  return [
    `${name} is built from its C${defaults ? "" : ", as with -nodefaults"}`,
    ...(base === undefined ? ["where its memory lies is not read: it is taken to begin at 0"] : []),
    ...(open.length === 0 ? [] : [`sections may be missing, for its C could not be followed in ${open[0]}${more}`]),
  ];
}

type Own = Board["registry"]["handlers"] extends Iterable<infer Entry> ? Entry : never;

function entriesOf({ registry }: Board, deviceOf: (entry: Own) => Device | undefined) {
  return Array.from(registry.handlers, (entry): SaveStateEntry<HandlerOwner> => {
    const { idstr, instanceId, aliasId, sectionId, level, description, isRam, earlySetup, compat, owner } = entry;
    const { type, operations } = owner;
    return {
      ...{ idstr, instanceId, aliasId, sectionId, level, description, isRam, earlySetup, compat },
      owner: { type, device: deviceOf(entry), description: owner.description, operations },
    };
  });
}

/** In the order of the list; `find` follows find_se, which takes an alias for either name. */
function handlersOf(entries: readonly SaveStateEntry<HandlerOwner>[]): Handlers<HandlerOwner> {
  const byName = new Map<string, SaveStateEntry<HandlerOwner>[]>();
  const add = (idstr: string, entry: SaveStateEntry<HandlerOwner>): void => {
    const list = byName.get(idstr);
    if (list === undefined) byName.set(idstr, [entry]);
    else list.push(entry);
  };
  for (const entry of entries) {
    add(entry.idstr, entry);
    if (entry.compat !== undefined) add(entry.compat.idstr, entry);
  }
  return {
    size: entries.length,
    find: (name, id) =>
      byName.get(name)?.find(({ idstr, instanceId, aliasId, compat }) => {
        const isAlias = aliasId === id;
        if (idstr === name && (instanceId === id || isAlias)) return true;
        return compat?.idstr === name && idstr.includes(name) && (compat.instanceId === id || isAlias);
      }),
    [Symbol.iterator]: () => entries.values(),
  };
}

type Part = NonNullable<Own["owner"]["object"]>;

const noProperties: ReadonlyMap<string, string> = new Map();

/** Devices that register something, and what they hang on. */
function placed(project: Project, { registry, given, model }: Board, { globals }: MachineRequest) {
  const devices = new Map<Part, Device>();
  const buses: Bus[] = [];
  const paths = new Map<Part, string>();
  const isProxied = (type: string): boolean => {
    const found = model.types.find(type);
    return found !== undefined && model.types.isA(found, "virtio-bus");
  };
  for (const { idstr, compat, owner } of registry.handlers) {
    if (owner.object === undefined || compat === undefined) continue;
    const path = idstr.slice(0, -compat.idstr.length - 1);
    paths.set(owner.object, path);
    const on = busOf(owner.object);
    // virtio_bus_get_dev_path gives the proxy's, which has no section itself
    if (on !== undefined && isProxied(on.type) && !paths.has(on.parent)) paths.set(on.parent, path);
  }
  const deviceAt = (part: Part): Device => {
    const known = devices.get(part);
    if (known !== undefined) return known;
    const on = busOf(part);
    const path = paths.get(part);
    const parent = on && deviceAt(on.parent);
    const type = typeName(part) ?? "";
    const device: Device = {
      type,
      id: idOf(part),
      bus: on && parent && busAt(parent, on.type, on.name, path),
      address: addressOf(part),
      path,
      properties: withGlobals(project, globals, type, propertiesOf(part, on, parent)),
      buses: [],
    };
    device.bus?.children.push(device);
    devices.set(part, device);
    return device;
  };
  /** As typed; a virtio device's are those of the proxy that made it. */
  const propertiesOf = (
    part: Part,
    on: ReturnType<typeof busOf>,
    parent: Device | undefined,
  ): ReadonlyMap<string, string> => {
    const typed = given.get(part);
    if (typed !== undefined) return new Map([...partsOf(typed, "driver")].filter(([name]) => name !== "driver"));
    return (on !== undefined && isProxied(on.type) ? parent?.properties : undefined) ?? noProperties;
  };
  const busAt = (parent: Device, type: string, name: string, path: string | undefined): Bus => {
    const known = parent.buses.find((each) => each.name === name);
    if (known !== undefined) return known;
    const isRoot = (type === "PCI" || type === "PCIE") && parent.address === undefined;
    const rootPath = isRoot ? (path?.slice(0, path.lastIndexOf(":")) ?? "0000:00") : undefined;
    const bus: Bus = { name, type, parent, children: [], rootPath };
    parent.buses.push(bus);
    buses.push(bus);
    return bus;
  };
  const isDevice = (part: Part): boolean => {
    const type = model.types.find(typeName(part) ?? "");
    return type !== undefined && model.types.isA(type, "device");
  };
  const deviceOf = ({ owner: { object } }: Own): Device | undefined =>
    object === undefined || !isDevice(object) ? undefined : deviceAt(object);
  for (const entry of registry.handlers) deviceOf(entry);
  return { devices: [...devices.values()], buses, deviceOf };
}
