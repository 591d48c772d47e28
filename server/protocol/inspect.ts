/** vmstate/inspect, and bytes of the stream: what a file holds, without a tree or by one. */

export interface StreamBytesParams {
  /** The file around the stream. */
  readonly uri: string;
  readonly snapshot?: string;
  readonly offset: number;
  /** At most 1 MiB and a longest pattern. */
  readonly size: number;
}

export interface InspectParams {
  /** The stream's file. */
  readonly uri: string;
  /** ID of the snapshot to read, where the file has several. */
  readonly snapshot?: string;
  readonly edits?: readonly StreamEdit[];
  readonly workDoneToken?: string | number;
}

/** Bytes that the stream is read with instead of its own. */
export interface StreamEdit {
  readonly offset: number;
  /** Base64. */
  readonly bytes: string;
}

export interface InspectResult {
  /** Bytes of the stream; 0 where one is to be chosen, or none is in the file. */
  readonly size: number;
  /** What is around the stream, outermost first; absent where the file is the stream. */
  readonly around?: readonly InspectAround[];
  /** Machine type that wrote it, `pc-q35-10.0`; empty where the stream does not say. */
  readonly machine: string;
  /** Root of the tree whose tables were used; undefined without one. */
  readonly tree?: string;
  readonly sections: readonly InspectSection[];
  readonly notes: readonly InspectNote[];
}

/** One file format around a stream. */
export interface InspectAround {
  readonly title: string;
  readonly lines: readonly string[];
  /** Those with a guest's state, which can be opened. */
  readonly snapshots: readonly { readonly id: string; readonly name: string; readonly date: string }[];
}

export interface InspectSection {
  readonly offset: number;
  readonly size: number;
  readonly kind: "start" | "part" | "end" | "full";
  readonly sectionId: number;
  readonly idstr: string;
  readonly instanceId: number;
  readonly versionId: number;
  /** Empty where no tree tells it. */
  readonly level: string;
  /** Why it should not stand here; empty where it may. */
  readonly problem: string;
  /** C symbol of its table; empty where no tree tells it. */
  readonly symbol: string;
  /** Where the table is; absent where no tree tells it. */
  readonly place?: InspectPlace;
  readonly decodedBy: "definitions" | "trailer" | "nothing";
  readonly fields: readonly InspectField[];
}

export interface InspectField {
  readonly name: string;
  readonly text: string;
  /** Bytes in the file, where the field has a place of its own. */
  readonly offset?: number;
  readonly size?: number;
  /** Its line of the table; absent where the tree's tables did not read it. */
  readonly place?: InspectPlace;
  /** What its bytes are, where they are no more than that: an integer of its size, highest byte first, or bytes. */
  readonly typed?: "unsigned" | "signed" | "bytes";
  readonly children: readonly InspectField[];
}

export interface InspectPlace {
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
}

export interface InspectNote {
  readonly severity: "error" | "warning";
  readonly offset: number;
  readonly text: string;
}
