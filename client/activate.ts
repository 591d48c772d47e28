/** Activation: the output channel, the server, the status item and the commands, in this order. */
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { createBaselineStatus } from "./commands/baseline";
import { registerCommands } from "./commands/index";
import { createExplanations } from "./commands/explainLog";
import { Ctx } from "./ctx";
import type { Platform } from "./platform";
import { createRevisions } from "./pages/revisions";
import { followTabs } from "./shown";
import { createStatus } from "./status";
import { tellOfStop } from "./stopped";
import { createOrderView } from "./views/orderView";
import { createStructMarks } from "./views/structMarks";

/** `own` is what only one platform has. */
export function activateOn(
  platform: Platform,
  extension: vscode.ExtensionContext,
  own: (ctx: Ctx) => readonly vscode.Disposable[],
): Ctx {
  const began = performance.now();
  if (vscode.l10n.bundle) l10n.config({ contents: vscode.l10n.bundle });
  const output = vscode.window.createOutputChannel("VMState", { log: true });
  extension.subscriptions.push(output);
  const ctx = new Ctx(extension, output, platform);
  extension.subscriptions.push(
    ctx,
    createStatus(ctx),
    tellOfStop(ctx),
    createBaselineStatus(ctx),
    createOrderView(ctx),
    createStructMarks(ctx),
    createRevisions(ctx),
    createExplanations(),
    followTabs(() => ctx.running),
    ...own(ctx),
    ...registerCommands(ctx),
  );
  void startServer(ctx);
  output.info(`activated in ${Math.round(performance.now() - began)} ms`);
  return ctx;
}

/** Beside activation: the editor need not wait for the server. */
async function startServer(running: Ctx): Promise<void> {
  const { output } = running;
  try {
    await running.start();
  } catch (error) {
    output.error(error instanceof Error ? error.message : String(error));
  }
}
