/** `--version` is answered without the command, which takes three times as long to load as Node to start. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-version-"));
  buildSync({
    entryPoints: ["cli/main.ts"],
    outfile: join(folder, "cli.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["./command"],
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: readonly string[]) =>
  spawnSync(process.execPath, [join(folder, "cli.js"), ...argv], { encoding: "utf8" });

it.each(["--version", "-V"])("%s is told by the part that is loaded first", (option) => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(run(option)).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
});

it("with more behind it is the command's to judge", () => {
  const { status, stderr } = run("--version", "check");
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/Cannot find module '[^']*command'/);
});
