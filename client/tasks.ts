/** `vmstate check` as a task: the whole tree's findings in the Problems view, by the command line that ships with us. */
import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import { cliOf } from "./runCli";

const type = "vmstate";

export function createTasks(ctx: Ctx): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(type, {
    provideTasks: () => {
      const root = treeOf(ctx);
      return root === undefined ? [] : [checkTask(ctx, { type, command: "check" }, root)];
    },
    resolveTask: (task) => {
      const root = treeOf(ctx);
      return root === undefined || task.definition.command !== "check"
        ? undefined
        : checkTask(ctx, task.definition, root);
    },
  });
}

function treeOf(ctx: Ctx): string | undefined {
  const { health } = ctx;
  if (health.kind !== "running" || health.status.tree === undefined) return undefined;
  return vscode.Uri.parse(health.status.tree).fsPath;
}

function checkTask(ctx: Ctx, definition: vscode.TaskDefinition, root: string): vscode.Task {
  const { path, env } = cliOf(ctx);
  const execution = new vscode.ProcessExecution(process.execPath, [path, "check", "--tree", root, "--format", "gcc"], {
    cwd: root,
    env: { ...env },
  });
  const task = new vscode.Task(
    definition,
    vscode.TaskScope.Workspace,
    vscode.l10n.t("check the tree"),
    "vmstate",
    execution,
    "$vmstate",
  );
  task.group = vscode.TaskGroup.Build;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true };
  return task;
}
