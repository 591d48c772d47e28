/** Realizing one device: what it makes and registers on the way, then itself, then its buses. */
import { type Bus, type Device, isPci, pathOn, suits } from "./bus";
import { failure, type Outcome, success } from "./commandLine";
import { withGlobals } from "./globals";
import type { MachineBuilder } from "./machine";
import { findAddress, rootPathOf, wantedBus } from "./place";
import { registerCall, registerDescription } from "./register";
import { registrationIndex, setUpSteps, type SetUpStep } from "./setUp";
import { deviceDescription, isA } from "./traits";

export interface DevicePlan {
  readonly type: string;
  readonly id?: string | undefined;
  readonly bus?: Bus | undefined;
  readonly address?: number | undefined;
  readonly properties: ReadonlyMap<string, string>;
}

/** `child`: the call that makes the device which has it, where that is not the one that opens it. */
interface OpenedBus {
  readonly bus: Bus;
  readonly child: string | undefined;
}

type BusStep = Extract<SetUpStep, { kind: "bus" }>;

const maximumDepth = 8;
/** Code that is followed may make devices that make devices. */
const maximumDevices = 65_536;
const noProperties: ReadonlyMap<string, string> = new Map();

export function realize(builder: MachineBuilder, plan: DevicePlan, depth = 0): Outcome<Device> {
  if (depth > maximumDepth)
    return failure(`${plan.type}: devices made by devices are nested deeper than ${maximumDepth}`);
  if (builder.devices.length >= maximumDevices)
    return failure(`${plan.type}: a machine has at most ${maximumDevices} devices here`);
  const { project } = builder;
  const { type, id, bus, address } = plan;
  const properties = withGlobals(project, builder.request.globals, type, plan.properties);
  const device: Device = {
    type,
    id,
    bus,
    address,
    path: pathOn(bus, address, properties),
    properties,
    buses: [],
  };
  const steps = setUpSteps(project, type, properties);
  const opened = openBuses(builder, device, steps);
  bus?.children.push(device);
  for (const step of steps) {
    if (step.kind === "registration") registerCall(builder, step.registration, { type, device, path: device.path });
    if (step.kind !== "child") continue;
    const child = realizeChild(builder, device, step, depth);
    if (!child.ok) return child;
    for (const each of opened) {
      if (each.child === step.made && isPci(each.bus)) registerBus(builder, device);
    }
  }
  const description = deviceDescription(project, type);
  if (description !== undefined) {
    registerDescription(builder, description, { type, device, path: device.path });
  }
  builder.devices.push(device);
  const children = new Set(steps.flatMap((step) => (step.kind === "child" ? [step.made] : [])));
  const ofChildren = opened
    .filter(({ child }) => child !== undefined && children.has(child))
    .map(({ bus: own }) => own);
  for (const each of device.buses) if (isPci(each) && !ofChildren.includes(each)) registerBus(builder, device);
  return success(device);
}

/** A device that another makes while it is set up: on the maker's bus where it fits there, else on none. */
function realizeChild(
  builder: MachineBuilder,
  maker: Device,
  { type, others }: Extract<SetUpStep, { kind: "child" }>,
  depth: number,
): Outcome<void> {
  const { project } = builder;
  if (project.type(type) === undefined || !isA(project, type, "device")) return success(undefined);
  if (others.length > 0)
    builder.notes.push(`${maker.type} makes a ${type}, or ${others.join(" or ")}: taken as the first`);
  const wanted = wantedBus(project, type);
  const isVirtio = isA(project, type, "virtio-device");
  const own = wanted === undefined ? undefined : maker.buses.find((each) => suits(each, wanted));
  const bus = isVirtio ? virtioBus(maker) : own;
  const address = bus === own ? findAddress(own, type, noProperties) : success(undefined);
  if (!address.ok) return address;
  const child = realize(builder, { type, bus, address: address.value, properties: maker.properties }, depth + 1);
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

function openBuses(builder: MachineBuilder, device: Device, steps: readonly SetUpStep[]): readonly OpenedBus[] {
  const opened: (Pick<BusStep, "type" | "child" | "busClass"> & { readonly name: string })[] = [];
  for (const step of steps) {
    if (step.kind !== "bus" || opened.some(({ type }) => sameKind(type, step.type))) continue;
    if (step.type === "usb-bus" && device.properties.has("masterbus")) continue;
    const { type, child, busClass } = step;
    opened.push({ name: busName(builder, device, step, opened.length), type, child, busClass });
  }
  return opened.map(({ name, type, child, busClass }) => {
    const rootPath = isPciType(type) ? rootPathOf(builder.project, device, busClass) : undefined;
    const bus: Bus = { name, type, parent: device, children: [], rootPath };
    device.buses.push(bus);
    builder.buses.push(bus);
    return { bus, child };
  });
}

function sameKind(a: string, b: string): boolean {
  return a === b || (isPciType(a) && isPciType(b));
}

function isPciType(type: string): boolean {
  return type === "PCI" || type === "PCIE";
}

/** Follows qbus_init: after the device's id, or the bus class counted. A bridge's bus has the bridge's id as it is. */
function busName(builder: MachineBuilder, device: Device, step: BusStep, index: number): string {
  const id = device.id ?? device.properties.get("id");
  if (step.name !== undefined) return step.name;
  if (isPciType(step.type) && id !== undefined) return id;
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
