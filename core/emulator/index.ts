/**
 * The machine that a tree's definitions describe, and its migration.
 *
 * - commandLine, board: a QEMU command line -> Machine
 * - fromSource: built by core/board from the C of its board; plain: without one, in a tree that has none
 * - order: the machine's handler list
 * - memory, iommu, world: guest memory and DMA translation
 * - migration: source, stream, destination, and the report of what happened
 *
 * Invariant: no board is known by name, no device outside iommu/; what a device does while it loads comes from core/code.
 */
export { buildMachine, machineOf } from "./board";
export {
  bytesOf,
  type CommandLineOptions,
  commandLineWords,
  type MachineRequest,
  type Outcome,
  parseCommandLine,
  usualCommandLine,
} from "./commandLine";
export { hasBuiltLists, type ListBounds, type ListVerdict, listVerdicts } from "./listBreaks";
export type { HandlerOwner, Machine, MainMemory } from "./machine";
export { iommuKinds } from "./iommu/kinds";
export { type MachineOrder, machineOrder, orderOf } from "./order";
export { lookAtMemory, type MemoryView, type PageUse } from "./memory/lookAt";
export type { EffectSource } from "./migration/effects";
export type { Link } from "./migration/link";
export { notSent, sectionKey } from "./migration/notSent";
export type { Move } from "./migration/reorder";
export type * from "./migration/report";
export type { StreamChanges } from "./migration/changedGiven";
export type { Damage } from "./migration/damage";
export { writersMachine } from "./infer";
export { type Rearranged, rearrangedBy, rearrangedInSteps } from "./rearranged";
export { type SimulationOptions, simulate } from "./migration/simulate";
export { type GivenStream, readGiven, stateIn, type StateChange, writeBased } from "./migration/given";
export { configuredIn } from "./migration/configured";
export { type LoadOptions, simulateLoad } from "./migration/loadGiven";
export { taken } from "./migration/loadSection";
export { ramRegionsOf } from "./world";
