/** Builds what editors start: dist/cli.js, and dist/server-worker.js for a browser. VMSTATE_BUILT: they are there. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export default function setup(): void {
  if (process.env["VMSTATE_BUILT"] !== undefined) return;
  const root = fileURLToPath(new URL("../../", import.meta.url));
  execFileSync(process.execPath, ["scripts/build.mjs", "cli", "command", "worker"], {
    cwd: root,
    stdio: "inherit",
    timeout: 60_000,
  });
}
