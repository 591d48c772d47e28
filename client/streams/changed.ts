/** Bytes of a stream that somebody has changed in a copy, by offset. Never altered: each change makes another one. */
export type Changed = ReadonlyMap<number, number>;

export interface Run {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export const unchanged: Changed = new Map();

/** With `bytes` from `offset` on; those that are as in the stream, whose own are `was`, are no longer changed. */
export function withBytes(changed: Changed, offset: number, bytes: readonly number[], was: Uint8Array): Changed {
  const next = new Map(changed);
  bytes.forEach((octet, i) => {
    if (octet === was[i]) next.delete(offset + i);
    else next.set(offset + i, octet);
  });
  return next;
}

/** Those that follow each other as one, in order. */
export function runsOf(changed: Changed): readonly Run[] {
  const runs: { offset: number; bytes: number[] }[] = [];
  for (const [offset, octet] of [...changed].sort(([a], [b]) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last.offset + last.bytes.length === offset) last.bytes.push(octet);
    else runs.push({ offset, bytes: [octet] });
  }
  return runs.map(({ offset, bytes }) => ({ offset, bytes: Uint8Array.from(bytes) }));
}

/** `bytes` from `offset` on as they are in the copy. */
export function asChanged(changed: Changed, bytes: Uint8Array, offset: number): Uint8Array {
  if (changed.size === 0) return bytes;
  const copy = Uint8Array.from(bytes);
  for (const [at, octet] of changed) if (at >= offset && at < offset + copy.length) copy[at - offset] = octet;
  return copy;
}

/** What a window keeps of unsaved changes, and back; undefined for anything else. */
export function changedText(changed: Changed): string {
  return JSON.stringify([...changed]);
}

export function readChanged(text: string): Changed | undefined {
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(kept) || !kept.every(isByte)) return undefined;
  return new Map(kept);
}

function isByte(value: unknown): value is readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [offset, octet]: readonly unknown[] = value;
  return Number.isSafeInteger(offset) && Number(offset) >= 0 && Number.isInteger(octet) && Number(octet) >>> 8 === 0;
}
