/** One channel of multifd (QEMU: migration/multifd.h): packets of pages or of device state; the stream goes another way. */
import { latin1 } from "../framing/bytes";
import type { ByteSource } from "../framing/input";
import { containerLimits, type Recognised } from "./layer";
import { bytesAt, counted, hasBytes, hexOffset, viewOf } from "./source";

const magic = [0x11, 0x22, 0x33, 0x44];
/** MultiFDInit_t, MultiFDPacket_t without its offsets, MultiFDPacketDeviceState_t. */
const sizes = { init: 64, pages: 320, state: 276 } as const;
const flags = { sync: 1, compression: 0x3e, deviceState: 0x40 } as const;
const methods = new Map([
  [1 << 1, "zlib"],
  [2 << 1, "zstd"],
  [4 << 1, "qpl"],
  [8 << 1, "uadk"],
  [16 << 1, "qatzip"],
]);
/** Offsets in one packet: QEMU's is 128 for pages of 4 KiB. */
const mostPages = 65536;

export function isMultifd(head: Uint8Array): boolean {
  return hasBytes(head, magic);
}

export function readMultifd(source: ByteSource, head: Uint8Array): Recognised | undefined {
  if (!isMultifd(head)) return undefined;
  return {
    kind: "listed",
    layer: { title: "multifd channel of a migration, without its stream", notes: listMultifd(source) },
  };
}

interface Block {
  normal: number;
  zero: number;
}

/** What is in the channel, a line each. */
export function listMultifd(source: ByteSource): readonly string[] {
  const init = bytesAt(source, 0, sizes.init);
  if (init.length < sizes.init) return [`cut within its first packet, at ${hexOffset(init.length)}`];
  const version = viewOf(init).getUint32(4);
  const uuid = [...init.subarray(8, 24)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  const lines = [`channel ${init[24] ?? 0} of version ${version}, of the guest with uuid ${uuid}`];
  const blocks = new Map<string, Block>();
  const states = new Map<string, number>();
  const packings = new Set<string>();
  let [packets, syncs, at] = [0, 0, sizes.init as number];
  let problem: string | undefined;
  while (at < source.size && packets < containerLimits.multifd) {
    const packet = bytesAt(source, at, sizes.pages);
    if (!hasBytes(packet, magic)) {
      problem = `no packet begins at ${hexOffset(at)}`;
      break;
    }
    const view = viewOf(packet);
    if (packet.length < 12) {
      problem = `cut at ${hexOffset(source.size)}, within a packet`;
      break;
    }
    const flag = view.getUint32(8);
    const isState = (flag & flags.deviceState) !== 0;
    if (packet.length < (isState ? sizes.state : sizes.pages)) {
      problem = `cut at ${hexOffset(source.size)}, within a packet`;
      break;
    }
    let size: number;
    if (isState) {
      const key = `${text(packet.subarray(12, 268))} ${view.getUint32(268)}`;
      const bytes = view.getUint32(272);
      states.set(key, (states.get(key) ?? 0) + bytes);
      size = sizes.state + bytes;
    } else {
      const [allocated, normal, bytes, zero] = [12, 16, 20, 32].map((place) => view.getUint32(place));
      if (allocated === undefined || normal === undefined || bytes === undefined || zero === undefined) break;
      if (allocated > mostPages || normal + zero > allocated) {
        problem = `the packet at ${hexOffset(at)} names ${normal + zero} pages of ${allocated}`;
        break;
      }
      if (normal + zero > 0) {
        const block = blocks.get(text(packet.subarray(64, 320))) ?? { normal: 0, zero: 0 };
        blocks.set(text(packet.subarray(64, 320)), { normal: block.normal + normal, zero: block.zero + zero });
      }
      const method = methods.get(flag & flags.compression);
      if (method !== undefined) packings.add(method);
      size = sizes.pages + 8 * allocated + bytes;
    }
    if ((flag & flags.sync) !== 0) syncs++;
    packets++;
    at += size;
  }
  if (problem === undefined && at > source.size)
    problem = `cut at ${hexOffset(source.size)}, within the pages of a packet`;
  lines.push(
    `${counted(packets, "packet")}, ${syncs} of them with a sync${packings.size === 0 ? "" : `, packed by ${[...packings].join(", ")}`}`,
  );
  for (const [name, { normal, zero }] of blocks)
    lines.push(`RAM block ${name}: ${counted(normal, "page")}, ${zero} zero`);
  for (const [name, bytes] of states) lines.push(`device state ${name}: ${counted(bytes, "byte")}`);
  if (problem !== undefined) lines.push(problem);
  return lines;
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return latin1(end < 0 ? bytes : bytes.subarray(0, end));
}
