import bzip2 from "unbzip2-stream/lib/bzip2";
import { afterEach, describe, expect, it, vi } from "vitest";
import { clusterTools, unpackers } from "../../../server/node/streams/unpackers";
import { takeFrom } from "../../../server/node/streams/take";
import { unpackZstd } from "../../../server/node/streams/zstd";
import { Moved } from "../../../server/node/streams/zstdWindow";

type Format = "bzip2" | "lz4" | "zstd";

function unpacked(format: Format, bytes: Uint8Array): AsyncIterator<Uint8Array> {
  const unpacker = unpackers[format];
  if (unpacker === undefined) throw new Error(format);
  return unpacker(inPieces(bytes))[Symbol.asyncIterator]();
}

/** Small ones, as no file says how it is read. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) {
    yield await Promise.resolve(bytes.subarray(at, at + 1000));
  }
}

async function content(format: Format, bytes: Uint8Array): Promise<Buffer> {
  const found: Uint8Array[] = [];
  const iterator = unpacked(format, bytes);
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) found.push(next.value);
  return Buffer.concat(found);
}

/** Frame whose header is `header`, behind the magic number. */
function zstdFrame(header: readonly number[], blocks: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...header]), ...blocks]);
}

const kinds = { raw: 0, repeated: 1 };

function zstdBlock(kind: keyof typeof kinds, size: number, bytes: readonly number[], isLast = false): Buffer {
  const word = (size << 3) | (kinds[kind] << 1) | (isLast ? 1 : 0);
  return Buffer.from([word & 255, (word >> 8) & 255, word >> 16, ...bytes]);
}

/** A window of so many bytes, a power of 2. */
function windowHeader(size: number): readonly number[] {
  return [0, (Math.log2(size) - 10) << 3];
}

const last = zstdBlock("raw", 1, [66], true);

describe("zstd data", () => {
  it("with a window that zstd refuses are refused, before any memory is had for it", async () => {
    await expect(content("zstd", zstdFrame(windowHeader(2 ** 30), [last]))).rejects.toThrow(
      "window of 1073741824 bytes",
    );
    const lie = [0xe0, 0, 0, 0, 0, 1, 0, 0, 0];
    await expect(content("zstd", zstdFrame(lie, [last]))).rejects.toThrow("window of 4294967296 bytes");
    expect(() => clusterTools.zstd(zstdFrame(windowHeader(2 ** 30), [last]), 4096)).toThrow("window of");
  });

  it("of more tiny blocks in a large window than are worth its moves are refused", async () => {
    const tiny = zstdBlock("raw", 1, [65]);
    const bytes = zstdFrame(windowHeader(2 ** 27), Array<Buffer>(50).fill(tiny));
    await expect(content("zstd", bytes)).rejects.toThrow("too many small zstd blocks");
  });

  it("of more tiny frames than are worth their windows are refused", async () => {
    const frames = Array.from({ length: 20 }, () => zstdFrame(windowHeader(2 ** 20), [last]));
    const bytes = unpackZstd(takeFrom(inPieces(Buffer.concat(frames))), new Moved(2 ** 23));
    let unpackedFrames = 0;
    const all = async () => {
      for await (const piece of bytes) unpackedFrames += piece.length;
    };
    await expect(all()).rejects.toThrow("too many small zstd blocks");
    expect(unpackedFrames).toBe(4);
  });

  it("of tiny blocks in a small window are read", async () => {
    const tiny = zstdBlock("raw", 1, [65]);
    const bytes = zstdFrame(windowHeader(1024), [...Array<Buffer>(3000).fill(tiny), last]);
    expect((await content("zstd", bytes)).toString()).toBe(`${"A".repeat(3000)}B`);
  });

  it("with a block that is larger than any are damaged", async () => {
    const bytes = zstdFrame(windowHeader(2 ** 22), [zstdBlock("repeated", 1 << 20, [65]), last]);
    await expect(content("zstd", bytes)).rejects.toThrow("a zstd block of 1048576 bytes");
  });

  it("of a cluster are no longer than it", () => {
    const bytes = zstdFrame(windowHeader(2 ** 17), [zstdBlock("repeated", 5000, [65]), last]);
    expect(Buffer.from(clusterTools.zstd(bytes, 4096)).toString()).toBe("A".repeat(4096));
    expect(Buffer.from(clusterTools.zstd(bytes, 8192)).toString()).toBe(`${"A".repeat(5000)}B`);
    expect(Buffer.from(clusterTools.zstd(zstdFrame(windowHeader(1024), [last]), 8192)).toString()).toBe("B");
    expect(() => clusterTools.zstd(bytes.subarray(0, 12), 8192)).toThrow("unexpected EOF");
  });

  it("of a cluster with more tiny blocks than are worth their moves are refused", () => {
    const tiny = zstdBlock("raw", 0, []);
    const bytes = zstdFrame(windowHeader(2 ** 27), [...Array<Buffer>(100).fill(tiny), last]);
    expect(() => clusterTools.zstd(bytes, 4096)).toThrow("too many small zstd blocks");
  });
});

