/** The project index and what is concluded from it: effects, providers, rules, order. */
export { createProject, type LoadableProject, type ProjectOptions } from "./createProject";
export type { Call, LocatedFunction, PriorityLevel, Project } from "./project";
export type { Diagnostic, Edit, QuickFix, Related, Severity } from "./diagnostic";
export {
  diagnoseFile,
  diagnoseFileInSteps,
  diagnoseProject,
  type DiagnoseOptions,
  type Rule,
  rules,
  warmRules,
} from "./rules/index";
export { machineEdges, type MachineEntry, treeOrder, warmTreeOrder } from "./treeOrder";
export { effectGuards, guardText } from "./effectGuards";
export { loadEffects, warmLoadEffects } from "./loadEffects";
export type { AddressSpaceKind, CallStep, LoadEffect, LoadEffectKind } from "./effects";
export type { DependencyKind, Evidence, LoadOrder, OrderEdge, OrderEntry, OrderLevel } from "./order";
export { type Dependency, dependencies, warmDependencies } from "./dependencies";
export { type Provider, type Providers, providers, warmProviders } from "./providers";
export { orderMarkdown } from "./orderMarkdown";
export { priorityEdits } from "./rules/priorityFix";
export { type LevelMove, type LevelPlan, levelPlan } from "./plan";
export { workspaceFileName } from "./workspaceFile";
export { allCoverage, type Coverage, coverageOf, type MemberWrite, type UnsavedMember } from "./coverage";
