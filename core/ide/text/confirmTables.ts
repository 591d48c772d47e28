import type { TableDifference, TablesReport } from "../../confirm/tables";
import { printable } from "../../printable";
import { plural, type Style } from "./style";

export interface TablesTextOptions {
  readonly style: Style;
  readonly all: boolean;
  /** `10.0.2` and `10.0.13`; undefined where the tree does not say. */
  readonly binary: string;
  readonly tree: string | undefined;
}

const shown = 20;

/** What of a comparison of tables a user wants to see first: whether binary and tree belong together. */
export function tablesText(report: TablesReport, { style, all, binary, tree }: TablesTextOptions): string {
  const { types, equal, fields, differences, sizesUnknown } = report;
  const sent = differences.filter((each) => each.sent);
  const held = differences.filter((each) => !each.sent);
  const lines = [
    `${belongs(report, style)}: binary ${printable(binary)}, tree ${printable(tree ?? "of no known version")}`,
    `${equal} of ${plural(types, "type")} equal in all that is sent, ${plural(fields, "field")} compared` +
      (sizesUnknown === 0 ? "" : `; ${plural(sizesUnknown, "size")} not known from the source`),
  ];
  const part = (title: string, each: readonly string[]): void => {
    if (each.length === 0) return;
    const rest = each.length - shown;
    lines.push("", style.bold(`${title} (${each.length})`));
    lines.push(...(all ? each : each.slice(0, shown)).map((line) => `  ${line}`));
    if (!all && rest > 0) lines.push(`  and ${rest} more; --all lists them`);
  };
  part("Differs in the stream", sent.map(differenceText));
  part("Differs in memory only: other options of the build, or another revision", held.map(differenceText));
  part(
    "In the binary only",
    report.onlyBinary.map(({ type }) => printable(type)),
  );
  part(
    "In the tree only",
    report.onlyTree.map(({ type, condition }) =>
      printable(condition === undefined ? type : `${type}, which needs ${condition}`),
    ),
  );
  part(
    "The binary was built with",
    report.settings.map(([name, value]) => `--config ${printable(name)}=${value}`),
  );
  return `${lines.join("\n")}\n`;
}

/** Whether anything that is sent is not the same. */
export function tablesDiffer(report: TablesReport): boolean {
  return report.differences.some(({ sent }) => sent) || report.onlyBinary.length > 0;
}

function belongs(report: TablesReport, style: Style): string {
  if (!tablesDiffer(report)) return style.green("belongs together");
  return style.yellow("another revision or another build");
}

function differenceText({ table, member, what, binary, tree, reason, types }: TableDifference): string {
  const where = member === "" ? table : `${table}.${member}`;
  const is =
    what === "field" || what === "subsection" ? `${what} ` : `${what} ${binary} in the binary, ${tree} in the tree`;
  const side = tree === "none" ? "in the binary only" : "in the tree only";
  const said = what === "field" || what === "subsection" ? `${is}${side}` : is;
  const [first = "", ...others] = types;
  const of = others.length === 0 ? first : `${first} and ${others.length} more`;
  return printable(`${where}: ${said}${reason === undefined ? "" : `, ${reason}`} (${of})`);
}
