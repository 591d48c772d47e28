/** A board's data and a command line -> a machine. */
import type { LocatedFunction, Project } from "../project/project";
import type { Registration } from "../qom/model";
import type { Bus, Device } from "./bus";
import { typeOfAlias } from "./aliases";
import { type DeviceRequest, failure, type MachineRequest, type Outcome, success } from "./commandLine";
import { unusedGlobals, withGlobals } from "./globals";
import { createBuilder, type Machine, type MachineBuilder } from "./machine";
import {
  type BoardDevice,
  type BoardItem,
  type BoardProcessors,
  familiesOf,
  familyOf,
  type MachineFamily,
  type OptionCondition,
  type TreeCondition,
} from "./machines";
import { machineTypes, machineVersion, type TreatedAs, treatedAs } from "../compat";
import { builtFromSource, unsupported } from "./fromSource";
import { nearest } from "../nearest";
import { userCreatable } from "../code/userCreatable";
import { mainBlocks } from "./mainMemory";
import { findAddress, findBus, parseAddress, wantedBus } from "./place";
import { realize } from "./realize";
import { registerCalls, registerDescription } from "./register";
import { registrationIndex } from "./setUp";
import { registerEnd, registerStart } from "./start";
import { apicIdOf } from "./topology";
import { isA, processorDescription, setUpFunctions } from "./traits";

/** What a machine registers, by its C where the tree has that; a message where QEMU would refuse the command line. */
export function registeredMachine(project: Project, request: MachineRequest): Outcome<Machine> {
  const made = builtFromSource(project, request);
  if (made?.ok !== false || familyOf(request.machine) === undefined) return made ?? buildMachine(project, request);
  const known = buildMachine(project, request);
  if (!known.ok) return made;
  // of the two readings the one that refuses is wrong more often than the one that does not
  const note = `${known.value.name} is built from what is known of it, for its C ends with: ${made.message}`;
  return success({ ...known.value, notes: [...known.value.notes, note] });
}

/** Builds the machine for a simulation, of the boards that are known here from their data; a message where QEMU would refuse the command line, or the tree has no such machine or device. */
export function buildMachine(project: Project, request: MachineRequest): Outcome<Machine> {
  const known = familyOf(request.machine);
  if (known === undefined || !familiesOf(project).includes(known))
    return builtFromSource(project, request) ?? failure(unsupported(project, request.machine));
  const found = findFamily(project, known, request);
  if (!found.ok) return found;
  const { family, name, version, note } = found.value;
  const builder = createBuilder(project, request, family.target);
  if (note !== undefined) builder.notes.push(note);
  registerStart(builder);
  const built = place(builder, family.items);
  if (!built.ok) return built;
  registerEnd(builder);
  if (builder.missing.length > 0) {
    const missing = [...new Set(builder.missing)].join(", ");
    builder.notes.push(`the tree has no ${missing}: the board is built without them`);
  }
  if (builder.problem !== undefined) return failure(builder.problem);
  const types = builder.devices.map(({ type }) => type);
  builder.notes.push(...unusedGlobals(project, request.globals, types));
  const { handlers, scheme, devices, buses, notes } = builder;
  return success({
    ...{ name, version, ram: family.ram, request, handlers, scheme, devices, buses },
    mainBlocks: mainBlocks(family.ram.name, request),
    pageBits: family.target === "arm" ? 12 : undefined,
    notes: [...new Set(notes)],
    open: [],
    partial: [],
    unnamed: builder.unnamed,
  });
}

function findFamily(
  project: Project,
  family: MachineFamily,
  { machine, treatAs }: MachineRequest,
): Outcome<Omit<TreatedAs, "name"> & { family: MachineFamily; name: string }> {
  const versions = machineVersions(project, family);
  if (machine === family.name || versions.length === 0) {
    const name = machine === family.name ? (versions[0] ?? machine) : machine;
    return success({ family, name, version: machineVersion(name), note: undefined });
  }
  const treated = treatedAs(versions, machine, treatAs);
  if (treated === undefined) {
    const wrong = treatAs ?? machine;
    return failure(`unsupported machine type "${wrong}": the tree has ${versions.join(", ")}`);
  }
  return success({ ...treated, family, name: machine });
}

