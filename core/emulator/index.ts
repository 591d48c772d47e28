/**
 * The machine that a tree's definitions describe, and its migration.
 *
 * - commandLine, board: a QEMU command line -> Machine; machines/ holds what boards carry, as data
 * - order: the machine's handler list
 * - memory, iommu: guest memory and DMA translation
 *
 * Invariant: no device is known by name outside machines/; what a device does while it loads comes from core/analysis.
 */
export { buildMachine } from "./board";
export { type CommandLineOptions, type MachineRequest, type Outcome, parseCommandLine } from "./commandLine";
export type { HandlerOwner, Machine } from "./machine";
export { machineFamilies } from "./machines";
export { type MachineOrder, machineOrder, orderOf } from "./order";
