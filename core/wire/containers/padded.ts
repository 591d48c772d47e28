/** A stream behind something else: a log, padding, `file:NAME,offset=N`. */
import type { ByteSource } from "../framing/input";
import { fileMagic, fileVersion, mark } from "../framing/magic";
import { containerLimits, type Recognised } from "./layer";
import { bytesAt, counted, hexOffset, partOf, viewOf } from "./source";

const window = 4 << 20;
const first = fileMagic >>> 24;
const begins: readonly number[] = [mark.configuration, mark.start, mark.full, mark.command];

export function readPadded(source: ByteSource): Recognised | undefined {
  const at = findStream(source, 1);
  if (at === undefined) return undefined;
  const layer = { title: `a stream at offset ${hexOffset(at)}`, notes: [`skipped: ${describe(source, at)}`] };
  return { kind: "inside", layer, source: partOf(source, at) };
}

/** Offset of a stream's first bytes from `from` on, where it is not farther in than what is looked at. */
function findStream(source: ByteSource, from: number): number | undefined {
  const end = Math.min(source.size, containerLimits.before);
  for (let offset = from; offset < end; offset += window) {
    // what begins at the window's last byte ends behind it
    const bytes = bytesAt(source, offset, window + 8);
    const view = viewOf(bytes);
    for (let i = bytes.indexOf(first); i >= 0 && i < window && i + 9 <= bytes.length; i = bytes.indexOf(first, i + 1)) {
      const fits = view.getUint32(i) === fileMagic && view.getUint32(i + 4) === fileVersion;
      if (fits && begins.includes(bytes[i + 8] ?? 0)) return offset + i;
    }
  }
  return undefined;
}

function describe(source: ByteSource, count: number): string {
  const bytes = bytesAt(source, 0, Math.min(count, 4096));
  const size = counted(count, "byte");
  if (bytes.every((octet) => octet === 0)) return `${size} of zeros`;
  if (!bytes.every((octet) => octet >= 0x20 || octet === 9 || octet === 10 || octet === 13)) return size;
  const [line = ""] = new TextDecoder().decode(bytes).split("\n");
  return `${size} of text: ${line.slice(0, 80).trimEnd()}`;
}
