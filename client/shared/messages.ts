/**
 * What the extension and its pages say to each other.
 *
 * Invariant: plain data, no editor types, so that both sides and the tests may import it.
 */
import type {
  InspectResult,
  MemoryResult,
  OrderResult,
  SimulateMove,
  SimulateResult,
  TryLoadResult,
} from "../../server/protocol";
import type { Completion } from "./commandLine";
import type { CompareFinding, Side } from "./compare";
import type { Ends, SavedFormat } from "./ends";
import { longestPattern } from "./find";
import type { CompareSides } from "./sides";

/** A simulation with the order it ran in; the order is undefined where the server could not tell it. */
export interface SimulationPage {
  readonly kind: "simulation";
  readonly result: SimulateResult;
  readonly order: OrderResult | undefined;
  /** What is different from the last run of this machine; undefined for the first. */
  readonly changes: readonly string[] | undefined;
  /** Runs again whenever a C file is saved. */
  readonly watching: boolean;
  readonly ends: Ends;
}

export interface OrderPage {
  readonly kind: "order";
  readonly result: OrderResult;
  /** Command line the order is for; undefined for the whole tree. */
  readonly machine: string | undefined;
}

/** The same as a drawing. */
export interface GraphPage {
  readonly kind: "graph";
  readonly result: OrderResult;
  readonly machine: string | undefined;
}

export interface RunningPage {
  readonly kind: "running";
  readonly title: string;
}

export interface FailedPage {
  readonly kind: "failed";
  readonly title: string;
  readonly message: string;
  /** What another machine may be chosen for; absent where no machine is in play. */
  readonly purpose?: "simulate" | "order";
  /** The same may be tried again. */
  readonly again?: true;
}

/** What is known of a stream's structure. */
export type StreamReading =
  | { readonly kind: "reading" }
  | { readonly kind: "read"; readonly result: InspectResult }
  | { readonly kind: "failed"; readonly message: string };

/** What the emulator makes of a stream. */
export type TriedLoad =
  | { readonly kind: "running" }
  | { readonly kind: "tried"; readonly result: TryLoadResult }
  | { readonly kind: "failed"; readonly message: string };

/** A copy of a stream that is not saved: its bytes can be changed. */
export interface StreamCopy {
  /** What differs from the file, in order. */
  readonly changed: readonly { readonly offset: number; readonly size: number }[];
  readonly tried: TriedLoad;
  /** Command line of the destination; "" for the machine that the stream names. */
  readonly machine: string;
}

/** A migration stream, or any file that was opened as one. */
export interface StreamPage {
  readonly kind: "stream";
  readonly name: string;
  /** Bytes of the file, and of the stream once it is known that they are not the same. */
  readonly size: number;
  /** Another one for each time that the file was read: bytes of an earlier one are no longer its own. */
  readonly generation: number;
  readonly reading: StreamReading;
  readonly copy?: StreamCopy;
}

/** Bytes of the stream's file that the page asked for. */
export interface BytesPage {
  readonly kind: "bytes";
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** How a search in the file goes on, and how it ended. */
export type SearchPage =
  | { readonly kind: "finding"; readonly offset: number }
  | { readonly kind: "found"; readonly offset: number; readonly size: number }
  | { readonly kind: "notFound" };

/** What may be typed next on a command line. */
export interface CompletionsPage {
  readonly kind: "completions";
  /** The line as it was typed. */
  readonly line: string;
  readonly completions: readonly Completion[];
}

/** Guest memory that the page asked for. */
export interface MemoryPage {
  readonly kind: "memory";
  /** As it was asked for. */
  readonly address: string;
  /** Absent where there is an answer only in words. */
  readonly view?: MemoryResult;
  readonly message?: string;
}

/** Two versions of a tree. */
export interface ComparePage {
  readonly kind: "compare";
  /** Root of the window's tree. */
  readonly tree: string;
  readonly sides: CompareSides;
  readonly findings: readonly CompareFinding[];
}

export type ToPage =
  | SimulationPage
  | OrderPage
  | GraphPage
  | ComparePage
  | StreamPage
  | BytesPage
  | SearchPage
  | CompletionsPage
  | MemoryPage
  | RunningPage
  | FailedPage;

/** Opened as a document, or saved as a file. */
export type ExportFormat = "json" | "markdown" | "svg" | SavedFormat;

const exportFormats: readonly ExportFormat[] = ["json", "markdown", "svg", "html", "perfetto"];

export type FromPage =
  | { readonly kind: "ready" }
  /** Opens a file of the tree, or of one of the two that are compared; `line` is zero-based. */
  | { readonly kind: "open"; readonly file: string; readonly line: number; readonly side?: Side }
  /** Simulates this command line. */
  | { readonly kind: "simulate"; readonly machine: string }
  /** Simulates the shown machine with a section elsewhere in the stream; without a place as the handler list says. */
  | { readonly kind: "rearrange"; readonly move?: SimulateMove }
  | { readonly kind: "order"; readonly machine: string }
  | { readonly kind: "watch"; readonly on: boolean }
  | { readonly kind: "export"; readonly format: ExportFormat }
  /** Asks for bytes of the stream's file; at most `bytesAtOnce`. */
  | { readonly kind: "bytes"; readonly offset: number; readonly size: number }
  /** Looks for bytes in the stream's file from an offset on, then from its start; at most `longestPattern` of them. */
  | { readonly kind: "find"; readonly bytes: readonly number[]; readonly from: number }
  | { readonly kind: "stopFinding" }
  /** Opens a copy whose bytes can be changed. */
  | { readonly kind: "editCopy" }
  /** Puts bytes into the copy; at most `longestWrite`. */
  | { readonly kind: "write"; readonly offset: number; readonly bytes: readonly number[] }
  /** Takes back the last change of the copy. */
  | { readonly kind: "undo" }
  /** Loads the copy into this machine; "" for the one that the stream names. */
  | { readonly kind: "loadInto"; readonly machine: string }
  /** Reads the file again. */
  | { readonly kind: "again" }
  /** Reads this snapshot of the file. */
  | { readonly kind: "snapshot"; readonly id: string }
  /** Shows the order that the page has as a drawing. */
  | { readonly kind: "graph" }
  /** Asks for a level and puts the table there. */
  | { readonly kind: "move"; readonly symbol: string; readonly file: string; readonly level: string }
  /** Asks for another version, or a stream, at one end of the simulated migration. */
  | { readonly kind: "chooseEnd"; readonly end: "source" | "destination" }
  /** Asks for another version, tree, dump or stream to compare. */
  | { readonly kind: "chooseSide"; readonly side: Side }
  /** Asks what may be typed next on a command line. */
  | { readonly kind: "complete"; readonly line: string }
  /** Asks for the memory of this machine's simulated destination at an address. */
  | { readonly kind: "memory"; readonly machine: string; readonly move?: SimulateMove; readonly address: string }
  | { readonly kind: "chooseMachine"; readonly purpose: "simulate" | "order" }
  | { readonly kind: "showOutput" }
  /** Gives the page's column the whole window, or takes it back. */
  | { readonly kind: "widen" };

export const bytesAtOnce = 4096;
const longestWrite = 256;

function isPlace(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function areBytes(value: unknown, most: number): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.length <= most && value.every(isOctet);
}

function isOctet(value: unknown): boolean {
  return isPlace(value) && value < 256;
}

function isSide(value: unknown): value is Side {
  return value === "old" || value === "new";
}

function readMove(value: unknown): SimulateMove | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { section, before, to }: Readonly<Record<string, unknown>> = { ...value };
  if (typeof section !== "string") return undefined;
  if (typeof before === "string") return { section, before };
  return to === "first" || to === "last" ? { section, to } : undefined;
}

