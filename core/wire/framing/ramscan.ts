/** ram_load_precopy and parse_ramblocks (migration/ram.c) over a window: pages are counted and stepped over. */
import { latin1, StreamFailure } from "./bytes";
import type { RamBlockInfo, RamPages, RamSummary } from "./events";
import type { Input } from "./input";
import { limits } from "./limits";
import { ramFlag } from "./magic";

const pageSizes = [4096, 1024, 2048, 8192, 16384, 65536] as const;

interface Counts {
  readonly block: string;
  /** Bytes of the block. */
  readonly limit: number;
  zero: number;
  normal: number;
  xbzrle: number;
  compressed: number;
}

/** What lasts from one ram section to the next. */
export class RamState {
  /** Target page size; 0 until a page has been seen and it is not given. */
  pageSize: number;
  private guessed = false;
  /** Bits that are set in some page's address, until the size is known. */
  private addressed = 0;
  ignoreShared = false;
  mapped = false;
  readonly blocks = new Map<string, RamBlockInfo>();
  private lastBlock: RamBlockInfo | undefined;
  private counts = new Map<string, Counts>();
  private current: Counts | undefined;
  private listed: RamBlockInfo[] = [];
  private listLeft = 0n;
  private listing = false;
  private records = 0;
  private flushes = 0;

  constructor(pageSize: number | undefined) {
    this.pageSize = pageSize ?? 0;
  }

  /** Starts a payload. */
  begin(): void {
    this.counts = new Map();
    this.current = undefined;
    this.listed = [];
    this.listing = false;
    this.records = 0;
    this.flushes = 0;
  }

  summary(): RamSummary {
    const pages: RamPages[] = [...this.counts.values()].map(({ limit: _, ...count }) => count);
    const { records, flushes } = this;
    const guessedPageSize = this.guessed && pages.length > 0;
    return { pageSize: this.pageSize || 4096, guessedPageSize, blocks: this.listed, records, pages, flushes };
  }

  /** Reads records; returns 0 behind EOS, else how many bytes the window must hold to go on. */
  scan(input: Input): number {
    for (;;) {
      if (this.listing) {
        const wanted = this.list(input);
        if (wanted > 0) return wanted;
        continue;
      }
      if (this.current !== undefined && this.pageSize !== 0) this.continued(input, this.current);
      const at = input.at;
      if (input.used - at < 8) return 8;
      const low = input.view.getUint32(at + 4);
      const flags = low & ((this.pageSize || 1024) - 1);
      switch (flags & ~ramFlag.continue) {
        case ramFlag.zero:
        case ramFlag.page:
        case ramFlag.xbzrle:
        case ramFlag.compressPage: {
          const wanted = this.page(input, flags, low - flags);
          if (wanted > 0) return wanted;
          break;
        }
        case ramFlag.memSize:
          this.listLeft = input.view.getBigUint64(at) & ~BigInt((this.pageSize || 1024) - 1);
          this.listing = true;
          input.at += 8;
          break;
        case ramFlag.eos:
          input.at += 8;
          this.records++;
          return 0;
        case ramFlag.multifdFlush:
        case ramFlag.hook:
          this.flushes++;
          input.at += 8;
          break;
        default:
          throw new StreamFailure(`Unknown combination of migration flags: 0x${flags.toString(16)}`, input.offset);
      }
      this.records++;
    }
  }

  /** Steps over whole pages that go on in the block of the one before: nearly all of any stream. Stops at anything else. */
  private continued(input: Input, current: Counts): void {
    const { view, used } = input;
    const { pageSize } = this;
    const end = input.size - input.base - pageSize;
    const zero = ramFlag.continue | ramFlag.zero;
    const normal = ramFlag.continue | ramFlag.page;
    let at = input.at;
    // a zero page has a byte behind its header
    while (used - at >= 9) {
      const low = view.getUint32(at + 4);
      const flags = low & (pageSize - 1);
      if (view.getUint32(at) * 0x1_0000_0000 + (low - flags) >= current.limit) break;
      if (flags === zero) {
        at += 9;
        current.zero++;
      } else if (flags === normal && at + 8 <= end) {
        at += 8 + pageSize;
        current.normal++;
      } else break;
      this.records++;
    }
    input.at = at;
  }

  private page(input: Input, flags: number, low: number): number {
    const at = input.at;
    const address = input.view.getUint32(at) * 0x1_0000_0000 + low;
    let next = at + 8;
    if ((flags & ramFlag.continue) === 0) {
      if (input.used < next + 1) return 9;
      const length = input.buffer[next] ?? 0;
      if (input.used < next + 1 + length) return 9 + length;
      this.select(input, next + 1, length);
      next += 1 + length;
    }
    if (this.current === undefined && this.lastBlock !== undefined) this.current = this.countsOf(this.lastBlock);
    const current = this.current;
    if (current === undefined) throw new StreamFailure("Ack, bad migration stream!", input.offset);
    if (address >= current.limit) {
      throw new StreamFailure(`Illegal RAM offset ${address.toString(16)}`, input.offset);
    }
    const kind = flags & ~ramFlag.continue;
    if (this.pageSize === 0) this.addressed |= low;
    if (kind === ramFlag.page) {
      if (this.pageSize === 0) {
        const wanted = this.detect(input, next);
        if (wanted > 0) return wanted;
      }
      if (input.size < input.base + next + this.pageSize) return next - at + this.pageSize;
      input.at = next + this.pageSize;
      current.normal++;
      return 0;
    }
    const body = kind === ramFlag.zero ? 1 : kind === ramFlag.xbzrle ? 3 : 4;
    if (input.used < next + body) return next - at + body;
    if (kind === ramFlag.zero) {
      input.at = next + 1;
      current.zero++;
      return 0;
    }
    const length = this.packed(input, kind, next);
    if (input.used < next + body + length) return next - at + body + length;
    input.at = next + body + length;
    if (kind === ramFlag.xbzrle) current.xbzrle++;
    else current.compressed++;
    return 0;
  }

