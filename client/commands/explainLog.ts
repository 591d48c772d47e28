/** What the messages of a migration's log mean: of the selected text, else of the whole file, else of what is pasted. */
import * as vscode from "vscode";
import { type ExplainResult, methods } from "../../server/protocol";
import type { Running } from "./running";

const scheme = "vmstate-explanation";
/** One document: the next explanation takes its place. */
const place = vscode.Uri.from({ scheme, path: "/explanation.log" });

let shown = "";
const changed = new vscode.EventEmitter<vscode.Uri>();

/** Gives the editor the text of the last explanation, read-only: there is nothing to save. */
export function createExplanations(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: () => shown,
  });
}

/** `file`: a log that the explorer's menu names. */
export async function explainLog({ client }: Running, file?: vscode.Uri): Promise<void> {
  const log = file === undefined ? await logToExplain() : (await vscode.workspace.openTextDocument(file)).getText();
  if (log === undefined) return;
  const title = vscode.l10n.t("Looking for the messages…");
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => client.sendRequest<ExplainResult>(methods.explain, { log }, token),
  );
  shown = `${result.text}\n`;
  changed.fire(place);
  const document = await vscode.workspace.openTextDocument(place);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}

async function logToExplain(): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection).trim();
  if (selected !== undefined && selected !== "") return selected;
  // a C file is no log: there the message is asked for
  if (editor !== undefined && ["log", "plaintext"].includes(editor.document.languageId)) {
    const whole = editor.document.getText();
    if (whole.trim() !== "") return whole;
  }
  return vscode.window.showInputBox({
    title: vscode.l10n.t("Explain Migration Log"),
    prompt: vscode.l10n.t("A message of QEMU's log; of a longer log select the lines in an editor"),
    ignoreFocusOut: true,
  });
}
