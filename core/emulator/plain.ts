/** The board of a tree that has no board's C, a few files beside each other: a bus of each usual kind, and what stands on the command line. */
import { machineVersion } from "../compat";
import { userCreatable } from "../code/userCreatable";
import { nearest } from "../nearest";
import type { Project } from "../project/project";
import { typeOfAlias } from "./aliases";
import type { Bus, Device } from "./bus";
import { type DeviceRequest, failure, type MachineRequest, type Outcome, success } from "./commandLine";
import { unusedGlobals, withGlobals } from "./globals";
import { createBuilder, type Machine, type MachineBuilder } from "./machine";
import { mainBlocks } from "./mainMemory";
import { findAddress, findBus, wantedBus } from "./place";
import { realize } from "./realize";
import { registerEnd, registerStart } from "./start";
import { isA } from "./traits";

const ram = { name: "ram", base: 0, below4G: Number.MAX_SAFE_INTEGER, isOwn: false };

export function plainMachine(project: Project, request: MachineRequest): Outcome<Machine> {
  const builder = createBuilder(project, request);
  builder.notes.push(`the tree has no C of machine types: ${request.machine} is taken as a board without devices`);
  registerStart(builder);
  placeBuses(builder);
  for (const each of request.devices) {
    const added = addDevice(builder, each);
    if (!added.ok) return added;
  }
  registerEnd(builder);
  if (builder.problem !== undefined) return failure(builder.problem);
  const types = builder.devices.map(({ type }) => type);
  builder.notes.push(...unusedGlobals(project, request.globals, types));
  const { handlers, scheme, devices, buses, notes } = builder;
  return success({
    ...{ name: request.machine, version: machineVersion(request.machine), ram, request },
    ...{ handlers, scheme, devices, buses },
    mainBlocks: mainBlocks(ram.name, request),
    blocks: undefined,
    setUp: undefined,
    pageBits: undefined,
    notes: [...new Set(notes)],
    open: [],
    partial: [],
    unnamed: builder.unnamed,
  });
}

const noProperties: ReadonlyMap<string, string> = new Map();

/** Of a bridge that the tree does not have. */
function placeBuses({ buses }: MachineBuilder): void {
  const nobody = { type: "", id: undefined, bus: undefined, address: undefined, path: undefined };
  const device: Device = { ...nobody, properties: noProperties, buses: [] };
  const place = (name: string, type: string, rootPath: string | undefined): void => {
    const bus: Bus = { name, type, parent: device, children: [], rootPath };
    device.buses.push(bus);
    buses.push(bus);
  };
  place("pcie.0", "PCIE", "0000:00");
  place("isa.0", "ISA", undefined);
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
