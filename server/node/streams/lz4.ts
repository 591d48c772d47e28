/** LZ4 frames (lz4: doc/lz4_Frame_format.md, doc/lz4_Block_format.md). */
import xxhash from "xxhash-wasm";
import { exactly, skip, type Take } from "./take";

const magic = 0x184d2204;
const what = "LZ4";
const history = 64 << 10;
/** The largest block of a frame. */
const largestBlock = 4 << 20;

export async function* unpackLz4(take: Take): AsyncGenerator<Uint8Array> {
  for (let frames = 0; ; frames++) {
    const head = await take(4);
    if (head.length === 0 && frames > 0) return;
    if (head.length < 4) throw new Error("the LZ4 data are cut");
    const number = Buffer.from(head).readUInt32LE();
    if (number >>> 4 === 0x184d2a5) await skip(take, await word(take), what);
    // the rest of a volume
    else if (number === 0 && frames > 0) return;
    else if (number !== magic) throw new Error("no LZ4 frame");
    else yield* unpackFrame(take);
  }
}

async function* unpackFrame(take: Take): AsyncGenerator<Uint8Array> {
  const [flags = 0] = await exactly(take, 2, what);
  if (flags >> 6 !== 1) throw new Error(`LZ4 frame version ${flags >> 6}`);
  const has = (bit: number) => ((flags >> bit) & 1) === 1;
  // size of the content, number of a dictionary, checksum of the header
  await exactly(take, (has(3) ? 8 : 0) + (has(0) ? 4 : 0) + 1, what);
  if (has(0)) throw new Error("LZ4 data that need a dictionary");
  const hashes = await xxhash();
  const hash = hashes.create32();
  const window = new Window();
  for (;;) {
    const header = await word(take);
    if (header === 0) break;
    const size = header & 0x7fff_ffff;
    if (size > largestBlock) throw new Error(`an LZ4 block of ${size} bytes`);
    const packed = await exactly(take, size, what);
    if (has(4)) check(await word(take), hashes.h32Raw(packed), "block");
    const unpacked = header >>> 31 === 1 ? window.add(packed) : window.unpack(packed, has(5));
    hash.update(unpacked);
    yield unpacked;
  }
  if (has(2)) check(await word(take), hash.digest(), "frame");
}

/** What was unpacked last, in one piece of memory for all blocks: a block that says little costs little. */
class Window {
  private readonly out = new Uint8Array(history + 2 * largestBlock);
  private end = 0;

  /** A block that is not packed. */
  add(block: Uint8Array): Uint8Array {
    this.makeRoom();
    this.out.set(block, this.end);
    return this.taken(this.end + block.length);
  }

  /** `isAlone`: it repeats nothing of what was unpacked before it. */
  unpack(packed: Uint8Array, isAlone: boolean): Uint8Array {
    this.makeRoom();
    return this.taken(unpackBlock(packed, this.out, isAlone ? this.end : 0, this.end));
  }

  private taken(end: number): Uint8Array {
    const block = this.out.slice(this.end, end);
    this.end = end;
    return block;
  }

  private makeRoom(): void {
    if (this.end + largestBlock <= this.out.length) return;
    this.out.copyWithin(0, this.end - history, this.end);
    this.end = history;
  }
}

/** Into `out` at `start`; it may repeat what stands there from `floor` on. Answers where it ends. */
function unpackBlock(packed: Uint8Array, out: Uint8Array, floor: number, start: number): number {
  const limit = start + largestBlock;
  let [from, to] = [0, start];
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble < 15) return sum;
    for (let octet = 255; octet === 255; sum += octet) {
      octet = packed[from++] ?? fail();
    }
    return sum;
  };
  while (from < packed.length) {
    const token = packed[from++] ?? fail();
    const literals = length(token >> 4);
    if (from + literals > packed.length || to + literals > limit) fail();
    out.set(packed.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // the last sequence has no match
    if (from >= packed.length) break;
    const distance = (packed[from] ?? 0) | ((packed[from + 1] ?? fail()) << 8);
    from += 2;
    const count = length(token & 15) + 4;
    if (distance === 0 || distance > to - floor || to + count > limit) fail();
    if (distance >= count) out.copyWithin(to, to - distance, to - distance + count);
    else for (let i = 0; i < count; i++) out[to + i] = out[to + i - distance] ?? 0;
    to += count;
  }
  return to;
}

function fail(): never {
  throw new Error("damaged LZ4 block");
}

async function word(take: Take): Promise<number> {
  return Buffer.from(await exactly(take, 4, what)).readUInt32LE();
}

function check(said: number, is: number, of: string): void {
  if (said !== is >>> 0) throw new Error(`the checksum of an LZ4 ${of} is another`);
}
