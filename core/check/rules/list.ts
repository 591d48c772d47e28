/** Every rule. Written by `npm run rules`. */
import type { Rule } from "../rule";
import { deviceWithoutTable } from "./coverage/device-without-table";
import { parentNotSaved } from "./coverage/parent-not-saved";
import { registeredForOneMachine } from "./coverage/registered-for-one-machine";
import { stateNotSaved } from "./coverage/state-not-saved";
import { arrayShort } from "./fields/array-short";
import { equalOnState } from "./fields/equal-on-state";
import { fieldBeyondMember } from "./fields/field-beyond-member";
import { infoSizeMismatch } from "./fields/info-size-mismatch";
import { memberTwice } from "./fields/member-twice";
import { migratedTwice } from "./fields/migrated-twice";
import { noSuchMember } from "./fields/no-such-member";
import { opaqueMismatch } from "./fields/opaque-mismatch";
import { pointerNeverSet } from "./fields/pointer-never-set";
import { pointerSaved } from "./fields/pointer-saved";
import { ramBufferReplaced } from "./fields/ram-buffer-replaced";
import { rustDiffers } from "./fields/rust-differs";
import { stateTypeMismatch } from "./fields/state-type-mismatch";
import { typeMismatch } from "./fields/type-mismatch";
import { blockWriteInPostLoad } from "./hooks/block-write-in-post-load";
import { clockDifference } from "./hooks/clock-difference";
import { crossDeviceAccessInPostLoad } from "./hooks/cross-device-access-in-post-load";
import { innerVersionCheck } from "./hooks/inner-version-check";
import { iommuRebuildMissing } from "./hooks/iommu-rebuild-missing";
import { iommuWithoutVmstate } from "./hooks/iommu-without-vmstate";
import { irqInPostLoad } from "./hooks/irq-in-post-load";
import { loadHookOnSubsection } from "./hooks/load-hook-on-subsection";
import { loadHookPositive } from "./hooks/load-hook-positive";
import { readBeforeLoad } from "./hooks/read-before-load";
import { rebuildMissing } from "./hooks/rebuild-missing";
import { saveChangesState } from "./hooks/save-changes-state";
import { saveHookMissing } from "./hooks/save-hook-missing";
import { busNumberBeforeIommu } from "./order/bus-number-before-iommu";
import { declaredOrder } from "./order/declared-order";
import { dmaBeforeIommu } from "./order/dma-before-iommu";
import { handlerUnordered } from "./order/handler-unordered";
import { interruptControllerOrder } from "./order/interrupt-controller-order";
import { msiBeforeIts } from "./order/msi-before-its";
import { orderByCreation } from "./order/order-by-creation";
import { priorityIgnored } from "./order/priority-ignored";
import { priorityInverted } from "./order/priority-inverted";
import { unexpectedPriority } from "./order/unexpected-priority";
import { unknownPriority } from "./order/unknown-priority";
import { workspaceFile } from "./order/workspace-file";
import { duplicateSectionName } from "./tables/duplicate-section-name";
import { duplicateSubsection } from "./tables/duplicate-subsection";
import { fieldNeverSent } from "./tables/field-never-sent";
import { fixedInstanceId } from "./tables/fixed-instance-id";
import { innerVersionMismatch } from "./tables/inner-version-mismatch";
import { instanceIdByOrder } from "./tables/instance-id-by-order";
import { memberNeverRead } from "./tables/member-never-read";
import { minimumAboveVersion } from "./tables/minimum-above-version";
import { missingEndOfList } from "./tables/missing-end-of-list";
import { nameFromType } from "./tables/name-from-type";
import { nestedInItself } from "./tables/nested-in-itself";
import { neverRegistered } from "./tables/never-registered";
import { setTwice } from "./tables/set-twice";
import { subsectionAlwaysSent } from "./tables/subsection-always-sent";
import { subsectionPrefix } from "./tables/subsection-prefix";
import { subsectionStolen } from "./tables/subsection-stolen";
import { validateWithoutTest } from "./tables/validate-without-test";
import { versionFromSize } from "./tables/version-from-size";
import { versionIgnored } from "./tables/version-ignored";
import { versionMissing } from "./tables/version-missing";
import { countAfterArray } from "./untrusted/count-after-array";
import { countUnchecked } from "./untrusted/count-unchecked";
import { indexUnchecked } from "./untrusted/index-unchecked";
import { loadUnchecked } from "./untrusted/load-unchecked";

export const rules: readonly Rule[] = [
  deviceWithoutTable,
  parentNotSaved,
  registeredForOneMachine,
  stateNotSaved,
  arrayShort,
  equalOnState,
  fieldBeyondMember,
  infoSizeMismatch,
  memberTwice,
  migratedTwice,
  noSuchMember,
  opaqueMismatch,
  pointerNeverSet,
  pointerSaved,
  ramBufferReplaced,
  rustDiffers,
  stateTypeMismatch,
  typeMismatch,
  blockWriteInPostLoad,
  clockDifference,
  crossDeviceAccessInPostLoad,
  innerVersionCheck,
  iommuRebuildMissing,
  iommuWithoutVmstate,
  irqInPostLoad,
  loadHookOnSubsection,
  loadHookPositive,
  readBeforeLoad,
  rebuildMissing,
  saveChangesState,
  saveHookMissing,
  busNumberBeforeIommu,
  declaredOrder,
  dmaBeforeIommu,
  handlerUnordered,
  interruptControllerOrder,
  msiBeforeIts,
  orderByCreation,
  priorityIgnored,
  priorityInverted,
  unexpectedPriority,
  unknownPriority,
  workspaceFile,
  duplicateSectionName,
  duplicateSubsection,
  fieldNeverSent,
  fixedInstanceId,
  innerVersionMismatch,
  instanceIdByOrder,
  memberNeverRead,
  minimumAboveVersion,
  missingEndOfList,
  nameFromType,
  nestedInItself,
  neverRegistered,
  setTwice,
  subsectionAlwaysSent,
  subsectionPrefix,
  subsectionStolen,
  validateWithoutTest,
  versionFromSize,
  versionIgnored,
  versionMissing,
  countAfterArray,
  countUnchecked,
  indexUnchecked,
  loadUnchecked,
];
