/** Zstandard frames (RFC 8878, section 3.1), one after the other; fzstd unpacks them and checks no checksum, so that is done here. */
import { Decompress } from "fzstd";
import xxhash from "xxhash-wasm";
import { exactly, skip, type Take } from "./take";

const magic = 0xfd2fb528;
const dictionaryBytes = [0, 1, 2, 4];
const contentSizeBytes = [0, 2, 4, 8];
/** The largest block of a frame. */
const largestBlock = 128 << 10;
const what = "zstd";

export async function* unpackZstd(take: Take): AsyncGenerator<Uint8Array> {
  for (let frames = 0; ; frames++) {
    const head = await take(4);
    if (head.length === 0 && frames > 0) return;
    if (head.length < 4) throw new Error("the zstd data are cut");
    const number = Buffer.from(head).readUInt32LE();
    if (number >>> 4 === 0x184d2a5) await skip(take, Buffer.from(await exactly(take, 4, what)).readUInt32LE(), what);
    // the rest of a volume
    else if (number === 0 && frames > 0) return;
    else if (number !== magic) throw new Error("no zstd frame");
    else yield* unpackFrame(take, head);
  }
}

async function* unpackFrame(take: Take, head: Uint8Array): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [];
  const unpacker = new Decompress((piece) => void out.push(piece));
  const descriptor = await exactly(take, 1, what);
  const [flags = 0] = descriptor;
  const hash = ((flags >> 2) & 1) === 1 ? (await xxhash()).create64() : undefined;
  unpacker.push(head);
  unpacker.push(descriptor);
  unpacker.push(await exactly(take, headerBytes(flags), what));
  for (let isLast = false; !isLast; ) {
    const header = await exactly(take, 3, what);
    const word = Buffer.from(header).readUIntLE(0, 3);
    const [kind, size] = [(word >> 1) & 3, word >> 3];
    isLast = (word & 1) === 1;
    // one byte that is repeated `size` times
    const packed = kind === 1 ? 1 : size;
    if (packed > largestBlock) throw new Error(`a zstd block of ${packed} bytes`);
    unpacker.push(header);
    unpacker.push(await exactly(take, packed, what), isLast && hash === undefined);
    for (const piece of out.splice(0)) {
      hash?.update(piece);
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

/** Of what stands between the descriptor and the first block. */
function headerBytes(flags: number): number {
  const isSingle = (flags >> 5) & 1;
  const kind = flags >> 6;
  const contentSize = kind === 0 ? isSingle : (contentSizeBytes[kind] ?? 0);
  return (isSingle === 1 ? 0 : 1) + (dictionaryBytes[flags & 3] ?? 0) + contentSize;
}
