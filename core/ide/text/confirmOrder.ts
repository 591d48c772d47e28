import type { ComparedSection, OrderReport } from "../../confirm/order";
import { printable } from "../../printable";
import { plural, type Style, table } from "./style";

/** Whether the machine sends anything else than was read. */
export function orderDiffers({ sections, notSent, error }: OrderReport): boolean {
  return error !== undefined || notSent.length > 0 || sections.some(({ differences }) => differences.length > 0);
}

export function confirmedOrderText(report: OrderReport, style: Style, all: boolean): string {
  const { machine, sections, notSent, noList, notes, error } = report;
  const whole = sections.filter(({ bytes }) => bytes === "equal").length;
  const different = sections.filter(({ differences }) => differences.length > 0);
  const verdict = orderDiffers(report) ? style.yellow("not as read") : style.green("as read");
  const lines = [
    `${verdict}: ${printable(machine === "" ? "the machine" : machine)} sends ${plural(sections.length, "section")}, ` +
      `${whole} equal field by field${noList === undefined ? ", in the order that was read" : ""}`,
  ];
  if (different.length > 0 || notSent.length > 0) {
    lines[0] = `${verdict}: ${printable(machine)} sends ${plural(sections.length, "section")}, ${whole} equal field by field`;
  }
  if (noList !== undefined) lines.push(`its order is compared by level only: ${printable(noList)}`);
  for (const section of different) lines.push(...differenceLines(section, style));
  for (const key of notSent) lines.push(`  ${style.bold(printable(key))}: read, and not sent`);
  if (error !== undefined) lines.push(`  the stream could not be read on ${printable(error)}`);
  if (all) {
    const rows = sections.map(({ idstr, instanceId, level, size, bytes }) => [
      printable(idstr),
      String(instanceId),
      level ?? "",
      plural(size, "byte"),
      bytes,
    ]);
    lines.push("", table(rows, "  ").trimEnd());
  }
  for (const note of notes) lines.push(style.dim(printable(note)));
  return `${lines.join("\n")}\n`;
}

function differenceLines({ idstr, instanceId, differences }: ComparedSection, style: Style): readonly string[] {
  return differences.map((each) => `  ${style.bold(printable(`${idstr} ${instanceId}`))}: ${printable(each)}`);
}