  private packed(input: Input, kind: number, next: number): number {
    if (kind === ramFlag.xbzrle) {
      const length = input.view.getUint16(next + 1);
      if (input.buffer[next] !== 1) {
        throw new StreamFailure("Failed to load XBZRLE page - wrong compression!", input.base + next);
      }
      if (length > (this.pageSize || 4096)) {
        throw new StreamFailure("Failed to load XBZRLE page - len overflow!", input.base + next);
      }
      return length;
    }
    const length = input.view.getUint32(next);
    if (length > (this.pageSize || 4096) * 2) {
      throw new StreamFailure(`Invalid compressed data length: ${length}`, input.base + next);
    }
    return length;
  }

  private select(input: Input, start: number, length: number): void {
    const name = latin1(input.buffer.subarray(start, start + length));
    const block = this.blocks.get(name);
    if (block === undefined) throw new StreamFailure(`Can't find block ${name}`, input.offset);
    this.lastBlock = block;
    this.current = this.countsOf(block);
  }

  private countsOf(block: RamBlockInfo): Counts {
    const known = this.counts.get(block.name);
    if (known !== undefined) return known;
    const limit = Number(block.length);
    const counts = { block: block.name, limit, zero: 0, normal: 0, xbzrle: 0, compressed: 0 };
    this.counts.set(block.name, counts);
    return counts;
  }

  /** The page size that puts a record behind the first page, and all pages so far at multiples of it. */
  private detect(input: Input, next: number): number {
    const most = Math.min(input.size - input.base, next + 65536 + 16);
    if (input.used < most) return most - input.at;
    const sizes = pageSizes.filter((size) => (this.addressed & (size - 1)) === 0);
    const fits = sizes.find((size) => input.used >= next + size + 8 && plausible(input, next + size, size));
    this.pageSize = fits ?? sizes[0] ?? 4096;
    this.guessed = true;
    return 0;
  }

  /** One block of the list, or its end; bytes wanted or 0. */
  private list(input: Input): number {
    if (this.listLeft <= 0n) {
      this.listing = false;
      return 0;
    }
    const at = input.at;
    if (input.used - at < 1) return 1;
    const nameLength = input.buffer[at] ?? 0;
    const fixed = 1 + nameLength + 8 + (this.ignoreShared ? 8 : 0) + (this.mapped ? mappedHeader : 0);
    const ahead = Math.min(fixed + 9, input.remaining);
    if (input.used - at < Math.max(fixed, ahead)) return Math.max(fixed, ahead);
    const name = latin1(input.buffer.subarray(at + 1, at + 1 + nameLength));
    let next = at + 1 + nameLength;
    const length = input.view.getBigUint64(next);
    next += 8;
    this.listLeft -= length;
    let pageSize: bigint | undefined;
    if (!this.ignoreShared && !this.mapped && input.used >= next + 8 && input.buffer[next] === 0) {
      const value = input.view.getBigUint64(next);
      if (value >= 4096n && (value & (value - 1n)) === 0n) {
        pageSize = value;
        next += 8;
      }
    }
    let address: bigint | undefined;
    if (this.ignoreShared) {
      address = input.view.getBigUint64(next);
      next += 8;
    }
    let skipTo = next;
    let mapped: RamBlockInfo["mapped"];
    if (this.mapped) {
      const version = input.view.getUint32(next);
      if (version > 1) {
        throw new StreamFailure(
          `Migration mapped-ram capability version not supported (expected <= 1, got ${version})`,
          input.base + next,
        );
      }
      const [size, bitmapOffset, pagesOffset] = [4, 12, 20].map((skip) => input.view.getBigUint64(next + skip));
      if (size !== undefined && bitmapOffset !== undefined && pagesOffset !== undefined) {
        // the bitmap is right behind its header: what its offset is more, the stream began behind in the file it was written to
        const behind = BigInt(input.base + next + mappedHeader);
        const fileOffset = bitmapOffset > behind ? bitmapOffset - behind : 0n;
        mapped = {
          pageSize: size,
          bitmapOffset: bitmapOffset - fileOffset,
          pagesOffset: pagesOffset - fileOffset,
          fileOffset,
        };
        const end = mapped.pagesOffset + length;
        if (end < BigInt(input.base + next) || end > BigInt(input.size)) {
          throw new StreamFailure(`Error reading dirty bitmap`, input.base + next);
        }
        skipTo = Number(end) - input.base;
      }
    }
    if (length === 0n && nameLength === 0)
      throw new StreamFailure(`Unknown ramblock "", cannot accept migration`, input.offset);
    if (this.listed.length >= limits.ramBlocks) {
      throw new StreamFailure(`more than ${limits.ramBlocks} RAM blocks`, input.offset);
    }
    const block = { name, length, pageSize, address, mapped };
    this.listed.push(block);
    this.blocks.set(name, block);
    input.at = skipTo;
    return 0;
  }
}

/** Bytes of MappedRamHeader (migration/ram.c). */
const mappedHeader = 28;

/** A record header with known flags at `at`. */
function plausible(input: Input, at: number, pageSize: number): boolean {
  const flags = input.view.getUint32(at + 4) & (pageSize - 1);
  const kind = flags & ~ramFlag.continue;
  const kinds: readonly number[] = [ramFlag.zero, ramFlag.page, ramFlag.eos, ramFlag.xbzrle, ramFlag.compressPage];
  return kinds.includes(kind) && input.view.getUint32(at) < 0x10000;
}
