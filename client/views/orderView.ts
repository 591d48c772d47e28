/** The load order beside the files. It asks the server when it is first looked at and after each save of C. */
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { OrderParams, OrderResult } from "../../server/protocol";
import type { Ctx } from "../ctx";
import { certaintyOf, certaintyWords, isAtRisk } from "../shared/edges";
import { entries } from "../shared/format";
import { insideTree } from "../shared/messages";
import { orderTree } from "../shared/orderTree";
import type { OrderNode, OrderTree } from "../shared/orderTree";

const settleMilliseconds = 500;
const dragged = "application/vnd.code.tree.vmstate.order";

export function createOrderView(ctx: Ctx): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  let known: { readonly tree: OrderTree; readonly root: vscode.Uri } | undefined;
  let settling: NodeJS.Timeout | undefined;

  const load = async (): Promise<OrderTree | undefined> => {
    if (known) return known.tree;
    const client = ctx.running;
    if (!client || ctx.health.kind !== "running" || ctx.health.status.state !== "ready") return undefined;
    try {
      const result = await client.sendRequest<OrderResult>(methods.order, {} satisfies OrderParams);
      known = { tree: orderTree(result), root: vscode.Uri.parse(result.tree) };
      view.message = "";
      return known.tree;
    } catch (error) {
      view.message = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  };
  const forget = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      known = undefined;
      changed.fire(undefined);
    }, settleMilliseconds);
  };
  const view = vscode.window.createTreeView<OrderNode>("vmstate.order", {
    showCollapseAll: true,
    dragAndDropController: {
      dragMimeTypes: [dragged],
      dropMimeTypes: [dragged],
      handleDrag: (nodes, data) => {
        const [node] = nodes;
        if (node?.kind === "entry") data.set(dragged, new vscode.DataTransferItem(node));
      },
      handleDrop: async (target, data) => {
        const node: unknown = data.get(dragged)?.value;
        const level = target && levelOf(target);
        if (level !== undefined) await vscode.commands.executeCommand("vmstate.moveToLevel", node, level);
      },
    },
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (node) => {
        const tree = await load();
        return node ? [...(tree?.children(node) ?? [])] : [...(tree?.roots() ?? [])];
      },
      getTreeItem: (node) => item(node, known?.root),
    },
  });
  return vscode.Disposable.from(
    view,
    changed,
    { dispose: () => clearTimeout(settling) },
    ctx.onHealth(forget),
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (document.languageId === "c" || document.languageId === "cpp") forget();
    }),
    vscode.commands.registerCommand("vmstate.refreshOrder", forget),
  );
}

/** The level that dropping something on a node means. */
function levelOf(node: OrderNode): string | undefined {
  if (node.kind === "level") return node.level.name;
  return node.kind === "entry" ? node.entry.level : undefined;
}

function item(node: OrderNode, root: vscode.Uri | undefined): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  switch (node.kind) {
    case "level": {
      const made = new vscode.TreeItem(node.level.name, Collapsed);
      made.description = entries(node.entries.length);
      made.tooltip = node.level.comment;
      made.iconPath = new vscode.ThemeIcon("layers");
      return made;
    }
    case "entry": {
      const { entry, needs, neededBy } = node;
      const made = new vscode.TreeItem(entry.idstr, needs.length + neededBy.length > 0 ? Collapsed : None);
      made.description = entry.symbol;
      made.contextValue = entry.symbol === "" ? "handler" : "entry";
      made.iconPath = needs.some(isAtRisk)
        ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
        : new vscode.ThemeIcon("symbol-struct");
      return linked(made, root, entry.file, entry.line);
    }
    case "edge": {
      const { edge, direction } = node;
      const other = direction === "needs" ? edge.provider : edge.consumer;
      const label = direction === "needs" ? vscode.l10n.t("needs {0}", other) : vscode.l10n.t("needed by {0}", other);
      const made = new vscode.TreeItem(label, edge.evidence.length > 0 ? Collapsed : None);
      made.description = certaintyWords(certaintyOf(edge));
      made.tooltip = edge.reason;
      made.iconPath = isAtRisk(edge)
        ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
        : new vscode.ThemeIcon("check");
      return made;
    }
    case "evidence": {
      const { file, line, text } = node.evidence;
      const made = new vscode.TreeItem(text, None);
      made.description = `${file}:${line + 1}`;
      made.iconPath = new vscode.ThemeIcon("arrow-small-right");
      return linked(made, root, file, line);
    }
  }
}

function linked(made: vscode.TreeItem, root: vscode.Uri | undefined, file: string, line: number): vscode.TreeItem {
  const path = insideTree(file);
  if (!root || path === undefined) return made;
  const position = new vscode.Position(line, 0);
  made.command = {
    command: "vscode.open",
    title: vscode.l10n.t("Open the Source"),
    arguments: [vscode.Uri.joinPath(root, path), { selection: new vscode.Range(position, position) }],
  };
  return made;
}
