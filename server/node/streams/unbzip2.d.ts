declare module "unbzip2-stream/lib/bit_iterator" {
  export interface Bits {
    /** Bytes of which bits were read. */
    readonly bytesRead: number;
  }
  /** Reads bits of the pieces that `next` hands out. */
  export default function bitsOf(next: () => Uint8Array): Bits;
}

declare module "unbzip2-stream/lib/bzip2" {
  import type { Bits } from "unbzip2-stream/lib/bit_iterator";
  const bzip2: {
    /** Hundreds of kilobytes in the largest block. Throws where no stream of bzip2 begins. */
    header(bits: Bits): number;
    /** The checksum of all blocks so far; null: no block, but the stream's end. Throws where the block is damaged. */
    decompress(
      bits: Bits,
      push: (octet: number) => void,
      scratch: Int32Array,
      size: number,
      checksum: number,
    ): number | null;
  };
  export default bzip2;
}
