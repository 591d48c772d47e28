import * as vscode from "vscode";

/** Our texts in the editor's language; empty for English. A `<` would end the element. */
function texts(): string {
  const { bundle } = vscode.l10n;
  return bundle === undefined ? "" : JSON.stringify(bundle).replaceAll("<", "\\u003c");
}

/** The frame of a page: nothing may load but our own script and style. */
export function pageHtml(webview: vscode.Webview, resources: vscode.Uri, title: string): string {
  const nonce = crypto.randomUUID();
  const script = webview.asWebviewUri(vscode.Uri.joinPath(resources, "webview.js"));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(resources, "webview.css"));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}';`;
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${style.toString()}">
</head>
<body>
<main id="page"></main>
<script type="application/json" id="texts">${texts()}</script>
<script nonce="${nonce}" src="${script.toString()}"></script>
</body>
</html>`;
}
