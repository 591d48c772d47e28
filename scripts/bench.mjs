// Prints the figures that DESIGN's budgets are about: npm run bench [-- QEMU_SOURCE]
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tree = process.argv[2] ?? process.env.QEMU_SOURCE ?? process.env.QEMU_SOURCE_10_2;
const work = mkdtempSync(join(tmpdir(), "vmstate-bench-"));

function run(file, args) {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: "inherit", cwd: root });
  if (status !== 0) process.exitCode = 1;
}

try {
  if (tree !== undefined && existsSync(join(tree, "include/migration/vmstate.h"))) {
    const common = { bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "warning" };
    const banner = {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    };
    const program = join(work, "tree.mjs");
    await build({ ...common, banner, absWorkingDir: root, entryPoints: ["test/bench/tree.ts"], outfile: program });
    const server = join(work, "server.js");
    await build({
      ...common,
      format: "cjs",
      absWorkingDir: root,
      entryPoints: ["server/node/main.ts"],
      outfile: server,
    });
    const typing = join(work, "typing.mjs");
    await build({ ...common, banner, absWorkingDir: root, entryPoints: ["test/bench/typing.ts"], outfile: typing });
    const cache = join(work, "cache");
    console.log(`\n${tree}`);
    run(program, ["index", tree]);
    run(program, ["ordering", tree]);
    run(program, ["simulate", tree]);
    const older = process.env.QEMU_SOURCE_7_2 ?? process.env.QEMU_SOURCE_10_0;
    if (older !== undefined && existsSync(older)) {
      const cli = join(work, "cli.js");
      await build({ ...common, format: "cjs", absWorkingDir: root, entryPoints: ["cli/main.ts"], outfile: cli });
      const env = { ...process.env, XDG_CACHE_HOME: join(work, "diff-cache") };
      for (const budget of ["cold 8 s", "warm 3 s"]) {
        const began = performance.now();
        spawnSync(process.execPath, [cli, "diff", older, tree], { stdio: "ignore", env });
        const time = `${Math.round(performance.now() - began)} ms`;
        console.log(`${"vmstate diff with an older tree".padEnd(52)} ${time.padStart(14)}  ${budget}`);
      }
      run(program, ["compare", tree, older]);
    }
    console.log("\ntyping, nothing cached");
    run(typing, [tree, server, join(work, "typing-cache")]);
    console.log("\nserver, nothing cached");
    run(program, ["server", tree, server, cache]);
    console.log("\nserver, again");
    run(program, ["server", tree, server, cache]);
  } else {
    console.error("No QEMU tree: give one as argument or in QEMU_SOURCE. Only what needs none is measured.");
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
run(join(root, "node_modules/vitest/vitest.mjs"), ["bench", "--run", "--project", "unit"]);
