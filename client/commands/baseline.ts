/** What tables are compared with while they are edited: shown in the status bar, chosen by a click. */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { pickRevision } from "./revision";
import type { RevisionItem } from "./revision";

export function createBaselineStatus(ctx: Ctx): vscode.Disposable {
  const bar = vscode.window.createStatusBarItem("vmstate.baseline", vscode.StatusBarAlignment.Left, -1);
  bar.name = vscode.l10n.t("VMState Baseline");
  bar.command = "vmstate.chooseBaseline";
  const update = (): void => {
    const revision = baseline();
    const name = revision === "" ? vscode.l10n.t("no baseline") : revision;
    const off = ctx.health.kind === "running" ? ctx.health.status.baselineOff : undefined;
    bar.text = `$(${off === undefined ? "git-compare" : "warning"}) ${name}`;
    bar.tooltip = off === undefined ? tooltip(revision) : vscode.l10n.t("Tables are not compared: {0}", off);
    bar.accessibilityInformation = { label: vscode.l10n.t("VMState baseline: {0}", name), role: "button" };
    if (ctx.health.kind === "running" && ctx.health.status.state === "ready") bar.show();
    else bar.hide();
  };
  update();
  return vscode.Disposable.from(
    bar,
    ctx.onHealth(update),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("vmstate.baseline")) update();
    }),
  );
}

export async function chooseBaseline(ctx: Ctx, folder: string): Promise<void> {
  const first: readonly RevisionItem<{ readonly revision: string }>[] = [
    {
      label: `$(sparkle) ${vscode.l10n.t("Automatic")}`,
      description: vscode.l10n.t("the latest release tag before HEAD"),
      value: { revision: "auto" },
    },
    {
      label: `$(circle-slash) ${vscode.l10n.t("None")}`,
      description: vscode.l10n.t("tables are not compared while you edit"),
      value: { revision: "" },
    },
  ];
  const title = vscode.l10n.t("Compare Tables With…");
  const picked = await pickRevision(ctx, folder, title, first);
  if (picked === undefined) return;
  const target = vscode.workspace.workspaceFolders ? undefined : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("vmstate").update("baseline", picked.revision, target);
}

function baseline(): string {
  return vscode.workspace.getConfiguration("vmstate").get("baseline", "auto");
}

function tooltip(revision: string): string {
  if (revision === "") return vscode.l10n.t("Tables are not compared while you edit. Click to choose a revision.");
  const what = revision === "auto" ? vscode.l10n.t("the latest release tag before HEAD") : revision;
  return vscode.l10n.t("While you edit, tables are compared with {0}. Click to choose another.", what);
}
