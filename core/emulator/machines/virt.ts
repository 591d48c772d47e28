import type { BoardDevice, MachineFamily, OptionCondition } from "./model";

const option = (name: string, is: string | readonly string[], otherwise: string): OptionCondition => ({
  option: name,
  is,
  otherwise,
});

const secure = option("secure", "on", "off");
const version3 = option("gic-version", ["3", "4", "max"], "2");

const serial: BoardDevice = { kind: "device", type: "pl011" };
const pins: BoardDevice = { kind: "device", type: "pl061" };

/** machvirt_init */
export const virt: MachineFamily = {
  name: "virt",
  stem: "virt-",
  description: "QEMU ARM Virtual Machine",
  target: "arm",
  ram: { name: "mach-virt.ram", base: 0x4000_0000, below4G: 0xc000_0000 },
  items: [
    { kind: "device", type: "cfi.pflash01", count: 2 },
    { kind: "processors", target: "target/arm", localIds: "index", once: [], local: [] },
    { kind: "device", type: "arm_gic", options: [option("gic-version", "2", "2")] },
    { kind: "device", type: "arm-gicv3", options: [version3] },
    { kind: "device", type: "arm-gicv3-its", options: [version3, option("its", "on", "on")] },
    serial,
    { ...serial, options: [secure] },
    { kind: "device", type: "pl031" },
    {
      kind: "device",
      type: "gpex-pcihost",
      buses: [{ name: "pcie.0", type: "PCIE" }],
      inside: [{ kind: "device", type: "gpex-root", bus: "pcie.0", addr: "0.0" }],
    },
    { kind: "device", type: "virtio-net-pci", bus: "pcie.0", byDefault: true },
    { kind: "device", type: "arm-smmuv3", options: [option("iommu", "smmuv3", "none")] },
    pins,
    { kind: "device", type: "gpio-key" },
    { ...pins, options: [secure] },
    {
      kind: "device",
      type: "virtio-mmio",
      count: 32,
      buses: [{ name: "virtio-mmio-bus", type: "virtio-bus" }],
      paths: { prefix: "virtio-mmio@", base: 0xa00_0000, stride: 0x200 },
    },
    { kind: "device", type: "fw_cfg_mem" },
    { kind: "command-line" },
    { kind: "registration", by: ["virt_acpi_setup"], options: [option("acpi", ["on", "auto"], "on")] },
  ],
};
