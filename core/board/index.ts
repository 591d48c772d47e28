/**
 * Any board of a tree, built by running its own C: machine type, instance_init, realize, properties and buses as QEMU does for
 * `-M NAME -nodefaults`, on values; no board, device or release is named here.
 * Invariant: what cannot be known is Unknown with a reason; where that decides something, the place is in `open`.
 */
export { type Board, type BoardOptions, buildBoard, groundOf, type MachineType, machineTypes } from "./board";
export { type ConfigSpace, configSpaceOf } from "./configSpace";
export { cpuModels } from "./cpus";
export { type HookAnswer, hookAnswer, type Members, mostElements, sentLists } from "./hooks";
export { notLoadedByCode } from "./loadCode";
export { isNullInDevice, memberOfDevice, memberOfMachineClass } from "./memberOf";
export { partsOf, takesOption } from "./commandLine/options";
export { addressOf, type BoardBus, busOf, idOf, mainMemory, typeName } from "./placed";
export { SectionBytes } from "./library/streams";
export { type StreamAnswer, StreamCode } from "./streamCode";
export type { StreamPlace } from "./streamPlace";
export {
  type BoardObject,
  type BoardReport,
  boardReport,
  type BoardSection,
  machinesReport,
  type MachinesReport,
  type OpenPlace,
} from "./report";
