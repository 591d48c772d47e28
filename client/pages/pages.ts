/** The pages beside the editor. Each is made when first needed and keeps its last content until it is closed. */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import type { FailedPage, OrderPage, RunningPage, SimulationPage, ToPage } from "../shared/messages";
import { insideTree, readFromPage } from "../shared/messages";
import { pageHtml } from "./html";

export interface Pages extends vscode.Disposable {
  simulation(content: SimulationPage | RunningPage | FailedPage): void;
  order(content: OrderPage | RunningPage | FailedPage): void;
  onSimulate(work: (machine: string) => Promise<void>): void;
  onOrder(work: (machine: string) => Promise<void>): void;
  onChooseMachine(work: () => Promise<void>): void;
}

interface Handlers {
  simulate: (machine: string) => Promise<void>;
  order: (machine: string) => Promise<void>;
  chooseMachine: () => Promise<void>;
}

interface Page {
  show(content: ToPage): void;
  dispose(): void;
}

const nothing = async (): Promise<void> => undefined;

export function createPages(ctx: Ctx): Pages {
  const handlers: Handlers = { simulate: nothing, order: nothing, chooseMachine: nothing };
  const simulation = createPage(ctx, "vmstate.simulation", vscode.l10n.t("Migration"), handlers);
  const order = createPage(ctx, "vmstate.order", vscode.l10n.t("Load Order"), handlers);
  return {
    simulation: (content) => simulation.show(content),
    order: (content) => order.show(content),
    onSimulate: (work) => {
      handlers.simulate = work;
    },
    onOrder: (work) => {
      handlers.order = work;
    },
    onChooseMachine: (work) => {
      handlers.chooseMachine = work;
    },
    dispose: () => {
      simulation.dispose();
      order.dispose();
    },
  };
}

function createPage(ctx: Ctx, type: string, title: string, handlers: Handlers): Page {
  let panel: vscode.WebviewPanel | undefined;
  let content: ToPage | undefined;
  const post = (): void => {
    if (panel && content) void panel.webview.postMessage(content);
  };
  const open = (): vscode.WebviewPanel => {
    const resources = vscode.Uri.joinPath(ctx.extension.extensionUri, "dist");
    const made = vscode.window.createWebviewPanel(
      type,
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      { enableScripts: true, localResourceRoots: [resources], enableFindWidget: true },
    );
    made.onDidDispose(() => {
      panel = undefined;
    });
    made.webview.onDidReceiveMessage((message: unknown) =>
      receive(ctx, message, treeOf(content), handlers, post).catch((error: unknown) => ctx.output.error(String(error))),
    );
    made.webview.html = pageHtml(made.webview, resources, title);
    return made;
  };
  return {
    show(next) {
      content = next;
      if (panel) {
        panel.reveal(undefined, true);
        post();
      } else panel = open();
    },
    dispose: () => panel?.dispose(),
  };
}

function treeOf(content: ToPage | undefined): string | undefined {
  return content?.kind === "simulation" || content?.kind === "order" ? content.result.tree : undefined;
}

async function receive(
  ctx: Ctx,
  value: unknown,
  tree: string | undefined,
  handlers: Handlers,
  post: () => void,
): Promise<void> {
  const message = readFromPage(value);
  if (!message) {
    ctx.output.warn(`a page sent what is no message: ${JSON.stringify(value)}`);
    return;
  }
  switch (message.kind) {
    case "ready":
      return post();
    case "open":
      return openSource(tree, message.file, message.line);
    case "simulate":
      return handlers.simulate(message.machine);
    case "order":
      return handlers.order(message.machine);
    case "chooseMachine":
      return handlers.chooseMachine();
    case "showOutput":
      return ctx.output.show();
  }
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
