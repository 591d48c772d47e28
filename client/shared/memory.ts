/** What guest memory holds, in words: what the accesses of a simulation say of it, and where its bytes come from. */
import * as l10n from "@vscode/l10n";
import type { MemoryResult, SimulateEvent, SimulateResult, SimulateWalk } from "../../server/protocol";
import { entryName, hexRows, type HexRow } from "./walk";

export interface MemoryRow extends HexRow {
  /** Rows of zero that follow and are not shown. */
  readonly zeros: number;
  /** What begins in this row. */
  readonly holds: readonly string[];
}

/** Rows of zero, of which nothing is known, are counted with the row before. */
export function memoryRows(view: MemoryResult, events: readonly SimulateEvent[]): readonly MemoryRow[] {
  const known = usesOf(events);
  const rows: MemoryRow[] = [];
  for (const row of hexRows(view.address, view.bytes ?? "")) {
    const from = BigInt(row.at);
    const holds = known.filter(({ at }) => at >= from && at < from + 8n).map(({ what }) => what);
    const last = rows.at(-1);
    const isZero = holds.length === 0 && row.hex.split(" ").every((octet) => octet === "00");
    if (isZero && last !== undefined) rows[rows.length - 1] = { ...last, zeros: last.zeros + 1 };
    else rows.push({ ...row, zeros: 0, holds });
  }
  return rows;
}

interface Use {
  readonly at: bigint;
  readonly what: string;
}

function usesOf(events: readonly SimulateEvent[]): readonly Use[] {
  const uses = new Map<string, Use>();
  const put = (address: string, what: string): void =>
    void uses.set(`${address} ${what}`, { at: BigInt(address), what });
  for (const event of events) {
    for (const { steps } of walksOf(event)) {
      for (const step of steps) {
        const fields = step.fields.map(([name, value]) => `${name}=${value}`).join(" ");
        if (step.address !== undefined) put(step.address, [entryName(step), fields].filter(Boolean).join(": "));
      }
    }
    const { walk, meant, idstr } = event;
    if (walk !== undefined && walk.end.kind !== "fault") put(walk.end.address, doesHere(event.kind, idstr));
    if (meant !== undefined && meant.end.kind !== "fault")
      put(meant.end.address, l10n.t("{0} was to find this", idstr));
  }
  return [...uses.values()];
}

function walksOf({ walk, meant }: SimulateEvent): readonly SimulateWalk[] {
  return [walk, meant].filter((each) => each !== undefined);
}

function doesHere(kind: SimulateEvent["kind"], idstr: string): string {
  switch (kind) {
    case "dma-read":
      return l10n.t("{0} reads here while it loads", idstr);
    case "dma-write":
      return l10n.t("{0} writes here while it loads; what it writes is not known and not shown", idstr);
    default:
      return l10n.t("{0} maps this while it loads", idstr);
  }
}

/** Where the bytes come from: sentences. */
export function originOf(view: MemoryResult): readonly string[] {
  const { bytes, sent, block, holds, regions, address } = view;
  if (bytes === undefined) {
    const all = regions.map(({ name, first, last }) => l10n.t("{0} from {1} to {2}", name, first, last));
    return [l10n.t("The guest has no memory at {0}. It has {1}.", address, all.join(", "))];
  }
  const where =
    sent === undefined
      ? l10n.t("{0}. RAM's section brought no contents for this page: it is zero.", block ?? "")
      : l10n.t(
          "{0}. RAM's section brought this page, at byte {1} of the stream.",
          block ?? "",
          `0x${sent.toString(16)}`,
        );
  if (holds === undefined && sent === undefined) return [where];
  return [where, generatedAs(holds)];
}

function generatedAs(holds: MemoryResult["holds"]): string {
  switch (holds?.kind) {
    case "tables":
      return l10n.t("Generated: tables of {0}, as a guest's driver would lay them out.", holds.idstr);
    case "buffer":
      return l10n.t(
        "Generated: a buffer of {0}. Its first word is a mark, by which an access that goes elsewhere is known.",
        holds.idstr,
      );
    case undefined:
      return l10n.t("Generated: what a busy guest writes. The bytes mean nothing.");
  }
}

/** Where to look first: what a wrong access was to find, else what any access finds, else where memory begins. */
export function placeOfInterest({ events }: Pick<SimulateResult, "events">): string {
  const walks = [...events.map(({ meant }) => meant), ...events.map(({ walk }) => walk)];
  const end = walks.map((walk) => walk?.end).find((each) => each !== undefined && each.kind !== "fault");
  return end?.address ?? "0x0";
}

/** Hexadecimal, with or without 0x; undefined for anything else. */
export function readAddress(text: string): string | undefined {
  const [, digits] = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(text.trim()) ?? [];
  return digits === undefined ? undefined : `0x${digits.toLowerCase()}`;
}

/** The address so many bytes further on; undefined beyond what 64 bits hold. */
export function movedBy(address: string, bytes: number): string | undefined {
  const next = BigInt(address) + BigInt(bytes);
  return next < 0n || next >= 2n ** 64n ? undefined : `0x${next.toString(16)}`;
}
