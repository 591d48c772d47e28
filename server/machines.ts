/** What can be simulated with a tree: machines, devices, and command lines to start from. */
import type { Project } from "../core/project";
import { providers } from "../core/order";
import { machineTypes } from "../core/compat";
import { machineOf, usualCommandLine } from "../core/emulator";
import type { MachinePreset, MachinesResult } from "./protocol";

/** The usual command line, or where the tree lacks something of it the first preset whose machine can be made. */
export function usualMachine(project: Project): string {
  const canBeMade = (line: string): boolean => machineOf(project, line).ok;
  if (canBeMade(usualCommandLine)) return usualCommandLine;
  const { presets } = machinesOf(project);
  return presets.find(({ commandLine }) => canBeMade(commandLine))?.commandLine ?? usualCommandLine;
}

export function machinesOf(project: Project): MachinesResult {
  const devices: string[] = [];
  for (const type of project.types()) if (isPluggable(project, type.name)) devices.push(type.name);
  devices.sort();
  const machines = typesOf(project);
  const presets = presetsOf(project, devices, machines);
  // the words that a preset has behind -M are aliases, or types themselves
  const words = presets.flatMap(({ commandLine }) => (commandLine.split(" ")[1] ?? "").split(",", 1));
  return { presets, machines: [...new Set([...words, ...machines])], devices };
}

/** Machine types that the target's build has, newest first. */
function typesOf(project: Project): readonly string[] {
  const isBuilt = (name: string): boolean => {
    const type = project.type(`${name}-machine`);
    return type !== undefined && project.compiles(type.file) !== "false";
  };
  return machineTypes(project)
    .filter(isBuilt)
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

/** Devices that `-device` takes: PCI devices, and others whose class says so. */
export function isPluggable(project: Project, name: string): boolean {
  const ancestry = project.ancestry(name);
  const [own] = ancestry;
  if (own === undefined || own.abstract || !ancestry.some((type) => type.name === "device")) return false;
  for (const type of ancestry) {
    const says = userCreatable(project, type.classInit?.name, type.file);
    if (says !== undefined) return says;
    if (type.name === "pci-device" || type.name === "usb-device" || type.name === "scsi-device") return true;
  }
  return false;
}

function userCreatable(project: Project, classInit: string | undefined, file: string): boolean | undefined {
  const fn = classInit === undefined ? undefined : project.function(classInit, file);
  const text = fn && project.text(fn.file);
  if (fn === undefined || text === undefined) return undefined;
  const body = text.slice(fn.definition.bodyStart, fn.definition.bodyEnd);
  const said = /\buser_creatable\s*=\s*(true|false)\b/.exec(body)?.[1];
  return said === undefined ? undefined : said === "true";
}

interface UsualPreset extends MachinePreset {
  readonly of: Stem;
}

interface Stem {
  /** What the names of the types that -M stands for begin with. */
  readonly stem: string;
  readonly architecture: string;
}

const q35: Stem = { stem: "pc-q35-", architecture: "i386" };
const pc: Stem = { stem: "pc-i440fx-", architecture: "i386" };
const virt: Stem = { stem: "virt-", architecture: "arm" };

const usual: readonly UsualPreset[] = [
  { name: "q35", title: "q35", commandLine: "-M q35", of: q35 },
  {
    name: "q35-ahci",
    title: "q35 with a VT-d IOMMU and a disk controller behind it",
    commandLine: usualCommandLine,
    of: q35,
  },
  {
    name: "q35-usb-net",
    title: "q35 with a VT-d IOMMU, USB and network",
    commandLine: "-M q35 -device intel-iommu -device e1000e -device qemu-xhci",
    of: q35,
  },
  {
    name: "q35-virtio",
    title: "q35 with a virtio IOMMU and virtio devices behind it",
    commandLine: "-M q35 -device virtio-iommu-pci -device virtio-net-pci -device virtio-rng-pci",
    of: q35,
  },
  { name: "pc", title: "pc with a network card", commandLine: "-M pc -device e1000", of: pc },
  {
    name: "virt-smmu",
    title: "Arm virt with an SMMUv3 and virtio behind it",
    commandLine: "-M virt,iommu=smmuv3 -device virtio-net-pci",
    of: virt,
  },
];

/** The usual ones that this tree and target have the machine and the devices for, and one for each of its own IOMMUs. */
function presetsOf(
  project: Project,
  devices: readonly string[],
  machines: readonly string[],
): readonly MachinePreset[] {
  const known = new Set(devices);
  // a tree without machine types takes any
  const ofTarget = usual.filter(
    ({ of: { stem, architecture } }) =>
      project.configuration.architectures.includes(architecture) &&
      (machines.length === 0 || machines.some((each) => each.startsWith(stem))),
  );
  const board = machineIn(ofTarget[0]?.commandLine ?? "") ?? machines[0];
  if (board === undefined) return [];
  const fitting = ofTarget
    .filter(({ commandLine }) => devicesIn(commandLine).every((device) => known.has(device)))
    .map(({ name, title, commandLine }): MachinePreset => ({ name, title, commandLine }));
  const own = providers(project)
    .iommus.flatMap(({ entry }) => entry.types)
    .filter((type) => known.has(type) && !fitting.some((preset) => devicesIn(preset.commandLine).includes(type)))
    .map((type): MachinePreset => {
      const behind = behindIommu(project, devices);
      const commandLine = [`-M ${board}`, ...[...behind, type].map((device) => `-device ${device}`)].join(" ");
      return { name: `${board}-${type}`, title: `${board} with ${type}`, commandLine };
    });
  return [...own, ...fitting];
}

/** One PCI device with a table, to have somebody behind the IOMMU; those that nobody derives from are plainest. */
function behindIommu(project: Project, devices: readonly string[]): readonly string[] {
  const first = devices.find((name) => {
    const ancestry = project.ancestry(name);
    return ancestry.some((type) => type.name === "pci-device") && (ancestry[0]?.descriptions.length ?? 0) > 0;
  });
  return first === undefined ? [] : [first];
}

function machineIn(commandLine: string): string | undefined {
  return /-M ([\w-]+)/.exec(commandLine)?.[1];
}

function devicesIn(commandLine: string): readonly string[] {
  return [...commandLine.matchAll(/-device ([\w-]+)/g)].map((match) => match[1] ?? "");
}
