/** The fixes that findings carry, as code actions: one each, and all of one kind at once. */
import { CodeActionKind, CodeActionTriggerKind } from "vscode-languageserver";
import type {
  AnnotatedTextEdit,
  ChangeAnnotation,
  CodeAction,
  Diagnostic as LspDiagnostic,
  Range,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import type { Diagnostic, Edit } from "../../core/check/diagnostic";
import type { Project } from "../../core/project/project";
import { offsetAt } from "../../core/c/range";
import { type ProposedEdit, structActions } from "../../core/ide/table/actions";
import { shownCodes } from "../../core/confirm/shown";
import type { VMStateDescription } from "../../core/vmstate/model";
import type { ServerContext } from "../context";
import { toDiagnostic, toRange, toTextEdit, withPage } from "../convert";
import { openUri } from "../edits";
import { guarded } from "../guard";
import { clientCommands, type ConfirmArgument } from "../protocol";
import type { Place } from "../workspace";
import { waitFor } from "../wait";
import type { Feature } from "./feature";

const fixAllKind = `${CodeActionKind.SourceFixAll}.vmstate`;

export const quickFixes: Feature = {
  capabilities: () => ({
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, fixAllKind] },
  }),
  register(context) {
    const { baselines, connection, documents, workspace, findings, log } = context;
    connection.onCodeAction(
      guarded(log, "codeAction", null, async (params, token) => {
        const document = documents.get(params.textDocument.uri);
        const place = document && (await workspace.place(document.uri, document.getText()));
        if (place === undefined) return null;
        const project = await waitFor(place.session.indexed(), token);
        const all = findings.of(place.session, project, place.path);
        const found = all.filter((finding) => finding.fixes.length > 0);
        const wanted = (kind: string) => params.context.only?.some((only) => isKindOf(kind, only)) ?? true;
        const here = found.filter(
          (finding) =>
            touches(toRange(project, finding.range), params.range) ||
            finding.fixes.some(({ edits }) => edits.some((edit) => isAt(project, edit, place.path, params.range))),
        );
        const single = wanted(CodeActionKind.QuickFix)
          ? here.flatMap((each) => fixesOf(context, place, project, each))
          : [];
        const runs = wanted(CodeActionKind.QuickFix)
          ? all
              .filter(({ range }) => touches(toRange(project, range), params.range))
              .flatMap((each) => confirmOf(context, place, project, each))
          : [];
        const every = wanted(fixAllKind) ? fixAll(context, place, project, found) : [];
        const offset = offsetAt(project.lines(place.path), params.range.start);
        const history = (table: VMStateDescription) => baselines.history(place.session, project, table);
        // a table takes a fifth of a second: not for each place that the cursor comes to
        const asked = params.context.triggerKind !== CodeActionTriggerKind.Automatic;
        const written =
          asked && wanted(CodeActionKind.RefactorRewrite)
            ? structActions(project, place.path, offset, history).map(({ title, parts }) => ({
                title,
                kind: CodeActionKind.RefactorRewrite,
                edit: proposed(context, place, project, parts),
              }))
            : [];
        return [...single, ...runs, ...written, ...every];
      }),
    );
  },
};

function fixesOf(context: ServerContext, place: Place, project: Project, finding: Diagnostic): CodeAction[] {
  const diagnostic = diagnosticOf(context, place, project, finding);
  return finding.fixes.map((fix, index) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    isPreferred: index === 0 && finding.fixes.length === 1,
    edit: workspaceEdit(context, place, project, fix.edits),
  }));
}

/** For a finding that a run of a QEMU can show, where the client has one run. */
function confirmOf(context: ServerContext, place: Place, project: Project, finding: Diagnostic): CodeAction[] {
  const { client } = context;
  if (!client.clientCommands || client.files || !shownCodes.has(finding.code)) return [];
  const title = "Confirm with QEMU";
  const uri = openUri(context, place.session, place.path);
  const at: ConfirmArgument = { uri, line: toRange(project, finding.range).start.line };
  const diagnostics = [diagnosticOf(context, place, project, finding)];
  const command = { title, command: clientCommands.confirm, arguments: [at] };
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics, command }];
}

