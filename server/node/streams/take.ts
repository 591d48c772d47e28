/** Bytes of a packed file, as many as asked for; fewer at its end. */
export type Take = (count: number) => Promise<Uint8Array>;

export function takeFrom(pieces: AsyncIterable<Uint8Array>): Take {
  const iterator = pieces[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  return async (count) => {
    if (held.length < count) {
      const parts = [held];
      for (let length = held.length; length < count; ) {
        const next = await iterator.next();
        if (next.done === true) break;
        parts.push(next.value);
        length += next.value.length;
      }
      held = Buffer.concat(parts);
    }
    const taken = held.subarray(0, count);
    held = held.subarray(taken.length);
    return taken;
  };
}

/** Throws where the file ends before. `format`: what is cut then. */
export async function exactly(take: Take, count: number, format: string): Promise<Uint8Array> {
  const bytes = await take(count);
  if (bytes.length < count) throw new Error(`the ${format} data are cut`);
  return bytes;
}

export async function skip(take: Take, count: number, format: string): Promise<void> {
  for (let left = count; left > 0; ) left -= (await exactly(take, Math.min(left, 1 << 20), format)).length;
}
