/** RAM that devices have of their own, as video memory: as long as their C makes it on the machine's board. */
import { isUnderPciPath } from "../wire/framing/devicePath";
import { buildBoard, memoryOfDevice, namesOfBoard } from "../board";
import { machineTypes, treatedAs } from "../compat";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import type { Device } from "./bus";
import type { Machine } from "./machine";
import { pciDevice } from "./world";

/** What says where a device is, not what it is: each is made as the only one. */
const ofPlace = new Set(["addr", "bus", "id", "multifunction", "port", "chassis", "slot"]);

/** Properties that name what another option makes. */
const ofBackends = new Set(["drive", "netdev", "chardev", "audiodev", "memdev", "rng", "cryptodev", "tpmdev", "bmc"]);

/** Bytes of the block on the machine; undefined where that is not known. */
export function deviceMemory(project: Project, machine: Machine, block: string): number | undefined {
  const cut = block.lastIndexOf("/");
  const path = block.slice(0, cut);
  const here = machine.devices.filter((device) => device.path === path && pciDevice(device) === device);
  for (const device of here) {
    const bytes = memoryOf(project, machine, device).get(block.slice(cut + 1));
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** The source's blocks of devices that the destination has in the same place, with other properties; largest first. */
export function differingMemory(
  project: Project,
  source: Machine,
  destination: Machine,
): readonly { readonly name: string; readonly length: bigint }[] {
  const found = source.devices.flatMap((device) => {
    if (device.path === undefined || pciDevice(device) !== device) return [];
    const other = destination.devices.find(({ path, type }) => path === device.path && type === device.type);
    if (other === undefined || propertiesKey(other) === propertiesKey(device)) return [];
    const blocks = [...memoryOf(project, source, device)];
    return blocks.map(([name, bytes]) => ({ name: `${device.path}/${name}`, length: BigInt(bytes) }));
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

/** Names of blocks that the board itself has; undefined where it cannot be built. */
export function boardBlocks(project: Project, machine: Machine): ReadonlySet<string> | undefined {
  return boardWith(project, machine)?.names;
}

interface BuiltBoard {
  readonly names: ReadonlySet<string>;
  /** Bytes of what the device has. */
  readonly memory: ReadonlyMap<string, number>;
}

const made = cachedByRevision(() => new Map<string, BuiltBoard | undefined>());

function memoryOf(project: Project, machine: Machine, device: Device): ReadonlyMap<string, number> {
  return boardWith(project, machine, device)?.memory ?? new Map<string, number>();
}

function boardWith(project: Project, machine: Machine, device?: Device): BuiltBoard | undefined {
  const own = new Map(
    [...(device?.properties ?? [])].filter(([property]) => !ofPlace.has(property) && !ofBackends.has(property)),
  );
  const name = treatedAs(machineTypes(project), machine.name, machine.request.treatAs)?.name ?? machine.name;
  const key = JSON.stringify([name, device?.type, [...own]]);
  const kept = made(project);
  if (kept.has(key)) return kept.get(key);
  const properties = [...own].map(([property, value]) => `,${property}=${value.replaceAll(",", ",,")}`).join("");
  const options = device === undefined ? [] : [{ name: "device", value: `${device.type}${properties}` }];
  const board = buildBoard(project, name, { options });
  const built =
    board?.machine === undefined
      ? undefined
      : {
          names: namesOfBoard(board),
          memory: memoryOfDevice(board, "/machine/peripheral-anon/device[0]"),
        };
  kept.set(key, built);
  return built;
}

function propertiesKey({ properties }: Device): string {
  return JSON.stringify([...properties].filter(([name]) => !ofPlace.has(name)).sort());
}
