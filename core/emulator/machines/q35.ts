import type { MachineFamily } from "./model";
import {
  basicDevices,
  boardClock,
  dmaControllers,
  enabled,
  interruptControllers,
  memoryModules,
  processors,
  southBridgeClock,
} from "./x86";

const usb = { options: [{ option: "usb", is: "on", otherwise: "off" }] } as const;
const companion = { ...usb, properties: { masterbus: "ehci" } } as const;

/** pc_q35_init */
export const q35: MachineFamily = {
  name: "q35",
  stem: "pc-q35-",
  description: "Standard PC (Q35 + ICH9, 2009)",
  target: "i386",
  ram: { name: "pc.ram", base: 0, below4G: 0xb000_0000 },
  items: [
    processors,
    { kind: "device", type: "fw_cfg_io" },
    {
      kind: "device",
      type: "q35-pcihost",
      buses: [{ name: "pcie.0", type: "PCIE" }],
      inside: [{ kind: "device", type: "mch", bus: "pcie.0", addr: "0.0" }],
    },
    {
      kind: "device",
      type: "ICH9-LPC",
      bus: "pcie.0",
      addr: "1f.0",
      buses: [{ name: "isa.0", type: "ISA" }],
      inside: [dmaControllers, southBridgeClock("ICH9-LPC")],
    },
    ...interruptControllers,
    ...basicDevices({ clock: boardClock("ICH9-LPC"), floppy: false }),
    { kind: "device", type: "ich9-ahci", bus: "pcie.0", addr: "1f.2", options: [enabled("sata", "on")] },
    { kind: "device", type: "ich9-usb-ehci1", bus: "pcie.0", addr: "1d.7", ...usb },
    { kind: "device", type: "ich9-usb-uhci1", bus: "pcie.0", addr: "1d.0", ...companion },
    { kind: "device", type: "ich9-usb-uhci2", bus: "pcie.0", addr: "1d.1", ...companion },
    { kind: "device", type: "ich9-usb-uhci3", bus: "pcie.0", addr: "1d.2", ...companion },
    { kind: "device", type: "ICH9-SMB", bus: "pcie.0", addr: "1f.3", options: [enabled("smbus", "on")] },
    { ...memoryModules, options: [enabled("smbus", "on")] },
    { kind: "device", type: "VGA", bus: "pcie.0", byDefault: true },
    { kind: "device", type: "e1000e", bus: "pcie.0", byDefault: true },
    { kind: "command-line" },
    { kind: "registration", by: ["acpi_setup"], options: [enabled("acpi", "on")] },
  ],
};
