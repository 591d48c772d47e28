import type { MachineFamily } from "./model";
import { enabled, processors } from "./x86";

/** microvm_machine_state_init */
export const microvm: MachineFamily = {
  name: "microvm",
  description: "microvm (i386)",
  target: "i386",
  ram: { name: "microvm.ram", base: 0, below4G: 0xc000_0000 },
  items: [
    { kind: "device", type: "fw_cfg_io" },
    processors,
    { kind: "device", type: "ioapic" },
    { kind: "device", type: "ioapic", options: [enabled("ioapic2", "on"), enabled("acpi", "on")] },
    {
      kind: "device",
      type: "virtio-mmio",
      count: 24,
      buses: [{ name: "virtio-mmio-bus", type: "virtio-bus" }],
      paths: { prefix: "virtio-mmio@", base: 0xfeb0_0000, stride: 0x200 },
    },
    { kind: "device", type: "acpi-ged", options: [enabled("acpi", "on")] },
    {
      kind: "device",
      type: "sysbus-xhci",
      options: [enabled("usb", "off")],
      buses: [{ name: "usb-bus", type: "usb-bus" }],
    },
    {
      kind: "device",
      type: "gpex-pcihost",
      options: [enabled("pcie", "off")],
      buses: [{ name: "pcie.0", type: "PCIE" }],
      inside: [{ kind: "device", type: "gpex-root", bus: "pcie.0", addr: "0.0" }],
    },
    { kind: "device", type: "isa-i8259", count: 2, aliases: [0x20, 0xa0], options: [enabled("pic", "on")] },
    { kind: "device", type: "isa-pit", aliases: [0x40], options: [enabled("pit", "on")] },
    { kind: "device", type: "mc146818rtc", options: [enabled("rtc", "on")] },
    { kind: "command-line" },
  ],
};
