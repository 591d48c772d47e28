/** Builds dist/cli.js, the `vmstate` that the editors start. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export default function setup(): void {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  execFileSync(process.execPath, ["scripts/build.mjs", "cli"], { cwd: root, stdio: "inherit", timeout: 60_000 });
}
