/** qcow2 images (QEMU: docs/interop/qcow2.rst): internal snapshots, whose state is a migration stream behind the disk's last cluster. */
import { latin1 } from "../framing/bytes";
import type { ByteSource } from "../framing/input";
import { fileMagic } from "../framing/magic";
import { clusterSource, clustersInTable, type Geometry, type Table } from "./clusters";
import { containerLimits, type Layer, type RecogniseOptions, type Recognised, type Snapshot } from "./layer";
import { bytesAt, counted, hasBytes, hexOffset, viewOf } from "./source";

const magic = [0x51, 0x46, 0x49, 0xfb];
const dataFileExtension = 0x44415441;

const feature = { corrupt: 1, dataFile: 2, compression: 3, extendedL2: 4 } as const;
const knownFeatures = 0x1fn;

interface Image {
  readonly version: number;
  readonly geometry: Geometry;
  /** Bytes of the disk. */
  readonly diskSize: number;
  readonly active: Table;
  readonly notes: readonly string[];
}

interface Entry extends Snapshot {
  readonly l1: Table;
  /** Bytes of the disk when it was taken. */
  readonly diskSize: number;
}

class Refused extends Error {}

export function readQcow2(source: ByteSource, head: Uint8Array, options: RecogniseOptions): Recognised | undefined {
  if (!hasBytes(head, magic)) return undefined;
  try {
    return opened(source, head, options);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: "none", message: `this qcow2 image ${error.message}` };
  }
}

function opened(source: ByteSource, head: Uint8Array, { tools, snapshot }: RecogniseOptions): Recognised {
  const image = readHeader(head);
  const { geometry } = image;
  const entries = readSnapshots(source, head, image);
  const snapshots: readonly Snapshot[] = entries.map(({ l1: _l1, diskSize: _size, ...rest }) => rest);
  const withState = entries.filter(({ size }) => size > 0);
  const title = `qcow2 image, version ${image.version}, clusters of ${2 ** geometry.clusterBits} bytes`;
  const layer = (notes: readonly string[]): Layer => ({ title, notes: [...image.notes, ...notes], snapshots });
  const chosen = snapshot === undefined ? onlyOne(withState) : named(entries, snapshot);
  if (chosen !== undefined) {
    if (chosen.size === 0)
      throw new Refused(`has in snapshot ${chosen.name} the disk alone, without the guest's state`);
    // the first entry of L1 that describes no part of the disk
    const span = clustersInTable(geometry) * 2 ** geometry.clusterBits;
    const start = Math.ceil(chosen.diskSize / span) * span;
    const state = clusterSource(source, geometry, chosen.l1, start, chosen.size, tools);
    return { kind: "inside", layer: layer([`the stream of snapshot ${chosen.name} (ID ${chosen.id})`]), source: state };
  }
  if (withState.length > 0) {
    return { kind: "several", layer: layer([]), choose: "choose a snapshot with --snapshot NAME or ID" };
  }
  const disk = clusterSource(source, geometry, image.active, 0, image.diskSize, tools);
  const first = bytesAt(disk, 0, 4);
  if (first.length === 4 && viewOf(first).getUint32(0) === fileMagic) {
    return { kind: "inside", layer: layer(["the disk itself holds a stream, as a state volume does"]), source: disk };
  }
  const has = entries.length === 0 ? "has no internal snapshot" : "has snapshots of the disk alone";
  throw new Refused(`${has}, so it holds no state of a guest; savevm in QEMU's monitor makes one`);
}

function onlyOne(entries: readonly Entry[]): Entry | undefined {
  return entries.length === 1 ? entries[0] : undefined;
}

/** As loadvm does: an ID or a name; where one is the name of another, the ID counts. */
function named(entries: readonly Entry[], wanted: string): Entry {
  const found = entries.find(({ id }) => id === wanted) ?? entries.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const known = entries.map(({ id, name }) => `${id} (${name})`).join(", ");
  throw new Refused(`has no snapshot ${wanted}${known === "" ? "" : `; there are: ${known}`}`);
}

