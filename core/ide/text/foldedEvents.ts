/** Accesses of a simulated load, each said once. */
import type { ReportEvent } from "../../emulator/migration/report";

export interface FoldedEvent {
  readonly event: ReportEvent;
  readonly times: number;
  /** Lines of C that it comes from, each once: `hw/ide/ahci.c:223`, counted from 1. */
  readonly places: readonly string[];
}

/** The same access again, from another place of the code, is said once. */
export function foldedEvents(events: readonly ReportEvent[]): readonly FoldedEvent[] {
  const folded: { event: ReportEvent; times: number; places: string[] }[] = [];
  for (const event of events) {
    const last = folded.at(-1);
    const isSame =
      last !== undefined &&
      (["idstr", "kind", "address", "translated", "result"] as const).every((key) => last.event[key] === event[key]);
    const { file, line } = event;
    const place = file === undefined || file === "" ? [] : [`${file}:${(line ?? 0) + 1}`];
    if (!isSame) folded.push({ event, times: 1, places: place });
    else {
      last.times++;
      last.places.push(...place.filter((each) => !last.places.includes(each)));
    }
  }
  return folded;
}
