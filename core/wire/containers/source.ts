/** Parts of a source, by offset. */
import { latin1 } from "../framing/bytes";
import type { ByteSource } from "../framing/input";

/** At most `count` bytes from `offset` on; fewer at the end. */
export function bytesAt(source: ByteSource, offset: number, count: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, Math.min(count, source.size - offset)));
  let held = 0;
  while (held < bytes.length) {
    const read = source.read(offset + held, bytes.subarray(held));
    if (read === 0) break;
    held += read;
  }
  return bytes.subarray(0, held);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** `size` bytes of a source from `offset` on, as a source. */
export function partOf(source: ByteSource, offset: number, size = source.size - offset): ByteSource {
  return {
    size,
    ...(source.bytes === undefined ? {} : { bytes: source.bytes.subarray(offset, offset + size) }),
    ...(source.problem === undefined ? {} : { problem: () => source.problem?.() }),
    read: (at, target) =>
      at >= size ? 0 : source.read(offset + at, target.subarray(0, Math.min(target.length, size - at))),
  };
}

export function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  return latin1(bytes.subarray(at, at + text.length)) === text;
}

export function hasBytes(bytes: Uint8Array, wanted: readonly number[], at = 0): boolean {
  return bytes.length >= at + wanted.length && wanted.every((octet, i) => bytes[at + i] === octet);
}

/** `1 section`, `2 sections`. */
export function counted(count: number | bigint, noun: string): string {
  return `${count} ${noun}${count === 1 || count === 1n ? "" : "s"}`;
}

export function hexOffset(offset: number): string {
  return `0x${offset.toString(16)}`;
}
