import type { ReportCause } from "./cause";
import type { ReportWalk } from "./walk";

/** What a simulation found, in the shape of `simulate --format json`. */
export interface SimulationReport {
  /** unknown: nothing fails, but how the destination reads some section is not known; see `open`. */
  readonly outcome: "completed" | "failed" | "corrupted" | "unknown";
  /** `pc-q35-10.2` */
  readonly machine: string;
  /** In stream order. */
  readonly sections: readonly ReportSection[];
  /** In the order in which they happened while loading. */
  readonly events: readonly ReportEvent[];
  /** Where it failed, or where state went wrong without a word. */
  readonly failure: ReportFailure | null;
  /** Sections that load only if the destination is configured as is said. */
  readonly open: readonly ReportOpen[];
  /** Of the destination, where it completes only if that is so. */
  readonly assumed?: readonly string[];
  /** What QEMU prints on the destination, in order. */
  readonly messages: readonly string[];
  readonly ram: RamReport;
  readonly timing: Timing;
  /** Bytes of the whole stream. */
  readonly size: number;
  /** What was assumed, left out or ignored. */
  readonly notes: readonly string[];
}

export interface ReportSection {
  readonly offset: number;
  readonly size: number;
  readonly kind: "start" | "part" | "end" | "full";
  readonly idstr: string;
  readonly instanceId: number;
  /** Level's name, as in the enum. */
  readonly level: string;
  readonly result: "loaded" | "failed" | "wrong" | "not loaded" | "not known";
  /** On the way, at the bandwidth of `timing`. */
  readonly milliseconds: number;
}

/** A section whose bytes say less than its load goes by, or a machine whose C was not followed everywhere. */
export interface ReportOpen {
  /** The machine's name where it is that. */
  readonly idstr: string;
  /** Byte of the stream; 0 for a machine. */
  readonly offset: number;
  /** What neither the tree, the command line nor the stream's own description says; for a machine, places of its C. */
  readonly reasons: readonly string[];
}

/** How long the stream is on its way. Times are milliseconds. */
export interface Timing {
  /** Bytes a second. */
  readonly bandwidth: number;
  readonly downtimeLimit: number;
  readonly total: number;
  /** From the stop of the guest to the stream's last byte. */
  readonly downtime: number;
}

export interface ReportEvent {
  readonly kind: "dma-read" | "dma-write" | "dma-map" | "translation-fault" | "iommu-loaded" | "bus-number-loaded";
  readonly idstr: string;
  /** Hexadecimal. */
  readonly address?: string;
  readonly translated?: string;
  /** `ok`, or what went wrong. */
  readonly result: string;
  /** `ahci_state_post_load > map_page > dma_memory_map` */
  readonly chain?: string;
  readonly file?: string;
  /** Zero-based. */
  readonly line?: number;
  /** How an access found its address. */
  readonly walk?: ReportWalk;
  /** How it would have on the source; only where it went wrong. */
  readonly meant?: ReportWalk;
}

export interface ReportFailure {
  readonly idstr: string;
  /** Byte of the stream. */
  readonly offset: number;
  readonly message: string;
  /** The line of C, zero-based; "" and 0 where none is known. */
  readonly file: string;
  readonly line: number;
  /** From the load callback to the call that failed. */
  readonly chain: readonly { readonly function: string; readonly file: string; readonly line: number }[];
  /** What was not loaded when it was needed, where that is what went wrong. */
  readonly cause?: ReportCause;
}

export interface RamReport {
  readonly bytes: number;
  /** Rounds while the machine ran, and the last one, when it had stopped. */
  readonly rounds: readonly RamRound[];
}

export interface RamRound {
  readonly pages: number;
  /** Pages that are sent as zero, in a byte each. */
  readonly zero: number;
  readonly bytes: number;
  /** On the way, as in ReportSection. */
  readonly milliseconds: number;
}
