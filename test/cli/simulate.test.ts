import { describe, expect, it } from "vitest";
import type { SimulationReport } from "../../core/emulator";
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
