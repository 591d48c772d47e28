/** A simulation as one HTML file for a mail or an issue tracker: no script, nothing loaded from elsewhere, light and dark. */
import type { ReportEvent, SimulationReport } from "../../emulator/migration/report";
import { markupText, printable } from "../../printable";
import { type Timeline, timelineOf } from "../timeline";
import { foldedEvents } from "./foldedEvents";
import { bytes, duration, plural } from "./style";

const verdicts = {
  completed: "The guest arrives",
  failed: "Loading stops",
  corrupted: "Migration succeeds, but device state is wrong (silent corruption)",
  unknown: "Whether the guest arrives is not known",
} as const;

export function simulationHtml(report: SimulationReport): string {
  const { outcome, machine, sections, failure, messages, notes, size, timing, assumed = [] } = report;
  const isAssumed = outcome === "completed" && assumed.length > 0;
  const where = failure === null ? "" : ` at ${failure.idstr || `byte ${failure.offset}`}`;
  const chain = failure?.chain ?? [];
  const title = `${verdicts[outcome]}${outcome === "failed" ? where : ""}`;
  const said = messages.length > 0 ? messages : failure === null ? [] : [failure.message];
  const body = [
    `<h1 class="${isAssumed ? "unknown" : outcome}">${html(isAssumed ? `${title}, if` : title)}</h1>`,
    isAssumed ? `<ul>${assumed.map((each) => `<li>${html(each)}</li>`).join("")}</ul>` : "",
    failure?.cause === undefined ? "" : `<p class="cause">${html(failure.cause.text)}</p>`,
    ...said.map((line) => `<pre>${html(line)}</pre>`),
    ...report.open.map(
      ({ idstr, reasons }) =>
        `<p><code>${html(idstr)}</code> loads only if the destination has it so:</p><ul>${reasons.map((each) => `<li>${html(each)}</li>`).join("")}</ul>`,
    ),
    chain.length === 0
      ? ""
      : `<ol>${chain.map((step) => `<li><code>${html(step.function)}</code> ${html(`${step.file}:${step.line + 1}`)}</li>`).join("")}</ol>`,
    `<p>${html(`${machine}: ${plural(sections.length, "section")}, ${bytes(size)}, ${duration(timing.total)} on the way; the guest stands still for ${duration(timing.downtime)} of ${duration(timing.downtimeLimit)} allowed.`)}</p>`,
    drawing(timelineOf(report)),
    sectionTable(report),
    eventTable(report.events),
    notes.length === 0
      ? ""
      : `<h2>Assumed and left out</h2><ul>${notes.map((note) => `<li>${html(note)}</li>`).join("")}</ul>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(`${machine}: ${title}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body.filter((part) => part !== "").join("\n")}
</main>
</body>
</html>
`;
}

const size = { width: 960, label: 170, lane: 34, access: 14 } as const;

function drawing({ lanes, accesses, arrow }: Timeline): string {
  if (lanes.length === 0) return "";
  const track = size.width - size.label;
  const x = (at: number): number => Math.round((size.label + at * track) * 10) / 10;
  const y = (lane: number): number => lane * size.lane + 6;
  const accessLine = lanes.length * size.lane + size.access;
  const named = accessLine + 22;
  const height = arrow === undefined ? accessLine + 14 : named + 22;
  const parts = lanes.flatMap(({ name, bars }, lane) => [
    `<text x="0" y="${y(lane) + 16}">${html(name)}</text>`,
    `<line class="lane" x1="${size.label}" x2="${size.width}" y1="${y(lane) + 22}" y2="${y(lane) + 22}"/>`,
    ...bars.map(({ section, at, width }) => {
      const wide = Math.max(1.5, width * track - 1);
      const tip = `${section.idstr}: ${section.kind}, ${section.size} bytes at ${section.offset}, ${section.result}`;
      const kind = section.result.replaceAll(" ", "-");
      return `<rect class="${kind}" x="${x(at)}" y="${y(lane) + 2}" width="${wide.toFixed(1)}" height="20"><title>${html(tip)}</title></rect>`;
    }),
  ]);
  const marks = accesses.map(({ event, isFault, at }) => {
    const tip = `${event.idstr}: ${event.kind} ${event.address ?? ""}${event.translated === undefined ? "" : ` -> ${event.translated}`}: ${event.result}`;
    return `<circle class="${isFault ? "fault" : "ok"}" cx="${x(at)}" cy="${accessLine}" r="4"><title>${html(tip)}</title></circle>`;
  });
  if (accesses.length > 0) marks.unshift(`<text x="0" y="${accessLine + 4}">accesses while loading</text>`);
  const needs =
    arrow === undefined
      ? []
      : [
          `<path class="needs" marker-end="url(#head)" d="M${x(arrow.from.at)} ${y(arrow.from.lane) + 2} C${x(arrow.from.at)} ${y(arrow.from.lane) - 26}, ${x(arrow.to.at)} ${y(arrow.to.lane) - 26}, ${x(arrow.to.at)} ${y(arrow.to.lane)}"><title>${html(arrow.cause.text)}</title></path>`,
          `<text class="end" x="${x(arrow.from.at)}" y="${named}">${html(arrow.cause.consumer.idstr)}</text>`,
          `<text class="end" x="${x(arrow.to.at)}" y="${named + 16}">needs ${html(arrow.cause.provider.idstr)}</text>`,
        ];
  const label = `Timeline of the load: ${lanes.map(({ name, bars }) => `${name}, ${plural(bars.length, "section")}`).join("; ")}`;
  return `<svg viewBox="0 -26 ${size.width} ${height + 26}" role="img" aria-label="${html(label)}"><defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>${[...parts, ...marks, ...needs].join("")}</svg>`;
}

function sectionTable({ sections }: SimulationReport): string {
  const rows = sections.map(
    ({ offset, size: length, kind, idstr, level, result }) =>
      `<tr class="${result.replaceAll(" ", "-")}"><td>${offset}</td><td>${length}</td><td>${kind}</td><td><code>${html(idstr)}</code></td><td>${html(level)}</td><td>${result}</td></tr>`,
  );
  return `<h2>Sections in the order of the stream</h2><table><thead><tr><th>offset</th><th>bytes</th><th>kind</th><th>section</th><th>level</th><th>result</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function eventTable(events: readonly ReportEvent[]): string {
  if (events.length === 0) return "";
  const rows = foldedEvents(events).map(({ event: { idstr, kind, address, translated, result }, places }) => {
    const way = translated === undefined ? (address ?? "") : `${address ?? ""} → ${translated}`;
    return `<tr><td><code>${html(idstr)}</code></td><td>${kind}</td><td>${html(way)}</td><td>${html(result)}</td><td>${places.map(html).join("<br>")}</td></tr>`;
  });
  return `<h2>While loading</h2><table><thead><tr><th>section</th><th>what</th><th>address</th><th>result</th><th>line of C</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function html(text: string): string {
  return markupText(printable(text));
}

const style = `
:root { color-scheme: light dark; --good: #2e7d32; --bad: #c62828; --wrong: #b26a00; --dim: #8886; }
@media (prefers-color-scheme: dark) { :root { --good: #81c784; --bad: #ef9a9a; --wrong: #ffcc80; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem 1rem; }
main { max-width: 60rem; margin: auto; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.completed { color: var(--good); } .failed { color: var(--bad); } .corrupted, .unknown { color: var(--wrong); }
.cause { font-size: 1.1rem; border-left: 4px solid var(--bad); padding-left: 1rem; }
pre { white-space: pre-wrap; margin: .3rem 0; } code, pre { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--dim); font-size: .9rem; }
tr.failed td, tr.wrong td, tr.not-known td { color: var(--bad); } tr.not-loaded td { opacity: .6; }
svg { width: 100%; margin: 1rem 0; } svg .end { text-anchor: end; fill: var(--bad); } svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
.lane { stroke: var(--dim); } rect { fill: var(--good); } rect.failed { fill: var(--bad); } rect.wrong, rect.not-known { fill: var(--wrong); }
rect.not-loaded, rect.not-known { fill: var(--dim); } circle.ok { fill: var(--good); } circle.fault { fill: var(--bad); }
.needs { fill: none; stroke: var(--bad); stroke-width: 2; } marker path { fill: var(--bad); }
`;
