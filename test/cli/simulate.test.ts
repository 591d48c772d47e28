import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulate, type SimulationReport } from "../../core/emulator";
import { exampleTree as exampleProject } from "../emulator/tree";
import { exampleTree, vmstate } from "./run";

const machine = "-M q35 -device demo-disk -device demo-iommu";

describe("vmstate simulate", () => {
  it("fails where the disk is loaded before its IOMMU, and names the line of C", async () => {
    const { code, out } = await vmstate(["simulate", "--tree", exampleTree, "--machine", machine, "--format", "json"]);
    expect(code).toBe(1);
    const report: SimulationReport = JSON.parse(out);
    expect(report.outcome).toBe("failed");
    expect(report.failure).toMatchObject({
      idstr: expect.stringMatching(/demo-disk$/),
      file: "hw/demo/ring.c",
      line: 8,
    });
    expect(report.sections.at(-1)?.result).toBe("not loaded");
  });

  it("without a machine takes one that the tree can make", async () => {
    const { code, out } = await vmstate(["simulate", "--tree", exampleTree, "--format", "json"]);
    expect([code, JSON.parse(out).sections.map(({ idstr }: { idstr: string }) => idstr)]).toEqual([
      1,
      expect.arrayContaining(["demo-iommu"]),
    ]);
  });

  it("completes where the IOMMU is sent first", async () => {
    const { code, out } = await vmstate([
      ...["simulate", "--tree", exampleTree, "--machine", machine, "--first", "demo-iommu"],
    ]);
    expect(out).toContain("The migration completes.");
    expect(code).toBe(0);
  });

  it("completes where the guest has not switched its IOMMU on", async () => {
    const { code } = await vmstate(["simulate", "--tree", exampleTree, "--machine", machine, "--no-remapping"]);
    expect(code).toBe(0);
  });

  it("prints what QEMU prints, then the chain of calls", async () => {
    const { out } = await vmstate(["simulate", "--tree", exampleTree, "--machine", machine]);
    expect(out).toContain("demo-disk: the ring cannot be mapped");
    expect(out).toContain("hw/demo/ring.c:9 demo_ring_map");
  });

  it.each([
    [["--machine", "-M q35 -device no-such-device"], "no-such-device"],
    [["--machine", machine, "--last", "nothing"], "no section 'nothing'"],
    [["--seed", "x"], "--seed x: not a whole number"],
  ])("exits 2 with a sentence for %j", async (argv, message) => {
    const { code, err } = await vmstate(["simulate", "--tree", exampleTree, ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("vmstate simulate --load", () => {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-load-"));
  const file = join(folder, "guest.mig");
  const common = ["simulate", "--load", file, "--format", "json"];

  beforeAll(() => {
    simulate(exampleProject(), {
      machine: "-M q35 -m 1 -device demo-iommu -device demo-disk -device demo-nic",
      remapping: false,
      observe: (bytes) => writeFileSync(file, bytes),
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function report(...argv: readonly string[]): Promise<SimulationReport> {
    const { out, err } = await vmstate([...common, "--tree", exampleTree, ...argv]);
    if (out === "") throw new Error(err);
    return JSON.parse(out) as SimulationReport;
  }
  const order = ({ sections }: SimulationReport): readonly string[] =>
    sections.flatMap(({ idstr, kind }) => (kind === "full" ? [idstr.replace(/.*\//, "")] : []));

  it("loads into the version and the machine that are named", async () => {
    const { code, out } = await vmstate([...common, "--to", exampleTree]);
    expect([code, (JSON.parse(out) as SimulationReport).outcome]).toEqual([0, "completed"]);
    const small = await report("--to-machine", "-M q35 -m 1 -device demo-iommu -device demo-nic");
    expect(small.failure?.message).toMatch(/^Unknown section or instance '0000:00:00.0\/demo-disk'|demo-disk/);
  });

  it("moves and leaves out sections of the stream", async () => {
    const whole = order(await report());
    expect(order(await report("--drop", "demo-nic"))).toEqual(whole.filter((name) => name !== "demo-nic"));
    expect(order(await report("--last", "demo-iommu")).at(-1)).toBe("demo-iommu");
    expect(order(await report("--first", "demo-nic"))[0]).toBe("demo-nic");
  });

  it("damages the stream on the way, over the link that is given", async () => {
    const { sections, timing } = await report("--bandwidth", "1M", "--downtime", "7");
    expect(timing).toMatchObject({ bandwidth: 2 ** 20, downtimeLimit: 7 });
    const cut = (sections.at(-1)?.offset ?? 0) + 10;
    expect((await report("--cut", String(cut))).outcome).toBe("failed");
    expect((await report("--flip", "0")).messages[0]).toMatch(/^Not a migration stream/);
    expect((await report("--lose-footer", "demo-iommu")).messages[0]).toBe("Missing section footer for demo-iommu");
  });

  it.each([
    [["--from", exampleTree], "--from"],
    [["--seed", "1"], "--seed"],
    [["--no-remapping"], "--no-remapping"],
    [["--dirty-rate", "1M"], "--dirty-rate"],
    [["--machine", machine, "--to-machine", machine], "--machine and --to-machine"],
    [["--drop", "nothing"], "no section 'nothing'"],
  ])("exits 2 with a sentence for %j", async (argv, message) => {
    const { code, err } = await vmstate([...common, "--tree", exampleTree, ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("vmstate demo", () => {
  it("shows in some twenty lines what is wrong, that it breaks a guest, and that the mend helps", async () => {
    const { code, out } = await vmstate(["demo"]);
    expect(code).toBe(0);
    const lines = out.trim().split("\n");
    expect(lines.length).toBeLessThan(25);
    const broken = lines.findIndex((line) => line.includes("it fails in"));
    const mended = lines.findIndex((line) => line.includes("it completes"));
    expect(broken).toBeGreaterThan(0);
    expect(mended).toBeGreaterThan(broken);
    for (const file of ["demo-disk.c", "demo-iommu.c", "demo-nic.c"]) expect(out).toContain(file);
  });
});
