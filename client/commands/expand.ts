/** The table under a code lens, as its macros make it: a document that the server writes. */
import * as vscode from "vscode";
import { tableScheme } from "../../server/protocol";

export async function showExpandedTable(argument: unknown): Promise<void> {
  if (typeof argument !== "object" || argument === null) return;
  const symbol: unknown = Reflect.get(argument, "description");
  const uri: unknown = Reflect.get(argument, "uri");
  if (typeof symbol !== "string" || typeof uri !== "string") return;
  const place = vscode.Uri.from({ scheme: tableScheme, path: `/${symbol}.c`, query: uri });
  const document = await vscode.workspace.openTextDocument(place);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}
