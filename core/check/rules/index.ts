/** The rules, and how they are run over a file or a tree. */
import { toTheEnd } from "../../steps";
import { watch } from "../../code/callGraph";
import type { Diagnostic } from "../diagnostic";
import type { Project } from "../../project/project";
import { isSilenced } from "../silence";
import { busNumberBeforeIommu } from "./order/bus-number-before-iommu";
import { clockDifference } from "./hooks/clock-difference";
import { countAfterArray, countUnchecked } from "./untrusted/counts";
import { declaredOrder } from "./order/declared-order";
import { setTwice } from "./tables/set-twice";
import { dmaBeforeIommu } from "./order/dma-before-iommu";
import { blockWriteInPostLoad, crossDeviceAccess, irqInPostLoad } from "./hooks/hookEffects";
import { equalOnState } from "./fields/equal-on-state";
import { arrayShort, typeMismatch } from "./fields/fieldTypes";
import { indexUnchecked } from "./untrusted/index-unchecked";
import { handlerUnordered } from "./order/handler-unordered";
import { instanceIdByOrder } from "./tables/instance-id-by-order";
import { iommuRebuildMissing, iommuWithoutVmstate } from "./hooks/iommuState";
import { loadHookOnSubsection } from "./hooks/load-hook-on-subsection";
import { loadUnchecked } from "./untrusted/load-unchecked";
import { interruptControllerOrder } from "./order/interrupt-controller-order";
import { fieldBeyondMember, infoSizeMismatch, pointerSaved } from "./fields/members";
import { missingEndOfList } from "./tables/missing-end-of-list";
import { msiBeforeIts } from "./order/msi-before-its";
import { duplicateName, fixedInstanceId, nameFromType, neverRegistered } from "./tables/names";
import { memberNeverRead } from "./tables/member-never-read";
import { registeredForOneMachine } from "./coverage/registered-for-one-machine";
import { orderByCreation } from "./order/order-by-creation";
import { pointerNeverSet } from "./fields/pointer-never-set";
import { priorityIgnored } from "./order/priority-ignored";
import { priorityInverted } from "./order/priority-inverted";
import { readBeforeLoad } from "./hooks/read-before-load";
import { rebuildMissing, warmGuestWrites } from "./hooks/rebuild-missing";
import type { Rule, RuleContext } from "../rule";
import { saveHookMissing } from "./hooks/save-hook-missing";
import { rustDiffers } from "./fields/rust-differs";
import { nestedInItself, validateWithoutTest } from "./tables/shape";
import { stateNotSaved } from "./coverage/state-not-saved";
import { migratedTwice, opaqueMismatch, stateTypeMismatch } from "./fields/stateTypes";
import { duplicateSubsection, subsectionAlwaysSent, subsectionPrefix, subsectionStolen } from "./tables/subsections";
import { workspaceFileRule } from "./order/workspace-file";
import { deviceWithoutTable } from "./coverage/device-without-table";
import { unexpectedPriority, unknownPriority } from "./order/unexpected-priority";
import { versionMissing } from "./tables/version-missing";
import {
  fieldNeverSent,
  innerVersionMismatch,
  minimumAboveVersion,
  versionFromSize,
  versionIgnored,
} from "./tables/versions";

export type { Rule, RuleContext } from "../rule";

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
