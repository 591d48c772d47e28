/** The extension where the editor has processes and a disk. */
import * as vscode from "vscode";
import { activateOn } from "./activate";
import type { Ctx } from "./ctx";
import { createDebugger } from "./debug/debugger";
import { node } from "./node/platform";
import { createTasks } from "./node/tasks";
import { createStreamEditor } from "./streams/editor";
import { readBytes } from "./streams/file";

let ctx: Ctx | undefined;

export function activate(extension: vscode.ExtensionContext): void {
  ctx = activateOn(node, extension, (made) => [
    createStreamEditor(made),
    createTasks(made),
    createDebugger(made, (uri, offset, size) => readBytes(vscode.Uri.parse(uri), offset, size)),
  ]);
}

export async function deactivate(): Promise<void> {
  await ctx?.stop();
}
