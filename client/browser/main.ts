/** The extension in a browser's page: the server is a worker, and files come through the editor. */
import type * as vscode from "vscode";
import { activateOn } from "../activate";
import type { Ctx } from "../ctx";
import { browser } from "./platform";
import { createStreamNotice } from "./streams";

let ctx: Ctx | undefined;

export function activate(extension: vscode.ExtensionContext): void {
  ctx = activateOn(browser, extension, () => [createStreamNotice()]);
}

export async function deactivate(): Promise<void> {
  await ctx?.stop();
}
