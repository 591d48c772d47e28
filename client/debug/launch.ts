import * as vscode from "vscode";

export const type = "vmstate";

/** A launch of a machine's load, or of a stream's (its URI). */
export function launchOf(of: { readonly machine?: string; readonly stream?: string }): vscode.DebugConfiguration {
  return { type, request: "launch", name: vscode.l10n.t("Debug Migration Load"), stopOnEntry: true, ...of };
}
