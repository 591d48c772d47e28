/** The guest: its memory, what its drivers put there, and what the IOMMU is told. */
import type { Project } from "../project/project";
import type { SaveStateEntry } from "../priority";
import { type FieldValue, integer } from "../wire";
import { type Device, isPci, rootOf } from "./bus";
import { createAmdvi } from "./iommu/amdvi";
import { createAmdviTables } from "./iommu/amdviTables";
import { type KeptOff, keptOff } from "./iommu/keptOff";
import { createMappingUnit, type Mapping } from "./iommu/mappings";
import { type TranslationUnit, untranslated } from "./iommu/translation";
import { createSmmuv3 } from "./iommu/smmuv3";
import { createSmmuTables } from "./iommu/smmuv3Tables";
import { createVtd } from "./iommu/vtd";
import { createVtdTables } from "./iommu/vtdTables";
import type { HandlerOwner, Machine, MainMemory } from "./machine";
import { type IommuKind, iommuKinds } from "./iommu/kinds";
import { createGuestMemory, type GuestMemory, pageSize, type RamRegion } from "./memory/guestMemory";
import { setUpSteps } from "./setUp";
import { isA } from "./traits";

export type Entry = SaveStateEntry<HandlerOwner>;

/** A page that a driver gave its device. */
export interface DmaBuffer {
  /** What the device was told: an I/O virtual address where an IOMMU stands before it. */
  readonly address: bigint;
  readonly physical: number;
  readonly marker: bigint;
}

export interface Iommu {
  readonly entry: Entry;
  readonly kind: IommuKind;
}

export interface World {
  readonly memory: GuestMemory;
  /** Handlers of the source, in the order of its list. */
  readonly entries: readonly Entry[];
  readonly iommus: readonly Iommu[];
  /** Units that are there and translate nothing, by section name. */
  readonly keptOff: ReadonlyMap<string, KeptOff>;
  /** By section name. */
  readonly buffers: ReadonlyMap<string, DmaBuffer>;
  /** Values that the sections of IOMMUs carry, by section name and field. */
  readonly registers: ReadonlyMap<string, ReadonlyMap<string, FieldValue>>;
  /** The guest's numbers of the buses behind bridges, by the bridge's device path. */
  readonly busNumbers: ReadonlyMap<string, number>;
  readonly mappings: readonly Mapping[];
  /** Pages with an IOMMU's tables: its section by address. */
  readonly tables: ReadonlyMap<number, string>;
}

export interface WorldOptions {
  /** The guest's driver has switched remapping on, and buffers are mapped. */
  readonly remapping: boolean;
  /** Whether loading this section reaches DMA: it gets a buffer. */
  readonly consumes: (entry: Entry) => boolean;
}

const gibibyte = 2 ** 30;
const fourGibibyte = 4 * gibibyte;
/** Where the guest's tables and buffers begin: high enough to leave firmware and kernel alone. */
const firstFree = 4 * 2 ** 20;

export function createWorld(project: Project, machine: Machine, options: WorldOptions): World {
  const regions = ramRegions(machine);
  const memory = createGuestMemory(regions);
  const entries = [...machine.handlers];
  const { iommus, keptOff } = findIommus(project, entries);
  const busNumbers = numberBuses(machine);
  const supply = pageSupply(regions);
  const remapping = options.remapping && iommus.length > 0;
  const buffers = new Map<string, DmaBuffer>();
  const mappings: Mapping[] = [];
  let iova = BigInt(remappedBase(regions));
  for (const entry of entries) {
    if (!options.consumes(entry)) continue;
    const physical = supply.take();
    const behind = remapping && behindIommu(iommus, entry);
    const marker = BigInt(physical) ^ 0x5a5a_5a5a_5a5an;
    memory.writeU64(physical, marker);
    buffers.set(entry.idstr, { address: behind ? iova : BigInt(physical), physical, marker });
    if (!behind || entry.owner.device === undefined) continue;
    const endpoint = requester(entry.owner.device, (bridge) => busNumbers.get(bridge));
    mappings.push({ endpoint, iova, physical, size: BigInt(pageSize), writable: true });
    iova += BigInt(pageSize);
  }
  const registers = new Map<string, ReadonlyMap<string, FieldValue>>();
  const tables = new Map<number, string>();
  for (const { entry, kind } of remapping ? iommus : []) {
    const take = (): number => {
      const page = supply.take();
      tables.set(page, entry.idstr);
      return page;
    };
    registers.set(entry.idstr, programmed(kind, memory, { take }, mappings));
  }
  return { memory, entries, iommus, keptOff, buffers, registers, busNumbers, mappings, tables };
}

