/** Streams have gigabytes, of which a page reads a piece at a time; an editor in a browser can only take a file as a whole. */
import * as vscode from "vscode";

export function createStreamNotice(): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor(_document, { webview }) {
      const text = vscode.l10n.t("Migration streams open in an editor with a disk, or by: vmstate inspect FILE");
      webview.html = `<!DOCTYPE html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none';"><title>VMState</title></head><body><p>${text}</p></body></html>`;
    },
  };
  return vscode.Disposable.from(
    ...["vmstate.stream", "vmstate.anyStream"].map((type) =>
      vscode.window.registerCustomEditorProvider(type, provider),
    ),
  );
}
