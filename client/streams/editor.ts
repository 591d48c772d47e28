/** A read-only editor for migration streams. The server reads the structure; bytes are read here, a piece at a time. */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { InspectParams, InspectResult } from "../../server/protocol";
import type { Ctx } from "../ctx";
import { fillWebview } from "../pages/page";
import { ask } from "../requests";
import type { FromPage, ToPage } from "../shared/messages";

const viewTypes = ["vmstate.stream", "vmstate.anyStream"];

export function createStreamEditor(ctx: Ctx): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => showStream(ctx, uri, panel),
  };
  const options = { supportsMultipleEditorsPerDocument: true };
  return vscode.Disposable.from(
    ...viewTypes.map((type) => vscode.window.registerCustomEditorProvider(type, provider, options)),
  );
}

function showStream(ctx: Ctx, uri: vscode.Uri, panel: vscode.WebviewPanel): void {
  const name = basename(uri.path);
  let content: ToPage = { kind: "running", title: vscode.l10n.t("Reading {0}", name) };
  const show = (next: ToPage): void => {
    content = next;
    void panel.webview.postMessage(next);
  };
  const receive = async (message: FromPage): Promise<void> => {
    switch (message.kind) {
      case "ready":
        return void panel.webview.postMessage(content);
      case "bytes": {
        const bytes = await readBytes(uri, message.offset, message.size);
        return void panel.webview.postMessage({ kind: "bytes", offset: message.offset, bytes } satisfies ToPage);
      }
      case "symbol":
        return goToSymbol(message.symbol);
      case "showOutput":
        return ctx.output.show();
      default:
        return;
    }
  };
  fillWebview(ctx, panel.webview, name, receive);
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), name),
  );
  const load = async (): Promise<void> => show(await inspect(ctx, uri, name));
  const again = (): void => void load();
  watcher.onDidChange(again);
  panel.onDidDispose(() => watcher.dispose());
  again();
}

async function inspect(ctx: Ctx, uri: vscode.Uri, name: string): Promise<ToPage> {
  const title = vscode.l10n.t("{0} cannot be shown", name);
  const client = await ctx.whenRunning();
  if (!client) return { kind: "failed", title, message: vscode.l10n.t("The language server is not running.") };
  const params: InspectParams = { uri: uri.toString() };
  const reading = vscode.l10n.t("Reading {0}", name);
  const answer = await ask<InspectResult>(client, methods.inspect, params, reading, vscode.ProgressLocation.Window);
  if (answer.kind === "answer") return { kind: "stream", name, result: answer.value };
  return { kind: "failed", title, message: answer.kind === "failed" ? answer.message : vscode.l10n.t("Cancelled.") };
}

async function readBytes(uri: vscode.Uri, offset: number, size: number): Promise<Uint8Array> {
  const file = await open(uri.fsPath, "r");
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(size), 0, size, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function goToSymbol(symbol: string): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.quickOpen", `#${symbol}`);
}
