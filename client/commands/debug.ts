import * as vscode from "vscode";
import type { CommandArgument } from "../../server/protocol";
import { launchOf } from "../debug/launch";
import { pickMachine } from "./machine";
import type { Running } from "./running";

/** Of a stream's file, as the explorer's menu names it. */
export async function runDebuggerOn(stream: vscode.Uri): Promise<void> {
  await start(launchOf({ stream: stream.toString() }));
}

/** Steps through the load of the stream that is shown, of the argument's machine, or of one that the person picks. */
export async function runDebugger(running: Running, argument: CommandArgument): Promise<void> {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom && input.viewType.startsWith("vmstate.")) {
    await start(launchOf({ stream: input.uri.toString() }));
    return;
  }
  const title = vscode.l10n.t("Debug Migration Load");
  const machine = argument.machine ?? (await pickMachine(running, argument.uri, title));
  if (machine !== undefined) await start(launchOf({ machine }));
}

async function start(configuration: vscode.DebugConfiguration): Promise<void> {
  await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], configuration);
}
