/** Core's values as the protocol's. */
import { DiagnosticSeverity } from "vscode-languageserver";
import type { Diagnostic as LspDiagnostic, Location, Range, TextEdit } from "vscode-languageserver";
import type { Diagnostic, Edit, Related, Severity } from "../core/check/diagnostic";
import { verdictText } from "../core/check/verdicts";
import { settled } from "../core/check/settle";
import type { Project } from "../core/project/project";
import { positionAt } from "../core/c/range";
import type { SourceRange } from "../core/c/range";
import type { RuleSeverity } from "./protocol";
import type { TreeSession } from "./session";
import { uriOf } from "./uris";

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const satisfies Record<Severity, DiagnosticSeverity>;

export function toRange(project: Project, range: SourceRange): Range {
  const lines = project.lines(range.file);
  return { start: positionAt(lines, range.start), end: positionAt(lines, range.end) };
}

export function toLocation(session: TreeSession, project: Project, range: SourceRange): Location {
  return { uri: uriOf(session.root, range.file), range: toRange(project, range) };
}

export function toTextEdit(project: Project, edit: Edit): TextEdit {
  return { range: toRange(project, edit.range), newText: edit.text };
}

export interface DiagnosticContext {
  readonly session: TreeSession;
  readonly project: Project;
  /** The client shows related information; else the chain goes into the message. */
  readonly related: boolean;
}

export function toDiagnostic(finding: Diagnostic, context: DiagnosticContext): LspDiagnostic {
  const { session, project } = context;
  const shown = [...relatedOf(finding), ...saidOf(finding)];
  const relatedInformation = shown.map((related) => ({
    location: toLocation(session, project, related.range),
    message: related.message,
  }));
  const chain = context.related ? "" : shown.map((related) => `\n${related.range.file}: ${related.message}`).join("");
  return {
    range: toRange(project, finding.range),
    severity: severities[finding.severity],
    code: finding.code,
    source: "vmstate",
    message: finding.message + chain,
    ...(context.related && relatedInformation.length > 0 ? { relatedInformation } : {}),
  };
}

/** Places of a list that are shown with a finding; the load order holds them all. */
const mostOfList = 3;

function relatedOf({ related, isList, range }: Diagnostic): readonly Related[] {
  const more = related.length - mostOfList;
  if (isList === undefined || more <= 1) return related;
  return [...related.slice(0, mostOfList), { range, message: `${more} more: the lens above this table lists them` }];
}

/** What runs of a QEMU said, and QEMU's own words. */
function saidOf({ verdicts = [], range }: Diagnostic): readonly Related[] {
  return verdicts.flatMap((verdict) =>
    [verdictText(verdict), ...verdict.messages].map((message) => ({ range, message })),
  );
}

/** As applyRules, for diagnostics that are converted already. */
export function adjust(
  found: readonly LspDiagnostic[],
  rules: Readonly<Record<string, RuleSeverity>>,
): readonly LspDiagnostic[] {
  return found.flatMap((each) => {
    const severity = typeof each.code === "string" ? settled(each.code, undefined, rules) : undefined;
    if (severity === undefined) return [each];
    return severity === "off" ? [] : [{ ...each, severity: severities[severity] }];
  });
}

/** Adds the rule's page, which is where this server is installed. */
export function withPage(found: LspDiagnostic, rulePage: (code: string) => string | undefined): LspDiagnostic {
  const href = typeof found.code === "string" ? rulePage(found.code) : undefined;
  return href === undefined ? found : { ...found, codeDescription: { href } };
}

/** Severities as the user set them; a rule that is off disappears. */
export function applyRules(
  findings: readonly Diagnostic[],
  rules: Readonly<Record<string, RuleSeverity>>,
): readonly Diagnostic[] {
  return findings.flatMap((finding) => {
    const severity = settled(finding.code, finding.severity, rules);
    if (severity === "off") return [];
    return severity === finding.severity ? [finding] : [{ ...finding, severity }];
  });
}
