import type { Diagnostic, Verdict } from "../../core/check/diagnostic";
import { verdictText } from "../../core/check/verdicts";
import type { SourceRange } from "../../core/c/range";
import { printable, printableSource } from "../../core/printable";
import { plural } from "../../core/ide/text/style";
import type { Style } from "../../core/ide/text/style";
import { positionsOf } from "./json";
import type { ReportSource } from "./json";

/** What to do with findings below a warning. */
export type Notes = "shown" | "counted";

/** Each finding with its line of source, the chain that proves it and the fix; a summary at the end. */
export function humanReport(source: ReportSource, findings: readonly Diagnostic[], style: Style, notes: Notes): string {
  const shown = notes === "shown" ? findings : findings.filter(isProblem);
  const parts = shown.map((finding) => humanFinding(source, finding, style));
  const hidden = findings.length - shown.length;
  const hint = hidden > 0 ? ` ${style.dim("(--all prints the notes)")}` : "";
  return `${parts.join("\n")}${parts.length > 0 ? "\n" : ""}${summary(findings, style)}${hint}\n`;
}

function isProblem(finding: Diagnostic): boolean {
  return finding.severity === "error" || finding.severity === "warning";
}

/** Lines printed of a finding's related places: a provider can have a hundred consumers. */
const relatedLines = 8;

function humanFinding(source: ReportSource, finding: Diagnostic, style: Style): string {
  const word = paintSeverity(finding.severity, style);
  const lines = [
    `${style.bold(place(source, finding.range))}: ${word}: ${printable(finding.message)} ${style.dim(`[${finding.code}]`)}`,
    ...excerpt(source, finding.range, style),
  ];
  for (const related of finding.related.slice(0, relatedLines)) {
    lines.push(`  ${style.cyan(place(source, related.range))}: ${printable(related.message)}`);
  }
  const more = finding.related.length - relatedLines;
  if (more > 0) lines.push(`  ${style.dim(`and ${more} more`)}`);
  for (const verdict of finding.verdicts ?? []) lines.push(...verdictLines(verdict, style).map((line) => `  ${line}`));
  const fix = finding.fixes[0];
  if (fix) lines.push(`  ${style.green("fix")}: ${printable(fix.title)}`);
  return lines.map((line) => `${line}\n`).join("");
}

export function place(source: ReportSource, range: SourceRange): string {
  const { start } = positionsOf(source, range);
  return printable(`${range.file}:${start.line + 1}:${start.character + 1}`);
}

function excerpt(source: ReportSource, range: SourceRange, style: Style): string[] {
  const text = source.text(range.file);
  if (text === undefined) return [];
  const { start, end } = positionsOf(source, range);
  const from = range.start - start.character;
  const newline = text.indexOf("\n", from);
  const line = text.slice(from, newline === -1 ? text.length : newline).replace(/\r$/, "");
  const last = end.line === start.line ? Math.max(end.character, start.character + 1) : line.trimEnd().length;
  const number = String(start.line + 1).padStart(6);
  const to = Math.max(start.character + 1, Math.min(last, line.length));
  const carets = "^".repeat(Math.max(1, printableSource(line.slice(start.character, to)).length));
  const indent = printableSource(line.slice(0, start.character)).replace(/[^\t]/g, " ");
  return [
    `${style.dim(`${number} |`)} ${printableSource(line)}`,
    `${style.dim("       |")} ${indent}${style.red(carets)}`,
  ];
}

/** What a run said, then QEMU's own words, indented. */
export function verdictLines(verdict: Verdict, style: Style): readonly string[] {
  const paint = { confirmed: style.red, "not seen": style.green, "cannot be shown": style.dim }[verdict.kind];
  return [paint(printable(verdictText(verdict))), ...verdict.messages.map((message) => `  ${printable(message)}`)];
}

function paintSeverity(severity: Diagnostic["severity"], style: Style): string {
  if (severity === "error") return style.red("error");
  if (severity === "warning") return style.yellow("warning");
  return style.blue(severity);
}

function summary(findings: readonly Diagnostic[], style: Style): string {
  if (findings.length === 0) return style.green("No findings.");
  const count = (severity: Diagnostic["severity"]) => findings.filter((each) => each.severity === severity).length;
  const files = new Set(findings.map((finding) => finding.range.file)).size;
  const parts = [plural(count("error"), "error"), plural(count("warning"), "warning")];
  const rest = count("information") + count("hint");
  if (rest > 0) parts.push(plural(rest, "note"));
  return `${parts.join(", ")} in ${plural(files, "file")}.`;
}
