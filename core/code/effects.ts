/** What a description's load callbacks do to the world outside their own struct. */
import type { SourceRange } from "../c/range";

export type LoadEffectKind =
  | "dma-read"
  | "dma-write"
  | "dma-map"
  | "iommu-lookup"
  | "bus-number-lookup"
  | "msi"
  | "irq"
  /** Tells the kernel which interrupt a line or a message becomes. */
  | "irq-route"
  | "memory-region"
  | "timer"
  /** Has the main loop call back when a character device takes more. */
  | "watch"
  | "device-lookup"
  | "cpu-access"
  | "block-write";

/** One step: `function` (defined in `file`) calls the next step, or the API, at `range`. */
export interface CallStep {
  readonly function: string;
  readonly file: string;
  /** The call's name in `function`; for the last step that of the API call. */
  readonly range: SourceRange;
  /** This function was reached through a pointer (ops table, class method), not by name. */
  readonly indirect: boolean;
}

/** Whose memory an access goes to. */
export type AddressSpaceKind =
  /** The device's own: behind whatever IOMMU its bus has. */
  | "device"
  /** `address_space_memory`: physical, no IOMMU. */
  | "system"
  /** Not an access to guest memory. */
  | "none";

/** The effect happens only where a condition on the loaded state holds (or does not): effectGuards finds them. */
export interface EffectGuard {
  /** As in the code: `slot->addressed`; for a `case`, `s->state == RUNNING`. */
  readonly text: string;
  /** False: only where the condition does not hold. */
  readonly holds: boolean;
  /** The text, behind `not` where it must not hold. */
  readonly saying: string;
  readonly range: SourceRange;
}

export interface LoadEffect {
  readonly kind: LoadEffectKind;
  /** `pci_dma_read` */
  readonly api: string;
  readonly space: AddressSpaceKind;
  /** From the load callback inwards; never empty. */
  readonly chain: readonly CallStep[];
  /** How QEMU gets from the description to the first step: `post_load`, `VMStateInfo.get of parent_obj`. */
  readonly callback: string;
  /** A failure of the call can reach a negative return of the callback, so the load fails instead of going on with wrong data. */
  readonly checked: boolean;
}
