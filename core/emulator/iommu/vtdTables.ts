/** What a guest's driver does: builds VT-d tables in its own memory. */
import { type GuestMemory, pageSize } from "../memory/guestMemory";
import { leafSlot, type PageSupply } from "./pageTables";

export interface VtdTables {
  /** Root Table Address Register for these tables. */
  readonly rootTable: bigint;
  /** Maps one 4 KiB page for one device. Addresses are page-aligned. */
  map(bus: number, devfn: number, iova: bigint, physical: number): void;
  /** Lets a device through without translation. */
  passThrough(bus: number, devfn: number): void;
  /** Pages used by tables so far. */
  readonly used: number;
}

/** Tables of three or four levels (39 or 48 bits), one domain a device. */
export function createVtdTables(memory: GuestMemory, supply: PageSupply, levels: 3 | 4 = 3): VtdTables {
  let used = 0;
  const page = (): number => {
    used++;
    return supply.take();
  };
  const root = page();
  /** Context table by bus, top page table by `bus << 8 | devfn`. */
  const contexts = new Map<number, number>();
  const tops = new Map<number, number>();

  function contextEntry(bus: number, devfn: number): number {
    let table = contexts.get(bus);
    if (table === undefined) {
      table = page();
      contexts.set(bus, table);
      memory.writeU64(root + bus * 16, BigInt(table) | 1n);
      memory.writeU64(root + bus * 16 + 8, 0n);
    }
    return table + devfn * 16;
  }

  function topTable(bus: number, devfn: number): number {
    const id = (bus << 8) | devfn;
    const existing = tops.get(id);
    if (existing !== undefined) return existing;
    const table = page();
    tops.set(id, table);
    const entry = contextEntry(bus, devfn);
    memory.writeU64(entry, BigInt(table) | 1n);
    memory.writeU64(entry + 8, BigInt(levels - 2) | (BigInt(tops.size) << 8n));
    return table;
  }

  return {
    rootTable: BigInt(root),
    get used() {
      return used;
    },
    map(bus, devfn, iova, physical) {
      const pages = { take: page };
      const slot = leafSlot(memory, pages, topTable(bus, devfn), levels, iova, (table) => BigInt(table) | 3n);
      memory.writeU64(slot, BigInt(physical - (physical % pageSize)) | 3n);
    },
    passThrough(bus, devfn) {
      const entry = contextEntry(bus, devfn);
      memory.writeU64(entry, (2n << 2n) | 1n);
      memory.writeU64(entry + 8, BigInt(levels - 2));
    },
  };
}