const notPacked = 0x8000_0000;

function lz4Frame(flags: number, blocks: readonly (readonly [kind: number, bytes: Uint8Array])[]): Buffer {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return bytes;
  };
  const all = blocks.flatMap(([kind, bytes]) => [number(bytes.length + kind), bytes]);
  return Buffer.concat([number(0x184d2204), Buffer.from([flags, 0x70, 0]), ...all, number(0)]);
}

/** No letters; eight bytes from so far back. */
function eightFrom(distance: number): Uint8Array {
  return Uint8Array.of(4, distance & 255, distance >> 8);
}

describe("LZ4 data", () => {
  const together = 0x40;
  const alone = 0x60;

  it("repeat what stood before the block, also where the memory for it begins anew", async () => {
    const block = Buffer.from(Array.from({ length: 3 << 20 }, (_, i) => (i * 7 + (i >> 8)) & 255));
    const blocks = Array.from({ length: 5 }, () => [
      [notPacked, block] as const,
      [0, eightFrom(65_535)] as const,
      [0, eightFrom(8)] as const,
    ]).flat();
    const seen = await content("lz4", lz4Frame(together, blocks));
    const repeated = block.subarray(block.length - 65_535, block.length - 65_527);
    expect(seen.equals(Buffer.concat(Array<Buffer[]>(5).fill([block, repeated, repeated]).flat()))).toBe(true);
  });

  it("do not where blocks stand alone, nor before the first", async () => {
    const blocks = [[notPacked, Buffer.from("abcdefgh")] as const, [0, eightFrom(8)] as const];
    await expect(content("lz4", lz4Frame(alone, blocks))).rejects.toThrow("damaged LZ4 block");
    await expect(content("lz4", lz4Frame(together, [[0, eightFrom(1)]]))).rejects.toThrow("damaged LZ4 block");
  });

  it("have no memory of their own for each tiny block", async () => {
    const iterator = unpacked(
      "lz4",
      lz4Frame(
        together,
        Array.from({ length: 50 }, () => [0, Uint8Array.of(0x10, 65)]),
      ),
    );
    const { value } = await iterator.next();
    const sizes: number[] = [];
    const original = Uint8Array;
    vi.stubGlobal(
      "Uint8Array",
      new Proxy(original, {
        construct(target, given: [number]) {
          sizes.push(given[0]);
          return Reflect.construct(target, given) as Uint8Array;
        },
      }),
    );
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      expect(Buffer.from(next.value as Uint8Array).toString()).toBe("A");
    }
    expect(Buffer.from(value as Uint8Array).toString()).toBe("A");
    expect(sizes.filter((size) => size > 1 << 20)).toEqual([]);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** 30,000,000 zeros. */
const zeros =
  "QlpoMTFBWSZTWX6yQ8QADQTAAMAAAAggACCkCDSoKjEqCo5igrJMprL9ZIeIABoJgAGAAAAQQABBSBBpUFRiVBUcxQVkmU1l+skPEAA0EwADAAAAIIAAgpAg0qCoxKgqOYoKyTKay/WSHiAAaCYABgAAAEEAAQUgQaVBUYlQVHMUFZJlNZfrJDxAANBMAAwAAACCAAIKQINKgqMSoKjmKCskyms5iFUR4ARP6AAYAQABBAAGGYE1TTQClW1AFKvF3JFOFCQAxF6/QA==";

describe("bzip2 data", () => {
  it("are unpacked a block at a time, however few bytes it has", async () => {
    const asked = vi.spyOn(bzip2, "decompress");
    const iterator = unpacked("bzip2", Buffer.from(zeros, "base64"));
    const { value } = await iterator.next();
    expect(asked).toHaveBeenCalledTimes(1);
    expect((value as Uint8Array).length).toBeLessThan(5_200_000);
    await iterator.return?.();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("of nothing are nothing, and of garbage are an error", async () => {
    expect(await content("bzip2", new Uint8Array())).toHaveLength(0);
    await expect(content("bzip2", Buffer.from("BZ"))).rejects.toThrow("cut");
    await expect(content("bzip2", Buffer.from("BZh0"))).rejects.toThrow("Not a BZIP archive");
  });
});
