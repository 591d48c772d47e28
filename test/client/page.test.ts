import { describe, expect, it } from "vitest";
import { bandSections, filterBands, sameAccesses } from "../../client/shared/bands";
import { completeCommandLine, deviceAtEnd } from "../../client/shared/commandLine";
import { hasDevicesOf, withFileDevices } from "../../client/shared/fileDevices";
import { formatBytes } from "../../client/shared/format";
import { insideTree, readFromPage } from "../../client/shared/messages";
import type { SimulateEvent } from "../../server/protocol";
import { order, section } from "./results";

describe("bands of a stream", () => {
  const sections = [
    section("ram", { level: "LOW", size: 5 }),
    section("a", { level: "HIGH" }),
    section("b", { level: "HIGH" }),
    section("ram", { level: "LOW" }),
  ];
  const event: SimulateEvent = { kind: "dma-read", idstr: "ram", result: "ok" };

  it("follow the stream and open anew where a level returns", () => {
    const bands = bandSections(sections, [event]);
    expect(bands.map(({ level, rows, bytes }) => [level, rows.length, bytes])).toEqual([
      ["LOW", 1, 5],
      ["HIGH", 2, 20],
      ["LOW", 1, 10],
    ]);
  });

  it("have an access once that several lines of C make, and another one apart", () => {
    const [again, other] = [
      { ...event, line: 7 },
      { ...event, address: "0x10" },
    ];
    expect(sameAccesses([event, again, other, event])).toEqual([[event, again], [other], [event]]);
  });

  it("show an event once, where its device's state is complete", () => {
    const counts = bandSections(sections, [event]).flatMap(({ rows }) => rows.map(({ events }) => events.length));
    expect(counts).toEqual([0, 0, 0, 1]);
  });

  it("keep numbers and drop empty bands when filtered", () => {
    const kept = filterBands(bandSections(sections, []), " B ");
    expect(kept.map(({ rows }) => rows.map(({ number }) => number))).toEqual([[3]]);
    expect(filterBands(bandSections(sections, []), "")).toHaveLength(3);
  });
});

describe("completion of a command line", () => {
  const machines = { presets: [], machines: ["q35", "pc"], devices: ["e1000e", "e1000", "virtio-net-pci"] };
  const offered = (line: string): readonly string[] => completeCommandLine(line, machines).map(({ word }) => word);

  it("offers machines, devices and options in their places", () => {
    expect(offered("-M ")).toEqual(["q35", "pc"]);
    expect(offered("-M q35 -device e10")).toEqual(["e1000e", "e1000"]);
    expect(offered("-M q35 -device net")).toEqual(["virtio-net-pci"]);
    expect(offered("-M q35 -d")).toEqual(["-device"]);
    expect(offered("-M q35 -device e1000e id=x")).toEqual([]);
  });

  it("offers the properties of a device, and the values of those that take few words", () => {
    const properties = [
      { name: "mac", kind: "macaddr" },
      { name: "msi", kind: "on_off_auto", byDefault: "2" },
      { name: "multifunction", kind: "bit", byDefault: "0" },
      { name: "vectors", kind: "uint32", byDefault: "4" },
    ];
    const lines = (line: string) => completeCommandLine(line, machines, properties).map((each) => each.commandLine);
    expect(deviceAtEnd("-M q35 -device e1000e,m")).toBe("e1000e");
    for (const line of ["-M q35 -device e1000e", "-device e1000e,id=a -m 16", "-M q35,x"])
      expect(deviceAtEnd(line)).toBeUndefined();
    expect(lines("-M q35 -device e1000e,m")).toEqual([
      "-M q35 -device e1000e,mac=",
      "-M q35 -device e1000e,msi=",
      "-M q35 -device e1000e,multifunction=",
    ]);
    expect(lines("-device e1000e,mac=52:54,m")[0]).toBe("-device e1000e,mac=52:54,msi=");
    expect(lines("-device e1000e,msi=o")).toEqual([
      "-device e1000e,msi=on",
      "-device e1000e,msi=off",
      "-device e1000e,msi=auto",
    ]);
    expect(lines("-device e1000e,vectors=")).toEqual([]);
    expect(completeCommandLine("-device e1000e,", machines, properties).map(({ what }) => what)).toEqual([
      "macaddr",
      "on_off_auto, off",
      "bit, off",
      "uint32, 4",
    ]);
  });

  it("keeps what stands before the word", () => {
    expect(completeCommandLine("-M q35 -device e1000", machines)[0]?.commandLine).toBe("-M q35 -device e1000e ");
  });
});

describe("the devices of a file", () => {
  const machines = { presets: [], machines: [], devices: ["demo-disk", "demo-iommu"] };

  it("are added to a command line that lacks them", () => {
    const line = withFileDevices("-M q35 -device demo-iommu", "hw/demo/demo-disk.c", order, machines);
    expect(line).toBe("-M q35 -device demo-iommu -device demo-disk");
  });

  it("are known to a tree or not", () => {
    expect(hasDevicesOf("-M q35 -device demo-disk,id=a -device demo-iommu", machines)).toBe(true);
    expect(hasDevicesOf("-M q35 -device intel-iommu", machines)).toBe(false);
    expect(hasDevicesOf("-M q35 -m 16", machines)).toBe(true);
  });

  it("are none where the file has none, or all are there", () => {
    expect(withFileDevices("-M q35", "hw/other.c", order, machines)).toBeUndefined();
    expect(withFileDevices("-M q35 -device demo-disk,id=a", "hw/demo/demo-disk.c", order, machines)).toBeUndefined();
    expect(withFileDevices("-M q35", "hw/demo/demo-disk.c", order, { ...machines, devices: [] })).toBeUndefined();
  });
});

describe("messages of a page", () => {
  it("are read or refused", () => {
    expect(readFromPage({ kind: "ready", more: 1 })).toEqual({ kind: "ready" });
    expect(readFromPage({ kind: "open", file: "a.c", line: 3 })).toEqual({ kind: "open", file: "a.c", line: 3 });
    for (const wrong of [
      null,
      "ready",
      {},
      { kind: "run" },
      { kind: "open", file: "a.c", line: -1 },
      { kind: "order" },
    ]) {
      expect(readFromPage(wrong)).toBeUndefined();
    }
  });

  it("cannot lead out of the tree", () => {
    expect(insideTree("hw/a.c")).toBe("hw/a.c");
    for (const path of ["", "/etc/passwd", "../a", "hw/../../a", "C:/a", "hw\\..\\a", "hw//a"]) {
      expect(insideTree(path)).toBeUndefined();
    }
  });
});

describe("sizes", () => {
  it("have three figures", () => {
    expect([0, 104, 1024, 1280, 1023 * 1024, 5 * 2 ** 30].map(formatBytes)).toEqual([
      "0 B",
      "104 B",
      "1.00 KiB",
      "1.25 KiB",
      "1023 KiB",
      "5.00 GiB",
    ]);
  });
});
