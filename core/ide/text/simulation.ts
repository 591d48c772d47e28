import type { ReportEvent, ReportSection, SimulationReport, Timing } from "../../emulator/migration/report";
import { printable } from "../../printable";
import { foldedEvents } from "./foldedEvents";
import { bytes, duration, plural, type Style, table } from "./style";

export interface SimulationText {
  readonly style: Style;
  /** Every section and event, not only those that tell something. */
  readonly all: boolean;
}

/** What was sent in which order, what happened while it was loaded, and how it ended, in this order. */
export function simulationText(report: SimulationReport, { style, all }: SimulationText): string {
  const parts = [
    style.bold(`Migration of ${printable(report.machine)}`),
    `: ${plural(report.sections.length, "section")}, ${bytes(report.size)}, `,
    `${plural(report.ram.rounds.length, "round")} of RAM\n`,
    report.size === 0 ? "" : style.dim(`${onTheWay(report.timing)}\n`),
    "\n",
    sectionLines(report, style, all),
    eventLines(report, style, all),
    ending(report, style, all),
  ];
  return parts.join("");
}

function onTheWay({ total, downtime, downtimeLimit, bandwidth }: Timing): string {
  return (
    `${duration(total)} on the way at ${bytes(bandwidth)}/s; the guest stands still for ${duration(downtime)} ` +
    `of ${duration(downtimeLimit)} allowed`
  );
}

function sectionLines(report: SimulationReport, style: Style, all: boolean): string {
  const telling = new Set(report.events.map((event) => event.idstr));
  if (report.failure) telling.add(report.failure.idstr);
  for (const { idstr } of report.open) telling.add(idstr);
  const shown = report.sections.filter((each) => all || telling.has(each.idstr));
  const rows = shown.map((each) => [
    String(each.offset).padStart(8),
    each.kind,
    printable(each.idstr),
    printable(each.level),
    paintResult(each, style),
  ]);
  const others = report.sections.filter((each) => !shown.includes(each));
  const missed = others.filter((each) => each.result === "not loaded").length;
  const what = rows.length > 0 ? "other section" : "section";
  const rest = [
    ...(others.length - missed > 0 ? [`${plural(others.length - missed, what)} loaded`] : []),
    ...(missed > 0 ? [`${plural(missed, what)} not loaded any more`] : []),
  ];
  const joint = rows.length > 0 ? "and " : "";
  return table(rows, "  ") + (rest.length > 0 ? `  ${style.dim(`${joint}${rest.join(", ")}`)}\n` : "");
}

function paintResult({ result }: ReportSection, style: Style): string {
  if (result === "loaded") return style.green(result);
  if (result === "not known") return style.yellow(result);
  return result === "not loaded" ? style.dim(result) : style.red(result);
}

function eventLines(report: SimulationReport, style: Style, all: boolean): string {
  if (report.events.length === 0) return "";
  const folded = foldedEvents(report.events);
  const shown = all ? folded : folded.slice(-12);
  const hidden = folded.length - shown.length;
  const before = hidden > 0 ? `  ${style.dim(`${plural(hidden, "event")} before`)}\n` : "";
  const rows = shown.map(({ event, times }) => [
    printable(event.idstr),
    event.kind,
    addresses(event),
    `${paintEvent(event, style)}${times > 1 ? style.dim(` (${times} times)`) : ""}`,
  ]);
  return `\nWhile loading\n${before}${table(rows, "  ")}`;
}

function addresses({ address, translated }: ReportEvent): string {
  if (address === undefined) return "";
  return translated === undefined ? address : `${address} -> ${translated}`;
}

function paintEvent({ result }: ReportEvent, style: Style): string {
  return result === "ok" ? style.green(result) : style.red(printable(result));
}

function ending(report: SimulationReport, style: Style, all: boolean): string {
  const { failure, outcome, messages, notes, assumed = [] } = report;
  const lines: string[] = [""];
  if (failure !== null) {
    const head =
      outcome === "corrupted"
        ? style.yellow("Migration succeeds, but device state is wrong (silent corruption)")
        : style.red("The migration fails");
    const where = failure.idstr === "" ? "at" : `in ${style.bold(printable(failure.idstr))},`;
    lines.push(`${head} ${where} byte ${failure.offset} of the stream:`);
    if (failure.cause !== undefined) lines.push(`  ${style.bold(printable(failure.cause.text))}`);
    const said = messages.length > 0 ? messages : [failure.message];
    lines.push(...said.map((message) => `  ${printable(message)}`));
    for (const step of failure.chain) {
      lines.push(`  ${style.cyan(printable(`${step.file}:${step.line + 1}`))} ${printable(step.function)}`);
    }
    if (failure.file !== "" && failure.chain.length === 0)
      lines.push(`  ${style.cyan(printable(`${failure.file}:${failure.line + 1}`))}`);
  } else if (outcome === "unknown") lines.push(style.yellow("Whether the migration completes is not known."));
  else if (assumed.length === 0) lines.push(style.green("The migration completes."));
  else lines.push(style.yellow("The migration completes, if"), ...assumed.map((each) => `  ${printable(each)}`));
  for (const { idstr, offset, reasons } of report.open) {
    // no section is at the stream's first byte
    const what =
      offset === 0
        ? ": sections may be missing on both sides, for its C could not be followed in"
        : `, byte ${offset}, loads only if the destination has it so:`;
    const told = all ? reasons : reasons.slice(0, 4);
    lines.push(`  ${style.bold(printable(idstr))}${what}`);
    lines.push(...told.map((reason) => `    ${printable(reason)}`));
    if (told.length < reasons.length) lines.push(`    and ${reasons.length - told.length} more (--all prints them)`);
  }
  const said = outcome === "unknown" ? [...assumed.map((each) => `taken to be so: ${each}`), ...notes] : notes;
  const shown = all ? said : said.slice(0, 4);
  for (const note of shown) lines.push(style.dim(`note: ${printable(note)}`));
  if (shown.length < said.length)
    lines.push(style.dim(`note: and ${said.length - shown.length} more (--all prints them)`));
  return lines.map((line) => `${line}\n`).join("");
}
