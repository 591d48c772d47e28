/** One webview panel: shows content, hands on what the page posts, opens the source it links to. */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import type { FromPage, ToPage } from "../shared/messages";
import { insideTree, readFromPage } from "../shared/messages";
import { pageHtml } from "./html";

export interface Page extends vscode.Disposable {
  show(content: ToPage): void;
}

export interface PageOptions {
  readonly type: string;
  readonly title: string;
  readonly receive: (message: FromPage) => Promise<void>;
  readonly closed: () => void;
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
    if (message.kind === "open") return openSource(tree, message.file, message.line);
    return options.receive(message);
  };
  const open = (): vscode.WebviewPanel => {
    const made = vscode.window.createWebviewPanel(
      options.type,
      options.title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      { enableFindWidget: true },
    );
    made.onDidDispose(() => {
      panel = undefined;
      options.closed();
    });
    fillWebview(ctx, made.webview, options.title, receive);
    return made;
  };
  return {
    show(next) {
      content = next;
      if (next.kind === "simulation" || next.kind === "order") tree = next.result.tree;
      if (next.kind === "compare") tree = next.tree;
      if (!panel) {
        panel = open();
        return;
      }
      if (!panel.visible) panel.reveal(undefined, true);
      post();
    },
    dispose: () => panel?.dispose(),
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
    if (message) receive(message).catch((error: unknown) => ctx.output.error(String(error)));
    else ctx.output.warn(`a page sent what is no message: ${JSON.stringify(value)}`);
  });
  webview.html = pageHtml(webview, resources, title);
}

async function openSource(tree: string | undefined, file: string, line: number): Promise<void> {
  const path = insideTree(file);
  if (tree === undefined || path === undefined) return;
  const uri = vscode.Uri.joinPath(vscode.Uri.parse(tree), path);
  const position = new vscode.Position(line, 0);
  await vscode.window.showTextDocument(uri, {
    viewColumn: vscode.ViewColumn.One,
    selection: new vscode.Range(position, position),
  });
}
