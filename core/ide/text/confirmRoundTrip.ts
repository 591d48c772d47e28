import { isKept, type RoundTripReport } from "../../confirm/roundTrip";
import { printable } from "../../printable";
import { sideBySideText } from "../../wire/inspect/sideBySide";
import { plural, type Style } from "./style";

/** A state in which a machine was saved, and what came of it. */
export interface RoundTripText {
  /** written: after accesses to its registers, as a guest makes them; ran: after a time in which its guest ran. */
  readonly state: "started" | "written" | "ran";
  /** A reason where there is no result. */
  readonly report: RoundTripReport | string;
}

/** Lines of registers that are printed of one state. */
const mostLines = 40;

const names: Readonly<Record<RoundTripText["state"], string>> = {
  started: "as it starts",
  written: "with its registers written",
  ran: "after it has run",
};

export function roundTripText(line: string, states: readonly RoundTripText[], style: Style): string {
  return `${style.bold(printable(line))}\n${states.map((each) => stateText(each, style)).join("")}`;
}

function stateText({ state, report }: RoundTripText, style: Style): string {
  const head = `  ${names[state]}: `;
  if (typeof report === "string") return `${head}no result: ${printable(report)}\n`;
  const { sections, changed, registers, unsteady } = report;
  const which = state === "ran" ? "two loads" : "two starts";
  const aside = unsteady === 0 ? "" : ` (${plural(unsteady, "field")} set aside: ${which} differ in them too)`;
  if (isKept(report))
    return `${head}${style.green("saved again as it was loaded")}, ${plural(sections, "section")}${aside}\n`;
  const count = `${plural(changed.length, "section")} of ${sections} changed by the load`;
  const lines = [
    ...sideBySideText({ ...report, sections: changed, same: sections - changed.length }),
    ...(registers.length === 0 ? [] : ["info registers"]),
    ...registers.slice(0, mostLines).flatMap(({ before, after }) => [`  - ${before}`, `  + ${after}`]),
    ...(registers.length > mostLines ? [`  and ${registers.length - mostLines} more lines`] : []),
  ];
  return `${head}${style.red(count)}${aside}\n${lines.map((line) => `    ${printable(line)}\n`).join("")}`;
}
