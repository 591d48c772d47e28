/** The pages of main memory that a given stream carries. */
import { ByteReader, ramFlag } from "../../wire";
import type { Machine } from "../machine";
import { startsOf } from "../mainMemory";
import { createGuestMemory, type GuestMemory, pageSize } from "../memory/guestMemory";
import { ramRegions } from "../world";
import type { GivenStream } from "./given";

/** Later pages replace earlier ones. What is packed or not whole is left out. */
export function memoryOf(given: GivenStream, machine: Machine): GuestMemory {
  const memory = createGuestMemory(ramRegions(machine));
  const starts = startsOf(machine.mainBlocks);
  let block = "";
  for (const section of given.sections) {
    if (section.ram === undefined) continue;
    if (section.sectionKind === "start" || section.ram.pageSize !== pageSize) continue;
    const start = section.payloadOffset;
    const reader = new ByteReader(given.bytes, { start, end: start + section.payloadSize });
    while (reader.remaining >= 8) {
      const word = reader.u64();
      const flags = Number(word & BigInt(pageSize - 1));
      if ((flags & ramFlag.eos) !== 0) break;
      if ((flags & (ramFlag.page | ramFlag.zero)) === 0) break;
      if ((flags & ramFlag.continue) === 0) block = reader.remaining > (reader.peek() ?? 0) ? reader.counted() : "";
      const size = (flags & ramFlag.page) === 0 ? 1 : pageSize;
      if (reader.remaining < size) break;
      const bytes = reader.raw(size);
      const base = starts.get(block);
      if (base === undefined) continue;
      storePage(memory, base + Number(word & ~BigInt(pageSize - 1)), size === 1 ? undefined : bytes);
    }
  }
  return memory;
}

/**
 * `offset` counts through the block, which may lie in two pieces around the hole under 4 GiB. The page's address; undefined
 * where it is beyond the block.
 */
export function storePage(memory: GuestMemory, offset: number, bytes: Uint8Array | undefined): number | undefined {
  let start = 0;
  for (const { base, size } of memory.regions) {
    if (offset < start + size) {
      const address = base + offset - start;
      // A page that was never written is zero.
      if (bytes !== undefined) memory.write(address, bytes);
      else if (memory.readU64(address) !== undefined) clear(memory, address);
      return address;
    }
    start += size;
  }
  return undefined;
}

function clear(memory: GuestMemory, address: number): void {
  const held = memory.read(address, pageSize);
  if (held?.some((octet) => octet !== 0) === true) memory.write(address, new Uint8Array(pageSize));
}
