import { isKept, type RoundTripReport } from "../../confirm/roundTrip";
import { printable } from "../../printable";
import { sideBySideText } from "../../wire/inspect/sideBySide";
import { plural, type Style } from "./style";

/** A state in which a machine was saved, and what came of it. */
export interface RoundTripText {
  /** written: after accesses to its registers, as a guest makes them. */
  readonly state: "started" | "written";
  /** A reason where there is no result. */
  readonly report: RoundTripReport | string;
}

const names: Readonly<Record<RoundTripText["state"], string>> = {
  started: "as it starts",
  written: "with its registers written",
};

export function roundTripText(line: string, states: readonly RoundTripText[], style: Style): string {
  return `${style.bold(printable(line))}\n${states.map((each) => stateText(each, style)).join("")}`;
}

function stateText({ state, report }: RoundTripText, style: Style): string {
  const head = `  ${names[state]}: `;
  if (typeof report === "string") return `${head}no result: ${printable(report)}\n`;
  const { sections, changed, unsteady } = report;
  const aside = unsteady === 0 ? "" : ` (${plural(unsteady, "field")} set aside: two starts differ in them too)`;
  if (isKept(report))
    return `${head}${style.green("saved again as it was loaded")}, ${plural(sections, "section")}${aside}\n`;
  const count = `${plural(changed.length, "section")} of ${sections} changed by the load`;
  const lines = sideBySideText({ ...report, sections: changed, same: sections - changed.length });
  return `${head}${style.red(count)}${aside}\n${lines.map((line) => `    ${printable(line)}\n`).join("")}`;
}
