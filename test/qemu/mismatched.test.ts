/** Destinations that are not what the source was: message and verdict are the real emulator's, with and without a given stream. */
import { describe, expect, it } from "vitest";
import { simulate, simulateLoad } from "../../core/emulator";
import { createProject } from "../../core/project";
import { openDiskTree } from "../../server/node/tree";
import { realLoad, realStream } from "./realQemu";
import { sourceTree } from "./tree";

const source =
  "-M pc-q35-7.2 -m 64 -nodefaults -device e1000e,addr=3 -device virtio-rng-pci,addr=4 -device rtl8139,addr=5 " +
  "-device VGA,addr=8";

const single = "-machine memory-backend=mem -object memory-backend-ram,id=mem,size=64M";
const nodes =
  "-smp 2 -object memory-backend-ram,id=low,size=32M -numa node,memdev=low,cpus=0 " +
  "-object memory-backend-ram,id=high,size=32M -numa node,memdev=high,cpus=1";

const cases: readonly (readonly [string, string])[] = [
  ["the same", source],
  ["more memory", source.replace("-m 64", "-m 128")],
  ["memory above 4 GiB", source.replace("-m 64", "-m 5G")],
  ["memory of a back end", `${source} ${single}`],
  ["memory of two nodes", `${source} ${nodes}`],
  ["an older version of the machine type", source.replace("q35-7.2", "q35-7.1")],
  ["another machine type", source.replace("pc-q35", "pc-i440fx")],
  ["a device in another slot", source.replace("addr=3", "addr=6")],
  ["a device without ROM in another slot", source.replace("addr=4", "addr=6")],
  ["a ROM of another size", source.replace("addr=3", "addr=3,romsize=1048576")],
  ["video memory of another size", source.replace("VGA", "VGA,vgamem_mb=32")],
  ["video memory of another size by -global", `${source} -global VGA.vgamem_mb=8`],
  ["no ROM", source.replace("addr=3", "addr=3,romfile=")],
  ["a device less", source.replace(" -device e1000e,addr=3", "")],
  ["a device without ROM less", source.replace(" -device virtio-rng-pci,addr=4", "")],
  ["another device in the slot", source.replace("e1000e", "rtl8139")],
  ["a device more", `${source} -device virtio-balloon-pci,addr=7`],
  ["a CPU more", `${source} -smp 2`],
  ["another CPU model", `${source} -cpu Nehalem`],
];

/** Configuration space that the stream has otherwise than the destination's set-up code makes it. */
const configured: readonly (readonly [string, string])[] = [
  ["a device without one of its BARs", source.replace("VGA", "VGA,mmio=off")],
  ["a device of several functions", source.replace("addr=3", "addr=3,multifunction=on")],
  ["a virtio device of the new kind only", source.replace("addr=4", "addr=4,disable-legacy=on")],
  ["a virtio device without MSI-X", source.replace("addr=4", "addr=4,vectors=0")],
  ["what no guest sees", source.replace("addr=4", "addr=4,max-bytes=1024,period=1000")],
];

describe.each([
  ["7.2", "QEMU_SOURCE_7_2"],
  ["10.0", "QEMU_SOURCE_10_0"],
] as const)("%s, loading on", (release, variable) => {
  const tree = openDiskTree(sourceTree(variable));
  const project = createProject(tree, { target: "x86_64" });
  for (const path of tree.paths()) project.load(path);
  const stream = realStream(release, "x86_64", source.split(" "));

  it.each(cases)("%s", { timeout: 120_000 }, async (_, to) => {
    const bytes = await stream;
    const { messages: real } = await realLoad(release, "x86_64", to.split(" "), bytes);
    const reports = [
      simulateLoad(project, bytes, { machine: to }),
      simulate(project, { machine: source, destinationMachine: to }),
    ];
    for (const report of reports) {
      if (!report.ok) throw new Error(report.message);
      expect(report.value.messages).toEqual(real);
      expect(report.value.outcome).toBe(real.length === 0 ? "completed" : "failed");
    }
  });

  it.each(configured)("%s", { timeout: 120_000 }, async (_, to) => {
    const bytes = await stream;
    const { messages: real } = await realLoad(release, "x86_64", to.split(" "), bytes);
    const report = simulateLoad(project, bytes, { machine: to });
    if (!report.ok) throw new Error(report.message);
    expect(report.value.messages).toEqual(real);
    expect(report.value.outcome).toBe(real.length === 0 ? "completed" : "failed");
  });

  it.each([
    ["a back end", single],
    ["two nodes", nodes],
  ])("memory that has the names of %s", { timeout: 120_000 }, async (_, own) => {
    const named = await realStream(release, "x86_64", `${source} ${own}`.split(" "));
    for (const to of [source, `${source} ${own}`]) {
      const { messages: real } = await realLoad(release, "x86_64", to.split(" "), named);
      const report = simulateLoad(project, named, { machine: to });
      if (!report.ok) throw new Error(report.message);
      expect(report.value.messages).toEqual(real);
      expect(report.value.outcome).toBe(real.length === 0 ? "completed" : "failed");
    }
    const alone = simulateLoad(project, named, {});
    expect(alone).toMatchObject({ ok: true, value: { outcome: "completed" } });
  });
});
