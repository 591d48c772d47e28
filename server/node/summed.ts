/** Bytes that are used whole or not at all: a sum, the length of a text, the text as JSON, numbers. */
import { createHash } from "node:crypto";

const sumLength = 40;

export function writeSummed(head: object, numbers: Int32Array): readonly Uint8Array[] {
  const json = Buffer.from(JSON.stringify(head));
  // the numbers stand at a multiple of four
  const text = Buffer.concat([json, Buffer.alloc((4 - (json.length % 4)) % 4, " ")]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const body = [length, text, Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)];
  const hash = createHash("sha1");
  for (const part of body) hash.update(part);
  return [Buffer.from(hash.digest("hex")), ...body];
}

/** undefined where they were cut or damaged. What the text holds is what `writeSummed` was given by the same program. */
export function readSummed<Head extends object>(
  bytes: Buffer | undefined,
): { readonly head: Head; readonly numbers: Int32Array } | undefined {
  if (bytes === undefined || bytes.length < sumLength + 4) return undefined;
  const body = bytes.subarray(sumLength);
  if (createHash("sha1").update(body).digest("hex") !== bytes.toString("latin1", 0, sumLength)) return undefined;
  const end = 4 + body.readUInt32LE(0);
  const head: Head = JSON.parse(body.toString("utf8", 4, end));
  const numbers = new Int32Array((body.length - end) >> 2);
  Buffer.from(numbers.buffer).set(body.subarray(end));
  return { head, numbers };
}
