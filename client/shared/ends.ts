/** Where a simulated migration starts and where it arrives. */
import type { SimulateResult } from "../../server/protocol";

export type SourceEnd =
  | { readonly kind: "tree" }
  | { readonly kind: "revision"; readonly revision: string }
  /** A file with a stream that a real QEMU wrote. */
  | { readonly kind: "stream"; readonly path: string };

export type DestinationEnd = Exclude<SourceEnd, { kind: "stream" }>;

export interface Ends {
  readonly source: SourceEnd;
  readonly destination: DestinationEnd;
}

/** The tree with what is typed, to itself. */
export const sameTree: Ends = { source: { kind: "tree" }, destination: { kind: "tree" } };

/** What the command line writes to be saved: one page for a mail or a tracker, a trace for Perfetto. */
export type SavedFormat = "html" | "perfetto";

export function isSameTree({ source, destination }: Ends): boolean {
  return source.kind === "tree" && destination.kind === "tree";
}

/** Arguments of `vmstate`; every value is joined to its option, so that none is read as an option. */
export function simulateArguments(
  folder: string,
  machine: string,
  { source, destination }: Ends,
  { format = "json", target = "" }: { readonly format?: "json" | SavedFormat; readonly target?: string } = {},
): readonly string[] {
  const from =
    source.kind === "revision" ? [`--from=${source.revision}`] : source.kind === "stream" ? [] : [`--from=${folder}`];
  const to = destination.kind === "revision" ? destination.revision : folder;
  const stream = source.kind === "stream" ? [`--load=${source.path}`] : [];
  const line = machine === "" ? [] : [`--machine=${machine}`];
  const of = target === "" ? [] : [`--target=${target}`];
  const head = ["simulate", `--tree=${folder}`, ...of, `--format=${format}`, "--all"];
  return [...head, ...from, `--to=${to}`, ...stream, ...line];
}

/** Reads what `vmstate simulate --format json` printed; undefined where it is none of it. */
export function readReport(
  json: string,
  more: Pick<SimulateResult, "tree" | "machine" | "milliseconds">,
): SimulateResult | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  return isReport(parsed) ? { ...parsed, machineType: parsed.machine, ...more } : undefined;
}

/** Our own program wrote it: its parts are looked for, not each of their values. */
function isReport(value: unknown): value is SimulateResult {
  if (typeof value !== "object" || value === null) return false;
  const { outcome, sections, events, messages, notes, ram, machine, size }: Readonly<Record<string, unknown>> = {
    ...value,
  };
  return (
    (outcome === "completed" || outcome === "failed" || outcome === "corrupted" || outcome === "unknown") &&
    [sections, events, messages, notes].every((list) => Array.isArray(list)) &&
    typeof ram === "object" &&
    ram !== null &&
    typeof machine === "string" &&
    typeof size === "number"
  );
}
