/** What a guest's driver does: builds SMMUv3 tables in its own memory. */
import type { GuestMemory } from "../memory/guestMemory";
import { pageSize } from "../memory/guestMemory";
import { contiguous, leafSlot, type PageSupply } from "./pageTables";

export interface SmmuTables {
  readonly streamTableBase: bigint;
  readonly streamTableConfig: bigint;
  /** Maps one 4 KiB page for one stream (bus << 8 | devfn). Addresses are page-aligned. */
  map(stream: number, iova: bigint, physical: number): void;
}

/** Stream numbers have 16 bits; the second level covers one bus. */
const streamBits = 16;
const split = 8;
const addressBits = 39;

/** A two-level stream table; a context descriptor and tables of three levels for each stream. */
export function createSmmuTables(memory: GuestMemory, supply: PageSupply): SmmuTables {
  const first = supply.take();
  const second = new Map<number, number>();
  const roots = new Map<number, number>();

  /** 256 entries of 64 bytes: four pages, which the supply gives in a row or one by one for the part in use. */
  function streamEntry(stream: number): number {
    const bus = stream >> split;
    let table = second.get(bus);
    if (table === undefined) {
      table = contiguous(supply, (2 ** split * 64) / pageSize);
      second.set(bus, table);
      memory.writeU64(first + bus * 8, BigInt(table) | BigInt(split + 1));
    }
    return table + (stream & (2 ** split - 1)) * 64;
  }

  function rootOf(stream: number): number {
    const known = roots.get(stream);
    if (known !== undefined) return known;
    const root = supply.take();
    const context = supply.take();
    roots.set(stream, root);
    memory.writeU64(context, BigInt(64 - addressBits) | (1n << 31n) | (1n << 41n));
    memory.writeU64(context + 8, BigInt(root));
    memory.writeU64(streamEntry(stream), BigInt(context) | (5n << 1n) | 1n);
    return root;
  }

  return {
    streamTableBase: BigInt(first),
    streamTableConfig: BigInt(streamBits) | (BigInt(split) << 6n) | (1n << 16n),
    map(stream, iova, physical) {
      const slot = leafSlot(memory, supply, rootOf(stream), 3, iova, (table) => BigInt(table) | 3n);
      memory.writeU64(slot, BigInt(physical) | (1n << 10n) | 3n);
    },
  };
}
