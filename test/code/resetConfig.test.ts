import { expect, it } from "vitest";
import { resetTouchesConfig } from "../../core/code/resetConfig";
import { exampleTree, pciType } from "../emulator/tree";

function touches(reset: string, set: string): boolean {
  const device = pciType("demo-ring")
    .replace(
      "static void demo_ring_class_init",
      `static void demo_ring_reset(DeviceState *dev) { PCIDevice *d = (PCIDevice *)dev; ${reset} }\nstatic void demo_ring_class_init`,
    )
    .replace("dc->vmsd =", `${set}\n    dc->vmsd =`);
  return resetTouchesConfig(exampleTree({ "hw/demo/ring.c": device }), "demo-ring");
}

const writes = "pci_set_long(d->config + 0x34, 0xc0);";

it.each([
  ["by its class", writes, "dc->reset = demo_ring_reset;", true],
  ["by a phase", writes, "rc->phases.hold = demo_ring_reset;", true],
  ["by a call", writes, "device_class_set_legacy_reset(dc, demo_ring_reset);", true],
  ["that nothing resets by", writes, "", false],
  ["that leaves it", "d->irq = 0;", "dc->reset = demo_ring_reset;", false],
])("a reset writes to configuration space: %s", (_, reset, set, expected) => {
  expect(touches(reset, set)).toBe(expected);
});
