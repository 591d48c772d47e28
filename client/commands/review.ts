/** The review list: findings in old code that somebody has to judge, in the Problems view while they are wanted. */
import * as vscode from "vscode";

export async function toggleReview(): Promise<void> {
  const settings = vscode.workspace.getConfiguration("vmstate");
  const next = settings.get<string>("review", "changed") === "all" ? "changed" : "all";
  const target = vscode.workspace.workspaceFolders ? undefined : vscode.ConfigurationTarget.Global;
  await settings.update("review", next, target);
  if (next === "all") await vscode.commands.executeCommand("workbench.actions.view.problems");
}
