/** What unpacks the formats that streams are kept in: pieces in, pieces out, never all of it. */
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip, inflateRawSync } from "node:zlib";
import { XzReadableStream } from "xz-decompress";
import type { Packing, Tools } from "../../../core/wire/containers";
import { Beyond } from "./beyond";
import { unpackBzip2 } from "./bzip2";
import { unpackLz4 } from "./lz4";
import { takeFrom } from "./take";
import { unpackCluster, unpackZstd } from "./zstd";

type Pieces = AsyncIterable<Uint8Array>;
type Unpacker = (pieces: Pieces) => Pieces;

/** undefined: not read here; the program that does. */
export const unpackers: Readonly<Record<Packing, Unpacker | undefined>> = {
  gzip: unpackGzip,
  zstd: (pieces) => unpackZstd(takeFrom(pieces)),
  xz: unpackXz,
  bzip2: unpackBzip2,
  lz4: (pieces) => unpackLz4(takeFrom(pieces)),
  lzop: undefined,
};

/** Clusters of qcow2: at most `size` bytes of each. */
export const clusterTools: Tools = {
  // what follows in the last sector belongs to another cluster
  inflateRaw: (bytes, size) => inflateRawSync(bytes, { maxOutputLength: size, finishFlush: constants.Z_SYNC_FLUSH }),
  zstd: unpackCluster,
};

async function* unpackGzip(pieces: Pieces): Pieces {
  const gunzip = createGunzip();
  // what goes wrong comes out of the iteration
  pipeline(Readable.from(pieces), gunzip, () => undefined);
  for await (const piece of gunzip) yield piece as Uint8Array;
}

/** XZ_OPTIONS_ERROR of XZ Embedded, which the library passes on as a number (xz-decompress 0.2.3). */
const xzOptionsError = 6;

function sayWhy(error: unknown): never {
  const isOption = error instanceof Error && error.message.endsWith(` error code ${xzOptionsError}`);
  throw isOption ? new Beyond("with such a check or filter (xz --check=sha256, --x86, --delta)") : error;
}

async function* unpackXz(pieces: Pieces): Pieces {
  const packed = Readable.toWeb(Readable.from(pieces)) as unknown as ConstructorParameters<typeof XzReadableStream>[0];
  const reader = new XzReadableStream(packed).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(sayWhy);
    if (done) return;
    // the reader writes over it
    yield Uint8Array.from(value);
  }
}
