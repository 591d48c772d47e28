/** Bytes of a guest page, as migration counts them. */
export const pageSize = 4096;

/** A range of guest-physical addresses with memory behind it. */
export interface RamRegion {
  /** RAMBlock.idstr: `pc.ram`. */
  readonly name: string;
  readonly base: number;
  /** Bytes, a multiple of the page size. */
  readonly size: number;
}

/**
 * Guest-physical memory. Only pages that were written exist; the rest reads as zero.
 * Addresses are numbers: guest-physical space ends at 2^52, well inside what a double holds exactly.
 */
export interface GuestMemory {
  readonly regions: readonly RamRegion[];
  /** undefined where any byte of the range has no memory behind it. */
  read(address: number, length: number): Uint8Array | undefined;
  /** False, and nothing written, where any byte of the range has no memory behind it. */
  write(address: number, bytes: Uint8Array): boolean;
  /** Little-endian, as page tables are. */
  readU64(address: number): bigint | undefined;
  writeU64(address: number, value: bigint): boolean;
  /** Addresses of the pages that hold something other than zero, ascending. */
  pages(): readonly number[];
  /** Addresses of the pages written since the last call, ascending; they count as clean afterwards. */
  takeDirty(): readonly number[];
}

export function createGuestMemory(regions: readonly RamRegion[]): GuestMemory {
  const pages = new Map<number, Uint8Array>();
  const dirty = new Set<number>();

  const covered = (address: number, length: number): boolean =>
    regions.some(({ base, size }) => address >= base && address + length <= base + size);

  function eachPage(
    address: number,
    length: number,
    visit: (page: number, start: number, count: number) => void,
  ): void {
    let done = 0;
    while (done < length) {
      const at = address + done;
      const start = at % pageSize;
      const count = Math.min(pageSize - start, length - done);
      visit(at - start, start, count);
      done += count;
    }
  }

  function read(address: number, length: number): Uint8Array | undefined {
    if (!covered(address, length)) return undefined;
    const bytes = new Uint8Array(length);
    let done = 0;
    eachPage(address, length, (page, start, count) => {
      const held = pages.get(page);
      if (held !== undefined) bytes.set(held.subarray(start, start + count), done);
      done += count;
    });
    return bytes;
  }

  function write(address: number, bytes: Uint8Array): boolean {
    if (!covered(address, bytes.length)) return false;
    let done = 0;
    eachPage(address, bytes.length, (page, start, count) => {
      let held = pages.get(page);
      if (held === undefined) {
        held = new Uint8Array(pageSize);
        pages.set(page, held);
      }
      held.set(bytes.subarray(done, done + count), start);
      dirty.add(page);
      done += count;
    });
    return true;
  }

  return {
    regions,
    read,
    write,
    readU64(address) {
      const bytes = read(address, 8);
      return bytes && new DataView(bytes.buffer).getBigUint64(0, true);
    },
    writeU64(address, value) {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, value, true);
      return write(address, bytes);
    },
    pages: () => [...pages.keys()].filter((page) => pages.get(page)?.some((byte) => byte !== 0)).sort((a, b) => a - b),
    takeDirty() {
      const taken = [...dirty].sort((a, b) => a - b);
      dirty.clear();
      return taken;
    },
  };
}
