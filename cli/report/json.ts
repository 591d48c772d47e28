import type { Diagnostic, Verdict } from "../../core/check/diagnostic";
import { positionAt } from "../../core/c/range";
import type { LineIndex, PositionRange, SourceRange } from "../../core/c/range";

/** What a report needs to know about the files that findings point into. */
export interface ReportSource {
  lines(file: string): LineIndex;
  text(file: string): string | undefined;
}

export interface JsonFinding {
  readonly file: string;
  readonly range: PositionRange;
  readonly code: string;
  readonly severity: Diagnostic["severity"];
  readonly message: string;
  readonly related: readonly { readonly file: string; readonly range: PositionRange; readonly message: string }[];
  readonly verdicts?: readonly Verdict[];
  readonly targets?: readonly string[];
}

export function positionsOf(source: ReportSource, range: SourceRange): PositionRange {
  const lines = source.lines(range.file);
  return { start: positionAt(lines, range.start), end: positionAt(lines, range.end) };
}

function toJson(source: ReportSource, finding: Diagnostic): JsonFinding {
  return {
    file: finding.range.file,
    range: positionsOf(source, finding.range),
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    related: finding.related.map((related) => ({
      file: related.range.file,
      range: positionsOf(source, related.range),
      message: related.message,
    })),
    ...(finding.verdicts === undefined ? {} : { verdicts: finding.verdicts }),
    ...(finding.targets === undefined ? {} : { targets: finding.targets }),
  };
}

export function jsonFindings(source: ReportSource, findings: readonly Diagnostic[]): readonly JsonFinding[] {
  return findings.map((finding) => toJson(source, finding));
}
