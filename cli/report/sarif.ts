import type { Diagnostic } from "../../core/check/diagnostic";
import type { SourceRange } from "../../core/c/range";
import { jsonText } from "../../core/printable";
import { fingerprints } from "./fingerprint";
import { positionsOf } from "./json";
import type { ReportSource } from "./json";

const levels = { error: "error", warning: "warning", information: "note", hint: "note" } as const;

/** Places of one finding that code scanning shows; beyond 1,000 GitHub refuses the file. */
const relatedLocations = 100;

export interface SarifTool {
  readonly version: string;
  /** Page of a rule as Markdown, where it has one. */
  readonly rulePage: (code: string) => string | undefined;
  /** How a file of the tree is named; code scanning reads paths from the repository's top. */
  readonly nameOf: (file: string) => string;
}

/** SARIF 2.1.0, with quick fixes as `fixes`, and fingerprints by which a later run's findings are told to be the same. */
export function sarifReport(
  source: ReportSource,
  findings: readonly Diagnostic[],
  tool: SarifTool,
  /** The same findings in words that hold for later runs too. */
  lasting: readonly Diagnostic[] = findings,
): string {
  const keys = fingerprints(lasting);
  const codes = [...new Set(findings.map((finding) => finding.code))].sort();
  const location = (range: SourceRange) => ({
    physicalLocation: { artifactLocation: artifact(tool.nameOf(range.file)), region: region(source, range) },
  });
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "vmstate",
            semanticVersion: tool.version,
            rules: codes.map((id) => rule(id, tool.rulePage(id))),
          },
        },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding, i) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: levels[finding.severity],
          message: { text: finding.message },
          locations: [location(finding.range)],
          partialFingerprints: { "vmstateFinding/v1": keys[i] },
          ...(finding.verdicts === undefined ? {} : { properties: { verdicts: finding.verdicts } }),
          relatedLocations: finding.related.slice(0, relatedLocations).map((related, id) => ({
            id,
            message: { text: related.message },
            ...location(related.range),
          })),
          fixes: finding.fixes.map((fix) => ({
            description: { text: fix.title },
            artifactChanges: [...new Set(fix.edits.map((edit) => edit.range.file))].map((file) => ({
              artifactLocation: artifact(tool.nameOf(file)),
              replacements: fix.edits
                .filter((edit) => edit.range.file === file)
                .map((edit) => ({
                  deletedRegion: region(source, edit.range),
                  insertedContent: { text: edit.text },
                })),
            })),
          })),
        })),
      },
    ],
  };
  return jsonText(log);
}

function rule(id: string, page: string | undefined) {
  if (page === undefined) return { id };
  const title = /^# +(.*)$/m.exec(page)?.[1];
  return {
    id,
    ...(title === undefined ? {} : { shortDescription: { text: title } }),
    help: { text: page, markdown: page },
  };
}

function artifact(file: string) {
  return { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

function region(source: ReportSource, range: SourceRange) {
  const { start, end } = positionsOf(source, range);
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
