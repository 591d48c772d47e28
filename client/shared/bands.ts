/** Sections in stream order, cut where the priority level changes. */
import type { SimulateEvent, SimulateSection } from "../../server/protocol";
import { groupBy } from "./group";

export interface BandRow {
  readonly number: number;
  readonly section: SimulateSection;
  /** What its device did while it was loaded; attached to the last section of that name, where state is complete. */
  readonly events: readonly SimulateEvent[];
}

export interface Band {
  readonly level: string;
  readonly rows: readonly BandRow[];
  readonly bytes: number;
  /** Of all its sections on the way. */
  readonly milliseconds: number;
}

export function bandSections(sections: readonly SimulateSection[], events: readonly SimulateEvent[]): readonly Band[] {
  const byName = groupBy(events, (event) => event.idstr);
  const last = new Map(sections.map((section, index) => [section.idstr, index]));
  const bands: { level: string; rows: BandRow[]; bytes: number; milliseconds: number }[] = [];
  sections.forEach((section, index) => {
    let band = bands.at(-1);
    if (!band || band.level !== section.level) {
      band = { level: section.level, rows: [], bytes: 0, milliseconds: 0 };
      bands.push(band);
    }
    const own = last.get(section.idstr) === index ? byName.get(section.idstr) : undefined;
    band.rows.push({ number: index + 1, section, events: own ?? [] });
    band.bytes += section.size;
    band.milliseconds += section.milliseconds;
  });
  return bands;
}

/** What one device did in a row, the same access from several lines of C together. */
export function sameAccesses(
  events: readonly SimulateEvent[],
): readonly (readonly [SimulateEvent, ...SimulateEvent[]])[] {
  const groups: [SimulateEvent, ...SimulateEvent[]][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    const isSame =
      last !== undefined &&
      (["idstr", "kind", "address", "translated", "result"] as const).every((key) => last[0][key] === event[key]);
    if (isSame) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

/** Keeps the rows that name `words` in idstr, kind, level or result; without words all. */
export function filterBands(bands: readonly Band[], words: string): readonly Band[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return bands;
  return bands.flatMap((band) => {
    const rows = band.rows.filter(({ section }) =>
      [section.idstr, section.kind, section.level, section.result].some((value) =>
        value.toLowerCase().includes(wanted),
      ),
    );
    const sum = (what: "size" | "milliseconds"): number => rows.reduce((total, row) => total + row.section[what], 0);
    return rows.length === 0 ? [] : [{ ...band, rows, bytes: sum("size"), milliseconds: sum("milliseconds") }];
  });
}
