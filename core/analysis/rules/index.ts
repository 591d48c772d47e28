/** The rules, and how they are run over a file or a tree. */
import { toTheEnd } from "../../c/steps";
import { watch } from "../callGraph";
import type { Diagnostic } from "../diagnostic";
import type { Project } from "../project";
import { isSilenced } from "../silence";
import { busNumberBeforeIommu } from "./busNumberBeforeIommu";
import { clockDifference } from "./clockDifference";
import { countAfterArray, countUnchecked } from "./counts";
import { declaredOrder } from "./declaredOrder";
import { setTwice } from "./designators";
import { dmaBeforeIommu } from "./dmaBeforeIommu";
import { blockWriteInPostLoad, crossDeviceAccess, irqInPostLoad } from "./hookEffects";
import { equalOnState } from "./equalOnState";
import { arrayShort, typeMismatch } from "./fieldTypes";
import { indexUnchecked } from "./indexUnchecked";
import { handlerUnordered } from "./handlerUnordered";
import { instanceIdByOrder } from "./idByOrder";
import { iommuRebuildMissing, iommuWithoutVmstate } from "./iommuState";
import { loadHookOnSubsection } from "./loadHookOnSubsection";
import { loadUnchecked } from "./loadUnchecked";
import { interruptControllerOrder } from "./interruptControllerOrder";
import { fieldBeyondMember, infoSizeMismatch, pointerSaved } from "./members";
import { missingEndOfList } from "./missingEndOfList";
import { msiBeforeIts } from "./msiBeforeIts";
import { duplicateName, fixedInstanceId, nameFromType, neverRegistered } from "./names";
import { memberNeverRead } from "./neverRead";
import { registeredForOneMachine } from "./oneMachine";
import { orderByCreation } from "./orderByCreation";
import { pointerNeverSet } from "./pointers";
import { priorityIgnored } from "./priorityIgnored";
import { priorityInverted } from "./priorityInverted";
import { readBeforeLoad } from "./readBeforeLoad";
import { rebuildMissing, warmGuestWrites } from "./rebuildMissing";
import type { Rule, RuleContext } from "./rule";
import { saveHookMissing } from "./saveHookMissing";
import { rustDiffers } from "./rustDiffers";
import { nestedInItself, validateWithoutTest } from "./shape";
import { stateNotSaved } from "./stateNotSaved";
import { migratedTwice, opaqueMismatch, stateTypeMismatch } from "./stateTypes";
import { duplicateSubsection, subsectionAlwaysSent, subsectionPrefix, subsectionStolen } from "./subsections";
import { workspaceFileRule } from "./workspaceFile";
import { deviceWithoutTable } from "./withoutTable";
import { unexpectedPriority, unknownPriority } from "./unexpectedPriority";
import { versionMissing } from "./versionMissing";
import { fieldNeverSent, innerVersionMismatch, minimumAboveVersion, versionFromSize, versionIgnored } from "./versions";

export type { Rule, RuleContext } from "./rule";

export const rules: readonly Rule[] = [
  dmaBeforeIommu,
  busNumberBeforeIommu,
  msiBeforeIts,
  interruptControllerOrder,
  priorityIgnored,
  priorityInverted,
  unexpectedPriority,
  unknownPriority,
  declaredOrder,
  workspaceFileRule,
  orderByCreation,
  irqInPostLoad,
  crossDeviceAccess,
  blockWriteInPostLoad,
  iommuRebuildMissing,
  iommuWithoutVmstate,
  rebuildMissing,
  readBeforeLoad,
  handlerUnordered,
  loadHookOnSubsection,
  missingEndOfList,
  setTwice,
  versionMissing,
  versionFromSize,
  minimumAboveVersion,
  fieldNeverSent,
  versionIgnored,
  innerVersionMismatch,
  subsectionPrefix,
  duplicateSubsection,
  subsectionStolen,
  subsectionAlwaysSent,
  memberNeverRead,
  validateWithoutTest,
  nestedInItself,
  stateTypeMismatch,
  opaqueMismatch,
  migratedTwice,
  infoSizeMismatch,
  pointerSaved,
  fieldBeyondMember,
  typeMismatch,
  arrayShort,
  pointerNeverSet,
  countUnchecked,
  indexUnchecked,
  loadUnchecked,
  countAfterArray,
  equalOnState,
  registeredForOneMachine,
  deviceWithoutTable,
  stateNotSaved,
  saveHookMissing,
  clockDifference,
  rustDiffers,
  neverRegistered,
  duplicateName,
  fixedInstanceId,
  instanceIdByOrder,
  nameFromType,
];

export interface DiagnoseOptions {
  /** Told after each rule: how many are done, of how many. */
  readonly progress?: (done: number, total: number) => void;
  /** Asked before each rule; true stops, with what was found so far. */
  readonly cancelled?: () => boolean;
}

/** Findings in one file, in textual order. Dependencies across files count; comments that silence are honoured. */
export function diagnoseFile(project: Project, path: string): readonly Diagnostic[] {
  return toTheEnd(diagnoseFileInSteps(project, path));
}

/** The same, rule by rule. An edit of the tree between two steps makes the result worthless. */
export function* diagnoseFileInSteps(project: Project, path: string): Generator<void, readonly Diagnostic[]> {
  watch(project, path);
  const context: RuleContext = { project, path, descriptions: project.descriptionsIn(path) };
  const found: Diagnostic[] = [];
  for (const rule of rules) {
    yield;
    for (const diagnostic of rule.check(context)) {
      if (diagnostic.range.file === path && !isSilenced(project, diagnostic)) found.push(diagnostic);
    }
  }
  return found.sort(byPlace);
}

/** Findings of the whole tree, by file and place. */
export function diagnoseProject(project: Project, options: DiagnoseOptions = {}): readonly Diagnostic[] {
  return run({ project, path: undefined, descriptions: [...project.descriptions()] }, options);
}

/** Computes what rules share across the tree, then what they say about some files, in steps. */
export function* warmRules(project: Project, paths: Iterable<string>): Generator<void> {
  yield* warmGuestWrites(project);
  for (const path of paths) {
    watch(project, path);
    const context: RuleContext = { project, path, descriptions: project.descriptionsIn(path) };
    for (const rule of rules) {
      // not paused within: an edit in between would leave it with two states of the tree
      for (const _ of rule.check(context));
      yield;
    }
  }
}

function run(context: RuleContext, options: DiagnoseOptions): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [done, rule] of rules.entries()) {
    if (options.cancelled?.() === true) break;
    for (const diagnostic of rule.check(context)) {
      if (!isSilenced(context.project, diagnostic)) found.push(diagnostic);
    }
    options.progress?.(done + 1, rules.length);
  }
  return found.sort(byPlace);
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.range.file !== b.range.file) return a.range.file < b.range.file ? -1 : 1;
  return a.range.start - b.range.start || (a.code < b.code ? -1 : 1);
}
