/** What a file is: a stream, something around one, part of a migration, or nothing of the kind. Never throws on any content. */
import { fileMagic } from "../framing/magic";
import type { ByteSource } from "../framing/input";
import { readCapture } from "./capture";
import { containerLimits, type RecogniseOptions, type Recognised } from "./layer";
import { readLibvirt } from "./libvirt";
import { readMultifd } from "./multifd";
import { describeOther, isOther } from "./other";
import { readPacked } from "./packed";
import { readPadded } from "./padded";
import { readPreempt } from "./preempt";
import { readQcow2 } from "./qcow2";
import { bytesAt, viewOf } from "./source";

const headSize = 64 << 10;

/** Begins as a stream of any version does: what is wrong with it, reading it says. */
export function isStream(source: ByteSource): boolean {
  const head = bytesAt(source, 0, 4);
  return head.length === 4 && viewOf(head).getUint32(0) === fileMagic;
}

export function recognise(source: ByteSource, options: RecogniseOptions): Recognised {
  if (isStream(source)) return { kind: "stream" };
  const head = bytesAt(source, 0, headSize);
  const found =
    readPacked(head, source.size) ??
    readLibvirt(source, head) ??
    readQcow2(source, head, options) ??
    readCapture(source, head) ??
    readMultifd(source, head) ??
    (isOther(head) ? undefined : (readPreempt(source, head) ?? readPadded(source)));
  return found ?? { kind: "none", message: describeOther(source, head, containerLimits.before) };
}
