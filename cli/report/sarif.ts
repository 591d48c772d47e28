import type {
  ArtifactLocation,
  Fix,
  Location,
  Log,
  Notification,
  Region,
  ReportingDescriptor,
  Result,
  Run,
} from "sarif";
import type { Diagnostic } from "../../core/check/diagnostic";
import type { SourceRange } from "../../core/c/range";
import { jsonText } from "../../core/printable";
import { fingerprints } from "./fingerprint";
import { positionsOf } from "./json";
import type { ReportSource } from "./json";
import type { ShardNote } from "../shard";

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
  /** Where it is a part of the work. */
  readonly shard?: ShardNote | undefined;
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
  const { taken: findings, left, invocations } = withinLimit(all, ({ severity }) => severity);
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
        ...(tool.shard === undefined ? {} : { properties: { shard: tool.shard, leftOut: left } }),
        ...invocations,
        results: findings.map(
          (finding): Result => ({
            ruleId: finding.code,
            ruleIndex: codes.indexOf(finding.code),
            level: levels[finding.severity],
            message: { text: finding.message },
            locations: [location(finding.range)],
            partialFingerprints: { "vmstateFinding/v1": keys.get(finding) ?? "" },
            ...propertiesOf(finding),
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

function propertiesOf({ verdicts, targets }: Diagnostic): Pick<Result, "properties"> {
  if (verdicts === undefined && targets === undefined) return {};
  return {
    properties: { ...(verdicts === undefined ? {} : { verdicts }), ...(targets === undefined ? {} : { targets }) },
  };
}

/** The most severe ones, in their order; `before`: how many were left out already. What says so is for the run. */
export function withinLimit<T>(
  all: readonly T[],
  levelOf: (each: T) => string,
  before = 0,
): { readonly taken: readonly T[]; readonly left: number; readonly invocations: Pick<Run, "invocations"> } {
  const order = ["error", "warning", "note", "information", "hint"];
  const bySeverity = order.flatMap((level) => all.filter((each) => levelOf(each) === level));
  const kept = new Set(bySeverity.slice(0, mostResults));
  const taken = all.length <= mostResults ? all : all.filter((each) => kept.has(each));
  const left = before + all.length - taken.length;
  if (left === 0) return { taken, left, invocations: {} };
  return {
    taken,
    left,
    invocations: { invocations: [{ executionSuccessful: true, toolExecutionNotifications: [leftOut(left)] }] },
  };
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
