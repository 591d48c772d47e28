import { describe, expect, it } from "vitest";
import { simulate } from "../../core/emulator";
import type { SimulationReport } from "../../core/emulator";
import { timelineOf } from "../../core/ide/timeline";
import { perfettoTrace } from "../../core/ide/text/perfetto";
import { simulationHtml } from "../../core/ide/text/simulationHtml";
import { exampleTree } from "../emulator/tree";

function founding(): SimulationReport {
  const result = simulate(exampleTree(), { machine: "-M q35 -m 16 -device demo-disk -device demo-iommu" });
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

describe("the timeline of a load", () => {
  it("has a lane for memory and for each level, its bars in the stream's order, without gaps", () => {
    const report = founding();
    const { lanes } = timelineOf(report);
    expect(lanes.map(({ name }) => name)).toEqual(["guest memory", "MIG_PRI_DEFAULT"]);
    const bars = lanes.flatMap((lane) => lane.bars).sort((a, b) => a.index - b.index);
    expect(bars.map(({ section }) => section)).toEqual(report.sections);
    for (const [i, { at, width }] of bars.entries()) expect(at).toBeCloseTo(i * width);
    const last = bars.at(-1);
    expect((last?.at ?? 0) + (last?.width ?? 0)).toBeCloseTo(1);
  });

  it("points from what came too early to what it needed", () => {
    const { accesses, arrow } = timelineOf(founding());
    expect(accesses.map(({ isFault, event }) => [isFault, event.idstr])).toEqual([[true, "0000:00:00.0/demo-disk"]]);
    expect(arrow?.from.at).toBe(accesses[0]?.at);
    expect(arrow?.to.at).toBeGreaterThan(arrow?.from.at ?? 1);
  });
});

describe("a simulation as one HTML file", () => {
  it("loads and runs nothing, and begins with the cause", () => {
    const report = founding();
    const html = simulationHtml(report);
    expect(html).not.toMatch(/<script|\bsrc=|\bhref=|\bon\w+="|https?:/);
    expect(html).toContain("default-src 'none'");
    expect(html.indexOf('class="cause"')).toBeLessThan(html.indexOf("<svg"));
    expect(html.match(/<rect /g)).toHaveLength(report.sections.length);
  });

  it("says an access once, with each line of C that it comes from", () => {
    const report = founding();
    const access = report.events.find(({ kind, file }) => kind !== "iommu-loaded" && file !== undefined);
    if (access === undefined) throw new Error("no access");
    const events = [6, 6, 8].map((line) => ({ ...access, file: "hw/ring.c", line }));
    const other = { ...events[0], ...access, address: "0x1234" };
    const rows = simulationHtml({ ...report, events: [...events, other] })
      .split("While loading")[1]
      ?.split("<tr>");
    expect(rows).toHaveLength(4);
    expect(rows?.[2]).toContain("<td>hw/ring.c:7<br>hw/ring.c:9</td>");
  });

  it("shows names as text", () => {
    const report = founding();
    const [first] = report.sections;
    if (first === undefined) throw new Error("no section");
    const html = simulationHtml({
      ...report,
      sections: [{ ...first, idstr: '<b onload="x">&' }],
      events: [],
      failure: null,
    });
    expect(html).toContain("&lt;b onload=&quot;x&quot;&gt;&amp;");
    expect(html).not.toContain("<b ");
  });
});

describe("a simulation as a trace", () => {
  it("has each section as a slice behind the one before, and accesses at the end of theirs", () => {
    const report = founding();
    const { traceEvents }: { traceEvents: readonly Slice[] } = JSON.parse(perfettoTrace(report));
    const slices = traceEvents.filter(({ ph }) => ph === "X");
    expect(slices.map(({ name }) => name)).toEqual(report.sections.map(({ idstr }) => idstr));
    let now = 0;
    for (const { ts, dur } of slices) {
      expect(ts).toBeCloseTo(now);
      now += dur;
    }
    const [access] = traceEvents.filter(({ ph }) => ph === "i");
    const disk = slices.find(({ name }) => name === "0000:00:00.0/demo-disk");
    expect(access?.ts).toBeCloseTo((disk?.ts ?? 0) + (disk?.dur ?? 0));
  });
});

interface Slice {
  readonly ph: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
}
