/** Runs the QEMU of the person's own settings for a finding, and tells what it showed. */
import * as vscode from "vscode";
import { type ConfirmArgument, methods, type Verdict, type VerdictsParams } from "../../server/protocol";
import { readJudged } from "../shared/judged";
import type { Running } from "./running";

/** What a code action hands over, else the line of the cursor. */
export function readPlace(argument: unknown): ConfirmArgument | undefined {
  const given: Readonly<Record<string, unknown>> =
    typeof argument === "object" && argument !== null ? { ...argument } : {};
  if (typeof given.uri === "string" && typeof given.line === "number") return { uri: given.uri, line: given.line };
  const editor = vscode.window.activeTextEditor;
  return editor && { uri: editor.document.uri.toString(), line: editor.selection.active.line };
}

export async function confirmFinding({ ctx, client }: Running, at: ConfirmArgument | undefined): Promise<void> {
  const tree = ctx.health.kind === "running" ? ctx.health.status.tree : undefined;
  if (at === undefined || tree === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Put the cursor on a finding of VMState first."));
    return;
  }
  const qemu = await qemuToRun();
  if (qemu === undefined) return;
  // the run reads files as they are on disk
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(at.uri));
  if (document.isDirty && !(await document.save())) return;
  const [folder, file] = [vscode.Uri.parse(tree).fsPath, document.uri.fsPath];
  const argv = [
    "confirm",
    "check",
    "--format",
    "json",
    `--qemu=${qemu}`,
    `--tree=${folder}`,
    `--at=${file}:${at.line + 1}`,
  ];
  const answer = await ctx.platform.runCli(ctx.extension, folder, argv, vscode.l10n.t("Confirming with {0}", qemu));
  if (answer.kind === "cancelled") return;
  const judged = answer.kind === "answer" ? readJudged(answer.value.output) : undefined;
  if (judged === undefined) {
    const reason = answer.kind === "failed" ? answer.message : vscode.l10n.t("The answer cannot be read.");
    void vscode.window.showErrorMessage(vscode.l10n.t("No run: {0}", reason));
    return;
  }
  await client.sendNotification(methods.verdicts, { uri: at.uri, findings: judged } satisfies VerdictsParams);
  for (const { verdict } of judged) tell(verdict);
}

/** Of the person's own settings: a workspace names no program to run. */
async function qemuToRun(): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    const manage = vscode.l10n.t("Manage Workspace Trust");
    const untrusted = vscode.l10n.t("QEMU is run in a trusted workspace only.");
    const choice = await vscode.window.showWarningMessage(untrusted, manage);
    if (choice === manage) await vscode.commands.executeCommand("workbench.trust.manage");
    return undefined;
  }
  const qemu = vscode.workspace.getConfiguration("vmstate").inspect<string>("qemu")?.globalValue ?? "";
  if (qemu !== "") return qemu;
  const open = vscode.l10n.t("Open Settings");
  const unset = vscode.l10n.t("The setting vmstate.qemu names no QEMU to run.");
  const choice = await vscode.window.showInformationMessage(unset, open);
  if (choice === open) await vscode.commands.executeCommand("workbench.action.openSettings", "vmstate.qemu");
  return undefined;
}

function tell({ kind, ground, messages, binary }: Verdict): void {
  const said = messages.length === 0 ? ground : `${ground}: «${messages.join(" ")}»`;
  if (kind === "confirmed") {
    void vscode.window.showWarningMessage(vscode.l10n.t("Confirmed on QEMU {0}: {1}", binary, said));
  } else if (kind === "not seen") {
    void vscode.window.showInformationMessage(vscode.l10n.t("Not seen on QEMU {0}: {1}", binary, said));
  } else {
    void vscode.window.showInformationMessage(vscode.l10n.t("QEMU {0} cannot show it: {1}", binary, said));
  }
}