/** RAM below and above the hole under 4 GiB. */
export function ramRegions({ ram, request }: Machine): readonly RamRegion[] {
  return ramRegionsOf(ram, request.memory);
}

/** Where `memory` bytes of RAM lie, in the order of their block. */
export function ramRegionsOf({ name, base, below4G }: MainMemory, memory: number): readonly RamRegion[] {
  const low = Math.min(memory, below4G);
  const regions = [{ name, base, size: low }];
  if (memory > low) regions.push({ name, base: Math.max(fourGibibyte, base + low), size: memory - low });
  return regions;
}

/** Above all RAM, so that an address that is not translated hits nothing. */
function remappedBase(regions: readonly RamRegion[]): number {
  const top = Math.max(...regions.map(({ base, size }) => base + size));
  const base = Math.ceil(top / gibibyte) * gibibyte;
  return base > 2 * gibibyte && base < fourGibibyte ? fourGibibyte : base;
}

function pageSupply(regions: readonly RamRegion[]): { take(): number } {
  const first = regions[0] ?? { base: 0, size: 0 };
  const start = first.base + Math.min(firstFree, Math.floor(first.size / 2 / pageSize) * pageSize);
  let used = 0;
  const pages = Math.max(1, Math.floor((first.base + first.size - start) / pageSize));
  return { take: () => start + (used++ % pages) * pageSize };
}

/** Devices whose set-up tells the bus to ask them. A host bridge may do so too, but is there before everything. */
function findIommus(project: Project, entries: readonly Entry[]): Pick<World, "iommus" | "keptOff"> {
  const iommus: Iommu[] = [];
  const off = new Map<string, KeptOff>();
  for (const entry of entries) {
    const { type, device } = entry.owner;
    if (type === "" || device?.type !== type || isA(project, type, "pci-host-bridge")) continue;
    if (!setUpSteps(project, type, device.properties).some(({ kind }) => kind === "iommu")) continue;
    const reason = keptOff(project, type, device.properties);
    const kind = iommuKinds.find((each) => isA(project, type, each.type)) ?? { unit: "mappings", type };
    if (reason === undefined) iommus.push({ entry, kind });
    else off.set(entry.idstr, reason);
  }
  return { iommus, keptOff: off };
}

/** PCI devices other than the IOMMU itself. */
function behindIommu(iommus: readonly Iommu[], entry: Entry): boolean {
  const { device } = entry.owner;
  if (device === undefined || iommus.some((each) => each.entry.idstr === entry.idstr)) return false;
  return pciDevice(device) !== undefined;
}

/** The function on a PCI bus that a device's accesses come from: itself, or the proxy it is behind. */
export function pciDevice(device: Device): Device | undefined {
  for (let at: Device | undefined = device; at?.bus !== undefined; at = at.bus.parent) if (isPci(at.bus)) return at;
  return undefined;
}

/** Depth first from the root, as firmware numbers them: each bridge's bus gets the next number. */
function numberBuses(machine: Machine): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const visit = (device: Device): void => {
    for (const bus of device.buses) {
      if (!isPci(bus)) continue;
      if (bus.rootPath === undefined && device.path !== undefined) numbers.set(device.path, numbers.size + 1);
      for (const child of bus.children) visit(child);
    }
  };
  for (const bus of machine.buses) if (isPci(bus) && bus.rootPath !== undefined) visit(bus.parent);
  return numbers;
}

