// Fails on an import that runs against the architecture's arrows, on a circle, on a process that is started elsewhere than
// where that is guarded, and on having read nothing.
//   node scripts/check-imports.mjs [folder]
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const c = ["c", "c/body", "c/build"];
const models = [...c, "vmstate", "qom", "priority", "rust"];
const bytes = ["wire", "wire/framing", "wire/values", "wire/inspect", "wire/containers"];

/** One line a folder of core: what it uses besides itself and the files of core/. */
const uses = {
  c: [],
  "c/body": ["c"],
  "c/build": ["c"],
  vmstate: ["c", "c/body"],
  priority: ["c", "c/body", "vmstate"],
  qom: ["c", "c/body", "vmstate"],
  rust: ["c", "c/body", "vmstate", "qom"],
  project: models,
  code: [...models, "project"],
  order: [...models, "project", "code"],
  check: [...models, "project", "code", "order"],
  "wire/framing": [],
  "wire/containers": ["wire/framing"],
  "wire/values": ["wire/framing"],
  "wire/inspect": ["wire/framing", "wire/values"],
  wire: ["wire/framing", "wire/values", "wire/inspect"],
  putcode: ["c", "c/body", "vmstate", "qom", ...bytes],
  compat: [...models, "project", "code", "order", "check", ...bytes, "putcode"],
  emulator: [...models, "project", "code", "order", "check", ...bytes, "putcode", "compat", "board"],
  "board/run": [...models, "project"],
  "board/library": [...models, "project", "board/run"],
  board: [...models, "project", "board/run", "board/library"],
  confirm: [...models, "project", "code", "order", "check", ...bytes, "putcode", "compat", "emulator"],
  explain: [...models, "project"],
  ide: [
    ...models,
    "board",
    "project",
    "code",
    "order",
    "check",
    ...bytes,
    "putcode",
    "compat",
    "emulator",
    "confirm",
    "explain",
  ],
};
const usedBy = new Map(Object.entries(uses).map(([folder, others]) => [`core/${folder}`, new Set(others)]));
const builtins = new Set(builtinModules);
const sourceFolders = ["core", "server", "client", "cli", "qemu"];

/** Packages for each top folder; core has none, so that it runs anywhere JavaScript runs. */
const packages = {
  core: [],
  server: [
    "node:",
    "vscode-languageserver",
    "vscode-languageserver-textdocument",
    "vscode-uri",
    "valibot",
    "picomatch",
    "fzstd",
    "unbzip2-stream",
    "xxhash-wasm",
    "xz-decompress",
  ],
  qemu: ["node:", "valibot"],
  cli: ["node:", "commander", "diff", "picomatch", "postal-mime", "sarif", "valibot"],
  client: [
    "node:",
    "vscode",
    "vscode-languageclient",
    "valibot",
    "@vscode/debugadapter",
    "@vscode/debugprotocol",
    "@vscode/l10n",
  ],
  "client/webview": ["preact", "@vscode/l10n"],
};

/** Who starts processes, and which. Everybody else asks these. */
const starters = new Map([
  ["server/node/git.ts", "git"],
  ["cli/diff/jobs.ts", "this program"],
  ["client/node/runCli.ts", "this program"],
  ["qemu/run.ts", "the QEMU that its user names"],
]);
const processModules = new Set(["child_process", "cluster"]);

/** Who touches the disk where answers are kept by what they used: all else in cli/ and server/node/ goes through disk.ts. */
const diskUsers = new Set([
  "server/node/disk.ts",
  "server/node/cache.ts",
  "cli/kept/shelf.ts",
  "cli/kept/stamps.ts",
  "cli/main.ts",
]);
const throughDisk = /^(?:cli|server\/node)\//;

/** What the client's part on node shares with the server besides the protocol. */
const shared = /^server\/node\/(?:disk|git(?:Program|Reason)?)\.ts$/;

function listSources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : listSources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function resolveRelative(from, specifier) {
  const base = resolve(dirname(from), specifier);
  const candidates = [base, `${base}.ts`, `${base}.tsx`, join(base, "index.ts")];
  return candidates.find((path) => existsSync(path) && statSync(path).isFile());
}

/** Top folder, or for core the folder that has a line above: `core/c/build`, `server`, `client`, `client/webview`. */
function place(path) {
  const parts = path.split("/");
  if (parts[0] === "client" && parts[1] === "webview") return "client/webview";
  if (parts[0] !== "core" || parts.length < 3) return parts[0];
  for (let length = parts.length - 1; length > 1; length--) {
    const folder = parts.slice(0, length).join("/");
    if (usedBy.has(folder)) return folder;
  }
  return parts.slice(0, 2).join("/");
}

