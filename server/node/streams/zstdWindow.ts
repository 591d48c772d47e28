/** What unpacking a zstd frame costs by its header: fzstd holds the whole window, and moves all of it for each block. */

/** As zstd itself takes it without being told otherwise. */
const largestWindow = 128 << 20;
const dictionaryBytes = [0, 1, 2, 4];
const contentSizeBytes = [0, 2, 4, 8];

/** Of what stands between the descriptor and the first block. */
export function headerBytes(flags: number): number {
  return (isSingle(flags) ? 0 : 1) + (dictionaryBytes[flags & 3] ?? 0) + sizeBytes(flags);
}

/** In bytes. `header`: what stands between the descriptor and the first block. Throws where it is larger than zstd takes. */
export function windowOf(flags: number, header: Uint8Array): number {
  const size = isSingle(flags) ? contentSize(flags, header) : described(header[0] ?? 0);
  if (size > largestWindow) throw new Error(`a zstd window of ${size} bytes: unpack it with zstd --long=31`);
  return size;
}

/** Counts what is moved in a file; the many small blocks of a large window in a hostile one would take hours. */
export class Moved {
  private left: number;
  /** `free`: bytes beyond what the unpacked bytes allow. */
  constructor(free: number) {
    this.left = free;
  }

  /** Throws where that is too much. */
  move(window: number): void {
    this.left -= window;
    if (this.left < 0) throw new Error("too many small zstd blocks for their window: unpack it with zstd");
  }

  /** A full block in the largest window is always allowed. */
  unpacked(bytes: number): void {
    this.left += bytes * 1024;
  }
}

function described(octet: number): number {
  const base = 2 ** (10 + (octet >> 3));
  return base + (base / 8) * (octet & 7);
}

function contentSize(flags: number, header: Uint8Array): number {
  const from = dictionaryBytes[flags & 3] ?? 0;
  const bytes = header.subarray(from, from + sizeBytes(flags));
  return bytes.reduceRight((sum, octet) => sum * 256 + octet, 0);
}

function isSingle(flags: number): boolean {
  return ((flags >> 5) & 1) === 1;
}

function sizeBytes(flags: number): number {
  return flags >> 6 === 0 ? (isSingle(flags) ? 1 : 0) : (contentSizeBytes[flags >> 6] ?? 0);
}