/** bus << 8 | devfn, with the bus number that `numberOf` knows for the bridge above; 0 where it does not. */
export function requester(device: Device, numberOf: (path: string) => number | undefined): number {
  const at = pciDevice(device);
  if (at?.bus === undefined) return 0;
  const bus =
    at.bus.rootPath === undefined ? (numberOf(at.bus.parent.path ?? "") ?? 0) : rootNumber(rootOf(at.bus).rootPath);
  return (bus << 8) | (at.address ?? 0);
}

function rootNumber(path: string | undefined): number {
  return Number.parseInt(path?.split(":")[1] ?? "0", 16);
}

/** Builds the tables of a unit's hardware in guest memory, and gives the registers that point to them. */
function programmed(
  kind: IommuKind,
  memory: GuestMemory,
  supply: { take(): number },
  mappings: readonly Mapping[],
): ReadonlyMap<string, FieldValue> {
  switch (kind.unit) {
    case "mappings":
      return new Map();
    case "vtd": {
      const tables = createVtdTables(memory, supply);
      for (const { endpoint, iova, physical } of mappings) tables.map(endpoint >> 8, endpoint & 0xff, iova, physical);
      return new Map([
        [kind.rootTable, integer(tables.rootTable)],
        [kind.enabled, integer(1)],
      ]);
    }
    case "smmuv3": {
      const tables = createSmmuTables(memory, supply);
      for (const { endpoint, iova, physical } of mappings) tables.map(endpoint, iova, physical);
      return new Map<string, FieldValue>([
        [kind.streamTable, integer(tables.streamTableBase)],
        [kind.streamTableConfig, integer(tables.streamTableConfig)],
        [kind.control, { kind: "array", elements: [integer(1), integer(0), integer(0)] }],
      ]);
    }
    case "amdvi": {
      const devices = mappings.map(({ endpoint }) => endpoint);
      const tables = createAmdviTables(memory, supply, devices);
      for (const { endpoint, iova, physical } of mappings) tables.map(endpoint, iova, physical);
      return new Map([
        [kind.deviceTable, integer(tables.deviceTable)],
        [kind.deviceTableSize, integer(tables.deviceTableSize)],
        [kind.enabled, integer(1)],
      ]);
    }
  }
}

/** A field of a section that has been loaded. */
export type FieldOf = (name: string) => FieldValue | undefined;

/** The unit as the source has it, with all that the guest programmed. */
export function createSourceUnit(iommu: Iommu, world: World): TranslationUnit {
  const registers = world.registers.get(iommu.entry.idstr);
  return createUnit(iommu, world, world.memory, () => (name) => registers?.get(name));
}

/** The unit as the destination has it: it knows what `loaded` gives for its section, undefined before that. */
export function createUnit(
  iommu: Iommu,
  world: World,
  memory: GuestMemory,
  loaded: () => FieldOf | undefined,
): TranslationUnit {
  const { kind } = iommu;
  if (!world.registers.has(iommu.entry.idstr)) return { translate: ({ address }) => untranslated(address) };
  const register = (name: string): bigint | undefined => {
    const value = loaded()?.(name);
    const first = value?.kind === "array" ? value.elements[0] : value;
    return first?.kind === "integer" ? first.value : undefined;
  };
  switch (kind.unit) {
    case "mappings":
      return createMappingUnit(() => (loaded() === undefined ? undefined : world.mappings));
    case "vtd":
      return createVtd(memory, () => {
        const rootTable = register(kind.rootTable);
        if (rootTable === undefined) return undefined;
        return { enabled: (register(kind.enabled) ?? 0n) !== 0n, rootTable, addressWidth: 48 };
      });
    case "amdvi":
      return createAmdvi(memory, () => {
        const deviceTable = register(kind.deviceTable);
        if (deviceTable === undefined) return undefined;
        return { enabled: (register(kind.enabled) ?? 0n) !== 0n, deviceTable };
      });
    case "smmuv3":
      return createSmmuv3(memory, () => {
        const streamTableBase = register(kind.streamTable);
        const streamTableConfig = register(kind.streamTableConfig);
        if (streamTableBase === undefined || streamTableConfig === undefined) return undefined;
        return { enabled: ((register(kind.control) ?? 0n) & 1n) !== 0n, streamTableBase, streamTableConfig };
      });
  }
}
