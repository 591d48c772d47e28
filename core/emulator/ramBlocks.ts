/** The blocks of RAM that a machine has by its command line and its devices' classes: main memory and option ROMs. */
import { isUnderPciPath } from "../wire/framing/devicePath";
import { accessesIn } from "../c/body/accesses";
import { bodyOf } from "../project/bodies";
import type { Project } from "../project/project";
import type { Device } from "./bus";
import type { MainBlock } from "./mainMemory";
import { boardBlocks, deviceMemory, isDeviceMemory, isRom, romNameOf } from "./deviceMemory";
import { pciDevice } from "./world";
import type { Machine } from "./machine";
import { deviceDescription } from "./traits";

/** Main memory first, then ROMs in order of realization. Blocks of board firmware and of devices' own memory are not among them. */
export function ramBlocks(project: Project, machine: Machine): readonly MainBlock[] {
  const { mainBlocks: main, devices } = machine;
  return [...main, ...devices.flatMap((device) => (loadsRom(project, device) ? [romOf(project, device)] : []))];
}

/** Whether the machine has the block, as long as a file says that is installed there. */
export function isFromFile(project: Project, machine: Machine, name: string): boolean {
  const own = blockOf(project, machine, name);
  return typeof own === "object" && own.length === undefined;
}

/** Why ram_load refuses the block, in QEMU's words (parse_ramblock); undefined where it does not, or that is not known. */
export function refusedBlock(project: Project, machine: Machine, name: string, length: bigint): string | undefined {
  const own = blockOf(project, machine, name);
  if (own === "unknown") return unknownBlock(name);
  if (own?.length === undefined || own.length === length) return undefined;
  return sizeMismatch(name, length, own.length);
}

/** The same of memory that a device has of its own, where the machine is the one that somebody named. */
export function refusedMemory(machine: Machine, name: string, length: bigint): string | undefined {
  if (!isDeviceMemory(name)) return undefined;
  const own = deviceMemory(machine, name);
  return own === undefined || BigInt(own) === length ? undefined : sizeMismatch(name, length, BigInt(own));
}

function sizeMismatch(name: string, length: bigint, own: bigint): string {
  return `Size mismatch: ${name}: 0x${length.toString(16)} != 0x${own.toString(16)}: Invalid argument`;
}

function pluggedBytes({ request }: Machine, name: string): bigint | undefined {
  const bytes = request.backends.get(name);
  return bytes === undefined ? undefined : BigInt(bytes);
}

/** A block without a device's path that neither the command line nor the board makes, as far as its C is followed. */
export function isForeign(project: Project, machine: Machine, name: string): boolean {
  if (name.includes("/") || blockOf(project, machine, name) !== undefined) return false;
  return boardBlocks(machine)?.has(name) === false;
}

export function unknownBlock(name: string): string {
  return `Unknown ramblock "${name}", cannot accept migration`;
}

/** To 3.1 files were named by their path among objects (x-use-canonical-path-for-ramblock-id). */
function hasOwnNames({ version }: Machine): boolean {
  return version === undefined || version.major >= 4;
}

/** "unknown": the machine has no such block. undefined: a block that is not modelled. */
function blockOf(project: Project, machine: Machine, name: string): MainBlock | "unknown" | undefined {
  const main = machine.mainBlocks.find((block) => block.name === name);
  if (main !== undefined) return main;
  const plugged = machine.request.devices.some(({ properties }) => properties.get("memdev") === name);
  if (plugged) return { name, length: pluggedBytes(machine, name) };
  // a back end that the command line names brings the memory, under its own name
  if (name === machine.ram.name) return hasOwnNames(machine) ? "unknown" : undefined;
  const cut = name.lastIndexOf("/");
  if (cut <= 0 || !isUnderPciPath(name)) return undefined;
  const path = name.slice(0, cut);
  const here = machine.devices.filter((device) => device.path === path && pciDevice(device) === device);
  if (here.length === 0) return "unknown";
  if (!isRom(name)) return undefined;
  const device = here.find((each) => romName(project, each) === name && !isWithout(each));
  return device === undefined ? "unknown" : romOf(project, device);
}

function romOf(project: Project, device: Device): MainBlock {
  const size = device.properties.get("romsize");
  const given = size !== undefined && /^(?:0x[0-9a-f]+|\d+)$/i.test(size) ? BigInt(size) : undefined;
  return { name: romName(project, device), length: given };
}

/** Follows pci_add_option_rom. */
function romName(project: Project, device: Device): string {
  const name = deviceDescription(project, device.type)?.name;
  return `${device.path ?? ""}/${romNameOf(name?.known === true ? name.value : device.type)}`;
}

/** Switched off on the command line. */
function isWithout({ properties }: Device): boolean {
  return properties.get("romfile") === "" || /^(?:0|off)$/.test(properties.get("rombar") ?? "");
}

/** A class of the device names a file, or the command line does. */
function loadsRom(project: Project, device: Device): boolean {
  if (device.path === undefined || pciDevice(device) !== device || isWithout(device)) return false;
  if ((device.properties.get("romfile") ?? "") !== "") return true;
  for (const { classInit, file } of project.ancestry(device.type)) {
    const fn = classInit === undefined ? undefined : project.function(classInit.name, file);
    if (fn === undefined) continue;
    for (const { place, kind, value } of accessesIn(bodyOf(project, fn).block)) {
      if (kind !== "write" || place.kind !== "member" || place.name !== "romfile") continue;
      return value?.kind === "string" || (value?.kind === "identifier" && project.string(value.name, file).known);
    }
  }
  return false;
}
