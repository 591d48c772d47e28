/** RAM that devices have of their own, as video memory: as long as their C makes it on the machine's board. */
import { isUnderPciPath } from "../wire/framing/devicePath";
import type { Device } from "./bus";
import type { Machine } from "./machine";
import { pciDevice } from "./world";

/** What says where a device is, not what it is. */
const ofPlace = new Set(["addr", "bus", "id", "multifunction", "port", "chassis", "slot"]);

/** Bytes of the block on the machine; undefined where that is not known. */
export function deviceMemory({ blocks, devices }: Machine, name: string): number | undefined {
  const block = blocks?.find((each) => each.isDevice && each.name === name);
  const path = name.slice(0, name.lastIndexOf("/"));
  const isHere = devices.some((device) => device.path === path && pciDevice(device) === device);
  return isHere ? block?.bytes : undefined;
}

/** The source's blocks of devices that the destination has in the same place, with other properties; largest first. */
export function differingMemory(
  source: Machine,
  destination: Machine,
): readonly { readonly name: string; readonly length: bigint }[] {
  const found = source.devices.flatMap((device) => {
    const { path } = device;
    if (path === undefined || pciDevice(device) !== device) return [];
    const other = destination.devices.find((each) => each.path === path && each.type === device.type);
    if (other === undefined || propertiesKey(other) === propertiesKey(device)) return [];
    return (source.blocks ?? []).flatMap(({ name, bytes, isDevice }) =>
      isDevice && bytes !== undefined && name.slice(0, name.lastIndexOf("/")) === path
        ? [{ name, length: BigInt(bytes) }]
        : [],
    );
  });
  return found.filter(({ name }) => isDeviceMemory(name)).sort((a, b) => Number(b.length - a.length));
}

/** Whether the block is what a device of PCI has, and not what a file says. */
export function isDeviceMemory(name: string): boolean {
  return isUnderPciPath(name) && !isRom(name);
}

/** Room for a ROM's name and the end of it. Follows pci_add_option_rom. */
const romNameSize = 32;

/** As the block of a device is called that is said to be so. */
export function romNameOf(name: string): string {
  return `${name}.rom`.slice(0, romNameSize - 1);
}

/** Whether the block is an option ROM: long names have lost their end. */
export function isRom(name: string): boolean {
  return name.endsWith(".rom") || name.length - name.lastIndexOf("/") === romNameSize;
}

/** Names of blocks that the board has, those of its devices included; undefined where no set-up code was followed. */
export function boardBlocks({ blocks }: Machine): ReadonlySet<string> | undefined {
  return blocks && new Set(blocks.map(({ name }) => name));
}

function propertiesKey({ properties }: Device): string {
  return JSON.stringify([...properties].filter(([name]) => !ofPlace.has(name)).sort());
}
