/** Who loads when, and who needs whom. The shapes follow the command line's `order --format json`. */
import type { SourceRange } from "../c/range";

export interface LoadOrder {
  /** The workspace's MigrationPriority levels as the enum declares them, lowest first. */
  readonly levels: readonly OrderLevel[];
  /** In handler-list order: highest level first; within a level by creation (a machine) or by name (a tree). */
  readonly entries: readonly OrderEntry[];
  readonly edges: readonly OrderEdge[];
  /** Groups of names that need each other in a circle. */
  readonly cycles: readonly (readonly string[])[];
}

export interface OrderLevel {
  readonly name: string;
  readonly value: number;
  /** The enumerator's comment, without comment marks. */
  readonly comment: string;
}

export interface OrderEntry {
  /** Section name: with a machine `0000:00:1f.2/ich9_ahci`, without one the description's name. */
  readonly idstr: string;
  readonly instanceId: number;
  readonly sectionId: number;
  /** VMStateDescription.name, or "" for a live handler such as ram. */
  readonly description: string;
  /** C symbol of the description, `vmstate_ich9_ahci`, or of a live handler's table of operations. */
  readonly symbol: string;
  /** QOM type; "" where none registers it. */
  readonly type: string;
  /** Level's name; its number where the enum has no such level; "0" in a tree without the enum. */
  readonly level: string;
  /** A live handler whose section comes with the guest's memory, before that of every device, whatever its level. */
  readonly iterated?: true;
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
}

export type DependencyKind = "dma" | "bus-number" | "msi" | "interrupt-controller" | "memory" | "declared";

export interface OrderEdge {
  /** idstr with a machine, description name without. */
  readonly consumer: string;
  readonly provider: string;
  readonly kind: DependencyKind;
  /** The provider's level is higher, so that it loads first whatever is created first. */
  readonly holds: boolean;
  /** level: holds. creation: equal levels. inverted: the provider loads later. */
  readonly by: "level" | "creation" | "inverted";
  /** Whatever creates the consumer has created the provider before: a host bridge and the devices on its bus. */
  readonly createdFirst?: boolean;
  /** Provider's level minus consumer's, counted in the enum's values. */
  readonly slack: number;
  readonly reason: string;
  /** What must be so in the consumer's loaded state for it to need the provider: `slot->addressed and not s->halted`. */
  readonly onlyIf?: string;
  /** The chain of calls that proves it, from the load callback to the call that needs the provider. */
  readonly evidence: readonly Evidence[];
}

export interface Evidence {
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
  readonly text: string;
  readonly range: SourceRange;
}
