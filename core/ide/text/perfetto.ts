/**
 * A simulated migration in the trace format that Perfetto and Chrome's tracing open: sections as slices on a track for each priority
 * level, rounds of RAM on their own, accesses to guest memory as instants of the section that makes them. Times are those on the way,
 * at the bandwidth of the simulation, in microseconds.
 */
import type { ReportSection, SimulationReport } from "../../emulator/migration/report";
import { jsonText } from "../../printable";

export function perfettoTrace(report: SimulationReport): string {
  const tracks = new Map<string, number>();
  const track = (name: string): number => {
    const known = tracks.get(name);
    if (known !== undefined) return known;
    tracks.set(name, tracks.size + 1);
    return tracks.size;
  };
  const ends = new Map<string, number>();
  let now = 0;
  const slices = report.sections.map((section) => {
    const { idstr, instanceId, kind, offset, size, result, milliseconds } = section;
    const slice = {
      name: idstr,
      cat: kind,
      ph: "X",
      ts: now,
      dur: milliseconds * 1000,
      pid: 1,
      tid: track(trackOf(section)),
      args: { instance: instanceId, offset, bytes: size, result },
    };
    now += slice.dur;
    ends.set(idstr, now);
    return slice;
  });
  const instants = report.events.map(({ kind, idstr, address, translated, result, chain, file, line }) => ({
    name: `${kind}: ${result}`,
    cat: "load",
    ph: "i",
    s: "t",
    ts: ends.get(idstr) ?? now,
    pid: 1,
    tid: track("guest memory while loading"),
    args: {
      section: idstr,
      address,
      translated,
      chain,
      ...(file === undefined ? {} : { at: `${file}:${(line ?? 0) + 1}` }),
    },
  }));
  const names = [...tracks].map(([name, tid]) => ({ name: "thread_name", ph: "M", pid: 1, tid, args: { name } }));
  const whole = { name: "process_name", ph: "M", pid: 1, args: { name: `migration of ${report.machine}` } };
  return jsonText({ displayTimeUnit: "ms", traceEvents: [whole, ...names, ...slices, ...instants] });
}

function trackOf({ kind, level }: ReportSection): string {
  return kind === "full" ? level : "RAM and other iterated state";
}
