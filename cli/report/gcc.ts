import type { Diagnostic } from "../../core/check/diagnostic";
import { printable } from "../../core/printable";
import { positionsOf } from "./json";
import type { ReportSource } from "./json";

const words = { error: "error", warning: "warning", information: "note", hint: "note" } as const;

/**
 * `file:line:column: error: message [code]`, one-based, as editors and CI read from compilers; so files are named from the
 * working directory, which `nameOf` does for one of the tree.
 */
export function gccReport(
  source: ReportSource,
  findings: readonly Diagnostic[],
  nameOf: (file: string) => string,
): string {
  const lines: string[] = [];
  for (const finding of findings) {
    const { start } = positionsOf(source, finding.range);
    const place = printable(`${nameOf(finding.range.file)}:${start.line + 1}:${start.character + 1}`);
    lines.push(`${place}: ${words[finding.severity]}: ${printable(finding.message)} [${finding.code}]`);
    for (const related of finding.related) {
      const at = positionsOf(source, related.range).start;
      const other = printable(`${nameOf(related.range.file)}:${at.line + 1}:${at.character + 1}`);
      lines.push(`${other}: note: ${printable(related.message)}`);
    }
  }
  return lines.map((line) => `${line}\n`).join("");
}
