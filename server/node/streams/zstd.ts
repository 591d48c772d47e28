/** Zstandard frames (RFC 8878, section 3.1), one after the other; fzstd unpacks them and checks no checksum, so that is done here. */
import { Decompress } from "fzstd";
import xxhash from "xxhash-wasm";
import { exactly, skip, type Take } from "./take";
import { headerBytes, Moved, windowOf } from "./zstdWindow";

const magic = 0xfd2fb528;
/** The largest block of a frame. */
const largestBlock = 128 << 10;
const what = "zstd";
/** Bytes that are moved for a whole file, whatever comes of them. */
const freely = 4 * 2 ** 30;

export async function* unpackZstd(take: Take, moved = new Moved(freely)): AsyncGenerator<Uint8Array> {
  for (let frames = 0; ; frames++) {
    const head = await take(4);
    if (head.length === 0 && frames > 0) return;
    if (head.length < 4) throw new Error("the zstd data are cut");
    const number = Buffer.from(head).readUInt32LE();
    if (number >>> 4 === 0x184d2a5) await skip(take, Buffer.from(await exactly(take, 4, what)).readUInt32LE(), what);
    // the rest of a volume
    else if (number === 0 && frames > 0) return;
    else if (number !== magic) throw new Error("no zstd frame");
    else yield* unpackFrame(take, head, moved);
  }
}

async function* unpackFrame(take: Take, head: Uint8Array, moved: Moved): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [];
  const unpacker = new Decompress((piece) => void out.push(piece));
  const descriptor = await exactly(take, 1, what);
  const [flags = 0] = descriptor;
  const hash = ((flags >> 2) & 1) === 1 ? (await xxhash()).create64() : undefined;
  unpacker.push(head);
  unpacker.push(descriptor);
  const rest = await exactly(take, headerBytes(flags), what);
  const window = windowOf(flags, rest);
  moved.move(window);
  unpacker.push(rest);
  for (let isLast = false; !isLast; ) {
    const header = await exactly(take, 3, what);
    const word = Buffer.from(header).readUIntLE(0, 3);
    const [kind, size] = [(word >> 1) & 3, word >> 3];
    isLast = (word & 1) === 1;
    // one byte that is repeated `size` times
    const packed = kind === 1 ? 1 : size;
    if (size > largestBlock) throw new Error(`a zstd block of ${size} bytes`);
    moved.move(window);
    unpacker.push(header);
    unpacker.push(await exactly(take, packed, what), isLast && hash === undefined);
    for (const piece of out.splice(0)) {
      hash?.update(piece);
      moved.unpacked(piece.length);
      yield piece;
    }
  }
  if (hash === undefined) return;
  const checksum = await exactly(take, 4, what);
  unpacker.push(checksum, true);
  for (const piece of out) {
    hash.update(piece);
    yield piece;
  }
  const right = Number(hash.digest() & 0xffff_ffffn);
  if (Buffer.from(checksum).readUInt32LE() !== right) throw new Error("the checksum of a zstd frame is another");
}

/** At most `size` bytes of one frame in memory, as a cluster of an image has; fewer where they end. Throws where it is damaged before. */
export function unpackCluster(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let held = 0;
  const unpacker = new Decompress((piece) => {
    const taken = piece.subarray(0, size - held);
    out.set(taken, held);
    held += taken.length;
  });
  const [flags = 0] = bytes.subarray(4, 5);
  let at = 5 + headerBytes(flags);
  const window = windowOf(flags, bytes.subarray(5, at));
  const moved = new Moved(2 ** 28 + size * 1024);
  try {
    unpacker.push(bytes.subarray(0, at));
    for (let isLast = false; !isLast && held < size; ) {
      const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
      isLast = (word & 1) === 1 || at + 3 > bytes.length;
      const end = at + 3 + (((word >> 1) & 3) === 1 ? 1 : word >> 3);
      moved.move(window);
      unpacker.push(bytes.subarray(at, end));
      at = end;
    }
    // fzstd holds back what is shorter than 18 bytes
    if (held < size) unpacker.push(bytes.subarray(at), true);
  } catch (error) {
    if (held < size) throw error;
  }
  return out.subarray(0, held);
}
