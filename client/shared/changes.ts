/** What is different from the last run of the same machine. */
import * as l10n from "@vscode/l10n";
import type { SimulateResult, SimulateSection } from "../../server/protocol";
import { formatBytes } from "./format";

/** Sentences for a person, most important first; empty where nothing changed. */
export function changesBetween(before: SimulateResult, after: SimulateResult): readonly string[] {
  const outcome =
    before.outcome === after.outcome ? [] : [`${outcomeBefore(before.outcome)} ${outcomeNow(after.outcome)}`];
  const old = keyed(before.sections);
  const fresh = keyed(after.sections);
  const added = [...fresh.keys()].filter((key) => !old.has(key));
  const removed = [...old.keys()].filter((key) => !fresh.has(key));
  const kept = [...fresh.keys()].filter((key) => old.has(key));
  const resized = kept.flatMap((key) => {
    const [from, to] = [old.get(key)?.size ?? 0, fresh.get(key)?.size ?? 0];
    return from === to ? [] : [l10n.t("{0}: {1} became {2}.", key, formatBytes(from), formatBytes(to))];
  });
  const oldOrder = [...old.keys()].filter((key) => fresh.has(key));
  const moved = movedKeys(oldOrder, kept);
  return [
    ...outcome,
    ...moved.map((key) => {
      const place = after.sections.findIndex((section) => keyOf(section) === key) + 1;
      return l10n.t("{0} is now at place {1}.", key, place);
    }),
    ...added.map((key) => l10n.t("{0} is new.", key)),
    ...removed.map((key) => l10n.t("{0} is gone.", key)),
    ...resized,
  ];
}

function outcomeBefore(outcome: SimulateResult["outcome"]): string {
  switch (outcome) {
    case "completed":
      return l10n.t("It completed before.");
    case "failed":
      return l10n.t("It failed before.");
    case "corrupted":
      return l10n.t("It loaded wrong state before.");
    case "unknown":
      return l10n.t("Whether it completes was not known before.");
  }
}

function outcomeNow(outcome: SimulateResult["outcome"]): string {
  switch (outcome) {
    case "completed":
      return l10n.t("It completes now.");
    case "failed":
      return l10n.t("It fails now.");
    case "corrupted":
      return l10n.t("It loads wrong state now.");
    case "unknown":
      return l10n.t("Whether it completes is not known now.");
  }
}

function keyOf(section: SimulateSection): string {
  const kind = section.kind === "full" ? "" : ` (${section.kind})`;
  return `${section.idstr}${section.instanceId === 0 ? "" : ` #${section.instanceId}`}${kind}`;
}

function keyed(sections: readonly SimulateSection[]): ReadonlyMap<string, SimulateSection> {
  return new Map(sections.map((section) => [keyOf(section), section]));
}

/** The fewest keys whose moving explains the new order: those outside a longest common run of increasing places. */
function movedKeys(before: readonly string[], after: readonly string[]): readonly string[] {
  const places = new Map(before.map((key, place) => [key, place]));
  const sequence = after.map((key) => places.get(key) ?? 0);
  const ends: number[] = [];
  const previous: number[] = [];
  sequence.forEach((place, index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sequence[ends[middle] ?? 0] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : (ends[low - 1] ?? -1);
    ends[low] = index;
  });
  const stayed = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) stayed.add(index);
  return after.filter((_, index) => !stayed.has(index));
}
