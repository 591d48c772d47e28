// Bundles the extension, the language server, the command line and the pages.
//   node scripts/build.mjs [--production] [--watch] [name…]     names: client adapter browser unpackers server worker cli command webview
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";
import { thirdPartyNotices } from "./notices.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith("--")));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const production = flags.has("--production");

const node = { platform: "node", format: "cjs", target: "node20", external: ["vscode"] };
const withUnpackers = { ...node, external: ["vscode", "./unpackers"], supported: { "dynamic-import": false } };
const page = { platform: "browser", format: "iife", target: "es2022" };

/** Largest size of each bundle in production, in bytes: growth beyond it is a decision, not an accident. */
const bundles = {
  client: {
    entry: "client/main.ts",
    out: "dist/client.js",
    budget: 600_000,
    // require finds a bundle without its extension; import() would not.
    options: { ...node, external: ["vscode", "./adapter"], supported: { "dynamic-import": false } },
  },
  // Loaded by the first debugging session, not by activation.
  adapter: { entry: "client/debug/adapter.ts", out: "dist/adapter.js", budget: 80_000, options: node },
  browser: {
    entry: "client/browser/main.ts",
    out: "dist/client-browser.js",
    budget: 560_000,
    options: { ...page, format: "cjs", external: ["vscode"] },
  },
  // Loaded by whoever opens a file that is no stream by itself.
  unpackers: { entry: "server/node/streams/unpackers.ts", out: "dist/unpackers.js", budget: 60_000, options: node },
  server: { entry: "server/node/main.ts", out: "dist/server.js", budget: 1_500_000, options: withUnpackers },
  worker: {
    entry: "server/browser/main.ts",
    out: "dist/server-worker.js",
    budget: 1_420_000,
    options: { ...page },
  },
  // Answers from what was kept without loading the command.
  cli: {
    entry: "cli/main.ts",
    out: "dist/cli.js",
    budget: 10_000,
    options: {
      ...node,
      banner: { js: "#!/usr/bin/env node" },
      external: ["./command"],
      supported: { "dynamic-import": false },
    },
  },
  command: { entry: "cli/command.ts", out: "dist/command.js", budget: 1_860_000, options: withUnpackers },
  webview: { entry: "client/webview/main.tsx", out: "dist/webview.js", budget: 120_000, options: page },
};

const unknown = names.filter((name) => !(name in bundles));
if (unknown.length > 0) {
  console.error(`No bundle named ${unknown.join(", ")}. There are: ${Object.keys(bundles).join(", ")}.`);
  process.exit(2);
}
const chosen = Object.entries(bundles).filter(([name]) => names.length === 0 || names.includes(name));

function settings({ entry, out, options }) {
  return {
    ...options,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    minify: production,
    sourcemap: production ? false : "linked",
    metafile: true,
    legalComments: "none",
    logLevel: "warning",
    // The UMD builds of these packages hide their requires from the bundler.
    mainFields: options.platform === "node" ? ["module", "main"] : ["browser", "module", "main"],
    define: { "process.env.NODE_ENV": JSON.stringify(production ? "production" : "development") },
  };
}

function copyStatic() {
  const styles = ["style", "graph", "stream", "timeline", "walk", "memory"].map((name) =>
    readFileSync(join(root, `client/webview/${name}.css`), "utf8"),
  );
  writeFileSync(join(root, "dist/webview.css"), styles.join("\n"));
}

mkdirSync(join(root, "dist"), { recursive: true });
if (flags.has("--watch")) {
  for (const [, bundle] of chosen) await (await context(settings(bundle))).watch();
  copyStatic();
  console.error("watching");
} else {
  if (names.length === 0) rmSync(join(root, "dist"), { recursive: true, force: true });
  mkdirSync(join(root, "dist"), { recursive: true });
  const inputs = new Set();
  let tooLarge = 0;
  for (const [name, bundle] of chosen) {
    const result = await build(settings(bundle));
    for (const input of Object.keys(result.metafile.inputs)) inputs.add(input);
    const bytes = result.metafile.outputs[bundle.out].bytes;
    if (name === "cli") chmodSync(join(root, bundle.out), 0o755);
    if (production) console.error(`${bundle.out} ${bytes} bytes of ${bundle.budget}`);
    if (production && bytes > bundle.budget) tooLarge++;
  }
  if (chosen.some(([name]) => name === "webview")) copyStatic();
  writeFileSync(join(root, "dist/THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(root, [...inputs]));
  if (tooLarge > 0) {
    console.error(`${tooLarge} bundle(s) beyond their budget in scripts/build.mjs`);
    process.exit(1);
  }
}
