/** Compressed files, by their first bytes. */
import type { Layer, Packing, Recognised } from "./layer";
import { hasBytes } from "./source";

interface Format {
  readonly packing: Packing;
  readonly magic: readonly number[];
  readonly title: string;
}

const formats: readonly Format[] = [
  { packing: "gzip", magic: [0x1f, 0x8b, 8], title: "gzip" },
  { packing: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], title: "Zstandard" },
  { packing: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], title: "xz" },
  { packing: "bzip2", magic: [0x42, 0x5a, 0x68], title: "bzip2" },
  { packing: "lz4", magic: [0x04, 0x22, 0x4d, 0x18], title: "LZ4" },
  { packing: "lzop", magic: [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a], title: "lzop" },
];

/** Blocks of bzip2 begin with the digits of pi; an empty file has those of its square root. */
const bzip2Blocks: readonly (readonly number[])[] = [
  [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
];

function packingOf(head: Uint8Array): Packing | undefined {
  const found = formats.find(({ magic }) => hasBytes(head, magic))?.packing;
  if (found === "bzip2" && !bzip2Blocks.some((block) => hasBytes(head, block, 4))) return undefined;
  // a file of zstd may begin with frames that are to be skipped
  if (found === undefined && hasBytes(head, [0x2a, 0x4d, 0x18], 1) && ((head[0] ?? 0) & 0xf0) === 0x50) return "zstd";
  return found;
}

export function titleOf(packing: Packing): string {
  return formats.find((format) => format.packing === packing)?.title ?? packing;
}

/** The file is packed from its first byte on. */
export function readPacked(head: Uint8Array, size: number): Recognised | undefined {
  const packing = packingOf(head);
  if (packing === undefined) return undefined;
  const layer: Layer = { title: `${titleOf(packing)} file`, notes: [] };
  return { kind: "packed", layer, packing, offset: 0, size };
}
