import type { BoardDevice, BoardItem, MachineFamily } from "./model";
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

/** The host bridge's realize makes the north bridge itself, before it registers. */
const ownNorthBridge = { type: "i440FX-pcihost", calls: "pci_create_simple" };
/** The south bridge's realize makes its functions itself, before it registers. */
const ownFunctions = { type: "PIIX3", calls: "qdev_realize", argument: "ide" };

const northBridge: BoardDevice = { kind: "device", type: "i440FX", bus: "pci.0", addr: "0.0" };
const hostBridge: BoardDevice = {
  kind: "device",
  type: "i440FX-pcihost",
  buses: [{ name: "pci.0", type: "PCI" }],
};
const firmwareConfiguration: BoardDevice = { kind: "device", type: "fw_cfg_io" };
const disk: BoardDevice = { kind: "device", type: "piix3-ide", bus: "pci.0", addr: "1.1" };
const usb: BoardDevice = {
  kind: "device",
  type: "piix3-usb-uhci",
  bus: "pci.0",
  addr: "1.2",
  options: [{ option: "usb", is: "on", otherwise: "off" }],
};
const power: BoardDevice = {
  kind: "device",
  type: "PIIX4_PM",
  bus: "pci.0",
  addr: "1.3",
  options: [enabled("acpi", "on")],
};
const southBridge: BoardDevice = {
  kind: "device",
  type: "PIIX3",
  bus: "pci.0",
  addr: "1.0",
  buses: [{ name: "isa.0", type: "ISA" }],
  inside: [dmaControllers, southBridgeClock("PIIX3"), { kind: "group", tree: ownFunctions, items: [disk, usb, power] }],
};
const network: BoardDevice = { kind: "device", type: "e1000", bus: "pci.0", byDefault: true };
const display: BoardDevice = { kind: "device", type: "VGA", bus: "pci.0", byDefault: true };

const bridges: readonly BoardItem[] = [
  {
    kind: "group",
    tree: ownNorthBridge,
    items: [{ ...hostBridge, inside: [northBridge] }, firmwareConfiguration],
  },
  { kind: "group", unless: ownNorthBridge, items: [firmwareConfiguration, hostBridge, northBridge] },
];

/** pc_init1 */
export const pc: MachineFamily = {
  name: "pc",
  stem: "pc-i440fx-",
  description: "Standard PC (i440FX + PIIX, 1996)",
  target: "i386",
  ram: { name: "pc.ram", base: 0, below4G: 0xe000_0000 },
  items: [
    processors,
    ...bridges,
    southBridge,
    ...interruptControllers,
    display,
    ...basicDevices({ clock: boardClock("PIIX3"), floppy: true }),
    network,
    { kind: "group", unless: ownFunctions, items: [disk, usb, power] },
    { ...memoryModules, options: [enabled("acpi", "on")] },
    { kind: "command-line" },
    { kind: "registration", by: ["acpi_setup"], options: [enabled("acpi", "on")] },
  ],
};
