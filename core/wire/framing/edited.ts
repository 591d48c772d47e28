import type { ByteSource } from "./input";

/** Bytes that stand in a stream instead of its own, from `offset` on. */
export interface ByteEdit {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** `source` with some of its bytes replaced; what lies behind its end is left out, so that its size stays. */
export function editedSource(source: ByteSource, edits: readonly ByteEdit[]): ByteSource {
  if (edits.length === 0) return source;
  // what is held in memory is read without `read`
  const { bytes: _whole, ...rest } = source;
  return {
    ...rest,
    read(offset, target) {
      const count = source.read(offset, target);
      for (const edit of edits) layOver(edit, target.subarray(0, count), offset);
      return count;
    },
  };
}

function layOver({ offset, bytes }: ByteEdit, target: Uint8Array, start: number): void {
  const from = Math.max(0, start - offset);
  const to = Math.min(bytes.length, start + target.length - offset);
  if (from < to) target.set(bytes.subarray(from, to), offset + from - start);
}
