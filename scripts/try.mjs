// Opens the small example tree, or a folder of yours, in a real workbench in the browser with the extension as it stands:
//   npm run try [FOLDER]
// Prints the address and runs until Control+C. The first time it installs the workbench in test/e2e (VMSTATE_E2E_WORKBENCH: elsewhere).
// The example is a copy, so that what is tried is not in the checkout; a folder of yours is opened itself.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../test/e2e/server.mjs";
import { install, isInstalled } from "../test/e2e/setup.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [named] = process.argv.slice(2);
if (named !== undefined && !existsSync(named)) {
  console.error(`try: no folder ${named}`);
  process.exit(2);
}
const modules = resolve(process.env.VMSTATE_E2E_WORKBENCH ?? join(root, "test/e2e"));
if (!isInstalled(modules)) install(modules);

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const packed = spawnSync(process.execPath, ["scripts/package.mjs"], { cwd: root, encoding: "utf8" });
if (packed.status !== 0) {
  console.error(`${packed.stdout}${packed.stderr}`);
  process.exit(1);
}

const copy = named === undefined ? mkdtempSync(join(tmpdir(), "vmstate-try-")) : undefined;
if (copy !== undefined) cpSync(join(root, "examples/mini-qemu"), copy, { recursive: true });
const server = await startServer({ modules, vsix: join(root, `vmstate-${version}.vsix`) });
const address = `${server.base}/?folder=${encodeURIComponent(copy ?? resolve(named ?? ""))}`;
console.log(`${address}\nControl+C ends it.`);
const opener = process.platform === "darwin" ? "open" : "xdg-open";
if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY || process.platform === "darwin")
  spawn(opener, [address], { stdio: "ignore", detached: true }).on("error", () => undefined);

let ending = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    if (ending) return;
    ending = true;
    await server.stop();
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
    process.exit(0);
  });
}
