/** What a stream is made of, in order. Offsets are bytes from the stream's start; sizes include headers and footers. */
import type { StreamError } from "./bytes";

export interface HeaderEvent {
  readonly kind: "header";
  readonly offset: number;
  readonly size: number;
  readonly version: number;
}

export interface ConfigurationEvent {
  readonly kind: "configuration";
  readonly offset: number;
  readonly size: number;
  /** Machine type with its version: `pc-q35-10.0`. */
  readonly machine: string;
  readonly targetPageBits: number | undefined;
  readonly capabilities: readonly string[] | undefined;
  /** 32 hexadecimal digits. */
  readonly uuid: string | undefined;
  /** Names of the subsections in stream order. */
  readonly subsections: readonly { readonly name: string; readonly versionId: number }[];
}

export type SectionKind = "start" | "part" | "end" | "full";

export interface SectionEvent {
  readonly kind: "section";
  readonly sectionKind: SectionKind;
  readonly offset: number;
  readonly size: number;
  readonly sectionId: number;
  readonly idstr: string;
  readonly instanceId: number;
  readonly versionId: number;
  readonly payloadOffset: number;
  readonly payloadSize: number;
  readonly footer: boolean;
  /** It has no footer, and ends where another section seems to begin. */
  readonly guessedEnd: boolean;
  /** Copy of the payload; undefined for ram, which is read by record, and where the stream has more than is held. */
  readonly payload: Uint8Array | undefined;
  readonly ram: RamSummary | undefined;
}

/** Records of one ram payload. */
export interface RamSummary {
  readonly pageSize: number;
  /** Nothing in the stream says the page size: it is the one with which a record follows the first page. */
  readonly guessedPageSize: boolean;
  /** Block list; only in START. */
  readonly blocks: readonly RamBlockInfo[];
  readonly records: number;
  readonly pages: readonly RamPages[];
  readonly flushes: number;
}

export interface RamBlockInfo {
  readonly name: string;
  readonly length: bigint;
  readonly pageSize: bigint | undefined;
  readonly address: bigint | undefined;
  readonly mapped: MappedBlock | undefined;
}

/** Where the pages of a block are in a file of mapped-ram, from the stream's first byte on. */
export interface MappedBlock {
  readonly pageSize: bigint;
  readonly bitmapOffset: bigint;
  readonly pagesOffset: bigint;
  /** Byte at which the stream began in the file that it was written to: the offsets in the stream are that file's. */
  readonly fileOffset: bigint;
}

export interface RamPages {
  readonly block: string;
  readonly zero: number;
  readonly normal: number;
  readonly xbzrle: number;
  readonly compressed: number;
}

export interface CommandEvent {
  readonly kind: "command";
  readonly offset: number;
  readonly size: number;
  readonly command: number;
  readonly name: string;
  readonly data: Uint8Array;
}

export interface EndEvent {
  readonly kind: "eof";
  readonly offset: number;
  readonly size: number;
}

export interface TrailerEvent {
  readonly kind: "trailer";
  readonly offset: number;
  readonly size: number;
  /** The JSON text's bytes (UTF-8), a copy; undefined where it is longer than what is read. */
  readonly json: Uint8Array | undefined;
}

/** QEMU loads on but says something. */
export interface WarningEvent {
  readonly kind: "warning";
  readonly offset: number;
  readonly message: string;
}

/** The load fails here; nothing follows. */
export interface ErrorEvent {
  readonly kind: "error";
  readonly error: StreamError;
}

export type StreamEvent =
  | HeaderEvent
  | ConfigurationEvent
  | SectionEvent
  | CommandEvent
  | EndEvent
  | TrailerEvent
  | WarningEvent
  | ErrorEvent;
