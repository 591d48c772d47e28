import { expect, it } from "vitest";
import { resetTouchesConfig } from "../../core/code/resetConfig";
import { exampleTree, pciType } from "../emulator/tree";

function touches(reset: string, set: string, byte = 0x34): boolean {
  const device = pciType("demo-ring")
    .replace(
      "static void demo_ring_class_init",
      `static void demo_ring_reset(DeviceState *dev) { PCIDevice *d = (PCIDevice *)dev; ${reset} }\nstatic void demo_ring_class_init`,
    )
    .replace("dc->vmsd =", `${set}\n    dc->vmsd =`);
  return resetTouchesConfig(exampleTree({ "hw/demo/ring.c": device }), "demo-ring", byte);
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

const capability = "pci_set_word(d->config + d->pm_cap + 4, 0);";

it.each([
  ["by a number", writes, 0x36, true],
  ["elsewhere", writes, 0x0e, false],
  ["by an index", "d->config[0x0e] = 0;", 0x0e, true],
  ["by an index, elsewhere", "d->config[0x3c] = 0;", 0x0e, false],
  ["by a local", "unsigned char *conf = d->config; conf[0x0e] = 0;", 0x0e, true],
  ["by a local, elsewhere", "unsigned char *conf = d->config; conf[0x3c] = 0;", 0x0e, false],
  ["in a capability", capability, 0x44, true],
  ["in a capability, which is behind the header", capability, 0x34, false],
  ["at a place that nobody knows", "int i = ask(); d->config[i] = 0;", 0x0e, true],
  ["all of it", "memset(d->config, 0, 64);", 0x0e, true],
])("a reset writes there: %s", (_, reset, byte, expected) => {
  expect(touches(reset, "dc->reset = demo_ring_reset;", byte)).toBe(expected);
});
