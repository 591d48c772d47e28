/** Images of virsh save and of managed saves: virQEMUSaveHeader (libvirt: src/qemu/qemu_saveimage.h). */
import type { ByteSource } from "../framing/input";
import { machineLine } from "./domain";
import { containerLimits, type Layer, type Packing, type Recognised } from "./layer";
import { bytesAt, counted, hexOffset, partOf, startsWith, viewOf } from "./source";
import { titleOf } from "./packed";

const complete = "LibvirtQemudSave";
const partial = "LibvirtQemudPart";
const headerSize = 92;
/** By number. */
const formats: readonly ("raw" | "sparse" | Packing)[] = ["raw", "gzip", "bzip2", "xz", "lzop", "zstd", "sparse"];

export function readLibvirt(source: ByteSource, head: Uint8Array): Recognised | undefined {
  const isPartial = startsWith(head, partial);
  if (!isPartial && !startsWith(head, complete)) return undefined;
  if (head.length < headerSize) return none(`is cut within its header, at byte ${head.length} of ${headerSize}`);
  const view = viewOf(head);
  // the numbers are in the order of the host that wrote them; versions are small
  const little = view.getUint32(16, true) <= 0xffff;
  const [version = 0, length = 0, running = 0, compressed = 0, cookie = 0] = [16, 20, 24, 28, 32].map((at) =>
    view.getUint32(at, little),
  );
  if (version > 2) return none(`has header version ${version}; 1 and 2 are known`);
  const format = formats[compressed];
  if (format === undefined) return none(`is packed by method ${compressed}, which is not known`);
  const offset = headerSize + length;
  if (offset > source.size) {
    return none(
      `is cut within the domain's description, which ends at ${hexOffset(offset)}: the file has ${counted(source.size, "byte")}`,
    );
  }
  if (length > containerLimits.xml)
    return none(`has a description of ${length} bytes; up to ${containerLimits.xml} are read`);
  const xml = textOf(bytesAt(source, headerSize, cookie > 0 && cookie < length ? cookie : length));
  const how = format === "raw" || format === "sparse" ? format : `packed by ${titleOf(format)}`;
  const machine = machineLine(xml);
  const layer: Layer = {
    title: `libvirt save image, header version ${version}, ${how}`,
    notes: [
      `the guest was ${running === 1 ? "running" : running === 0 ? "paused" : `in state ${running}`}`,
      ...(isPartial ? ["marked as incomplete: the save did not end, or its file was not closed"] : []),
      `skipped: ${headerSize} bytes of header, ${length} of the domain's description${cookie > 0 ? " and libvirt's cookie" : ""}; the stream is behind offset ${hexOffset(offset)}`,
    ],
    xml: withoutSecrets(xml),
    ...(machine === undefined ? {} : { machine }),
  };
  const size = source.size - offset;
  if (size === 0) return none("ends behind the domain's description: it holds no stream");
  if (format === "raw" || format === "sparse") return { kind: "inside", layer, source: partOf(source, offset) };
  return { kind: "packed", layer, packing: format, offset, size };
}

function none(what: string): Recognised {
  return { kind: "none", message: `this libvirt save image ${what}` };
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trimEnd();
}

/** What is shown is pasted into reports: passwords of displays stay out of it. */
function withoutSecrets(xml: string): string {
  return xml.replace(/(\spasswd=)(?:'[^']*'|"[^"]*")/g, "$1'...'");
}
