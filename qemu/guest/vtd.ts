/** Intel VT-d as an operating system programs it: the specification's registers and tables ("Intel Virtualization Technology for Directed I/O"). */
import { type Qtest, writes } from "../qtest";
import type { PciFunction } from "./pci";

/** Where the guest's tables are, and where the registers. */
const tables = 0x400000;
const registers = 0xfed90000;
const page = 0x1000;

/** Pages that one function may use: where it sees them, and where they are. */
export interface Mapped {
  readonly seen: number;
  readonly real: number;
  readonly pages: number;
}

/** Switches remapping on with `mapped` for `fn`, and nothing for any other function. */
export async function switchVtdOn(guest: Qtest, { bus, devfn }: PciFunction, mapped: Mapped): Promise<void> {
  const [root, context, third, second, first] = [
    tables,
    tables + page,
    tables + 2 * page,
    tables + 3 * page,
    tables + 4 * page,
  ];
  const present = 1n;
  const readWrite = 3n;
  const entry = (table: number, index: number, value: bigint): string => writes(table + index * 8, value, 8);
  const leaves = Array.from({ length: mapped.pages }, (_, index) =>
    entry(first, ((mapped.seen >>> 12) & 0x1ff) + index, BigInt(mapped.real + index * page) | readWrite),
  );
  await guest.run([
    entry(root, bus * 2, BigInt(context) | present),
    entry(context, devfn * 2, BigInt(third) | present),
    // three levels of tables, domain 1
    entry(context, devfn * 2 + 1, 0x101n),
    entry(third, mapped.seen >>> 30, BigInt(second) | readWrite),
    entry(second, (mapped.seen >>> 21) & 0x1ff, BigInt(first) | readWrite),
    ...leaves,
    writes(registers + 0x20, root, 8),
    // set the root table pointer, then enable
    writes(registers + 0x18, 0x40000000, 4),
    writes(registers + 0x18, 0x80000000, 4),
  ]);
}
