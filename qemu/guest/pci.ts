/** PCI as a PC's firmware sees it: configuration mechanism 1, bridges, base addresses. */
import { hex, type Qtest } from "../qtest";

export interface PciFunction {
  readonly bus: number;
  /** `slot << 3 | function` */
  readonly devfn: number;
}

const command = 0x04;
const memoryAndMaster = 0x6;

const at = ({ bus, devfn }: PciFunction, register: number): string =>
  `outl 0xcf8 ${hex(0x80000000 + bus * 0x10000 + devfn * 0x100 + register)}`;

async function readConfig(guest: Qtest, fn: PciFunction, register: number): Promise<number> {
  const [, value = 0n] = await guest.run([at(fn, register), "inl 0xcfc"]);
  return Number(value);
}

async function writeConfig(guest: Qtest, fn: PciFunction, register: number, value: number): Promise<void> {
  await guest.run([at(fn, register), `outl 0xcfc ${hex(value >>> 0)}`]);
}

/** `0000:00:06.0:00.0`, as QEMU names a device: slots from the root on, each a bridge but the last. undefined for another name. */
export function pciPath(path: string): readonly number[] | undefined {
  const words = path.split(":");
  if (words.length < 3 || words[0] !== "0000" || words[1] !== "00") return undefined;
  const slots = words.slice(2).map((word) => {
    const [slot, fn] = word.split(".");
    const devfn = (Number.parseInt(slot ?? "", 16) << 3) | Number.parseInt(fn ?? "", 16);
    return /^[0-9a-f]{2}\.[0-7]$/.test(word) ? devfn : -1;
  });
  return slots.includes(-1) ? undefined : slots;
}

/** Gives the bridges on the way numbers and one memory window of 1 MiB at `base`. */
export async function reach(guest: Qtest, slots: readonly number[], base: number): Promise<PciFunction> {
  let bus = 0;
  const last = slots.length - 1;
  for (const devfn of slots.slice(0, last)) {
    const bridge = { bus, devfn };
    bus++;
    await writeConfig(guest, bridge, 0x18, (last << 16) | (bus << 8) | (bus - 1));
    const window = (base >>> 16) & 0xfff0;
    await writeConfig(guest, bridge, 0x20, window * 0x10000 + window);
    await writeConfig(guest, bridge, command, memoryAndMaster);
  }
  return { bus, devfn: slots[last] ?? 0 };
}

/** Address of the function's memory region `bar`, put at `base`; the function decodes and masters. undefined where it is none, or too large. */
export async function mapBar(guest: Qtest, fn: PciFunction, bar: number, base: number): Promise<number | undefined> {
  const register = 0x10 + bar * 4;
  await writeConfig(guest, fn, register, 0xffffffff);
  const mask = await readConfig(guest, fn, register);
  const size = (~(mask & ~0xf) + 1) >>> 0;
  if (mask === 0 || (mask & 1) === 1 || size > 0x100000) return undefined;
  await writeConfig(guest, fn, register, base);
  await writeConfig(guest, fn, command, memoryAndMaster);
  return base;
}

/** Class, subclass and interface: what drivers go by. */
export async function classOf(guest: Qtest, fn: PciFunction): Promise<number> {
  return (await readConfig(guest, fn, 0x08)) >>> 8;
}

/** What firmware does on the first bus: addresses for all regions of each function, which then decodes them. */
export async function assignBars(guest: Qtest): Promise<void> {
  let memory = 0xe0000000;
  let ports = 0x2000;
  for (let devfn = 0; devfn < 256; devfn++) {
    const fn = { bus: 0, devfn };
    const id = await readConfig(guest, fn, 0);
    if (id === 0 || id === 0xffffffff) {
      if ((devfn & 7) === 0) devfn |= 7;
      continue;
    }
    const isBridge = ((await readConfig(guest, fn, 0x0c)) >>> 16) % 0x80 === 1;
    for (let bar = 0; bar < (isBridge ? 2 : 6); bar++) {
      const register = 0x10 + bar * 4;
      await writeConfig(guest, fn, register, 0xffffffff);
      const mask = await readConfig(guest, fn, register);
      if (mask === 0) continue;
      const isPorts = (mask & 1) === 1;
      const size = isPorts ? ((~(mask & ~3) + 1) & 0xffff) >>> 0 : (~(mask & ~0xf) + 1) >>> 0;
      const from = isPorts ? ports : memory;
      const base = Math.ceil(from / size) * size;
      const fits = size > 0 && base + size <= (isPorts ? 0x10000 : 0xfe000000);
      await writeConfig(guest, fn, register, fits ? base : 0);
      if (fits && isPorts) ports = base + size;
      else if (fits) memory = base + size;
      // the upper half of a 64-bit address
      if (!isPorts && (mask & 6) === 4) await writeConfig(guest, fn, 0x10 + ++bar * 4, 0);
    }
    await writeConfig(guest, fn, command, memoryAndMaster | 1);
  }
}
