/**
 * The guest that a given stream carries: its memory, what its IOMMU maps, and the numbers of its buses. Where a device's
 * buffers are its state says in a way of its own; here each is taken to use what the IOMMU maps for it.
 */
import type { Project } from "../../project/project";
import type { DescriptionState, FieldValue } from "../../wire";
import { fieldNamed } from "../../wire";
import { firstMapped } from "../iommu/vtdMapped";
import type { Machine } from "../machine";
import { type DmaBuffer, type Entry, pciDevice, requester, type World } from "../world";
import { dmaActions, type EffectSource } from "./effects";
import { type GivenStream, stateIn } from "./given";
import { memoryOf } from "./givenRam";

/** Secondary bus number in a bridge's configuration space. */
const secondaryBus = 0x19;

/** undefined where no IOMMU is on whose tables can be walked. */
export function guestOf(
  project: Project,
  machine: Machine,
  world: World,
  given: GivenStream,
  effects: EffectSource,
): World | undefined {
  const stateOf = (entry: Entry): DescriptionState | undefined => {
    const section = given.sections.find((each) => machine.handlers.find(each.idstr, each.instanceId) === entry);
    const held = section === undefined ? undefined : stateIn(project, machine, entry, section, given);
    return held?.ok === true ? held.value.state : undefined;
  };
  const registers = new Map<string, ReadonlyMap<string, FieldValue>>();
  let rootTable: bigint | undefined;
  for (const { entry, kind } of world.iommus) {
    const state = kind.unit === "vtd" ? stateOf(entry) : undefined;
    if (kind.unit !== "vtd" || state === undefined) continue;
    if ((integerIn(state, kind.enabled) ?? 0n) === 0n) continue;
    rootTable ??= integerIn(state, kind.rootTable);
    registers.set(entry.idstr, new Map());
  }
  if (rootTable === undefined) return undefined;
  const memory = memoryOf(given, machine);
  const busNumbers = new Map<string, number>();
  for (const entry of machine.handlers) {
    const path = entry.owner.type === "" ? undefined : entry.owner.device?.path;
    if (path === undefined || !world.busNumbers.has(path)) continue;
    const state = stateOf(entry);
    const number = state && configIn(state)?.[secondaryBus];
    if (number !== undefined) busNumbers.set(path, number);
  }
  const buffers = new Map<string, DmaBuffer>();
  for (const entry of machine.handlers) {
    const { device, description } = entry.owner;
    if (description === undefined || device === undefined || pciDevice(device) === undefined) continue;
    if (registers.has(entry.idstr) || dmaActions(project, description, effects).length === 0) continue;
    const id = requester(device, (bridge) => busNumbers.get(bridge));
    const mapped = firstMapped(memory, rootTable, id >> 8, id & 0xff);
    if (mapped === undefined) continue;
    const physical = Number(mapped.physical);
    buffers.set(entry.idstr, { address: mapped.address, physical, marker: memory.readU64(physical) ?? 0n });
  }
  return { ...world, memory, entries: [...machine.handlers], buffers, registers, busNumbers, mappings: [] };
}

function integerIn(state: DescriptionState, name: string): bigint | undefined {
  const value = fieldNamed(state, name);
  return value?.kind === "integer" ? value.value : undefined;
}

/** PCI configuration space, wherever the description has nested it. */
function configIn(state: DescriptionState): Uint8Array | undefined {
  for (const { name, value } of state.fields) {
    if (state.name === "PCIDevice" && name === "config" && value.kind === "bytes") return value.value;
    const inner = value.kind === "struct" ? configIn(value.state) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}
