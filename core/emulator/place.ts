/** Finding a bus and an address for a device, as qdev does. */
import type { Project } from "../project/project";
import { type Bus, type Device, hex2, isFull, isPci, suits } from "./bus";
import { failure, type Outcome, success } from "./commandLine";
import type { MachineBuilder } from "./machine";
import { isA } from "./traits";

/** The kind of bus that devices of a base type sit on. Types not listed sit on no bus that matters here. */
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
  return busOfType.find(([base]) => isA(project, type, base))?.[1];
}

/** Depth first, a bus before what hangs below it, later devices first: as qbus_find_recursive meets them. */
function firstSuitable(buses: readonly Bus[], wanted: string): Bus | undefined {
  const search = (bus: Bus): Bus | undefined => {
    if (suits(bus, wanted) && !isFull(bus)) return bus;
    for (const child of bus.children.toReversed()) {
      for (const below of child.buses) {
        const found = search(below);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  const tops = buses.filter((bus) => bus.parent.bus === undefined);
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
export function parseAddress(text: string): number | undefined {
  const match = /^(?:0x)?([0-9a-f]{1,2})(?:\.([0-7]))?$/i.exec(text);
  const slot = match === null ? 32 : Number.parseInt(match[1] ?? "", 16);
  return match === null || slot > 31 ? undefined : (slot << 3) | Number(match[2] ?? 0);
}

/** Domain and number of a root bus of PCI. An expander bridge numbers its own. */
export function rootPathOf(project: Project, device: Device): string | undefined {
  if (isA(project, device.type, "pxb")) return `0000:${hex2(Number(device.properties.get("bus_nr") ?? 0))}`;
  if (device.bus !== undefined && isPci(device.bus)) return undefined;
  return "0000:00";
}