/** Reads what a page posted; undefined for anything that is no message of ours. */
export function readFromPage(value: unknown): FromPage | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  const message: Readonly<Record<string, unknown>> = { ...value };
  switch (message.kind) {
    case "chooseMachine": {
      const { purpose } = message;
      return purpose === "simulate" || purpose === "order" ? { kind: "chooseMachine", purpose } : undefined;
    }
    case "chooseEnd": {
      const { end } = message;
      return end === "source" || end === "destination" ? { kind: "chooseEnd", end } : undefined;
    }
    case "chooseSide": {
      const { side } = message;
      return isSide(side) ? { kind: "chooseSide", side } : undefined;
    }
    case "find": {
      const { bytes, from } = message;
      return areBytes(bytes, longestPattern) && isPlace(from) ? { kind: "find", bytes, from } : undefined;
    }
    case "write": {
      const { offset, bytes } = message;
      return isPlace(offset) && areBytes(bytes, longestWrite) ? { kind: "write", offset, bytes } : undefined;
    }
    case "ready":
    case "undo":
    case "editCopy":
    case "again":
    case "stopFinding":
    case "graph":
    case "showOutput":
    case "widen":
      return { kind: message.kind };
    case "rearrange": {
      const move = readMove(message.move);
      return move === undefined ? { kind: "rearrange" } : { kind: "rearrange", move };
    }
    case "memory": {
      const { machine, address } = message;
      if (typeof machine !== "string" || typeof address !== "string") return undefined;
      const move = readMove(message.move);
      return { kind: "memory", machine, address, ...(move === undefined ? {} : { move }) };
    }
    case "simulate":
    case "loadInto":
    case "order":
      return typeof message.machine === "string" ? { kind: message.kind, machine: message.machine } : undefined;
    case "complete":
      return typeof message.line === "string" ? { kind: "complete", line: message.line } : undefined;
    case "snapshot":
      return typeof message.id === "string" ? { kind: "snapshot", id: message.id } : undefined;
    case "watch":
      return typeof message.on === "boolean" ? { kind: "watch", on: message.on } : undefined;
    case "export": {
      const format = exportFormats.find((each) => each === message.format);
      return format === undefined ? undefined : { kind: "export", format };
    }
    case "open": {
      const { file, line, side } = message;
      if (typeof file !== "string" || !isPlace(line)) return undefined;
      return isSide(side) ? { kind: "open", file, line, side } : { kind: "open", file, line };
    }
    case "move": {
      const { symbol, file, level } = message;
      return typeof symbol === "string" && typeof file === "string" && typeof level === "string"
        ? { kind: "move", symbol, file, level }
        : undefined;
    }
    case "bytes": {
      const { offset, size } = message;
      return isPlace(offset) && isPlace(size) && size <= bytesAtOnce ? { kind: "bytes", offset, size } : undefined;
    }
    default:
      return undefined;
  }
}

/** A path of the tree without steps that lead out of it; undefined where it would. */
export function insideTree(path: string): string | undefined {
  if (path === "" || path.startsWith("/") || /^[A-Za-z]:/.test(path) || path.includes("\\")) return undefined;
  const parts = path.split("/");
  return parts.some((part) => part === ".." || part === "") ? undefined : path;
}
