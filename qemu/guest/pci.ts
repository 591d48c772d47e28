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

export async function readConfig(guest: Qtest, fn: PciFunction, register: number): Promise<number> {
  const [, value = 0n] = await guest.run([at(fn, register), "inl 0xcfc"]);
  return Number(value);
}

export async function writeConfig(guest: Qtest, fn: PciFunction, register: number, value: number): Promise<void> {
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
