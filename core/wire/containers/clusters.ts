/** Clusters of a qcow2 image behind one L1 table (QEMU: docs/interop/qcow2.rst), as a source. */
import type { ByteSource } from "../framing/input";
import type { Tools, UnpackCluster } from "./layer";
import { bytesAt, hexOffset, viewOf } from "./source";

export interface Geometry {
  readonly clusterBits: number;
  readonly extendedL2: boolean;
  readonly compression: "zlib" | "zstd";
}

export interface Table {
  readonly offset: number;
  readonly entries: number;
}

/** Offsets of clusters and tables in an entry. */
const offsetMask = 0x00ff_ffff_ffff_fe00n;
const compressedFlag = 1n << 62n;
const sector = 512;
const subclusters = 32;
/** Tables of one cluster that are held. */
const heldTables = 4;

/** Clusters that one L2 table describes. */
export function clustersInTable({ clusterBits, extendedL2 }: Geometry): number {
  return 2 ** (clusterBits - (extendedL2 ? 4 : 3));
}

/** `size` bytes from `start` on of what the table describes. What is not allocated reads as zeros. */
export function clusterSource(
  file: ByteSource,
  geometry: Geometry,
  l1: Table,
  start: number,
  size: number,
  tools: Tools,
): ByteSource {
  const reader = new Clusters(file, geometry, l1, geometry.compression === "zstd" ? tools.zstd : tools.inflateRaw);
  return {
    size,
    problem: () => reader.problem,
    read: (offset, target) =>
      offset >= size ? 0 : reader.read(start + offset, target.subarray(0, Math.min(target.length, size - offset))),
  };
}

class Clusters {
  problem: string | undefined;
  private readonly tables = new Map<number, DataView>();
  private unpacked: { readonly at: number; readonly bytes: Uint8Array } | undefined;
  private readonly clusterSize: number;

  constructor(
    private readonly file: ByteSource,
    private readonly geometry: Geometry,
    private readonly l1: Table,
    private readonly unpack: UnpackCluster,
  ) {
    this.clusterSize = 2 ** geometry.clusterBits;
  }

  /** Bytes read; fewer than asked for where the image is damaged. */
  read(offset: number, target: Uint8Array): number {
    let done = 0;
    while (done < target.length) {
      const within = (offset + done) % this.clusterSize;
      const part = target.subarray(done, done + Math.min(target.length - done, this.clusterSize - within));
      const cluster = Math.floor((offset + done) / this.clusterSize);
      if (!this.readWithin(cluster, within, part)) break;
      done += part.length;
    }
    return done;
  }

  private readWithin(cluster: number, within: number, target: Uint8Array): boolean {
    const perTable = clustersInTable(this.geometry);
    const table = this.table(Math.floor(cluster / perTable));
    if (table === undefined) return false;
    target.fill(0);
    if (table === "none") return true;
    const { extendedL2 } = this.geometry;
    const at = (cluster % perTable) * (extendedL2 ? 16 : 8);
    const entry = table.getBigUint64(at);
    if ((entry & compressedFlag) !== 0n) return this.readCompressed(cluster, entry, within, target);
    const host = Number(entry & offsetMask);
    if (extendedL2) return this.readSubclusters(host, table.getUint32(at + 12), within, target);
    if (host === 0 || (entry & 1n) === 1n) return true;
    return this.readHost(host + within, target);
  }

  private readSubclusters(host: number, allocated: number, within: number, target: Uint8Array): boolean {
    const size = this.clusterSize / subclusters;
    for (let done = 0; done < target.length; ) {
      const at = within + done;
      const part = target.subarray(done, done + Math.min(target.length - done, size - (at % size)));
      const isThere = ((allocated >>> Math.floor(at / size)) & 1) === 1;
      if (isThere && !this.readHost(host + at, part)) return false;
      done += part.length;
    }
    return true;
  }

  private readHost(offset: number, target: Uint8Array): boolean {
    const bytes = bytesAt(this.file, offset, target.length);
    target.set(bytes);
    if (bytes.length === target.length) return true;
    this.problem ??= `the image is cut: it has ${this.file.size} bytes, and a cluster stands at ${hexOffset(offset)}`;
    return false;
  }

  private readCompressed(cluster: number, entry: bigint, within: number, target: Uint8Array): boolean {
    if (this.unpacked?.at !== cluster) {
      const bits = 62 - (this.geometry.clusterBits - 8);
      const host = Number(entry & ((1n << BigInt(bits)) - 1n));
      const more = Number((entry >> BigInt(bits)) & ((1n << BigInt(62 - bits)) - 1n));
      const packed = bytesAt(this.file, host, (more + 1) * sector - (host % sector));
      const bytes = this.unpackCluster(packed);
      if (bytes === undefined) {
        this.problem ??= `the compressed cluster at ${hexOffset(host)} of the image is damaged`;
        return false;
      }
      this.unpacked = { at: cluster, bytes };
    }
    target.set(this.unpacked.bytes.subarray(within, within + target.length));
    return true;
  }

  private unpackCluster(packed: Uint8Array): Uint8Array | undefined {
    try {
      const bytes = this.unpack(packed, this.clusterSize);
      return bytes.length < this.clusterSize ? undefined : bytes;
    } catch {
      return undefined;
    }
  }

  private table(index: number): DataView | "none" | undefined {
    if (index >= this.l1.entries) {
      this.problem ??= `the image's L1 table at ${hexOffset(this.l1.offset)} has ${this.l1.entries} entries, too few for its state`;
      return undefined;
    }
    const known = this.tables.get(index);
    if (known !== undefined) return known;
    const entry = bytesAt(this.file, this.l1.offset + 8 * index, 8);
    if (entry.length < 8) {
      this.problem ??= `the image is cut within its L1 table, at ${hexOffset(this.l1.offset)}`;
      return undefined;
    }
    const offset = Number(viewOf(entry).getBigUint64(0) & offsetMask);
    if (offset === 0) return "none";
    const bytes = bytesAt(this.file, offset, this.clusterSize);
    if (bytes.length < this.clusterSize) {
      this.problem ??= `the image is cut within its L2 table, at ${hexOffset(offset)}`;
      return undefined;
    }
    if (this.tables.size >= heldTables) this.tables.delete(this.tables.keys().next().value ?? -1);
    const view = viewOf(bytes);
    this.tables.set(index, view);
    return view;
  }
}
