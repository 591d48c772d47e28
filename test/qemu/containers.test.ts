/**
 * Files that the real tools make around a stream, read to the last byte. What is not installed is skipped: qemu-img, the packers, QEMU
 * (QEMU_BINARY), and libvirt's images, which lie beside the repository (shared/qemu/files).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memorySource } from "../../core/wire";
import { bytesAt, type Layer, whyNone } from "../../core/wire/containers";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { sideBySide, sideBySideText } from "../../core/wire/inspect/sideBySide";
import { openStreamFile } from "../../server/node/streams/open";
import { sampleStream } from "../wire/sample";
import { migrationEnd, startQemu } from "./realQemu";

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;
const files = ["../shared", "../../shared"].map((each) => `${each}/qemu/files`).find((each) => existsSync(each)) ?? "";
const stream = sampleStream({ extraPages: 700 });

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-containers-"));
  writeFileSync(join(folder, "stream"), stream);
  // whole sectors, as a disk has
  const padded = Buffer.alloc(512 * Math.ceil(stream.length / 512));
  padded.set(stream);
  writeFileSync(join(folder, "volume"), padded);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, ...args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

async function read(path: string, snapshot?: string): Promise<{ bytes: Buffer; layers: readonly Layer[] }> {
  const opening = await openStreamFile(path, {
    unpack: { most: 1 << 30 },
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  if (opening.kind !== "stream") throw new Error(whyNone(opening));
  try {
    expect(opening.source.problem?.()).toBeUndefined();
    return { bytes: Buffer.from(bytesAt(opening.source, 0, opening.source.size)), layers: opening.layers };
  } finally {
    opening.close();
  }
}

/** Sections of a stream that is sound up to its description. */
function sectionsOf(bytes: Uint8Array): number {
  const { sections, error, trailer, warnings } = inspectStream(memorySource(bytes));
  expect([error, warnings]).toEqual([undefined, []]);
  expect(trailer?.content).toBeDefined();
  return sections.length;
}

describe("packed by the real tools", () => {
  const packers: readonly (readonly [string, readonly string[]])[] = [
    ["gzip", ["-c"]],
    ["xz", ["-c"]],
    ["xz", ["-c", "--block-size=100000", "-T2"]],
    ["bzip2", ["-c"]],
    ["zstd", ["-cq"]],
    ["zstd", ["-cq", "-19", "--long=24"]],
    ["lz4", ["-cq"]],
    ["lz4", ["-cq", "-BD", "-B4", "-BX"]],
  ];
  it.each(packers.filter(([program]) => has(program)))("%s %j", async (program, args) => {
    writeFileSync(join(folder, "packed"), run(program, ...args, "stream"));
    expect((await read(join(folder, "packed"))).bytes.equals(stream)).toBe(true);
  });
});

describe.skipIf(!has("qemu-img"))("images of qemu-img", () => {
  it.each([
    [[]],
    [["-o", "compat=0.10"]],
    [["-o", "cluster_size=512"]],
    [["-o", "cluster_size=2M"]],
    [["-o", "extended_l2=on"]],
    [["-c"]],
    [["-c", "-o", "cluster_size=4k"]],
    [["-c", "-o", "cluster_size=2M"]],
    [["-c", "-o", "compression_type=zstd"]],
    [["-c", "-o", "compression_type=zstd,extended_l2=on"]],
  ])("whose disk is a state volume: %j", async (options) => {
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", ...options, "volume", "disk.qcow2");
    const { bytes } = await read(join(folder, "disk.qcow2"));
    expect(bytes.subarray(0, stream.length).equals(stream)).toBe(true);
    expect(bytes.subarray(stream.length).every((octet) => octet === 0)).toBe(true);
  });

  it("with snapshots of the disk alone, or the data elsewhere, say so", async () => {
    run("qemu-img", "create", "-f", "qcow2", "empty.qcow2", "1M");
    run("qemu-img", "snapshot", "-c", "first", "empty.qcow2");
    await expect(read(join(folder, "empty.qcow2"))).rejects.toThrow("snapshots of the disk alone");
    await expect(read(join(folder, "empty.qcow2"), "first")).rejects.toThrow("the disk alone");
    run("qemu-img", "create", "-f", "qcow2", "-o", "data_file=data.raw", "outside.qcow2", "1M");
    await expect(read(join(folder, "outside.qcow2"))).rejects.toThrow("external file (data.raw)");
  });
});

describe.skipIf(files === "")("images of libvirt and QEMU", () => {
  const plain = () => gunzipSync(readFileSync(join(files, "libvirt-9.mig.gz")));

  it("virsh save: the stream inside is the stream", async () => {
    const { bytes, layers } = await read(join(files, "libvirt-9-raw.save.gz"));
    expect(bytes.equals(plain())).toBe(true);
    const [, { xml = "", machine } = { xml: "" }] = layers;
    expect(xml).toContain("machine='pc-q35-7.2'");
    expect(xml).not.toContain("sEcrEt01");
    expect(machine?.line).toContain("-machine pc-q35-7.2 -cpu qemu64 -smp 1 -m size=32768k");
  });

  it("virsh save with bzip2: the sections of the same guest", async () => {
    const { bytes } = await read(join(files, "libvirt-9-bzip2.save"));
    expect(sectionsOf(bytes)).toBe(sectionsOf(plain()));
  });

  it("savevm: each of the snapshots, and their list", async () => {
    const image = join(folder, "snap.qcow2");
    writeFileSync(image, gunzipSync(readFileSync(join(files, "snap-10.0.qcow2.gz"))));
    for (const name of ["snap0", "snap1", "3"]) expect(sectionsOf((await read(image, name)).bytes)).toBeGreaterThan(30);
    await expect(read(image)).rejects.toThrow("1 (snap0), 2 (snap1), 3 (ic)");
  });
});

describe.skipIf(!existsSync(process.env["QEMU_BINARY"] ?? "") || !has("qemu-img"))("savevm of a guest", () => {
  it.each(["7.2", "10.0"] as const)("has the values of a stream of the same guest (QEMU %s)", async (release) => {
    const [disk, plain] = [join(folder, `guest-${release}.qcow2`), join(folder, `guest-${release}.mig`)];
    run("qemu-img", "create", "-q", "-f", "qcow2", disk, "4M");
    const options = [
      "-nodefaults",
      "-M",
      "q35",
      "-m",
      "32",
      "-drive",
      `if=none,id=d,file=${disk}`,
      "-device",
      "e1000e",
    ];
    const qemu = await startQemu(release, "x86_64", options);
    try {
      const answer = await qemu.command("human-monitor-command", { "command-line": "savevm one" });
      expect(answer).toBe("");
      await qemu.command("migrate", { uri: `exec:cat > ${plain}` });
      expect(await migrationEnd(qemu)).toBe("completed");
    } finally {
      await qemu.stop();
    }
    const { bytes } = await read(disk, "one");
    const [a, b] = [bytes, readFileSync(plain)].map((each) => inspectStream(memorySource(each)));
    if (a === undefined || b === undefined) throw new Error("not read");
    expect(a.error).toBeUndefined();
    const lines = sideBySideText(sideBySide(a, b)).filter((line) => line.startsWith("    "));
    // the guest's state at rest; RAM is sent in other portions
    expect(lines.filter((line) => !/cpu_ticks_offset|cpu_clock_offset|runstate|size:/.test(line))).toEqual([]);
  });
});
