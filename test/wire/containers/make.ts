/** Files around a stream, written by ourselves. */

export function be(width: 1 | 2 | 4 | 8, ...values: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(width * values.length);
  values.forEach((value, i) => {
    if (width === 8) bytes.writeBigUInt64BE(BigInt(value), 8 * i);
    else bytes.writeUIntBE(Number(value), width * i, width);
  });
  return bytes;
}

function le32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32LE(value, 4 * i));
  return bytes;
}

export const domain = `<domain type='kvm'>
  <name>demo &amp; more</name>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc-q35-9.0'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' index='0' model='qemu-xhci'>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </controller>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='pci' index='1' model='pcie-root-port'>
      <target chassis='1' port='0x10'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0' multifunction='on'/>
    </controller>
    <graphics type='vnc' passwd="hunter2"/>
    <hostdev mode='subsystem' type='pci'/>
  </devices>
</domain>
`;

export interface SaveImageOptions {
  readonly magic?: string;
  readonly compressed?: number;
  readonly bigEndian?: boolean;
  readonly version?: number;
  readonly cookie?: string;
}

export function saveImage(stream: Uint8Array, options: SaveImageOptions = {}): Buffer {
  const { magic = "LibvirtQemudSave", compressed = 0, bigEndian = false, version = 2, cookie = "" } = options;
  const xml = Buffer.from(`${domain}\0${cookie === "" ? "" : `${cookie}\0`}${"\0".repeat(100)}`);
  const numbers = [version, xml.length, 1, compressed, cookie === "" ? 0 : Buffer.byteLength(domain) + 1];
  const header = Buffer.concat([Buffer.from(magic), bigEndian ? be(4, ...numbers) : le32(...numbers)]);
  return Buffer.concat([header, Buffer.alloc(92 - header.length), xml, stream]);
}

export interface ImageSnapshot {
  readonly id: string;
  readonly name: string;
  readonly state: Uint8Array;
  readonly icount?: bigint;
}

export interface ImageOptions {
  readonly clusterBits?: number;
  readonly extendedL2?: boolean;
  /** Packs each cluster of state, where it is given. */
  readonly pack?: (cluster: Uint8Array) => Uint8Array;
  readonly compressionType?: number;
  readonly diskSize?: number;
  readonly features?: bigint;
  readonly crypt?: number;
  readonly extensions?: Uint8Array;
  /** What the disk itself begins with. */
  readonly disk?: Uint8Array;
}

/** An image of a few clusters; only what a reader of snapshots looks at is right in it: it has no counts of references. */
export function qcow2Image(snapshots: readonly ImageSnapshot[], options: ImageOptions = {}): Buffer {
  const { clusterBits = 9, extendedL2 = false, pack, compressionType = 0, diskSize = 100_000, crypt = 0 } = options;
  const size = 2 ** clusterBits;
  const entrySize = extendedL2 ? 16 : 8;
  const perTable = size / entrySize;
  const clusters: Buffer[] = [];
  const place = (bytes: Uint8Array): number => {
    const offset = size * (1 + clusters.length);
    const count = Math.max(1, Math.ceil(bytes.length / size));
    const padded = Buffer.alloc(count * size);
    padded.set(bytes);
    for (let i = 0; i < count; i++) clusters.push(padded.subarray(i * size, (i + 1) * size));
    return offset;
  };
  const descriptor = (content: Uint8Array): Buffer => {
    if (pack !== undefined) {
      const packed = pack(content);
      // not at the beginning of a sector, as QEMU packs them
      const offset = place(Buffer.concat([Buffer.alloc(7), packed, Buffer.alloc(40, 0xee)])) + 7;
      const bits = 62 - (clusterBits - 8);
      const sectors = Math.floor(((offset % 512) + packed.length - 1) / 512);
      const entry = (1n << 62n) | (BigInt(sectors) << BigInt(bits)) | BigInt(offset);
      return Buffer.concat([be(8, entry), ...(extendedL2 ? [be(8, 0)] : [])]);
    }
    const isZero = content.every((octet) => octet === 0);
    const offset = isZero ? 0 : place(content);
    if (!extendedL2) return be(8, BigInt(offset) | (isZero ? 0n : 1n << 63n));
    let allocated = 0;
    const part = size / 32;
    for (let i = 0; i < 32; i++)
      if (content.subarray(i * part, (i + 1) * part).some((octet) => octet !== 0)) allocated += 2 ** i;
    return Buffer.concat([be(8, offset), be(4, 0, allocated)]);
  };
  const l1 = (content: Uint8Array, firstTable: number): { offset: number; entries: number } => {
    const entries: bigint[] = Array.from({ length: firstTable }, () => 0n);
    for (let at = 0; at < content.length; at += perTable * size) {
      const table: Buffer[] = [];
      for (let i = at; i < Math.min(content.length, at + perTable * size); i += size) {
        const cluster = Buffer.alloc(size);
        cluster.set(content.subarray(i, i + size));
        table.push(descriptor(cluster));
      }
      const bytes = Buffer.alloc(size);
      bytes.set(Buffer.concat(table));
      entries.push(BigInt(place(bytes)));
    }
    return { offset: place(be(8, ...entries)), entries: entries.length };
  };
  const firstTable = Math.ceil(diskSize / (perTable * size));
  const table = snapshots.map(({ id, name, state, icount = (1n << 64n) - 1n }, i) => {
    const { offset, entries } = l1(state, firstTable);
    const names = Buffer.from(id + name);
    const bytes = Buffer.concat([
      be(8, offset),
      be(4, entries),
      be(2, Buffer.byteLength(id), Buffer.byteLength(name)),
      be(4, 1_700_000_000 + i, 5_000_000),
      be(8, 3_723_004_000_000n),
      be(4, 0, 24),
      be(8, state.length, diskSize, icount),
      names,
    ]);
    return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
  });
  const active = l1(options.disk ?? new Uint8Array(0), 0);
  const snapshotsAt = place(Buffer.concat(table));
  const features = (options.features ?? 0n) | (extendedL2 ? 1n << 4n : 0n) | (compressionType === 0 ? 0n : 1n << 3n);
  const header = Buffer.concat([
    be(4, 0x514649fb, 3),
    be(8, 0),
    be(4, 0, clusterBits),
    be(8, diskSize),
    be(4, crypt, active.entries),
    be(8, active.offset, 0),
    be(4, 0, snapshots.length),
    be(8, snapshotsAt, features, 0, 0),
    be(4, 4, 112),
    be(1, compressionType, 0, 0, 0, 0, 0, 0, 0),
    options.extensions ?? new Uint8Array(0),
  ]);
  const first = Buffer.alloc(size);
  first.set(header);
  return Buffer.concat([first, ...clusters]);
}

