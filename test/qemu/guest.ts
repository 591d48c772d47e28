/** What a guest's firmware and drivers would do, over QEMU's qtest protocol: no processor runs. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

export interface Guest {
  /** Memory or device registers. */
  write(address: number, value: bigint | number, bytes: 4 | 8): Promise<void>;
  /** PCI configuration space of a function: `slot << 3 | function`. */
  configure(bus: number, devfn: number, register: number, value: number): Promise<void>;
  close(): void;
}

/** Options of QEMU for `openGuest`. */
export function guestOptions(socket: string): readonly string[] {
  return ["-qtest", `unix:${socket},server=on,wait=off`, "-qtest-log", "none"];
}

export async function openGuest(path: string): Promise<Guest> {
  const socket: Socket = connect(path);
  await once(socket, "connect");
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  async function command(text: string): Promise<void> {
    socket.write(`${text}\n`);
    for (;;) {
      const line = await lines.next();
      if (line.done === true) throw new Error(`QEMU ended at ${text}`);
      if (line.value.startsWith("IRQ")) continue;
      if (!line.value.startsWith("OK")) throw new Error(`${text}: ${line.value}`);
      return;
    }
  }
  const hex = (value: bigint | number) => `0x${value.toString(16)}`;
  return {
    write: (address, value, bytes) => command(`write${bytes === 8 ? "q" : "l"} ${hex(address)} ${hex(value)}`),
    async configure(bus, devfn, register, value) {
      await command(`outl 0xcf8 ${hex(0x80000000 + bus * 0x10000 + devfn * 0x100 + register)}`);
      await command(`outl 0xcfc ${hex(value)}`);
    },
    close: () => socket.destroy(),
  };
}

/** Pages from here on are the guest's tables. */
const tables = 0x400000;
const present = 1n;
const readWrite = 3n;
const remapping = 0xfed90000;

/** Where the device's buffers seem to be, and are. */
const buffers = { seen: 0x40000000, real: 0x500000, pages: 4 };

/** Switches VT-d on with the buffers mapped for one function and nothing else. */
export async function switchRemappingOn(guest: Guest, bus: number, devfn: number): Promise<void> {
  const [root, context, third, second, first] = [0, 1, 2, 3, 4].map((page) => tables + page * 0x1000) as [
    ...[number, number, number, number, number],
  ];
  const entry = async (table: number, index: number, value: bigint) => guest.write(table + index * 8, value, 8);
  await entry(root, bus * 2, BigInt(context) | present);
  await entry(context, devfn * 2, BigInt(third) | present);
  // Three levels of tables, domain 1.
  await entry(context, devfn * 2 + 1, 0x101n);
  await entry(third, buffers.seen >> 30, BigInt(second) | readWrite);
  await entry(second, 0, BigInt(first) | readWrite);
  for (let page = 0; page < buffers.pages; page++) {
    await entry(first, page, BigInt(buffers.real + page * 0x1000) | readWrite);
  }
  await guest.write(remapping + 0x20, root, 8);
  // Set the root table pointer, then enable.
  await guest.write(remapping + 0x18, 0x40000000, 4);
  await guest.write(remapping + 0x18, 0x80000000, 4);
}

/** Gives an AHCI controller its registers at `base` and starts its first port on the buffers. */
export async function startAhci(guest: Guest, bus: number, devfn: number, base: number): Promise<void> {
  await guest.configure(bus, devfn, 0x24, base);
  await guest.configure(bus, devfn, 0x04, 0x6);
  await guest.write(base + 0x04, 0x80000000, 4);
  await guest.write(base + 0x100, buffers.seen, 4);
  await guest.write(base + 0x108, buffers.seen + 0x1000, 4);
  // Receive FIS, then start.
  await guest.write(base + 0x118, 0x16, 4);
  await guest.write(base + 0x118, 0x17, 4);
}

/** Gives a virtio device its registers at `base` and starts its first queue, of two entries, on the buffers; through the IOMMU. */
export async function startVirtio(guest: Guest, bus: number, devfn: number, base: number): Promise<void> {
  const write = (register: number, value: number) => guest.write(base + register, value, 4);
  await guest.configure(bus, devfn, 0x20, base);
  await guest.configure(bus, devfn, 0x24, 0);
  await guest.configure(bus, devfn, 0x04, 0x6);
  // status: acknowledged, and a driver; then version 1 and the platform's addresses
  await write(0x14, 0x3);
  await write(0x08, 1);
  await write(0x0c, 0x3);
  await write(0x14, 0xb);
  for (const [register, page] of [
    [0x20, 0],
    [0x28, 1],
    [0x30, 2],
  ] as const) {
    await write(register, buffers.seen + page * 0x1000);
    await write(register + 4, 0);
  }
  await write(0x1c, 1);
  await write(0x14, 0xf);
}
