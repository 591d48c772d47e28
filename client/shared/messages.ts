/**
 * What the extension and its pages say to each other.
 *
 * Invariant: plain data, no editor types, so that both sides and the tests may import it.
 */
import type { OrderResult, SimulateResult } from "../../server/protocol";

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
}

export type ToPage = SimulationPage | OrderPage | RunningPage | FailedPage;

export type FromPage =
  | { readonly kind: "ready" }
  /** Opens a file of the tree; `line` is zero-based. */
  | { readonly kind: "open"; readonly file: string; readonly line: number }
  /** Simulates this command line. */
  | { readonly kind: "simulate"; readonly machine: string }
  | { readonly kind: "order"; readonly machine: string }
  | { readonly kind: "watch"; readonly on: boolean }
  | { readonly kind: "export"; readonly format: "json" | "markdown" }
  | { readonly kind: "chooseMachine" }
  | { readonly kind: "showOutput" };

/** Reads what a page posted; undefined for anything that is no message of ours. */
export function readFromPage(value: unknown): FromPage | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  const message: Readonly<Record<string, unknown>> = { ...value };
  switch (message.kind) {
    case "ready":
    case "chooseMachine":
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
      const fits = typeof file === "string" && typeof line === "number" && Number.isSafeInteger(line) && line >= 0;
      return fits ? { kind: "open", file, line } : undefined;
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
