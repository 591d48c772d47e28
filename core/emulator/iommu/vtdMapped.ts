/** What the guest's VT-d tables map for one function, found by walking them from the root. */
import type { GuestMemory } from "../memory/guestMemory";

export interface MappedPage {
  /** I/O virtual address. */
  readonly address: bigint;
  readonly physical: bigint;
}

const addressBits = ((1n << 52n) - 1n) & ~0xfffn;
const superpage = 1n << 7n;
/** Tables that point to each other must not keep us walking. */
const maximumTables = 64;

/** The lowest address that is mapped for reading; undefined where the function has none, or is passed through. */
export function firstMapped(
  memory: GuestMemory,
  rootTable: bigint,
  bus: number,
  devfn: number,
): MappedPage | undefined {
  const root = memory.readU64(Number(rootTable & addressBits) + bus * 16) ?? 0n;
  if ((root & 1n) === 0n) return undefined;
  const context = Number(root & addressBits) + devfn * 16;
  const low = memory.readU64(context) ?? 0n;
  const high = memory.readU64(context + 8) ?? 0n;
  if ((low & 1n) === 0n || ((low >> 2n) & 3n) > 1n) return undefined;
  let tables = 0;
  const search = (table: bigint, level: number, base: bigint): MappedPage | undefined => {
    if (level < 1 || tables++ >= maximumTables) return undefined;
    const shift = BigInt(12 + 9 * (level - 1));
    for (let index = 0n; index < 512n; index++) {
      const entry = memory.readU64(Number(table + index * 8n)) ?? 0n;
      if ((entry & 1n) === 0n) continue;
      const address = base | (index << shift);
      const leaf = level === 1 || (entry & superpage) !== 0n;
      const found = leaf ? { address, physical: entry & addressBits } : search(entry & addressBits, level - 1, address);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(low & addressBits, Number(high & 7n) + 2, 0n);
}
