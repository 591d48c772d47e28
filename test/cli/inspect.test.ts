import { spawnSync } from "node:child_process";
import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sampleStream } from "../wire/sample";
import { vmstate } from "./run";

describe("vmstate inspect", () => {
  let folder = "";
  let file = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vmstate-inspect-"));
    file = join(folder, "vm.mig");
    writeFileSync(file, sampleStream());
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("shows sections in order and, where asked, their fields", async () => {
    const { code, out } = await vmstate(["inspect", file, "--fields"]);
    expect(code).toBe(0);
    expect(out).toMatch(/ram 0 v4[\s\S]*nic 0 v2[\s\S]*count = 0x7[\s\S]*clock 1 v1/);
  });

  it("prints JSON, and the document of QEMU's script", async () => {
    const json = await vmstate(["inspect", file, "--format", "json", "--section", "clock"]);
    expect(JSON.parse(json.out)).toMatchObject({ sections: [{ idstr: "clock", kind: "full" }], error: null });
    const analyze = await vmstate(["inspect", file, "--format", "analyze"]);
    expect(JSON.parse(analyze.out)).toMatchObject({ "clock (5)": { on: true } });
  });

  it("writes the same bytes again, and edited ones", async () => {
    const out = join(folder, "new.mig");
    expect((await vmstate(["inspect", file, "--rewrite", out])).code).toBe(0);
    expect(readFileSync(out).equals(readFileSync(file))).toBe(true);
    await vmstate(["inspect", file, "--rewrite", out, "--move", "clock", "--before", "0000:00:02.0/nic"]);
    const moved = await vmstate(["inspect", out]);
    expect(moved.out).toMatch(/clock 1 v1[\s\S]*nic 0 v2/);
  });

  it("does not write over the stream by another name of it", async () => {
    const out = join(folder, "other.mig");
    linkSync(file, out);
    const { code, err } = await vmstate(["inspect", file, "--rewrite", out]);
    expect(code).toBe(2);
    expect(err).toContain("cannot be written over itself");
    expect(readFileSync(file).equals(sampleStream())).toBe(true);
  });

  it("to a full disk ends with exit code 2 and one line", async () => {
    const { code, err } = await vmstate(["inspect", file, "--rewrite", "/dev/full"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^vmstate: \/dev\/full: [^\n]*ENOSPC[^\n]*\n$/);
  });

  it("leaves holes where zeros are", async () => {
    const head = sampleStream({ trailer: false, footers: true });
    // behind the end: a description that is too long to read, of zeros alone
    const length = 32 << 20;
    writeFileSync(file, Buffer.concat([head, Buffer.from([6, 2, 0, 0, 0])]));
    truncateSync(file, head.length + 5 + length);
    const out = join(folder, "new.mig");
    expect((await vmstate(["inspect", file, "--rewrite", out])).code).toBe(0);
    expect(readFileSync(out).equals(readFileSync(file))).toBe(true);
    expect(statSync(out).blocks * 512).toBeLessThan(length / 4);
  });

  it("reads what comes on standard input", () => {
    const program = join(folder, "cli.cjs");
    buildSync({
      entryPoints: ["cli/main.ts"],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "cjs",
      mainFields: ["module", "main"],
      logLevel: "error",
    });
    for (const name of ["-", "/dev/stdin"]) {
      const { stdout, status } = spawnSync(process.execPath, [program, "inspect", name], { input: readFileSync(file) });
      expect([status, stdout.toString()]).toEqual([0, expect.stringContaining("nic 0 v2")]);
    }
  });

  it("exits 1 at a stream that QEMU refuses, with the offset", async () => {
    writeFileSync(file, sampleStream().slice(0, 200));
    const { code, out } = await vmstate(["inspect", file]);
    expect(code).toBe(1);
    expect(out).toMatch(/0x[0-9a-f]+ {2}error: /);
  });

  it.each([
    [["absent.mig"], "no such file"],
    [["--drop", "clock"], "--rewrite"],
    [["--rewrite", "SAME"], "cannot be written over itself"],
  ])("exits 2 with what is wrong: %j", async (args, message) => {
    const given =
      args[0] === "absent.mig"
        ? [join(folder, "absent.mig")]
        : [file, ...args.map((arg) => (arg === "SAME" ? file : arg))];
    const { code, err } = await vmstate(["inspect", ...given]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
