import { expect, it } from "vitest";
import { busOfPath, isUnderPciPath, startsWithPciPath } from "../../../core/wire/framing/devicePath";

it("a section's bus is told by the path in front of its name", () => {
  const names = ["0000:00:03.0/demo", "virtio-mmio@000000000a003e00/virtio-demo", "/fe.0.0001/virtio-demo", "demo"];
  expect(names.map(busOfPath)).toEqual(["pci", "mmio", "ccw", undefined]);
  expect(busOfPath("00:03.0/demo")).toBeUndefined();
});

it("a PCI path goes through bridges, and what stands under it comes behind a slash", () => {
  const names = ["0000:00:03.0/demo", "0000:00:1e.0:01.0/demo.ram", "0000:00:03.0", "0000:00:03.9/demo", "demo.ram"];
  expect(names.map(startsWithPciPath)).toEqual([true, true, true, false, false]);
  expect(names.map(isUnderPciPath)).toEqual([true, true, false, false, false]);
});
