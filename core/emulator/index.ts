/**
 * The machine that a tree's definitions describe, and its migration.
 *
 * - commandLine, board: a QEMU command line -> Machine; machines/ holds what four families of boards carry, as data
 * - fromSource: every other board, built by core/board from its C
 * - order: the machine's handler list
 * - memory, iommu, world: guest memory and DMA translation
 * - migration: source, stream, destination, and the report of what happened
 *
 * Invariant: no device is known by name outside machines/; what a device does while it loads comes from core/code.
 */
export { buildMachine, registeredMachine } from "./board";
export {
  bytesOf,
  type CommandLineOptions,
  commandLineWords,
  type MachineRequest,
  type Outcome,
  parseCommandLine,
  usualCommandLine,
} from "./commandLine";
export type { HandlerOwner, Machine } from "./machine";
export { familiesOf, familyOf } from "./machines";
export { iommuKinds } from "./machines/iommus";
export { type MachineOrder, machineOrder, orderOf } from "./order";
export type { EffectSource } from "./migration/effects";
export type { Link } from "./migration/link";
export { notSent, sectionKey } from "./migration/notSent";
export type { Move } from "./migration/reorder";
export type * from "./migration/report";
export type { StreamChanges } from "./migration/changedGiven";
export type { Damage } from "./migration/damage";
export { type SimulationOptions, simulate } from "./migration/simulate";
export { type GivenStream, readGiven, stateIn, type StateChange, writeBased } from "./migration/given";
export { configuredIn } from "./migration/configured";
export { type LoadOptions, simulateLoad } from "./migration/loadGiven";
export { taken } from "./migration/loadSection";
export { ramRegionsOf } from "./world";
