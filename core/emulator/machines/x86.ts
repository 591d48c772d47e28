/** Pieces that the PC boards share. */
import type { BoardDevice, BoardItem, BoardProcessors, OptionCondition } from "./model";

export const enabled = (option: string, otherwise: "on" | "off"): OptionCondition => ({
  option,
  is: ["on", "auto"],
  otherwise,
});

export const processors: BoardProcessors = {
  kind: "processors",
  target: "target/i386",
  localIds: "apic",
  once: [{ kind: "device", type: "kvmvapic" }],
  local: [{ kind: "registration", by: ["apic_common_realize"] }],
};

/** Two DMA controllers, realized inside the south bridge. */
export const dmaControllers: BoardDevice = { kind: "device", type: "i8257", count: 2 };

export const interruptControllers: readonly BoardItem[] = [
  { kind: "device", type: "isa-i8259", count: 2, aliases: [0x20, 0xa0], options: [enabled("pic", "on")] },
  { kind: "device", type: "ioapic" },
];

/** Made by the board before the south bridge took it over. */
export function boardClock(southBridge: string): BoardDevice {
  return { kind: "device", type: "mc146818rtc", unless: { type: southBridge, ...clockChild } };
}

export function southBridgeClock(southBridge: string): BoardDevice {
  return { kind: "device", type: "mc146818rtc", tree: { type: southBridge, ...clockChild } };
}

const clockChild = { calls: "object_initialize_child", argument: '"rtc"' };

/** pc_basic_device_init and pc_superio_init. */
export function basicDevices(options: { readonly clock: BoardItem; readonly floppy: boolean }): readonly BoardItem[] {
  const keyboard = [enabled("i8042", "on")];
  return [
    { kind: "device", type: "hpet", options: [enabled("hpet", "on")] },
    options.clock,
    { kind: "device", type: "isa-pit", aliases: [0x40], options: [enabled("pit", "on")] },
    { kind: "device", type: "isa-pcspk", options: [enabled("pit", "on")] },
    { kind: "device", type: "isa-parallel", byDefault: true },
    ...(options.floppy ? [{ kind: "device", type: "isa-fdc", aliases: [0x3f0] } as const] : []),
    {
      kind: "device",
      type: "i8042",
      options: keyboard,
      inside: [
        { kind: "device", type: "ps2-kbd" },
        { kind: "device", type: "ps2-mouse" },
        { kind: "registration", by: ["ps2_kbd_init"] },
        { kind: "registration", by: ["ps2_mouse_init"] },
      ],
    },
    { kind: "device", type: "vmmouse", options: [...keyboard, enabled("vmport", "on")] },
    { kind: "device", type: "port92", options: keyboard },
  ];
}

export const memoryModules: BoardDevice = { kind: "device", type: "smbus-eeprom", count: 8 };
