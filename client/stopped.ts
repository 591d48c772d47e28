import * as vscode from "vscode";
import type { Ctx } from "./ctx";

/** One notification while there is no server, with the way on; it goes once a server answers. */
export function tellOfStop(ctx: Ctx): vscode.Disposable {
  let close: (() => void) | undefined;
  const listener = ctx.onHealth((health) => {
    if (health.kind === "running") {
      close?.();
      close = undefined;
    } else if (health.kind === "stopped" && close === undefined) {
      // Only the notification of a progress can be taken back.
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: "VMState" },
        (progress) =>
          new Promise<void>((resolve) => {
            const links = `[${vscode.l10n.t("Restart")}](command:vmstate.restartServer) · [${vscode.l10n.t("Show Output")}](command:vmstate.showOutput)`;
            progress.report({ message: `${health.reason}. ${links}`, increment: 100 });
            close = resolve;
          }),
      );
    }
  });
  return vscode.Disposable.from(listener, { dispose: () => close?.() });
}
