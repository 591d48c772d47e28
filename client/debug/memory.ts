/** The stream's bytes and the guest's pages, as a debugger reads memory. */
import type { LoadResult } from "../../server/protocol";

export interface MemoryWanted {
  /** `stream+OFFSET` or `guest+ADDRESS`. */
  readonly reference: string;
  readonly offset: number;
  readonly count: number;
}

export interface MemoryRead {
  readonly address: string;
  /** Base64. */
  readonly data?: string;
  readonly unreadableBytes?: number;
}

const mostBytes = 1 << 20;
const pageSize = 4096;

/** `read` is given where the stream is a file. Never rejects: what cannot be read counts as unreadable. */
export async function readMemory(
  load: LoadResult,
  { reference, offset, count }: MemoryWanted,
  read: ((offset: number, size: number) => Promise<Uint8Array>) | undefined,
): Promise<MemoryRead> {
  const [, space, base] = /^(stream|guest)\+(\d+)$/.exec(reference) ?? [];
  const start = Number(base ?? 0) + offset;
  const address = `0x${Math.max(0, start).toString(16)}`;
  const size = Math.min(count, mostBytes);
  if (space === undefined || start < 0 || size <= 0) return { address, unreadableBytes: count };
  const bytes = space === "guest" ? guestBytes(load, start, size) : await streamBytes(load, start, size, read);
  const missing = count - bytes.length;
  return {
    address,
    ...(bytes.length === 0 ? {} : { data: toBase64(bytes) }),
    ...(missing > 0 ? { unreadableBytes: missing } : {}),
  };
}

async function streamBytes(
  load: LoadResult,
  start: number,
  size: number,
  read: ((offset: number, size: number) => Promise<Uint8Array>) | undefined,
): Promise<Uint8Array> {
  if (read) return read(start, size).catch(() => new Uint8Array(0));
  return load.bytes === undefined ? new Uint8Array(0) : fromBase64(load.bytes).subarray(start, start + size);
}

/** Pages that hold nothing read as zero, as they do in the guest. */
function guestBytes(load: LoadResult, start: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const page of load.memory) {
    if (page.address >= start + size || page.address + pageSize <= start) continue;
    const held = fromBase64(page.bytes);
    const from = Math.max(0, start - page.address);
    const to = Math.min(held.length, start + size - page.address);
    bytes.set(held.subarray(from, to), page.address + from - start);
  }
  return bytes;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
