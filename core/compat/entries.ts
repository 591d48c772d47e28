/** What is compared: the descriptions of one tree, or of a dump, that a stream has sections or virtio parts for. */
import type { WireDescription } from "../wire/values/schema";
import type { FeatureWrite } from "./featureWords";
import type { Side } from "./model";
import type { Numbering } from "./numbering";
import type { Truth } from "./layout";

export interface Entry {
  /** QOM types that have it; empty for one that vmstate_register was handed. */
  readonly types: readonly string[];
  /** Types of the file, for one that only vmstate_register was handed. */
  readonly owners?: readonly string[];
  /** code: C code calls vmstate_save_state on it inside a section of its own. */
  readonly kind: "section" | "virtio" | "code";
  /** Whether a stream has the section at all: `.needed` of its description, conditions around its registration. */
  readonly sent?: Truth;
  /** The version that C code loads it as, whatever the stream's is. */
  readonly loadVersion?: number;
  readonly unmigratable: boolean;
  /** Where it differs from the description's. */
  readonly versionId?: number;
  readonly description: WireDescription;
}

export interface FeatureCode {
  writes(): readonly FeatureWrite[];
  /** The word is one in this version. */
  hasWord(write: FeatureWrite): boolean;
  /** A property of the machine type decides. */
  isLeftToMachine(write: FeatureWrite): boolean;
}

export interface EntrySide extends Side {
  readonly entries: readonly Entry[];
  /** Whether all types are there: a tree has every device, a dump those that were built. */
  readonly complete: boolean;
  hasType(name: string): boolean;
  /** Sections registered without a device; absent for a dump, and for a part of a tree. */
  readonly numberings?: () => ReadonlyMap<string, Numbering>;
  /** What code does to the words that say which features a CPU has; absent for a dump, and for a part of a tree. */
  readonly features?: FeatureCode;
}
