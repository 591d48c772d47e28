/**
 * Problems belong to files that an editor shows. The editor keeps documents that were peeked at, hovered or closed for minutes,
 * and asks for their problems as long as it does.
 */
import * as vscode from "vscode";
import type { BaseLanguageClient, DiagnosticCollectionProvider, Middleware } from "vscode-languageclient";

/** Answers for documents in no tab that they have no problems, unless those of the whole tree are wanted. */
export const problemsOfShownFiles: Middleware = {
  provideDiagnostics(document, previousResultId, token, next) {
    const uri = "uri" in document ? document.uri : document;
    return isWanted(uri) ? next(document, previousResultId, token) : ({ kind: "full", items: [] } as never);
  },
};

/** Those that hold what the server answers: vscode-languageclient 10.1 leaves a closed file's problems in them. */
const held = new Set<vscode.DiagnosticCollection>();

export const collections: DiagnosticCollectionProvider = {
  create(name) {
    const collection = vscode.languages.createDiagnosticCollection(name);
    held.add(collection);
    return collection;
  },
  dispose(collection) {
    held.delete(collection);
    collection.dispose();
  },
};

function isWanted(uri: vscode.Uri): boolean {
  if (vscode.workspace.getConfiguration("vmstate").get<string>("diagnostics") === "workspace") return true;
  const wanted = uri.toString();
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some((tab) => urisOf(tab).some((each) => each.toString() === wanted)),
  );
}

function urisOf({ input }: vscode.Tab): readonly vscode.Uri[] {
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return [input.uri];
  return input instanceof vscode.TabInputTextDiff ? [input.original, input.modified] : [];
}

/** Takes the problems of files that are shown no longer away, and asks again once a tab has come or gone. */
export function followTabs(client: () => BaseLanguageClient | undefined): vscode.Disposable {
  return vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
    if (opened.length + closed.length === 0) return;
    for (const collection of held) {
      const uris = [...collection].map(([uri]) => uri);
      for (const uri of uris) if (!isWanted(uri)) collection.delete(uri);
    }
    for (const document of vscode.workspace.textDocuments) {
      const provider = client()?.getFeature("textDocument/diagnostic")?.getProvider(document);
      if (provider === undefined) continue;
      provider.onDidChangeDiagnosticsEmitter.fire();
      return;
    }
  });
}
