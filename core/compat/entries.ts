/** What is compared: the descriptions of one tree, or of a dump, that a stream has sections or virtio parts for. */
import type { WireDescription } from "../wire/schema";
import type { Side } from "./compare";

export interface Entry {
  /** QOM types that have it; empty for one that vmstate_register was handed. */
  readonly types: readonly string[];
  readonly kind: "section" | "virtio";
  readonly unmigratable: boolean;
  /** Where it differs from the description's. */
  readonly versionId?: number;
  readonly description: WireDescription;
}

export interface EntrySide extends Side {
  readonly entries: readonly Entry[];
  /** Whether all types are there: a tree has every device, a dump those that were built. */
  readonly complete: boolean;
  hasType(name: string): boolean;
}
