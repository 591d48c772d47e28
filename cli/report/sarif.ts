import type { ArtifactLocation, Fix, Location, Log, Notification, Region, ReportingDescriptor, Result } from "sarif";
import type { Diagnostic } from "../../core/check/diagnostic";
import type { SourceRange } from "../../core/c/range";
import { jsonText } from "../../core/printable";
import { fingerprints } from "./fingerprint";
import { positionsOf } from "./json";
import type { ReportSource } from "./json";

const levels = { error: "error", warning: "warning", information: "note", hint: "note" } as const;

/** Places of one finding that code scanning shows; beyond 1,000 GitHub refuses the file. */
const relatedLocations = 100;
/** Results of one run, beyond which GitHub refuses the file. */
const mostResults = 25_000;

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
  all: readonly Diagnostic[],
  tool: SarifTool,
  /** The same findings in words that hold for later runs too. */
  lasting: readonly Diagnostic[] = all,
): string {
  const keys = new Map(fingerprints(lasting).map((key, i) => [all[i], key]));
  const findings = mostSevere(all);
  const left = all.length - findings.length;
  const codes = [...new Set(findings.map((finding) => finding.code))].sort();
  const location = (range: SourceRange): Location => ({
    physicalLocation: { artifactLocation: artifact(tool.nameOf(range.file)), region: region(source, range) },
  });
  const log: Log = {
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
        ...(left === 0
          ? {}
          : { invocations: [{ executionSuccessful: true, toolExecutionNotifications: [leftOut(left)] }] }),
        results: findings.map(
          (finding): Result => ({
            ruleId: finding.code,
            ruleIndex: codes.indexOf(finding.code),
            level: levels[finding.severity],
            message: { text: finding.message },
            locations: [location(finding.range)],
            partialFingerprints: { "vmstateFinding/v1": keys.get(finding) ?? "" },
            ...(finding.verdicts === undefined ? {} : { properties: { verdicts: finding.verdicts } }),
            relatedLocations: finding.related.slice(0, relatedLocations).map(
              (related, id): Location => ({
                id,
                message: { text: related.message },
                ...location(related.range),
              }),
            ),
            fixes: finding.fixes.map(
              (fix): Fix => ({
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
              }),
            ),
          }),
        ),
      },
    ],
  };
  return jsonText(log);
}

/** In their order. */
function mostSevere(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  if (findings.length <= mostResults) return findings;
  const bySeverity = (["error", "warning", "information", "hint"] as const).flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
  const kept = new Set(bySeverity.slice(0, mostResults));
  return findings.filter((finding) => kept.has(finding));
}

function leftOut(count: number): Notification {
  const text = `${count} findings of the lowest severity are left out: GitHub takes ${mostResults} of a run.`;
  return { level: "warning", message: { text } };
}

function rule(id: string, page: string | undefined): ReportingDescriptor {
  if (page === undefined) return { id };
  const title = /^# +(.*)$/m.exec(page)?.[1];
  return {
    id,
    ...(title === undefined ? {} : { shortDescription: { text: title } }),
    help: { text: page, markdown: page },
  };
}

function artifact(file: string): ArtifactLocation {
  return { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

function region(source: ReportSource, range: SourceRange): Region {
  const { start, end } = positionsOf(source, range);
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