export interface Packet {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly syn?: boolean;
}

const host = Buffer.from([127, 0, 0, 1]);

function frame({ from, to, sequence, data, syn = false }: Packet): Buffer {
  const tcp = Buffer.concat([
    be(2, from, to),
    be(4, sequence >>> 0, 0),
    be(1, 0x50, syn ? 2 : 0x10),
    be(2, 1024, 0, 0),
    data,
  ]);
  const ip = Buffer.concat([be(1, 0x45, 0), be(2, 20 + tcp.length, 0, 0x4000), be(1, 64, 6), be(2, 0), host, host]);
  return Buffer.concat([Buffer.alloc(12), be(2, 0x0800), ip, tcp]);
}

/** tcpdump's file, of Ethernet. */
export function pcap(packets: readonly Packet[]): Buffer {
  const records = packets.map(frame).map((bytes) => Buffer.concat([le32(0, 0, bytes.length, bytes.length), bytes]));
  return Buffer.concat([le32(0xa1b2c3d4, 0x00040002, 0, 0, 262144, 1), ...records]);
}

/** Wireshark's file. */
export function pcapng(packets: readonly Packet[]): Buffer {
  const block = (type: number, body: Buffer): Buffer => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    return Buffer.concat([le32(type, padded.length + 12), padded, le32(padded.length + 12)]);
  };
  const records = packets
    .map(frame)
    .map((bytes) => block(6, Buffer.concat([le32(0, 0, 0, bytes.length, bytes.length), bytes])));
  return Buffer.concat([
    block(0x0a0d0d0a, le32(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff)),
    block(1, le32(1, 0)),
    ...records,
  ]);
}

/** A stream in pieces, as one direction of a connection. */
export function packetsOf(data: Uint8Array, from: number, to: number, piece = 1000, start = 0xffff_f000): Packet[] {
  const packets: Packet[] = [{ from, to, sequence: start, data: new Uint8Array(0), syn: true }];
  for (let at = 0; at < data.length; at += piece) {
    packets.push({ from, to, sequence: start + 1 + at, data: data.subarray(at, at + piece) });
  }
  return packets;
}

/** A channel of multifd: its first packet, then one with pages of a block and one of a device. */
export function multifdChannel(): Buffer {
  const fixed = (text: string): Buffer => Buffer.concat([Buffer.from(text), Buffer.alloc(256 - text.length)]);
  return Buffer.concat([
    be(4, 0x11223344, 1),
    Buffer.alloc(16, 0xab),
    be(1, 3),
    Buffer.alloc(39),
    be(4, 0x11223344, 1, 1, 4, 2, 8192),
    be(8, 7),
    be(4, 1, 0),
    be(8, 0, 0, 0),
    fixed("pc.ram"),
    be(8, 0, 4096, 8192, 0),
    Buffer.alloc(8192, 1),
    be(4, 0x11223344, 1, 0x40),
    fixed("0000:00:02.0/vfio"),
    be(4, 0, 5),
    Buffer.alloc(5),
  ]);
}
