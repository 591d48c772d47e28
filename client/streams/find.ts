/** Looking for bytes in a file of any size. */

export interface Haystack {
  readonly size: number;
  /** At most `size` bytes from `offset` on; fewer only at the end. */
  read(offset: number, size: number): Promise<Uint8Array>;
}

const piece = 1 << 20;

/**
 * Offset of the first `pattern` at or behind `from`, else the first of the file; undefined where there is none, or once
 * `goesOn` says no. `goesOn` gets the offset that is read now. Holds a mebibyte at a time.
 */
export async function findBytes(
  { size, read }: Haystack,
  pattern: Uint8Array,
  from: number,
  goesOn: (offset: number) => boolean,
): Promise<number | undefined> {
  const behind = await findBetween(read, pattern, from, size, goesOn);
  return behind ?? (await findBetween(read, pattern, 0, Math.min(size, from + pattern.length - 1), goesOn));
}

async function findBetween(
  read: Haystack["read"],
  pattern: Uint8Array,
  start: number,
  end: number,
  goesOn: (offset: number) => boolean,
): Promise<number | undefined> {
  for (let at = start; at + pattern.length <= end; at += piece) {
    if (!goesOn(at)) return undefined;
    const bytes = await read(at, Math.min(piece + pattern.length - 1, end - at));
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(pattern);
    if (found !== -1) return at + found;
  }
  return undefined;
}
