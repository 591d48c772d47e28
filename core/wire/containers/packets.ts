/** TCP segments of a packet capture: pcap and pcapng (IETF drafts of both), Ethernet, Linux cooked, loopback and raw IP. */
import type { ByteSource } from "../framing/input";
import { bytesAt, hasBytes, viewOf } from "./source";

export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly isStart: boolean;
  /** Offset in the file and count of the captured bytes. */
  readonly place: number;
  readonly length: number;
}

const ethertype = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, provider: 0x88a8 } as const;
const tcp = 6;
/** Bytes of headers that are looked at. */
const headers = 256;
const pcapMagics: readonly (readonly [readonly number[], boolean])[] = [
  [[0xa1, 0xb2, 0xc3, 0xd4], false],
  [[0xa1, 0xb2, 0x3c, 0x4d], false],
  [[0xd4, 0xc3, 0xb2, 0xa1], true],
  [[0x4d, 0x3c, 0xb2, 0xa1], true],
];
const sectionHeader = [0x0a, 0x0d, 0x0d, 0x0a];
const block = { interface: 1, simple: 3, enhanced: 6 } as const;

export function isCapture(head: Uint8Array): boolean {
  return hasBytes(head, sectionHeader) || pcapMagics.some(([magic]) => hasBytes(head, magic));
}

/** undefined for each packet that is no TCP segment of IP. */
export function* segmentsOf(source: ByteSource, head: Uint8Array): Generator<Segment | undefined> {
  const look = window(source);
  const pcap = pcapMagics.find(([magic]) => hasBytes(head, magic));
  for (const frame of pcap === undefined ? pcapngFrames(source, look) : pcapFrames(source, look, pcap[1])) {
    yield segmentIn(look(frame.place, Math.min(headers, frame.length)), frame);
  }
}

interface Frame {
  readonly place: number;
  readonly length: number;
  readonly link: number;
}

type Look = (offset: number, count: number) => Uint8Array;

/** Small pieces of a file one behind the other. */
function window(source: ByteSource): Look {
  const size = 1 << 20;
  let held: Uint8Array = new Uint8Array(0);
  let start = 0;
  return (offset, count) => {
    if (offset < start || offset + count > start + held.length) {
      held = bytesAt(source, offset, Math.max(size, count));
      start = offset;
    }
    return held.subarray(offset - start, offset - start + count);
  };
}

function* pcapFrames(source: ByteSource, look: Look, little: boolean): Generator<Frame> {
  const header = look(0, 24);
  if (header.length < 24) return;
  const link = viewOf(header).getUint32(20, little) & 0xffff;
  for (let at = 24; at + 16 <= source.size; ) {
    const length = viewOf(look(at, 16)).getUint32(8, little);
    yield { place: at + 16, length: Math.min(length, source.size - at - 16), link };
    at += 16 + length;
  }
}

function* pcapngFrames(source: ByteSource, look: Look): Generator<Frame> {
  let little = false;
  let links: number[] = [];
  for (let at = 0; at + 12 <= source.size; ) {
    const bytes = look(at, 28);
    const view = viewOf(bytes);
    if (hasBytes(bytes, sectionHeader)) {
      little = view.getUint32(8) === 0x4d3c2b1a;
      links = [];
    }
    const type = view.getUint32(0, little);
    const total = view.getUint32(4, little);
    if (total < 12) return;
    if (type === block.interface) links.push(view.getUint16(8, little));
    else if (type === block.enhanced && bytes.length === 28) {
      const length = view.getUint32(20, little);
      yield {
        place: at + 28,
        length: Math.min(length, source.size - at - 28),
        link: links[view.getUint32(8, little)] ?? 1,
      };
    } else if (type === block.simple) {
      yield { place: at + 12, length: Math.min(view.getUint32(8, little), total - 16), link: links[0] ?? 1 };
    }
    at += total;
  }
}

/** Offset of the IP header in a frame, or undefined where there is none. */
function networkHeader(bytes: Uint8Array, link: number): number | undefined {
  const view = viewOf(bytes);
  switch (link) {
    case 0:
    case 108:
      return 4;
    case 12:
    case 14:
    case 101:
      return 0;
    case 113:
      return isIp(view, 14) ? 16 : undefined;
    case 276:
      return isIp(view, 0) ? 20 : undefined;
    case 1: {
      let at = 12;
      while (at + 4 <= bytes.length && [ethertype.vlan as number, ethertype.provider].includes(view.getUint16(at)))
        at += 4;
      return isIp(view, at) ? at + 2 : undefined;
    }
    default:
      return undefined;
  }
}

function isIp(view: DataView, at: number): boolean {
  if (at + 2 > view.byteLength) return false;
  const type = view.getUint16(at);
  return type === ethertype.ipv4 || type === ethertype.ipv6;
}

function segmentIn(bytes: Uint8Array, frame: Frame): Segment | undefined {
  const ip = networkHeader(bytes, frame.link);
  if (ip === undefined || ip + 20 > bytes.length) return undefined;
  const view = viewOf(bytes);
  const version = (bytes[ip] ?? 0) >> 4;
  const isFour = version === 4;
  if (!isFour && (version !== 6 || ip + 40 > bytes.length)) return undefined;
  if (bytes[ip + (isFour ? 9 : 6)] !== tcp) return undefined;
  // a later fragment has no TCP header
  if (isFour && (view.getUint16(ip + 6) & 0x1fff) !== 0) return undefined;
  const at = ip + (isFour ? 4 * ((bytes[ip] ?? 0) & 15) : 40);
  if (at + 20 > bytes.length) return undefined;
  const announced = isFour ? view.getUint16(ip + 2) : view.getUint16(ip + 4) + 40;
  // segments that the network card puts together or cuts have no length in their header
  const end = announced > at - ip ? Math.min(ip + announced, frame.length) : frame.length;
  const data = at + 4 * ((bytes[at + 12] ?? 0) >> 4);
  const address = (offset: number) => (isFour ? four(bytes, offset) : six(view, offset));
  const [source, target] = isFour ? [12, 16] : [8, 24];
  return {
    from: `${address(ip + (source ?? 0))}:${view.getUint16(at)}`,
    to: `${address(ip + (target ?? 0))}:${view.getUint16(at + 2)}`,
    sequence: view.getUint32(at + 4),
    isStart: ((bytes[at + 13] ?? 0) & 2) !== 0,
    place: frame.place + data,
    length: Math.max(0, end - data),
  };
}

function four(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 4).join(".");
}

function six(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i).toString(16));
  return `[${groups.join(":")}]`;
}
