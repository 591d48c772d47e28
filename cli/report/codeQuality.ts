import type { Diagnostic } from "../../core/check/diagnostic";
import { jsonText, printable } from "../../core/printable";
import { fingerprints } from "./fingerprint";
import { positionsOf } from "./json";
import type { ReportSource } from "./json";

const severities = { error: "critical", warning: "major", information: "minor", hint: "info" } as const;

/**
 * GitLab's Code Quality report: an array of what a merge request shows at its lines. GitLab reads the path from the repository's top,
 * one line for each and a fingerprint of its own for each.
 */
export function codeQualityReport(
  source: ReportSource,
  findings: readonly Diagnostic[],
  nameOf: (file: string) => string,
  /** The same findings in words that hold for later runs too. */
  lasting: readonly Diagnostic[] = findings,
): string {
  const keys = fingerprints(lasting);
  return jsonText(
    findings.map((finding, i) => ({
      description: printable(finding.message),
      check_name: finding.code,
      fingerprint: keys[i],
      severity: severities[finding.severity],
      location: {
        path: nameOf(finding.range.file),
        lines: { begin: positionsOf(source, finding.range).start.line + 1 },
      },
    })),
  );
}