function wrongArrow(from, to) {
  const source = place(from);
  const target = place(to);
  if (source === target) return undefined;
  if (source.startsWith("core/") && target.startsWith("core/")) {
    const others = usedBy.get(source);
    if (others === undefined) return `${source} has no line in scripts/check-imports.mjs`;
    if (!usedBy.has(target)) return `${target} has no line in scripts/check-imports.mjs`;
    return others.has(target.slice(5)) ? undefined : `${source} does not use ${target}`;
  }
  if (source.startsWith("core")) return target.startsWith("core") ? undefined : "core uses core only";
  if (source === "server") return target.startsWith("core") ? undefined : "server uses core only";
  if (source === "qemu") return "qemu uses nothing else";
  if (source === "cli") return /^(core|server|qemu)/.test(target) ? undefined : "cli uses core, server and qemu only";
  if (source === "client" || source === "client/webview") {
    if (/^server\/protocol(\.ts|\/)/.test(to)) return undefined;
    if (from.startsWith("client/node/") && shared.test(to)) return undefined;
    if (source === "client/webview" && to.startsWith("client/shared/")) return undefined;
    return `${source} uses server/protocol only`;
  }
  return undefined;
}

function wrongPackage(from, specifier) {
  if (processModules.has(specifier.replace(/^node:/, "")) && !starters.has(from)) {
    return `starts processes; only ${[...starters.keys()].join(", ")} do`;
  }
  if (/^(?:node:)?fs$/.test(specifier) && throughDisk.test(from) && !diskUsers.has(from)) {
    return "uses the disk without server/node/disk.ts, unseen by those who keep answers";
  }
  const folder = place(from).startsWith("core") ? "core" : place(from);
  const name = builtins.has(specifier) ? "node:" : specifier;
  const allowed = packages[folder] ?? [];
  const fits = allowed.some((entry) =>
    entry.endsWith(":") ? name.startsWith(entry) : name === entry || name.startsWith(`${entry}/`),
  );
  return fits ? undefined : `${folder} does not use ${specifier}`;
}

/** All circles of a graph, each as the nodes that reach one another (Tarjan's strongly connected components). */
function findCircles(graph) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const held = new Set();
  const circles = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    held.add(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (held.has(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    for (const member of group) held.delete(member);
    if (group.length > 1 || graph.get(node)?.has(node)) circles.push(group);
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return circles;
}

/** @param {string} root @returns {{modules: number, imports: number, problems: string[]}} */
export function checkImports(root) {
  const problems = [];
  const files = new Map();
  const folders = new Map();
  let imports = 0;
  const sources = sourceFolders.flatMap((folder) => listSources(join(root, folder)));
  for (const path of sources) {
    const from = relative(root, path).split(sep).join(posix.sep);
    files.set(from, new Set());
    for (const { fileName: specifier } of ts.preProcessFile(readFileSync(path, "utf8"), true, true).importedFiles) {
      imports++;
      if (!specifier.startsWith(".")) {
        const problem = wrongPackage(from, specifier);
        if (problem) problems.push(`${from}: ${problem}`);
        continue;
      }
      const target = resolveRelative(path, specifier);
      if (!target) {
        problems.push(`${from}: ${specifier} leads nowhere`);
        continue;
      }
      const to = relative(root, target).split(sep).join(posix.sep);
      // Name and version of the project are everybody's.
      if (to === "package.json") continue;
      const problem = wrongArrow(from, to);
      if (problem) problems.push(`${from} -> ${to}: ${problem}`);
      files.get(from)?.add(to);
      if (place(from) !== place(to)) {
        if (!folders.has(place(from))) folders.set(place(from), new Set());
        folders.get(place(from))?.add(place(to));
      }
    }
  }
  for (const graph of [files, folders]) {
    for (const circle of findCircles(graph)) problems.push(`circle: ${circle.join(" -> ")} -> ${circle[0]}`);
  }
  if (sources.length === 0) problems.push(`no modules found under ${root}`);
  return { modules: sources.length, imports, problems };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  const { modules, imports, problems } = checkImports(root);
  for (const problem of problems) console.error(problem);
  console.log(`imports: ${modules} modules, ${imports} imports, ${problems.length} problems`);
  process.exit(problems.length > 0 ? 1 : 0);
}
