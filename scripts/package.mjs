// Makes vmstate-<version>.vsix: production bundles, whitelisted contents, a limit on the size.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const limit = 3_000_000;
const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const out = join(root, `${name}-${version}.vsix`);

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) process.exit(status ?? 1);
}

run(process.execPath, "scripts/build.mjs", "--production");
rmSync(out, { force: true });
const vsce = createRequire(import.meta.url).resolve("@vscode/vsce/vsce");
run(
  process.execPath,
  vsce,
  "package",
  "--no-dependencies",
  "--allow-missing-repository",
  "--skip-license",
  "--no-rewrite-relative-links",
  "--out",
  out,
);
const { size } = statSync(out);
console.log(`${name}-${version}.vsix: ${size} bytes of ${limit}`);
if (size > limit) {
  console.error("the package is larger than its limit");
  process.exit(1);
}
