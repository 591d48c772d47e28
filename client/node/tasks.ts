/** `vmstate check` as a task: the whole tree's findings in the Problems view, by the command line that ships with us. */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { cliOf } from "./runCli";

const type = "vmstate";

export function createTasks(ctx: Ctx): vscode.Disposable {
  const made = (definition: vscode.TaskDefinition): vscode.Task | undefined => {
    const root = treeOf(ctx);
    const folder = root === undefined ? undefined : folderFor(root);
    return root === undefined || folder === undefined ? undefined : checkTask(ctx, definition, root, folder);
  };
  return vscode.tasks.registerTaskProvider(type, {
    provideTasks: () => {
      const task = made({ type, command: "check" });
      return task === undefined ? [] : [task];
    },
    resolveTask: ({ definition }) => (definition.command === "check" ? made(definition) : undefined),
  });
}

function treeOf(ctx: Ctx): string | undefined {
  const { health } = ctx;
  if (health.kind !== "running" || health.status.tree === undefined) return undefined;
  return vscode.Uri.parse(health.status.tree).fsPath;
}

/** The tree's own folder; for a tree that is elsewhere the first one, from which its files are named. */
function folderFor(root: string): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(root)) ?? vscode.workspace.workspaceFolders?.[0];
}

/** Runs in the folder that the problem matcher takes file names to be relative to. */
function checkTask(
  ctx: Ctx,
  definition: vscode.TaskDefinition,
  root: string,
  folder: vscode.WorkspaceFolder,
): vscode.Task {
  const { path, env } = cliOf(ctx.extension);
  const execution = new vscode.ProcessExecution(process.execPath, [path, "check", "--tree", root, "--format", "gcc"], {
    cwd: folder.uri.fsPath,
    env: { ...env },
  });
  const task = new vscode.Task(definition, folder, vscode.l10n.t("check the tree"), "vmstate", execution, "$vmstate");
  task.group = vscode.TaskGroup.Build;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true };
  return task;
}
