/** "Debug Migration Load" in the editor's own debugger view. */
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { LoadParams, LoadResult } from "../../server/protocol";
import type { Ctx } from "../ctx";
import { ask } from "../requests";
import { insideTree } from "../shared/messages";
import type { Surroundings } from "./adapter";
import { launchOf, type } from "./launch";

export function createDebugger(ctx: Ctx, read: Surroundings["read"]): vscode.Disposable {
  const surroundings: Surroundings = { load: (params) => load(ctx, params), read, pathOf, fileOf };
  void vscode.commands.executeCommand("setContext", "vmstate.debugger", true);
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterDescriptorFactory(type, {
      // Read when it is needed: activation does not wait for it.
      createDebugAdapterDescriptor: async () => {
        const { LoadSession } = await import("./adapter");
        return new vscode.DebugAdapterInlineImplementation(new LoadSession(surroundings));
      },
    }),
    vscode.debug.registerDebugConfigurationProvider(type, {
      provideDebugConfigurations: () => [launchOf({})],
      resolveDebugConfigurationWithSubstitutedVariables: (folder, configuration) => ({
        ...launchOf({}),
        ...configuration,
        ...(typeof configuration.stream === "string" && configuration.stream !== ""
          ? { stream: streamUri(folder, configuration.stream) }
          : {}),
      }),
      // An empty configuration is what F5 without a launch.json sends.
      resolveDebugConfiguration: (_folder, configuration) =>
        configuration.type === undefined ? launchOf({}) : configuration,
    }),
  );
}

async function load(ctx: Ctx, params: LoadParams): Promise<LoadResult> {
  const client = await ctx.whenRunning();
  if (!client) throw new Error(vscode.l10n.t("The language server is not running."));
  const answer = await ask<LoadResult>(client, methods.load, params, vscode.l10n.t("Recording the load"));
  if (answer.kind === "answer") return answer.value;
  throw new Error(answer.kind === "failed" ? answer.message : vscode.l10n.t("Cancelled."));
}

function streamUri(folder: vscode.WorkspaceFolder | undefined, stream: string): string {
  if (/^[\w+.-]{2,}:\//.test(stream)) return stream;
  const absolute = stream.startsWith("/") || /^[A-Za-z]:[\\/]/.test(stream);
  const uri = absolute || !folder ? vscode.Uri.file(stream) : vscode.Uri.joinPath(folder.uri, stream);
  return uri.toString();
}

function pathOf(tree: string, file: string): string {
  const uri = vscode.Uri.joinPath(vscode.Uri.parse(tree), insideTree(file) ?? "");
  return uri.scheme === "file" ? uri.fsPath : uri.toString();
}

function fileOf(tree: string, path: string): string | undefined {
  const root = vscode.Uri.parse(tree);
  const uri = root.scheme === "file" ? vscode.Uri.file(path) : vscode.Uri.parse(path);
  const within = `${root.path.replace(/\/$/, "")}/`;
  return uri.path.startsWith(within) ? uri.path.slice(within.length) : undefined;
}
