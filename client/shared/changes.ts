/** What is different from the last run of the same machine. */
import type { SimulateResult, SimulateSection } from "../../server/protocol";
import { formatBytes } from "./format";

/** Sentences for a person, most important first; empty where nothing changed. */
export function changesBetween(before: SimulateResult, after: SimulateResult): readonly string[] {
  const outcome =
    before.outcome === after.outcome ? [] : [`It ${past[before.outcome]} before and ${now[after.outcome]} now.`];
  const old = keyed(before.sections);
  const fresh = keyed(after.sections);
  const added = [...fresh.keys()].filter((key) => !old.has(key));
  const removed = [...old.keys()].filter((key) => !fresh.has(key));
  const kept = [...fresh.keys()].filter((key) => old.has(key));
  const resized = kept.flatMap((key) => {
    const [from, to] = [old.get(key)?.size ?? 0, fresh.get(key)?.size ?? 0];
    return from === to ? [] : [`${key}: ${formatBytes(from)} became ${formatBytes(to)}.`];
  });
  const oldOrder = [...old.keys()].filter((key) => fresh.has(key));
  const moved = movedKeys(oldOrder, kept);
  return [
    ...outcome,
    ...moved.map(
      (key) => `${key} is now at place ${after.sections.findIndex((section) => keyOf(section) === key) + 1}.`,
    ),
    ...added.map((key) => `${key} is new.`),
    ...removed.map((key) => `${key} is gone.`),
    ...resized,
  ];
}

const past = { completed: "completed", failed: "failed", corrupted: "loaded wrong state" } as const;
const now = { completed: "completes", failed: "fails", corrupted: "loads wrong state" } as const;

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
