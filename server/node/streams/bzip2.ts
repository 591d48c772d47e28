/** bzip2, block by block: what many blocks hold is never in memory at once, as a few bytes can stand for 45 MB. */
import bzip2 from "unbzip2-stream/lib/bzip2";
import bitsOf from "unbzip2-stream/lib/bit_iterator";

/** Of a stream's header and of what ends it. */
const least = 4;
/** The most bytes that a block of 100,000 is packed in, and those per 100,000. */
const [tables, perLevel] = [25_000, 100_000];

export async function* unpackBzip2(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const queue: Uint8Array[] = [];
  let [got, isAll] = [0, false];
  const take = async (): Promise<void> => {
    const next = await iterator.next();
    if (next.done === true) isAll = true;
    else if (next.value.length > 0) got += queue.push(next.value) && next.value.length;
  };
  while (queue.length === 0 && !isAll) await take();
  if (isAll) return;
  const bits = bitsOf(() => queue.shift() ?? cut());
  // hundreds of kilobytes; 0: a stream's header comes next
  let [level, checksum] = [0, 0];
  for (;;) {
    const wanted = level === 0 ? least : tables + perLevel * level;
    while (!isAll && got - bits.bytesRead < wanted) await take();
    if (got <= bits.bytesRead) break;
    if (level === 0) {
      level = bzip2.header(bits);
      checksum = 0;
      continue;
    }
    const out = new Growing();
    const size = perLevel * level;
    const next = bzip2.decompress(bits, (octet) => out.push(octet), new Int32Array(size), size, checksum);
    if (next === null) level = 0;
    else {
      checksum = next;
      yield out.bytes();
    }
  }
  if (level !== 0) cut();
}

function cut(): never {
  throw new Error("the bzip2 data are cut");
}

class Growing {
  private held = new Uint8Array(1 << 20);
  private length = 0;

  push(octet: number): void {
    if (this.length === this.held.length) {
      const grown = new Uint8Array(this.length * 2);
      grown.set(this.held);
      this.held = grown;
    }
    this.held[this.length++] = octet;
  }

  bytes(): Uint8Array {
    return this.held.subarray(0, this.length);
  }
}