function diagnosticOf(context: ServerContext, place: Place, project: Project, finding: Diagnostic): LspDiagnostic {
  const related = context.client.relatedInformation;
  return withPage(toDiagnostic(finding, { session: place.session, project, related }), context.host.rulePage);
}

/** The first fix of every finding in the file; of fixes that overlap the first in the file counts. */
function fixAll(context: ServerContext, place: Place, project: Project, found: readonly Diagnostic[]): CodeAction[] {
  const edits: Edit[] = [];
  for (const finding of found) {
    const fix = finding.fixes.length === 1 ? finding.fixes[0] : undefined;
    if (fix === undefined || fix.edits.some((edit) => edits.some((other) => overlap(edit, other)))) continue;
    edits.push(...fix.edits);
  }
  if (edits.length === 0) return [];
  const edit = workspaceEdit(context, place, project, edits);
  return [{ title: "Fix all VMState problems in this file", kind: fixAllKind, edit }];
}

/** With the documents' versions, so that an editor refuses it once the text has moved on. */
function workspaceEdit(
  context: ServerContext,
  place: Place,
  project: Project,
  edits: readonly Edit[],
  annotations: ReadonlyMap<Edit, string> = new Map(),
): WorkspaceEdit {
  const files = [...new Set(edits.map((edit) => edit.range.file))];
  const perFile = files.map((file) => ({
    uri: openUri(context, place.session, file),
    edits: edits
      .filter((edit) => edit.range.file === file)
      .map((edit): TextEdit | AnnotatedTextEdit => {
        const annotationId = annotations.get(edit);
        return { ...toTextEdit(project, edit), ...(annotationId === undefined ? {} : { annotationId }) };
      }),
  }));
  if (!context.client.versionedEdits) {
    return { changes: Object.fromEntries(perFile.map((file) => [file.uri, file.edits])) };
  }
  const documentChanges: TextDocumentEdit[] = perFile.map((file) => ({
    textDocument: { uri: file.uri, version: context.documents.get(file.uri)?.version ?? null },
    edits: file.edits,
  }));
  return { documentChanges };
}

/** For a client that shows edits before they are made, with those that a person may want besides; else what is proposed. */
function proposed(
  context: ServerContext,
  place: Place,
  project: Project,
  parts: readonly ProposedEdit[],
): WorkspaceEdit {
  const made = parts.filter(({ against }) => against === undefined);
  if (!context.client.editPreview || parts.length === made.length) return workspaceEdit(context, place, project, made);
  const annotations = new Map(parts.map((part, index) => [part, String(index)]));
  const changeAnnotations = Object.fromEntries(
    parts.map(({ label = "", against }, index): [number, ChangeAnnotation] => [
      index,
      against === undefined ? { label } : { label, description: against, needsConfirmation: true },
    ]),
  );
  return { ...workspaceEdit(context, place, project, parts, annotations), changeAnnotations };
}

function isKindOf(kind: string, wanted: string): boolean {
  return kind === wanted || kind.startsWith(`${wanted}.`);
}

/** Whether a fix puts something on one of the lines: there it is looked for as well. */
function isAt(project: Project, { range }: Edit, path: string, wanted: Range): boolean {
  if (range.file !== path) return false;
  const { start, end } = toRange(project, range);
  return start.line <= wanted.end.line && end.line >= wanted.start.line;
}

function touches(a: Range, b: Range): boolean {
  return before(a.start, b.end) && before(b.start, a.end);
}

function before(a: Range["start"], b: Range["start"]): boolean {
  return a.line < b.line || (a.line === b.line && a.character <= b.character);
}

function overlap(a: Edit, b: Edit): boolean {
  if (a.range.file !== b.range.file) return false;
  return a.range.start < b.range.end && b.range.start < a.range.end ? true : a.range.start === b.range.start;
}