function readHeader(head: Uint8Array): Image {
  if (head.length < 72) throw new Refused(`is cut within its header, at byte ${head.length}`);
  const view = viewOf(head);
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw new Refused(`has version ${version}; 2 and 3 are known`);
  if (version === 3 && head.length < 104) throw new Refused(`is cut within its header, at byte ${head.length}`);
  const clusterBits = view.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21)
    throw new Refused(`has clusters of 2^${clusterBits} bytes: its header is damaged`);
  if (view.getUint32(32) !== 0)
    throw new Refused("is encrypted; qemu-img convert makes a plain one, of the disk alone");
  const features = version === 3 ? view.getBigUint64(72) : 0n;
  const has = (bit: number) => ((features >> BigInt(bit)) & 1n) === 1n;
  const headerSize = version === 3 ? view.getUint32(100) : 72;
  if (has(feature.dataFile)) {
    const name = extension(head, headerSize, dataFileExtension);
    throw new Refused(
      `keeps its data in an external file${name === undefined ? "" : ` (${name})`}: such an image has no internal snapshots; a state volume in it is that file`,
    );
  }
  if (features > knownFeatures)
    throw new Refused(`has incompatible features 0x${features.toString(16)}, which are not known`);
  const type = has(feature.compression) && head.length > 104 && headerSize > 104 ? (head[104] ?? 0) : 0;
  if (type > 1) throw new Refused(`has compression type ${type}; zlib and zstd are known`);
  const backing = view.getBigUint64(8) !== 0n;
  return {
    version,
    geometry: { clusterBits, extendedL2: has(feature.extendedL2), compression: type === 1 ? "zstd" : "zlib" },
    diskSize: safe(view.getBigUint64(24)),
    active: { offset: safe(view.getBigUint64(40)), entries: view.getUint32(36) },
    notes: [
      ...(has(feature.extendedL2) ? ["extended L2 entries"] : []),
      ...(type === 1 ? ["clusters are compressed by zstd"] : []),
      ...(has(feature.corrupt) ? ["marked as corrupt"] : []),
      ...(backing ? ["it has a backing file, which is not read: a guest's state is never in one"] : []),
    ],
  };
}

/** Text of a header extension. */
function extension(head: Uint8Array, from: number, wanted: number): string | undefined {
  const view = viewOf(head);
  for (let at = from; at + 8 <= head.length; ) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === 0) return undefined;
    if (type === wanted) return latin1(head.subarray(at + 8, at + 8 + length));
    at += 8 + 8 * Math.ceil(length / 8);
  }
  return undefined;
}

function readSnapshots(source: ByteSource, head: Uint8Array, image: Image): readonly Entry[] {
  const header = viewOf(head);
  const count = header.getUint32(60);
  const offset = safe(header.getBigUint64(64));
  if (count > containerLimits.snapshots) throw new Refused(`names ${count} snapshots: its header is damaged`);
  const entries: Entry[] = [];
  for (let at = offset; entries.length < count; ) {
    if (at - offset > containerLimits.table)
      throw new Refused(`has a table of snapshots of more than ${containerLimits.table} bytes`);
    const fixed = bytesAt(source, at, 40);
    const view = viewOf(fixed);
    const cut = `is cut within its table of snapshots, at ${hexOffset(at)}: ${counted(entries.length, "snapshot")} of ${count} read`;
    if (fixed.length < 40) throw new Refused(cut);
    const [idSize, nameSize, extraSize] = [view.getUint16(12), view.getUint16(14), view.getUint32(36)];
    const rest = bytesAt(source, at + 40, Math.min(extraSize, 1024));
    const extra = viewOf(rest);
    const texts = bytesAt(source, at + 40 + extraSize, idSize + nameSize);
    if (texts.length < idSize + nameSize) throw new Refused(cut);
    const known = (from: number): bigint | undefined =>
      rest.length >= from + 8 ? extra.getBigUint64(from) : undefined;
    const instructions = known(16);
    const utf8 = new TextDecoder();
    entries.push({
      id: utf8.decode(texts.subarray(0, idSize)),
      name: utf8.decode(texts.subarray(idSize)),
      date: view.getUint32(16),
      nanoseconds: view.getUint32(20),
      clock: view.getBigUint64(24),
      size: safe(known(0) ?? BigInt(view.getUint32(32))),
      instructions: instructions === (1n << 64n) - 1n ? undefined : instructions,
      l1: { offset: safe(view.getBigUint64(0)), entries: view.getUint32(8) },
      diskSize: known(8) === undefined ? image.diskSize : safe(known(8) ?? 0n),
    });
    at += 8 * Math.ceil((40 + extraSize + idSize + nameSize) / 8);
  }
  return entries;
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new Refused(`names a place at 0x${value.toString(16)}: its tables are damaged`);
  return number;
}
