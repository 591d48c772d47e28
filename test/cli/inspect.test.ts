import { spawnSync } from "node:child_process";
import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { qcow2Image, saveImage } from "../wire/containers/make";
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

  describe("of two", () => {
    const other = () => join(folder, "other.mig");
    beforeEach(() => writeFileSync(other(), gzipSync(sampleStream())));

    it("that are the same, also packed, ends with 0", async () => {
      const { code, out } = await vmstate(["inspect", file, other()]);
      expect(code).toBe(0);
      expect(out).toMatch(/^A: .*vm\.mig \(pc-sample-1\.0\)\nB: .*other\.mig .*\nthe same: 2 sections/);
    });

    it("that differ says by which fields, with 1, and as JSON", async () => {
      await vmstate(["inspect", file, "--rewrite", join(folder, "b.mig"), "--set", "0000:00:02.0/nic.count=9"]);
      const found = await vmstate(["inspect", other(), join(folder, "b.mig")]);
      expect(found.code).toBe(1);
      expect(found.out).toMatch(/nic 0 v2\n {4}count: 0x7 -> 0x9\n1 section differs, 1 is the same\n$/);
      const { out } = await vmstate(["inspect", other(), join(folder, "b.mig"), "--format", "json"]);
      expect(JSON.parse(out)).toMatchObject({
        sections: [{ fields: [{ path: "count", a: "0x7", b: "0x9" }] }],
        same: 1,
      });
      expect((await vmstate(["inspect", other(), join(folder, "b.mig"), "--section", "clock"])).code).toBe(0);
    });

    it("may be snapshots of one file", async () => {
      const disk = join(folder, "disk.qcow2");
      writeFileSync(
        disk,
        qcow2Image([
          { id: "1", name: "one", state: sampleStream() },
          { id: "2", name: "two", state: sampleStream({ extraPages: 3 }) },
        ]),
      );
      const { code, out } = await vmstate(["inspect", disk, disk, "--snapshot", "1", "--other-snapshot", "two"]);
      expect(code).toBe(1);
      expect(out).toMatch(/\nram pc\.ram: 0x[0-9a-f]+; \d+ -> \d+ pages/);
    });
  });

  describe("of a file around a stream", () => {
    const at = (name: string, bytes: Uint8Array): string => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    };

    it("says what is around it, then the same as of the stream", async () => {
      const image = at("vm.save", saveImage(gzipSync(sampleStream()), { compressed: 1 }));
      const { code, out } = await vmstate(["inspect", image]);
      expect(code).toBe(0);
      expect(out).toMatch(/^libvirt save image, header version 2, packed by gzip\n {4}the guest was running\n/);
      expect(out.endsWith((await vmstate(["inspect", file])).out)).toBe(true);
      expect(out).not.toContain("<domain");
      expect((await vmstate(["inspect", image, "--xml"])).out).toContain("<name>demo &amp; more</name>");
    });

    it("prints it as JSON", async () => {
      const image = at("vm.save", saveImage(sampleStream()));
      const { out } = await vmstate(["inspect", image, "--format", "json"]);
      const { file: layers, ...rest } = JSON.parse(out);
      expect(layers).toMatchObject([{ machine: expect.stringContaining("-machine pc-q35-9.0") }]);
      expect(rest).toEqual(omitFile(JSON.parse((await vmstate(["inspect", file, "--format", "json"])).out)));
    });

    it("lists several snapshots, and opens the one that is named", async () => {
      const disk = at(
        "disk.qcow2",
        qcow2Image([
          { id: "1", name: "one", state: sampleStream() },
          { id: "2", name: "two", state: sampleStream({ trailer: false }) },
        ]),
      );
      const listed = await vmstate(["inspect", disk]);
      expect(listed.code).toBe(0);
      expect(listed.out).toMatch(/1 {3}one {3}\d+ bytes {2}2023-11-14 22:13:20 {2}01:02:03\.004/);
      expect(listed.err).toContain("--snapshot");
      const { code, out } = await vmstate(["inspect", disk, "--snapshot", "two"]);
      expect(code).toBe(0);
      expect(out).not.toContain("trailer");
      const out2 = join(folder, "one.mig");
      expect((await vmstate(["inspect", disk, "--snapshot", "1", "--rewrite", out2])).code).toBe(0);
      expect(readFileSync(out2).equals(sampleStream())).toBe(true);
      expect(await vmstate(["inspect", disk, "--format", "analyze"])).toMatchObject({ code: 2, out: "" });
    });

    it("that is cut reads up to there, says so, and ends with 1", async () => {
      const whole = gzipSync(sampleStream({ extraPages: 200 }));
      const { code, out, err } = await vmstate(["inspect", at("cut.gz", whole.subarray(0, whole.length - 30))]);
      expect(code).toBe(1);
      expect(err).toMatch(/the gzip data are cut or damaged/);
      expect(out).toMatch(/ram 0 v4[\s\S]*the vmdescription section is cut/);
    });

    it("that holds none is named, with exit code 2", async () => {
      expect(await vmstate(["inspect", at("x.zip", Buffer.from("PK\x03\x04"))])).toMatchObject({
        code: 2,
        out: "",
        err: expect.stringMatching(/x\.zip: a ZIP archive, not a migration stream: unpack it/),
      });
      const packed = at("x.gz", gzipSync(Buffer.from("<domain/>")));
      expect((await vmstate(["inspect", packed])).err).toMatch(/x\.gz: gzip file: libvirt's description of a guest/);
    });
  });
});

function omitFile({ file: _, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}
