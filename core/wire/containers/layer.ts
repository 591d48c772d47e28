/** What a file is that holds a stream, or holds none. */
import type { DomainMachine } from "./domain";
import type { ByteSource } from "../framing/input";

/** How bytes are packed; `size` bytes from `offset` on of the file they stand in. */
export type Packing = "gzip" | "zstd" | "xz" | "bzip2" | "lz4" | "lzop";

export interface Snapshot {
  readonly id: string;
  readonly name: string;
  /** Seconds since 1970, and nanoseconds. */
  readonly date: number;
  readonly nanoseconds: number;
  /** Nanoseconds that the guest had run. */
  readonly clock: bigint;
  /** Bytes of the stream; 0 for a snapshot of the disk alone. */
  readonly size: number;
  /** Instructions, with -icount. */
  readonly instructions: bigint | undefined;
}

/** One file format around the next; the innermost one is the stream. */
export interface Layer {
  readonly title: string;
  /** What was skipped, and what there is to know. */
  readonly notes: readonly string[];
  /** libvirt's description of the guest, passwords left out. */
  readonly xml?: string;
  /** The same guest as options for QEMU, as far as they follow from it. */
  readonly machine?: DomainMachine;
  readonly snapshots?: readonly Snapshot[];
}

/** The guest's command line as what is around the stream describes it; undefined where nothing does. */
export function describedMachine(layers: readonly Layer[]): string | undefined {
  return layers.findLast(({ machine }) => machine !== undefined)?.machine?.line;
}

export type Recognised =
  | { readonly kind: "stream" }
  | { readonly kind: "inside"; readonly layer: Layer; readonly source: ByteSource }
  | {
      readonly kind: "packed";
      readonly layer: Layer;
      readonly packing: Packing;
      readonly offset: number;
      readonly size: number;
    }
  /** Several streams; one is to be named. */
  | { readonly kind: "several"; readonly layer: Layer; readonly choose: string }
  /** Part of a migration that is no stream by itself: what is in it. */
  | { readonly kind: "listed"; readonly layer: Layer }
  /** No stream: why, and what makes one of it. */
  | { readonly kind: "none"; readonly message: string };

/** Unpacks one cluster of `size` bytes at most; throws where the bytes are damaged. */
export type UnpackCluster = (bytes: Uint8Array, size: number) => Uint8Array;

export interface Tools {
  readonly inflateRaw: UnpackCluster;
  readonly zstd: UnpackCluster;
}

export interface RecogniseOptions {
  readonly tools: Tools;
  /** Name or ID of the snapshot to open. */
  readonly snapshot?: string;
}

/** How much of a file is looked at to find out what it is. */
export const containerLimits = {
  /** Bytes that may stand before a stream. */
  before: 256 << 20,
  /** Bytes of libvirt's XML and cookie. */
  xml: 16 << 20,
  snapshots: 65536,
  /** Bytes of the table of snapshots, and of an L1 table. */
  table: 32 << 20,
  packets: 4 << 20,
  connections: 4096,
  /** Packets of a multifd channel that are counted. */
  multifd: 16 << 20,
  /** Layers around one another. */
  depth: 6,
} as const;
