/** Two versions of a tree: what a stream from one does in the other. */
export { baselineProject, type BaselineTree } from "./baselineProject";
export { type Baseline, compareFile, rangeOf, streamCodes } from "./compareFile";
export type { Direction, Finding, Place, Side, Verdict } from "./model";
export { historyOf } from "./history";
export { dumpSide, hasCounts, withoutCounts } from "./dumpSide";
export type { Entry, EntrySide } from "./entries";
export { type MachineVersion, machineVersion, releaseOf } from "./compatLists";
export { machineTypes, newestFirst, treatedAs, type TreatedAs } from "./machineTypes";
export { openQuestions } from "./openQuestions";
export { warmSetters } from "./propertyCode";
export { compareTrees, isOptional, type TreeFinding } from "./trees";
export { treeSide } from "./treeSide";
