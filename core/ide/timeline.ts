/** The timeline of a load, laid out: lanes, bars, accesses, and the arrow from what came too early to what it needed. Numbers only. */
import type { ReportCause } from "../emulator/migration/cause";
import type { ReportEvent, ReportSection, SimulationReport } from "../emulator/migration/report";

export interface Timeline {
  readonly lanes: readonly Lane[];
  /** Accesses to guest memory, in their order. */
  readonly accesses: readonly Access[];
  /** From the section that went wrong to the one that it needed. */
  readonly arrow?: { readonly from: Place; readonly to: Place; readonly cause: ReportCause };
}

export interface Lane {
  /** A priority level, or the guest's RAM. */
  readonly name: string;
  readonly bars: readonly Bar[];
}

/** `at` and `width` are shares of the whole, 0 to 1. A step is as wide as every other: sections differ in size by a factor of 10,000. */
export interface Bar {
  readonly section: ReportSection;
  /** Index in the report's sections. */
  readonly index: number;
  readonly at: number;
  readonly width: number;
}

export interface Access {
  readonly event: ReportEvent;
  readonly isFault: boolean;
  readonly at: number;
}

export interface Place {
  readonly lane: number;
  readonly at: number;
}

const memoryLane = "guest memory";

export function timelineOf({ sections, events, failure }: SimulationReport): Timeline {
  const width = 1 / Math.max(1, sections.length);
  const lanes = new Map<string, Bar[]>();
  for (const [index, section] of sections.entries()) {
    const name = section.kind === "full" ? section.level : memoryLane;
    const bar = { section, index, at: index * width, width };
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [bar]);
    else lane.push(bar);
  }
  const bars = [...lanes.values()].flat();
  const barOf = (idstr: string): Bar | undefined =>
    bars.find(({ section }) => section.idstr === idstr && section.kind === "full");
  const placeOf = (idstr: string): Place | undefined => {
    const bar = barOf(idstr);
    const lane = [...lanes.values()].findIndex((list) => bar !== undefined && list.includes(bar));
    return bar === undefined ? undefined : { lane, at: bar.at + bar.width / 2 };
  };
  const accesses = events.flatMap((event): Access[] => {
    const bar = barOf(event.idstr);
    if (bar === undefined || event.address === undefined) return [];
    return [{ event, isFault: event.result !== "ok", at: bar.at + bar.width / 2 }];
  });
  const cause = failure?.cause;
  const from = cause && placeOf(cause.consumer.idstr);
  const to = cause && placeOf(cause.provider.idstr);
  return {
    lanes: [...lanes].map(([name, list]) => ({ name, bars: list })),
    accesses,
    ...(cause === undefined || from === undefined || to === undefined ? {} : { arrow: { from, to, cause } }),
  };
}
