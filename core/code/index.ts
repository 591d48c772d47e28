/** What functions do: effects while loading, what running code changes, what a workspace adds to what is known of functions. */
export {
  allCoverage,
  type Coverage,
  coverageOf,
  type OtherMember,
  otherMembers,
  type UnsavedMember,
  unseenMembers,
} from "./coverage";
export { effectGuards, guardText } from "./effectGuards";
export type { AddressSpaceKind, CallStep, LoadEffect, LoadEffectKind } from "./effects";
export { loadEffects, warmLoadEffects } from "./loadEffects";
export type { MemberWrite } from "./coverage";
export { workspaceFileName } from "./workspaceFile";
