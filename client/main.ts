/** Activation: the output channel, the server, the status item and the commands, in this order. */
import * as vscode from "vscode";
import { registerCommands } from "./commands/index";
import { Ctx } from "./ctx";
import { createStatus } from "./status";
import { createStreamEditor } from "./streams/editor";
import { createTasks } from "./tasks";
import { createOrderView } from "./views/orderView";

let ctx: Ctx | undefined;

export function activate(extension: vscode.ExtensionContext): void {
  const began = performance.now();
  const output = vscode.window.createOutputChannel("VMState", { log: true });
  extension.subscriptions.push(output);
  ctx = new Ctx(extension, output);
  extension.subscriptions.push(
    ctx,
    createStatus(ctx),
    createOrderView(ctx),
    createStreamEditor(ctx),
    createTasks(ctx),
    ...registerCommands(ctx),
  );
  void startServer(ctx);
  output.info(`activated in ${Math.round(performance.now() - began)} ms`);
}

/** Beside activation: the editor need not wait for the server. */
async function startServer(running: Ctx): Promise<void> {
  const { output } = running;
  try {
    await running.start();
  } catch (error) {
    // The editor itself says nothing when an extension fails to start.
    const message = error instanceof Error ? error.message : String(error);
    output.error(message);
    const show = vscode.l10n.t("Show Output");
    void vscode.window
      .showErrorMessage(vscode.l10n.t("VMState could not start: {0}", message), show)
      .then((choice) => (choice === show ? output.show() : undefined));
  }
}

export async function deactivate(): Promise<void> {
  await ctx?.stop();
}
