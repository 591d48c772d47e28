import * as vscode from "vscode";
import type { Platform } from "../platform";
import { refs, textAt } from "./refs";
import { runCli } from "./runCli";

export const node: Platform = {
  async createClient(extension, options) {
    const { LanguageClient, TransportKind } = await import("vscode-languageclient/node");
    const module = vscode.Uri.joinPath(extension.extensionUri, "dist", "server.js").fsPath;
    const server = {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ["--nolazy", "--inspect=6009"] } },
    };
    return new LanguageClient("vmstate", "VMState", server, options);
  },
  refs,
  textAt,
  runCli,
};
