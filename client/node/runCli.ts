/** The command line that ships with us, as a process of its own: for what takes long and must not hold up the server. */
import { spawn } from "node:child_process";
import * as vscode from "vscode";
import type { Run } from "../platform";
import type { Answer } from "../requests";

const outputLimit = 64 << 20;

/** Where the bundle stands, and what makes the editor's own executable a node. */
export function cliOf(extension: vscode.ExtensionContext): {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
} {
  const path = vscode.Uri.joinPath(extension.extensionUri, "dist", "cli.js").fsPath;
  return { path, env: { ELECTRON_RUN_AS_NODE: "1" } };
}

/** Runs `vmstate ARGUMENTS` in `folder`; shows `title`, and ends the process when it is cancelled. Never rejects. */
export function runCli(
  extension: vscode.ExtensionContext,
  folder: string,
  argv: readonly string[],
  title: string,
): Promise<Answer<Run>> {
  const { path, env } = cliOf(extension);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const work = (_: unknown, cancellation: vscode.CancellationToken): Promise<Answer<Run>> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [path, ...argv], { cwd: folder, env: { ...process.env, ...env } });
      const output: Buffer[] = [];
      let size = 0;
      let said = "";
      cancellation.onCancellationRequested(() => child.kill());
      child.stdout.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= outputLimit) output.push(chunk);
        else child.kill();
      });
      child.stderr.on("data", (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-4000);
      });
      child.on("error", (error) => resolve({ kind: "failed", message: error.message }));
      child.on("close", (code) => {
        if (cancellation.isCancellationRequested) resolve({ kind: "cancelled" });
        else if (size > outputLimit) resolve({ kind: "failed", message: vscode.l10n.t("The answer is too large.") });
        else if (code === 0 || code === 1) {
          resolve({ kind: "answer", value: { code, output: Buffer.concat(output).toString() } });
        } else resolve({ kind: "failed", message: said.trim() || vscode.l10n.t("It ended with {0}.", String(code)) });
      });
    });
  return Promise.resolve(vscode.window.withProgress(options, work));
}
