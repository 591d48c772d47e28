import type { Diagnostic } from "../../core/check/diagnostic";
import { markupText, printable } from "../../core/printable";
import { place } from "./human";
import type { ReportSource } from "./json";

/**
 * JUnit's XML, as Jenkins, GitLab and others read it: a suite for each file, a case for each finding. An error fails its case, what is
 * below an error is a case that passed with a text, so that the report fails where the command's exit code does. Jenkins' xUnit refuses
 * a file that its schema does not know, so places stand in names and texts only.
 */
export function junitReport(source: ReportSource, findings: readonly Diagnostic[], suite: string): string {
  const files = [...new Set(findings.map((finding) => finding.range.file))];
  const suites = files.map((file) => {
    const own = findings.filter((finding) => finding.range.file === file);
    const cases = own.map((finding) => testCase(source, finding));
    return `  <testsuite${counts(own)} name="${attribute(file)}">\n${cases.join("")}  </testsuite>\n`;
  });
  if (suites.length === 0)
    suites.push(
      `  <testsuite tests="1" failures="0" errors="0" name="${attribute(suite)}">\n    <testcase classname="${attribute(suite)}" name="no findings"/>\n  </testsuite>\n`,
    );
  const all = findings.length === 0 ? ` tests="1" failures="0" errors="0"` : counts(findings);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${all} name="${attribute(suite)}">\n${suites.join("")}</testsuites>\n`;
}

function counts(findings: readonly Diagnostic[]): string {
  return ` tests="${findings.length}" failures="${findings.filter(isFailure).length}" errors="0"`;
}

function isFailure({ severity }: Diagnostic): boolean {
  return severity === "error";
}

function testCase(source: ReportSource, finding: Diagnostic): string {
  const where = place(source, finding.range);
  const lines = [
    `${where}: ${finding.severity}: ${printable(finding.message)}`,
    ...finding.related.map(({ range, message }) => `${place(source, range)}: ${printable(message)}`),
    ...finding.fixes.slice(0, 1).map(({ title }) => `fix: ${printable(title)}`),
  ];
  const text = markupText(lines.join("\n"));
  const message = attribute(finding.message);
  const body = isFailure(finding)
    ? `<failure type="${attribute(finding.code)}" message="${message}">${text}</failure>`
    : `<system-out>${text}</system-out>`;
  return `    <testcase classname="${attribute(finding.code)}" name="${attribute(where)}">${body}</testcase>\n`;
}

function attribute(text: string): string {
  return markupText(printable(text));
}
