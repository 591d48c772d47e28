/** A way on for a window without a QEMU tree. */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";

/** Copies the example out of the extension, where an update would undo edits, and opens the copy. */
export async function openExample(ctx: Ctx): Promise<void> {
  const source = vscode.Uri.joinPath(ctx.extension.extensionUri, "examples", "mini-qemu");
  const target = vscode.Uri.joinPath(ctx.extension.globalStorageUri, "mini-qemu");
  try {
    await vscode.workspace.fs.stat(target);
  } catch {
    await vscode.workspace.fs.createDirectory(ctx.extension.globalStorageUri);
    await vscode.workspace.fs.copy(source, target);
  }
  const empty = (vscode.workspace.workspaceFolders ?? []).length === 0;
  await vscode.commands.executeCommand("vscode.openFolder", target, { forceNewWindow: !empty });
}

/** Points the setting at a tree elsewhere, for devices that are developed outside of it. */
export async function chooseTree(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    openLabel: vscode.l10n.t("Use This QEMU Tree"),
  });
  const folder = chosen?.[0];
  if (!folder) return;
  const header = vscode.Uri.joinPath(folder, "include", "migration", "vmstate.h");
  try {
    await vscode.workspace.fs.stat(header);
  } catch {
    void vscode.window.showErrorMessage(
      vscode.l10n.t("{0} is not a QEMU tree: it has no include/migration/vmstate.h.", folder.fsPath),
    );
    return;
  }
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("vmstate").update("tree", folder.fsPath, target);
}
