/** What a click on the status offers, under the tree that is meant. */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";

export async function showMenu(ctx: Ctx): Promise<void> {
  const status = ctx.health.kind === "running" ? ctx.health.status : undefined;
  const item = (icon: string, label: string, command: string, ...given: readonly unknown[]) => ({
    label: `$(${icon}) ${label}`,
    run: () => vscode.commands.executeCommand(command, ...given),
  });
  const ofTree =
    status === undefined || status.tree === undefined
      ? []
      : [
          item("play", vscode.l10n.t("Simulate Migration"), "vmstate.simulate"),
          item("list-ordered", vscode.l10n.t("Load Order"), "vmstate.showLoadOrder"),
          item("git-compare", vscode.l10n.t("Baseline…"), "vmstate.chooseBaseline"),
          item("checklist", vscode.l10n.t("Review List"), "vmstate.toggleReview"),
        ];
  const picked = await vscode.window.showQuickPick(
    [
      ...ofTree,
      item("chip", vscode.l10n.t("Target…"), "workbench.action.openSettings", "vmstate.target"),
      item("folder-opened", vscode.l10n.t("Tree…"), "workbench.action.openSettings", "vmstate.tree"),
      item("output", vscode.l10n.t("Log"), "vmstate.showOutput"),
      item("debug-restart", vscode.l10n.t("Restart Server"), "vmstate.restartServer"),
    ],
    { title: status?.tree === undefined ? "VMState" : `VMState: ${vscode.Uri.parse(status.tree).fsPath}` },
  );
  await picked?.run();
}
