import type { Diagnostic } from "../../core/check/diagnostic";
import { printable } from "../../core/printable";
import { positionsOf } from "./json";
import type { ReportSource } from "./json";

const commands = { error: "error", warning: "warning", information: "notice", hint: "notice" } as const;

/**
 * Commands of a GitHub workflow, which shows each finding at its line of a pull request without code scanning. `nameOf` names a file of
 * the tree from the repository's top. GitHub shows ten of each kind a step, so errors come first.
 */
export function githubReport(
  source: ReportSource,
  findings: readonly Diagnostic[],
  nameOf: (file: string) => string,
): string {
  const order = ["error", "warning", "information", "hint"];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return sorted.map((finding) => command(source, finding, nameOf)).join("");
}

function command(source: ReportSource, finding: Diagnostic, nameOf: (file: string) => string): string {
  const { start, end } = positionsOf(source, finding.range);
  const properties = {
    file: nameOf(finding.range.file),
    line: start.line + 1,
    endLine: end.line + 1,
    // columns are read on one line only
    ...(start.line === end.line ? { col: start.character + 1, endColumn: end.character + 1 } : {}),
    title: `vmstate: ${finding.code}`,
  };
  const given = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${commands[finding.severity]} ${given.join(",")}::${data(printable(finding.message))}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(printable(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
