/** Finding a bus and an address for a device, as qdev does. */
import { accessesIn } from "../c/body/accesses";
import { returnedValues } from "../c/body/returns";
import { type DeviceProperty, propertiesOfMember } from "../code/deviceProperties";
import { bodyOf } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import type { QomType } from "../qom/model";
import { type Bus, type Device, hex2, isFull, isPci, suits } from "./bus";
import { failure, type Outcome, success } from "./commandLine";
import type { MachineBuilder } from "./machine";
import { isA } from "./traits";

/** The kind of bus that devices of a base type sit on, also in a tree without that base. */
const busOfType: readonly (readonly [base: string, bus: string])[] = [
  ["pci-device", "PCI"],
  ["usb-device", "usb-bus"],
  ["scsi-device", "SCSI"],
  ["virtio-device", "virtio-bus"],
  ["isa-device", "ISA"],
  ["hda-codec-device", "HDA"],
  ["ide-device", "IDE"],
  ["i2c-slave", "i2c-bus"],
];

export function wantedBus(project: Project, type: string): string | undefined {
  return listedBus(project, type) ?? declaredBuses(project)(type);
}

function listedBus(project: Project, type: string): string | undefined {
  return busOfType.find(([base]) => isA(project, type, base))?.[1];
}

/** DeviceClass.bus_type, as the nearest class sets it; undefined for the bus of the whole system. */
const declaredBuses = cachedByRevision((project) => {
  const known = new Map<string, string | undefined>();
  const ownBus = ({ classInit, file }: QomType): string | undefined => {
    const located = classInit && project.function(classInit.name, file);
    if (located === undefined || project.text(located.file)?.includes("bus_type") !== true) return undefined;
    for (const { place, kind, value } of accessesIn(bodyOf(project, located).block)) {
      if (kind !== "write" || place.kind !== "member" || place.name !== "bus_type" || value === undefined) continue;
      const name = project.string((project.text(located.file) ?? "").slice(value.start, value.end), located.file);
      if (name.known) return name.value;
    }
    return undefined;
  };
  return (type: string): string | undefined => {
    for (const each of project.ancestry(type)) {
      if (!known.has(each.name)) known.set(each.name, ownBus(each));
      const bus = known.get(each.name);
      if (bus !== undefined) return bus === systemBus ? undefined : bus;
    }
    return undefined;
  };
});

/** TYPE_SYSTEM_BUS */
const systemBus = "System";

/** Below the system's own bus: an expander's root bus is its host bridge's, not the expander's. */
function isTop(bus: Bus): boolean {
  return bus.parent.bus === undefined || bus.rootPath !== undefined;
}

/** Depth first, a bus before what hangs below it, later devices first: as qbus_find_recursive meets them. */
function firstSuitable(buses: readonly Bus[], wanted: string): Bus | undefined {
  const search = (bus: Bus): Bus | undefined => {
    if (suits(bus, wanted) && !isFull(bus)) return bus;
    for (const child of bus.children.toReversed()) {
      for (const below of child.buses) {
        if (isTop(below)) continue;
        const found = search(below);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  const tops = buses.filter(isTop);
  for (const top of tops.toReversed()) {
    const found = search(top);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The bus for a -device: the one it names, or the first that fits. undefined: the type needs none. */
export function findBus(builder: MachineBuilder, type: string, name: string | undefined): Outcome<Bus | undefined> {
  const wanted = wantedBus(builder.project, type);
  if (name !== undefined) {
    const last = name.slice(name.lastIndexOf("/") + 1);
    const bus =
      builder.buses.find((each) => each.name === last) ?? builder.devices.find(({ id }) => id === last)?.buses[0];
    if (bus === undefined) return failure(`Bus '${name}' not found`);
    if (wanted !== undefined && !suits(bus, wanted)) {
      return failure(`Device '${type}' can't go on ${bus.type} bus`);
    }
    return success(bus);
  }
  if (wanted === undefined) return success(undefined);
  const bus = firstSuitable(builder.buses, wanted);
  // a bus of another kind may be there and not be seen to be opened
  if (bus === undefined && listedBus(builder.project, type) === undefined) return success(undefined);
  return bus === undefined ? failure(`No '${wanted}' bus found for device '${type}'`) : success(bus);
}

/** The address on a bus: `addr` in hexadecimal as -device has it, or the first free one. */
export function findAddress(
  bus: Bus | undefined,
  type: string,
  properties: ReadonlyMap<string, string>,
): Outcome<number | undefined> {
  if (bus === undefined) return success(undefined);
  if (isPci(bus)) return pciAddress(bus, type, properties.get("addr"));
  const taken = new Set(bus.children.map(({ address }) => address));
  let address = bus.type === "usb-bus" ? 1 : 0;
  while (taken.has(address)) address++;
  return success(address);
}

/** The property behind PCIBusClass.bus_num, where that gives back a member which a property of its file sets. */
function numberProperty(project: Project, busClass: string): DeviceProperty | undefined {
  for (const { classSlots, file } of project.ancestry(busClass)) {
    const slot = classSlots.find((each) => each.slot === "bus_num");
    if (slot === undefined) continue;
    const located = project.function(slot.value.name, file);
    const [value, another] = located === undefined ? [] : returnedValues(bodyOf(project, located));
    if (another !== undefined || value?.kind !== "member") return undefined;
    return propertiesOfMember(project, file, value.name)[0];
  }
  return undefined;
}

const functionsOnBus = 256;

function pciAddress(bus: Bus, type: string, addr: string | undefined): Outcome<number> {
  const taken = new Map(bus.children.map((child) => [child.address, child]));
  if (addr === undefined) {
    for (let devfn = 0; devfn < functionsOnBus; devfn += 8) if (!taken.has(devfn)) return success(devfn);
    return failure(`PCI: no slot/function available for ${type}, all in use or reserved`);
  }
  const devfn = parseAddress(addr);
  if (devfn === undefined) return failure(`Property '${type}.addr' doesn't take value '${addr}'`);
  const other = taken.get(devfn);
  if (other !== undefined) {
    const where = `slot ${devfn >> 3} function ${devfn & 7}`;
    return failure(`PCI: ${where} not available for ${type}, in use by ${other.type},id=${other.id ?? ""}`);
  }
  return success(devfn);
}

/** `1f.2`, `5`: slot and function in hexadecimal; `0x..` as well. */
function parseAddress(text: string): number | undefined {
  const match = /^(?:0x)?([0-9a-f]{1,2})(?:\.([0-7]))?$/i.exec(text);
  const slot = match === null ? 32 : Number.parseInt(match[1] ?? "", 16);
  return match === null || slot > 31 ? undefined : (slot << 3) | Number(match[2] ?? 0);
}

/** Domain and number of a root bus of PCI. One whose class says so has the number that a property of its device sets. */
export function rootPathOf(project: Project, device: Device, busClass: string | undefined): string | undefined {
  const property = busClass === undefined ? undefined : numberProperty(project, busClass);
  if (property !== undefined) {
    return `0000:${hex2(Number(device.properties.get(property.name) ?? property.byDefault ?? 0))}`;
  }
  if (device.bus !== undefined && isPci(device.bus)) return undefined;
  return "0000:00";
}
