/** Where pages and the source that they lead to are shown: one column for all pages, beside the source. */
import * as vscode from "vscode";

/** That of a page which is open; the second one where none is, so that no third one is opened. */
export function pageColumn(): vscode.ViewColumn {
  const holding = vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(({ input }) => isPage(input)));
  return holding?.viewColumn ?? vscode.ViewColumn.Two;
}

/** Source does not cover the pages. */
export function sourceColumn(): vscode.ViewColumn {
  return pageColumn() === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One;
}

/** The editor puts a prefix of its own before the type that a panel was made with. */
function isPage(input: unknown): boolean {
  return input instanceof vscode.TabInputWebview && /(^|-)vmstate\./.test(input.viewType);
}
