import * as vscode from "vscode";
import type { BrowserMessageReader } from "vscode-languageclient/browser";
import type { Platform } from "../platform";

/** The page's own constructor. */
declare const Worker: new (script: string) => ConstructorParameters<typeof BrowserMessageReader>[0];

export const browser: Platform = {
  async createClient(extension, options) {
    const protocol = await import("vscode-languageclient/browser");
    const script = vscode.Uri.joinPath(extension.extensionUri, "dist", "server-worker.js");
    const start = async () => {
      const worker = new Worker(await loadable(script));
      return { reader: new protocol.BrowserMessageReader(worker), writer: new protocol.BrowserMessageWriter(worker) };
    };
    return new protocol.LanguageClient("vmstate", "VMState", start, options);
  },
  refs: () => Promise.resolve([]),
  textAt: () => Promise.resolve(undefined),
  runCli: () =>
    Promise.resolve({
      kind: "failed",
      message: vscode.l10n.t("This needs git and a process of its own, which an editor in a browser has not."),
    }),
};

/** A page starts no worker from another machine's file, where the extension is if it was installed there. */
async function loadable(script: vscode.Uri): Promise<string> {
  if (script.scheme !== "vscode-remote") return script.toString(true);
  const bytes = await vscode.workspace.fs.readFile(script);
  return URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "text/javascript" }));
}
