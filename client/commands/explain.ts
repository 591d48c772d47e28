/** What the messages of a migration's log mean: of the selected text, else of the whole file, else of what is pasted. */
import * as vscode from "vscode";
import { type ExplainResult, methods } from "../../server/protocol";
import type { Running } from "./running";

export async function explainLog({ client }: Running): Promise<void> {
  const log = await logToExplain();
  if (log === undefined) return;
  const title = vscode.l10n.t("Looking for the messages…");
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => client.sendRequest<ExplainResult>(methods.explain, { log }, token),
  );
  const document = await vscode.workspace.openTextDocument({ content: `${result.text}\n`, language: "log" });
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
