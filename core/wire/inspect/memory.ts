/** Bytes of the guest's RAM as a stream carries them. */
import type { MappedBlock, SectionEvent } from "../framing/events";
import type { ByteSource } from "../framing/input";
import { ramFlag } from "../framing/magic";
import { latin1 } from "../framing/bytes";

export interface RamPlace {
  /** `pc.ram` */
  readonly block: string;
  /** Bytes from the block's start. */
  readonly offset: number;
  readonly length: number;
}

export type RamReading =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly message: string };

/** What the destination has there once the stream is loaded: of pages that were sent again the last. Costs a pass over the pages. */
export function readRam(source: ByteSource, sections: readonly SectionEvent[], place: RamPlace): RamReading {
  const blocks = sections.flatMap(({ ram }) => ram?.blocks ?? []);
  const block = blocks.find(({ name }) => name === place.block);
  if (block === undefined) {
    const names = [...new Set(blocks.map(({ name }) => name))].join(", ");
    return no(`no RAM block is named ${place.block}; the stream has ${names || "none"}`);
  }
  if (BigInt(place.offset + place.length) > block.length)
    return no(`${block.name} ends at 0x${block.length.toString(16)}`);
  if (block.mapped !== undefined) return mappedBytes(source, block.mapped, place);
  if (sections.some(({ ram }) => (ram?.flushes ?? 0) > 0))
    return no("multifd: pages of RAM travelled in channels of their own, which are not in this stream");
  return sentBytes(source, sections, place);
}

function no(message: string): RamReading {
  return { ok: false, message };
}

/** Of a little-endian host, whose longs are the bitmap: a page without its bit is zero, whatever the file has there. */
function mappedBytes(source: ByteSource, mapped: MappedBlock, { offset, length }: RamPlace): RamReading {
  const bytes = new Uint8Array(length);
  const pageSize = Number(mapped.pageSize);
  if (!(pageSize > 0)) return no("the block's header has no page size");
  for (let at = 0; at < length; ) {
    const page = Math.floor((offset + at) / pageSize);
    const count = Math.min(length - at, (page + 1) * pageSize - offset - at);
    const bits = bytesOf(source, Number(mapped.bitmapOffset) + (page >> 3), 1)?.[0];
    const held = bytesOf(source, Number(mapped.pagesOffset) + offset + at, count);
    if (bits === undefined || held === undefined) return no("the file ends before the page");
    if (((bits >> (page & 7)) & 1) === 1) bytes.set(held, at);
    at += count;
  }
  return { ok: true, bytes };
}

function bytesOf(source: ByteSource, offset: number, count: number): Uint8Array | undefined {
  const bytes = new Uint8Array(count);
  let held = 0;
  while (held < count) {
    const more = source.read(offset + held, bytes.subarray(held));
    if (more === 0) return undefined;
    held += more;
  }
  return bytes;
}

type Page = "zero" | "packed" | Uint8Array;

function sentBytes(
  source: ByteSource,
  sections: readonly SectionEvent[],
  { block, offset, length }: RamPlace,
): RamReading {
  const pageSize = sections.find(({ ram }) => (ram?.pages.length ?? 0) > 0)?.ram?.pageSize ?? 4096;
  const first = Math.floor(offset / pageSize) * pageSize;
  const pages = new Map<number, Page>();
  let last = "";
  for (const { ram, sectionKind, payloadOffset, payloadSize } of sections) {
    if (ram === undefined || sectionKind === "start") continue;
    last = pagesIn(new Window(source, payloadOffset, payloadOffset + payloadSize), pageSize, last, (name, at, page) => {
      if (name === block && at >= first && at < offset + length) pages.set(at, page());
    });
  }
  const bytes = new Uint8Array(length);
  for (let at = first; at < offset + length; at += pageSize) {
    const page = pages.get(at);
    const where = `${block}:0x${at.toString(16)}`;
    if (page === undefined) return no(`the stream has no page at ${where}`);
    if (page === "packed")
      return no(`the page at ${where} was sent as a difference or compressed, which is not undone`);
    if (page === "zero") continue;
    const from = Math.max(at, offset);
    bytes.set(page.subarray(from - at, Math.min(pageSize, offset + length - at)), from - offset);
  }
  return { ok: true, bytes };
}

/** Records of one payload, which has been read before; gives the block of its last page. */
function pagesIn(
  window: Window,
  pageSize: number,
  before: string,
  each: (block: string, offset: number, page: () => Page) => void,
): string {
  let block = before;
  while (window.has(8)) {
    const high = window.u32();
    const low = window.u32();
    const flags = low & (pageSize - 1);
    if ((flags & ramFlag.eos) !== 0) break;
    const kind = flags & ~ramFlag.continue;
    if (kind !== ramFlag.zero && kind !== ramFlag.page && kind !== ramFlag.xbzrle && kind !== ramFlag.compressPage)
      continue;
    if ((flags & ramFlag.continue) === 0) {
      const [size = 0] = window.take(1);
      block = latin1(window.take(size));
    }
    const offset = high * 0x1_0000_0000 + (low - flags);
    if (kind === ramFlag.page) {
      const start = window.at;
      each(block, offset, () => window.peek(start, pageSize));
      window.at = start + pageSize;
    } else if (kind === ramFlag.zero) {
      window.take(1);
      each(block, offset, () => "zero");
    } else {
      if (kind === ramFlag.xbzrle) window.take(1);
      const size = kind === ramFlag.xbzrle ? window.u16() : window.u32();
      window.at += size;
      each(block, offset, () => "packed");
    }
  }
  return block;
}

const chunk = 1 << 20;

/** Bytes of a source from `at` to `end`, a piece held at a time. */
class Window {
  private held = new Uint8Array(0);
  private base = 0;

  constructor(
    private readonly source: ByteSource,
    public at: number,
    private readonly end: number,
  ) {}

  has(count: number): boolean {
    return this.at + count <= this.end;
  }

  /** Zeros behind the end. */
  peek(offset: number, count: number): Uint8Array {
    if (offset < this.base || offset + count > this.base + this.held.length) {
      const bytes = new Uint8Array(Math.max(count, Math.min(chunk, this.source.size - offset)));
      for (let got = 0; got < bytes.length; ) {
        const more = this.source.read(offset + got, bytes.subarray(got));
        if (more === 0) break;
        got += more;
      }
      this.held = bytes;
      this.base = offset;
    }
    return this.held.subarray(offset - this.base, offset - this.base + count);
  }

  take(count: number): Uint8Array {
    const bytes = this.peek(this.at, count);
    this.at += count;
    return bytes;
  }

  u16(): number {
    const [a = 0, b = 0] = this.take(2);
    return a * 0x100 + b;
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }
}