/** Versioned names of a family in the tree, newest first. */
function machineVersions(project: Project, { stem }: MachineFamily): readonly string[] {
  const names = machineTypes(project).filter((name) => stem !== undefined && name.startsWith(stem));
  return names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

function place(builder: MachineBuilder, items: readonly BoardItem[]): Outcome<void> {
  for (const item of items) {
    if (item.kind === "command-line") {
      for (const request of builder.request.devices) {
        const added = addDevice(builder, request);
        if (!added.ok) return added;
      }
      continue;
    }
    if (!applies(builder, item)) continue;
    const placed = placeItem(builder, item);
    if (!placed.ok) return placed;
  }
  return success(undefined);
}

function placeItem(builder: MachineBuilder, item: Exclude<BoardItem, { kind: "command-line" }>): Outcome<void> {
  switch (item.kind) {
    case "group":
      return place(builder, item.items);
    case "device":
      return placeDevice(builder, item);
    case "registration":
      registerFunction(builder, item.by, {});
      return success(undefined);
    case "processors":
      return placeProcessors(builder, item);
  }
}

function applies(builder: MachineBuilder, item: Exclude<BoardItem, { kind: "command-line" }>): boolean {
  const { request } = builder;
  if (item.byDefault && !request.defaults) return false;
  if (item.tree !== undefined && !holds(builder, item.tree)) return false;
  if (item.unless !== undefined && holds(builder, item.unless)) return false;
  return (item.options ?? []).every((option) => optionHolds(request, option));
}

function holds({ project }: MachineBuilder, { type, calls, argument }: TreeCondition): boolean {
  const matches = (located: LocatedFunction, depth: number): boolean =>
    project.calls(located).some(({ callee, args, through }) => {
      if (callee === calls && (argument === undefined || args.some((each) => each.includes(argument)))) return true;
      const next = depth > 0 && through === undefined ? project.function(callee, located.file) : undefined;
      return next !== undefined && next.file === located.file && matches(next, depth - 1);
    });
  return setUpFunctions(project, type).some(({ name, file }) => {
    const located = project.function(name, file);
    return located !== undefined && matches(located, 1);
  });
}

function optionHolds(request: MachineRequest, { option, is, otherwise }: OptionCondition): boolean {
  const value = request.options.get(option) ?? otherwise;
  return typeof is === "string" ? value === is : is.includes(value);
}

const noProperties: ReadonlyMap<string, string> = new Map();

function placeDevice(builder: MachineBuilder, item: BoardDevice): Outcome<void> {
  const types = typeof item.type === "string" ? [item.type] : item.type;
  const type = types.find((each) => builder.project.type(each) !== undefined);
  if (type === undefined) {
    builder.missing.push(types.join(" or "));
    return (item.buses ?? []).length === 0 ? success(undefined) : placeBuses(builder, item);
  }
  const count = item.count ?? 1;
  for (let i = 0; i < count; i++) {
    const bus = item.bus === undefined ? undefined : builder.buses.find(({ name }) => name === item.bus);
    let address = item.addr === undefined ? undefined : parseAddress(item.addr);
    if (bus !== undefined && address === undefined) {
      const free = findAddress(bus, type, noProperties);
      if (!free.ok) return free;
      address = free.value;
    }
    const buses = (item.buses ?? []).map(({ name, type: kind }) => ({
      name: count > 1 ? `${name}.${i}` : name,
      type: kind,
    }));
    const made = realize(builder, {
      type,
      bus,
      address,
      path:
        item.paths && `${item.paths.prefix}${(item.paths.base + i * item.paths.stride).toString(16).padStart(16, "0")}`,
      properties: new Map(Object.entries(item.properties ?? {})),
      aliasId: item.aliases?.[i],
      board: { buses, inside: () => place(builder, item.inside ?? []) },
    });
    if (!made.ok) return made;
  }
  return success(undefined);
}

/** Buses without the device that opens them, so that devices of a tree that lacks it have a place. */
function placeBuses(builder: MachineBuilder, item: BoardDevice): Outcome<void> {
  const device: Device = {
    type: "",
    id: undefined,
    bus: undefined,
    address: undefined,
    path: undefined,
    properties: noProperties,
    buses: [],
  };
  for (const { name, type } of item.buses ?? []) {
    const bus: Bus = { name, type, parent: device, children: [], rootPath: /^PCI/.test(type) ? "0000:00" : undefined };
    device.buses.push(bus);
    builder.buses.push(bus);
  }
  return place(builder, item.inside ?? []);
}

function placeProcessors(builder: MachineBuilder, item: BoardProcessors): Outcome<void> {
  const description = processorDescription(builder.project, item.target);
  const { processors } = builder.request;
  for (let index = 0; index < processors.cpus; index++) {
    registerFunction(builder, ["cpu_vmstate_register", "cpu_exec_realizefn"], { instanceId: index, described: true });
    if (description !== undefined) {
      registerDescription(builder, description, { type: "cpu", instanceId: index });
    } else builder.notes.push(`no description of the processor was found under ${item.target}`);
    const localId = item.localIds === "apic" ? apicIdOf(processors, index) : index;
    for (const each of index === 0 ? [...item.once, ...item.local] : item.local) {
      if (each.kind === "registration") registerFunction(builder, each.by, { instanceId: localId });
      else if (each.kind === "device") {
        const placed = placeDevice(builder, each);
        if (!placed.ok) return placed;
      }
    }
  }
  return success(undefined);
}

function registerFunction(
  builder: MachineBuilder,
  names: readonly string[],
  { instanceId, described }: { readonly instanceId?: number; readonly described?: boolean },
): void {
  const index = registrationIndex(builder.project);
  for (const name of names) {
    const all = index.get(name) ?? [];
    const registrations = described ? all.filter(({ reference }) => reference !== undefined) : all;
    if (registerCalls(builder, ofTarget(builder, registrations), { type: "", instanceId })) return;
  }
}

/** Of calls in several files, as for several targets, those of the machine's. */
function ofTarget({ target }: MachineBuilder, registrations: readonly Registration[]): readonly Registration[] {
  const own = registrations.filter(({ range }) => range.file.startsWith(`hw/${target}/`));
  return own.length > 0 ? own : registrations;
}

/** A device as far as the tree goes: its base may be missing from it, but the name of the base is enough. */
function isDevice(project: Project, type: string): boolean {
  return (
    ["device", "sys-bus-device"].some((base) => isA(project, type, base)) || wantedBus(project, type) !== undefined
  );
}

/** -device: follows qdev_device_add. */
function addDevice(builder: MachineBuilder, request: DeviceRequest): Outcome<Device> {
  const { project } = builder;
  const type = (project.type(request.type) ? undefined : typeOfAlias(project, request.type)) ?? request.type;
  const known = project.type(type);
  if (known === undefined || !isDevice(project, type)) {
    const names = [...project.types()].filter((each) => !each.abstract && isDevice(project, each.name));
    const near = nearest(
      type,
      names.map(({ name }) => name),
    );
    const hint = near.length === 0 ? "" : `; the tree has ${near.join(", ")}`;
    return failure(`${request.text}: '${type}' is not a valid device model name${hint}`);
  }
  if (known.abstract) return failure(`${request.text}: '${type}' is an abstract type`);
  const ancestry = project.ancestry(type);
  const onSystemBus = ancestry.findIndex(({ name }) => name === "sys-bus-device");
  // of the system bus's devices, which -device takes on few machines, only those that say so themselves are refused
  if (userCreatable(project, onSystemBus < 0 ? ancestry : ancestry.slice(0, onSystemBus)) === false) {
    return failure(`${request.text}: Parameter 'driver' expects a pluggable device type`);
  }
  const properties = withGlobals(project, builder.request.globals, type, request.properties);
  const id = properties.get("id");
  if (id !== undefined && builder.devices.some((each) => each.id === id)) {
    return failure(`${request.text}: Duplicate device ID '${id}'`);
  }
  const bus = findBus(builder, type, properties.get("bus"));
  if (!bus.ok) return failure(`${request.text}: ${bus.message}`);
  const address = findAddress(bus.value, type, properties);
  if (!address.ok) return failure(`${request.text}: ${address.message}`);
  const made = realize(builder, { type, id, bus: bus.value, address: address.value, properties });
  return made.ok ? made : failure(`${request.text}: ${made.message}`);
}
