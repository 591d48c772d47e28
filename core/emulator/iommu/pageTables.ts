/** What the tables of IOMMUs have in common: pages of 512 entries of 8 bytes, a level for each 9 bits of an address. */
import { type GuestMemory, pageSize } from "../memory/guestMemory";
import type { WalkStep } from "./translation";

/** Gives out whole pages of guest memory; throws when they run out, which the machine's size rules out. */
export interface PageSupply {
  take(): number;
}

/** Address of the last level's entry. Tables on the way are made; `entryTo` leads to one, its lowest bit is set. */
export function leafSlot(
  memory: GuestMemory,
  supply: PageSupply,
  top: number,
  levels: number,
  iova: bigint,
  entryTo: (table: number, level: number) => bigint,
): number {
  let table = top;
  for (let level = levels; ; level--) {
    const slot = table + Number((iova >> BigInt(12 + 9 * (level - 1))) & 0x1ffn) * 8;
    if (level === 1) return slot;
    const entry = memory.readU64(slot) ?? 0n;
    if ((entry & 1n) === 0n) {
      table = supply.take();
      memory.writeU64(slot, entryTo(table, level - 1));
    } else table = Number(entry & ((1n << 48n) - 1n) & ~0xfffn);
  }
}

/** Pages that follow each other. */
export function contiguous(supply: PageSupply, pages: number): number {
  let start = supply.take();
  let last = start;
  for (let count = 1; count < pages; ) {
    const next = supply.take();
    if (next === last + pageSize) count++;
    else {
      start = next;
      count = 1;
    }
    last = next;
  }
  return start;
}

type Read = Pick<WalkStep, "words" | "fields">;

/** What was read, lowest address first, and what it says; nothing of either where there is no memory. */
export function wordsRead(
  words: readonly (bigint | undefined)[],
  fieldsOf: (low: bigint, high: bigint) => WalkStep["fields"],
): Read {
  const known = words.filter((word) => word !== undefined);
  const [low, high = 0n] = known;
  return low === undefined || known.length < words.length
    ? { words: [], fields: [] }
    : { words: known, fields: fieldsOf(low, high) };
}
