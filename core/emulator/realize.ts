/** Realizing one device: what it makes and registers on the way, then itself, then its buses. */
import { type Bus, type Device, isPci, pathOn } from "./bus";
import { failure, type Outcome, success } from "./commandLine";
import type { MachineBuilder } from "./machine";
import type { BoardBus } from "./machines";
import { rootPathOf } from "./place";
import { registerCall, registerDescription } from "./register";
import { registrationIndex, setUpSteps, type SetUpStep } from "./setUp";
import { deviceDescription, isA } from "./traits";

export interface DevicePlan {
  readonly type: string;
  readonly id?: string | undefined;
  readonly bus?: Bus | undefined;
  readonly address?: number | undefined;
  /** Where the bus gives no path but the board knows it. */
  readonly path?: string | undefined;
  readonly properties: ReadonlyMap<string, string>;
  readonly aliasId?: number | undefined;
  /** Data of the board instead of what the code would tell. */
  readonly board?: {
    readonly buses: readonly BoardBus[];
    /** Realizes what the device realizes inside itself. */
    readonly inside: (device: Device) => Outcome<void>;
  };
}

const maximumDepth = 8;

export function realize(builder: MachineBuilder, plan: DevicePlan, depth = 0): Outcome<Device> {
  if (depth > maximumDepth)
    return failure(`${plan.type}: devices made by devices are nested deeper than ${maximumDepth}`);
  const { project } = builder;
  const { type, id, bus, address, properties, board } = plan;
  const device: Device = {
    type,
    id,
    bus,
    address,
    path: plan.path ?? pathOn(bus, address, properties),
    properties,
    buses: [],
  };
  const steps = setUpSteps(project, type, properties);
  openBuses(builder, device, steps, board?.buses);
  bus?.children.push(device);
  if (board !== undefined) {
    const inside = board.inside(device);
    if (!inside.ok) return inside;
  }
  for (const step of steps) {
    if (step.kind === "registration") registerCall(builder, step.registration, { type, device, path: device.path });
    if (step.kind !== "child" || board !== undefined) continue;
    const child = realizeChild(builder, device, step.type, depth);
    if (!child.ok) return child;
  }
  const description = deviceDescription(project, type);
  if (description !== undefined) {
    registerDescription(builder, description, { type, device, path: device.path, aliasId: plan.aliasId });
  }
  builder.devices.push(device);
  for (const each of device.buses) if (isPci(each)) registerBus(builder, device);
  return success(device);
}

/** A device that another makes while it is set up: on the maker's bus where it fits there, else on none. */
function realizeChild(builder: MachineBuilder, maker: Device, type: string, depth: number): Outcome<void> {
  const { project } = builder;
  if (project.type(type) === undefined || !isA(project, type, "device")) return success(undefined);
  const bus = isA(project, type, "virtio-device") ? virtioBus(maker) : undefined;
  const child = realize(builder, { type, bus, properties: maker.properties }, depth + 1);
  if (!child.ok) return child;
  if (child.value.path === undefined) adoptBuses(builder, maker, child.value);
  return success(undefined);
}

/** Buses of a child without a path hang on its maker: what they lead to has the maker's path. */
function adoptBuses(builder: MachineBuilder, maker: Device, child: Device): void {
  for (const bus of child.buses) {
    const adopted: Bus = { ...bus, parent: maker };
    maker.buses.push(adopted);
    builder.buses[builder.buses.indexOf(bus)] = adopted;
  }
}

/** The bus between a proxy and its virtio device: the device takes the proxy's path. */
function virtioBus(proxy: Device): Bus {
  return { name: "virtio-bus", type: "virtio-bus", parent: proxy, children: [], rootPath: undefined };
}

function openBuses(
  builder: MachineBuilder,
  device: Device,
  steps: readonly SetUpStep[],
  given: readonly BoardBus[] | undefined,
): void {
  const opened: BoardBus[] = [...(given ?? [])];
  for (const step of steps) {
    if (step.kind !== "bus" || opened.some(({ type }) => sameKind(type, step.type))) continue;
    if (step.type === "usb-bus" && device.properties.has("masterbus")) continue;
    opened.push({ name: busName(builder, device, step, opened.length), type: step.type });
  }
  for (const { name, type } of opened) {
    const rootPath = isPciType(type) ? rootPathOf(builder.project, device) : undefined;
    const bus: Bus = { name, type, parent: device, children: [], rootPath };
    device.buses.push(bus);
    builder.buses.push(bus);
  }
}

function sameKind(a: string, b: string): boolean {
  return a === b || (isPciType(a) && isPciType(b));
}

function isPciType(type: string): boolean {
  return type === "PCI" || type === "PCIE";
}

/** Follows qbus_init: after the device's id, or the bus class counted. A bridge's bus has the bridge's id as it is. */
function busName(
  builder: MachineBuilder,
  device: Device,
  step: Extract<SetUpStep, { kind: "bus" }>,
  index: number,
): string {
  const id = device.id ?? device.properties.get("id");
  if (isPciType(step.type) && id !== undefined) return id;
  if (step.name !== undefined && id === undefined) return step.name;
  if (id !== undefined) return `${id}.${index}`;
  const kind = step.type.toLowerCase();
  const count = builder.busCount.get(kind) ?? 0;
  builder.busCount.set(kind, count + 1);
  return `${kind}.${count}`;
}

/** The functions in which a bus of PCI registers itself when it is realized. */
const busRegistrars: ReadonlySet<string> = new Set(["pci_bus_realize", "pci_bus_init"]);

function registerBus(builder: MachineBuilder, device: Device): void {
  for (const name of busRegistrars) {
    for (const registration of registrationIndex(builder.project).get(name) ?? []) {
      registerCall(builder, registration, { type: "", device });
    }
  }
}
