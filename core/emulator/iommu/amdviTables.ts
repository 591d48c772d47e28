/** What a guest's driver does: builds AMD-Vi tables in its own memory. */
import { type GuestMemory, pageSize } from "../memory/guestMemory";
import { deviceEntrySize } from "./amdvi";
import { contiguous, leafSlot, type PageSupply } from "./pageTables";

export interface AmdviTables {
  /** Device Table Base Address. */
  readonly deviceTable: bigint;
  /** Bytes of the device table. */
  readonly deviceTableSize: number;
  /** Maps one 4 KiB page for one device (bus << 8 | devfn). Addresses are page-aligned. */
  map(device: number, iova: bigint, physical: number): void;
}

const levels = 3;
const permissions = (1n << 61n) | (1n << 62n);

/** Tables of three levels (39 bits), one domain a device; the device table reaches as far as the devices that are mapped. */
export function createAmdviTables(memory: GuestMemory, supply: PageSupply, devices: readonly number[]): AmdviTables {
  const pages = Math.ceil(((Math.max(0, ...devices) + 1) * deviceEntrySize) / pageSize);
  const deviceTable = contiguous(supply, pages);
  const tops = new Map<number, number>();

  const topOf = (device: number): number => {
    const existing = tops.get(device);
    if (existing !== undefined) return existing;
    const table = supply.take();
    tops.set(device, table);
    const entry = deviceTable + device * deviceEntrySize;
    memory.writeU64(entry, pointer(table, levels) | 2n);
    memory.writeU64(entry + 8, BigInt(tops.size));
    return table;
  };
  return {
    deviceTable: BigInt(deviceTable),
    deviceTableSize: pages * pageSize,
    map(device, iova, physical) {
      const slot = leafSlot(memory, supply, topOf(device), levels, iova, pointer);
      memory.writeU64(slot, pointer(physical - (physical % pageSize), 0));
    },
  };
}

/** An entry that is present, may be read and written, and leads to a table of `next`, or to a page for 0. */
function pointer(address: number, next: number): bigint {
  return BigInt(address) | (BigInt(next) << 9n) | permissions | 1n;
}
