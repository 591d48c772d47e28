import type { InitializeParams } from "vscode-languageserver";
import type { ClientSupport } from "./context";
import type { InitializationOptions } from "./protocol";

export function readClientSupport(params: InitializeParams): ClientSupport {
  const { textDocument, workspace, window } = params.capabilities;
  const published = textDocument?.publishDiagnostics;
  return {
    pullDiagnostics: textDocument?.diagnostic !== undefined,
    diagnosticRefresh: workspace?.diagnostics?.refreshSupport === true,
    relatedInformation: published?.relatedInformation === true || textDocument?.diagnostic?.relatedInformation === true,
    codeDescription:
      published?.codeDescriptionSupport === true || textDocument?.diagnostic?.codeDescriptionSupport === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    configuration: workspace?.configuration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    progress: window?.workDoneProgress === true,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    markdownHover: textDocument?.hover?.contentFormat?.includes("markdown") === true,
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    hierarchicalSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    locationLinks: textDocument?.definition?.linkSupport === true,
    lensRefresh: workspace?.codeLens?.refreshSupport === true,
    hintRefresh: workspace?.inlayHint?.refreshSupport === true,
    semanticRefresh: workspace?.semanticTokens?.refreshSupport === true,
    applyEdit: workspace?.applyEdit === true,
    // of others that know annotations, some ask for all of an edit at once
    editPreview:
      workspace?.workspaceEdit?.changeAnnotationSupport !== undefined &&
      workspace.workspaceEdit.documentChanges === true &&
      readOptions(params).clientCommands === true,
    files: readOptions(params).files === true,
    clientCommands: readOptions(params).clientCommands === true,
  };
}

export function readOptions(params: InitializeParams): InitializationOptions {
  const options: unknown = params.initializationOptions;
  if (typeof options !== "object" || options === null) return {};
  const settings = "settings" in options ? options.settings : undefined;
  const clientCommands = "clientCommands" in options && options.clientCommands === true;
  const files = "files" in options && options.files === true;
  return { settings, clientCommands, files };
}
