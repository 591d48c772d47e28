/** One webview panel: shows content, hands on what the page posts, opens the source it links to. */
import * as vscode from "vscode";
import { type MemoryParams, type MemoryResult, methods } from "../../server/protocol";
import { completionsOf } from "../commands/completions";
import type { Ctx } from "../ctx";
import type { FromPage, ToPage } from "../shared/messages";
import { insideTree, readFromPage } from "../shared/messages";
import { readPageState } from "../shared/pageState";
import type { PageState } from "../shared/pageState";
import { pageColumn, sourceColumn } from "./column";
import { pageHtml } from "./html";

export interface Page extends vscode.Disposable {
  show(content: ToPage): void;
}

export interface PageOptions {
  readonly type: string;
  readonly title: string;
  readonly receive: (message: FromPage) => Promise<void>;
  /** Opens what a link of the page names; absent: a file of the content's tree. */
  readonly open?: (message: Extract<FromPage, { kind: "open" }>) => Promise<void>;
  readonly closed: () => void;
  /** The editor has opened the page again as it was before it was closed or reloaded. */
  readonly restored: (state: PageState) => Promise<void>;
}

export function createPage(ctx: Ctx, options: PageOptions): Page {
  let panel: vscode.WebviewPanel | undefined;
  let content: ToPage | undefined;
  let tree: string | undefined;

  const post = (): void => {
    if (panel && content) void panel.webview.postMessage(content);
  };
  const receive = async (message: FromPage): Promise<void> => {
    if (message.kind === "ready") return post();
    if (message.kind === "open")
      return options.open ? options.open(message) : openSource(tree, message.file, message.line);
    return options.receive(message);
  };
  const adopt = (made: vscode.WebviewPanel): vscode.WebviewPanel => {
    made.onDidDispose(() => {
      panel = undefined;
      options.closed();
    });
    fillWebview(ctx, made.webview, options.title, receive);
    return made;
  };
  const open = (): vscode.WebviewPanel =>
    adopt(
      vscode.window.createWebviewPanel(
        options.type,
        options.title,
        { viewColumn: pageColumn(), preserveFocus: false },
        { enableFindWidget: true },
      ),
    );
  const serializer = vscode.window.registerWebviewPanelSerializer(options.type, {
    deserializeWebviewPanel: (restored, stored: unknown) => {
      const state = readPageState(stored);
      if (!state || panel) {
        restored.dispose();
        return Promise.resolve();
      }
      content = { kind: "running", title: vscode.l10n.t("Opening the page again") };
      panel = adopt(restored);
      // Not awaited: the editor gives a page ten seconds, a large tree may need more.
      options.restored(state).catch((error: unknown) => ctx.output.error(String(error)));
      return Promise.resolve();
    },
  });
  return {
    show(next) {
      content = next;
      if (next.kind === "simulation" || next.kind === "order" || next.kind === "graph") tree = next.result.tree;
      if (!panel) {
        panel = open();
        return;
      }
      if (!panel.visible) panel.reveal(undefined, true);
      post();
    },
    dispose: () => {
      serializer.dispose();
      panel?.dispose();
    },
  };
}

/** Puts our script into a webview and hands on the messages that it posts; what is none of ours is logged. */
export function fillWebview(
  ctx: Ctx,
  webview: vscode.Webview,
  title: string,
  receive: (message: FromPage) => Promise<void>,
): void {
  const resources = vscode.Uri.joinPath(ctx.extension.extensionUri, "dist");
  webview.options = { enableScripts: true, localResourceRoots: [resources] };
  webview.onDidReceiveMessage((value: unknown) => {
    const message = readFromPage(value);
    if (message?.kind === "widen") void vscode.commands.executeCommand("workbench.action.toggleMaximizeEditorGroup");
    else if (message?.kind === "complete") void complete(ctx, webview, message.line);
    else if (message?.kind === "memory") void look(ctx, webview, message);
    else if (message) receive(message).catch((error: unknown) => ctx.output.error(String(error)));
    else ctx.output.warn(`a page sent what is no message: ${JSON.stringify(value)}`);
  });
  webview.html = pageHtml(webview, resources, title);
}

async function complete(ctx: Ctx, webview: vscode.Webview, line: string): Promise<void> {
  const completions = await completionsOf(ctx, line).catch(() => []);
  await webview.postMessage({ kind: "completions", line, completions } satisfies ToPage);
}

type MemoryMessage = Extract<FromPage, { kind: "memory" }>;

async function look(ctx: Ctx, webview: vscode.Webview, { address, machine, move }: MemoryMessage): Promise<void> {
  const params: MemoryParams = { machine, address, ...(move === undefined ? {} : { move }) };
  const answer = await ctx.running?.sendRequest<MemoryResult>(methods.memory, params).then(
    (view) => ({ view }),
    (error: unknown) => ({ message: error instanceof Error ? error.message : String(error) }),
  );
  const none = { message: vscode.l10n.t("The language server is not running.") };
  await webview.postMessage({ kind: "memory", address, ...(answer ?? none) } satisfies ToPage);
}

/** A file of the tree whose root is the URI `tree`; what leads out of it is not opened. */
export async function openSource(tree: string | undefined, file: string, line: number): Promise<void> {
  const path = insideTree(file);
  if (tree === undefined || path === undefined) return;
  await showPlace(vscode.Uri.joinPath(vscode.Uri.parse(tree), path), line);
}

export async function showPlace(uri: vscode.Uri, line: number): Promise<void> {
  const position = new vscode.Position(line, 0);
  await vscode.window.showTextDocument(uri, {
    viewColumn: sourceColumn(),
    selection: new vscode.Range(position, position),
  });
}
