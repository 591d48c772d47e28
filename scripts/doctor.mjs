// What this machine has of what the work on VMState uses: npm run doctor. Ends with 1 where a needed part is missing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function says(command, ...args) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: "utf8" });
  return error === undefined && status === 0 ? (stdout.split("\n")[0] ?? "").trim() || "there" : undefined;
}

function tree(name) {
  const path = process.env[name];
  if (path === undefined) return undefined;
  return existsSync(join(path, "include/migration/vmstate.h")) ? path : undefined;
}

const needed = true;
const parts = [
  [
    "Node 20 or newer",
    Number(process.versions.node.split(".")[0]) >= 20 ? process.version : undefined,
    needed,
    "from nodejs.org or your distribution",
  ],
  ["packages", existsSync(join(root, "node_modules/vitest")) ? "installed" : undefined, needed, "npm ci"],
  ["git", says("git", "--version"), needed, "your distribution's git"],
  [
    "Chromium (npm run test:e2e)",
    process.env.VMSTATE_E2E_CHROMIUM ?? says("chromium", "--version"),
    !needed,
    "chromium, or VMSTATE_E2E_CHROMIUM",
  ],
  [
    "workbench (npm run test:e2e)",
    existsSync(join(root, "test/e2e/node_modules")) ? "installed" : undefined,
    !needed,
    "node test/e2e/setup.mjs",
  ],
  ["Neovim (npm run test:editors)", says("nvim", "--version"), !needed, "neovim"],
  ["Emacs (npm run test:editors)", says("emacs", "--version"), !needed, "emacs, with eglot"],
  ["QEMU 10.2's source (npm run test:qemu)", tree("QEMU_SOURCE_10_2"), !needed, "QEMU_SOURCE_10_2=DIR"],
  ["QEMU 10.0's source (npm run test:qemu)", tree("QEMU_SOURCE_10_0"), !needed, "QEMU_SOURCE_10_0=DIR"],
  [
    "QEMU's history (npm run test:qemu)",
    process.env.QEMU_HISTORY,
    !needed,
    "QEMU_HISTORY=a clone of QEMU's repository",
  ],
  [
    "real emulators (npm run test:qemu)",
    process.env.QEMU_BINARY,
    !needed,
    "QEMU_BINARY=a program that takes RELEASE ARCH and QEMU's arguments",
  ],
];

for (const [name, found, isNeeded, how] of parts) {
  const mark = found !== undefined ? "ok     " : isNeeded ? "MISSING" : "absent ";
  console.log(`${mark}  ${name.padEnd(40)} ${found ?? how}`);
}
process.exitCode = parts.some(([, found, isNeeded]) => isNeeded && found === undefined) ? 1 : 0;
