/**
 * What the extension and its pages say to each other.
 *
 * Invariant: plain data, no editor types, so that both sides and the tests may import it.
 */
import type { InspectResult, OrderResult, SimulateResult } from "../../server/protocol";
import type { CompareFinding } from "./compare";

/** A simulation with the order it ran in; the order is undefined where the server could not tell it. */
export interface SimulationPage {
  readonly kind: "simulation";
  readonly result: SimulateResult;
  readonly order: OrderResult | undefined;
  /** What is different from the last run of this machine; undefined for the first. */
  readonly changes: readonly string[] | undefined;
  /** Runs again whenever a C file is saved. */
  readonly watching: boolean;
}

export interface OrderPage {
  readonly kind: "order";
  readonly result: OrderResult;
  /** Command line the order is for; undefined for the whole tree. */
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
}

/** A migration stream. */
export interface StreamPage {
  readonly kind: "stream";
  readonly name: string;
  readonly result: InspectResult;
}

/** Bytes of the stream's file that the page asked for. */
export interface BytesPage {
  readonly kind: "bytes";
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Two versions of a tree. */
export interface ComparePage {
  readonly kind: "compare";
  /** Root of the tree that the findings' files are in. */
  readonly tree: string;
  /** What it was compared with. */
  readonly old: string;
  readonly findings: readonly CompareFinding[];
}

export type ToPage = SimulationPage | OrderPage | ComparePage | StreamPage | BytesPage | RunningPage | FailedPage;

export type FromPage =
  | { readonly kind: "ready" }
  /** Opens a file of the tree; `line` is zero-based. */
  | { readonly kind: "open"; readonly file: string; readonly line: number }
  /** Simulates this command line. */
  | { readonly kind: "simulate"; readonly machine: string }
  | { readonly kind: "order"; readonly machine: string }
  | { readonly kind: "watch"; readonly on: boolean }
  | { readonly kind: "export"; readonly format: "json" | "markdown" }
  /** Asks for bytes of the stream's file; at most `bytesAtOnce`. */
  | { readonly kind: "bytes"; readonly offset: number; readonly size: number }
  /** Opens the definition of a C symbol of the tree. */
  | { readonly kind: "symbol"; readonly symbol: string }
  | { readonly kind: "chooseMachine"; readonly purpose: "simulate" | "order" }
  | { readonly kind: "showOutput" };

export const bytesAtOnce = 4096;

function isPlace(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
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
    case "ready":
    case "showOutput":
      return { kind: message.kind };
    case "simulate":
    case "order":
      return typeof message.machine === "string" ? { kind: message.kind, machine: message.machine } : undefined;
    case "watch":
      return typeof message.on === "boolean" ? { kind: "watch", on: message.on } : undefined;
    case "export": {
      const { format } = message;
      return format === "json" || format === "markdown" ? { kind: "export", format } : undefined;
    }
    case "open": {
      const { file, line } = message;
      return typeof file === "string" && isPlace(line) ? { kind: "open", file, line } : undefined;
    }
    case "bytes": {
      const { offset, size } = message;
      return isPlace(offset) && isPlace(size) && size <= bytesAtOnce ? { kind: "bytes", offset, size } : undefined;
    }
    case "symbol":
      return typeof message.symbol === "string" && /^\w+$/.test(message.symbol)
        ? { kind: "symbol", symbol: message.symbol }
        : undefined;
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
