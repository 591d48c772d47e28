/** Bytes that are used whole or not at all: how many numbers, the numbers, a text as JSON, a sum over all of it. */
import { createHash } from "node:crypto";

const sumLength = 40;
/** Values of a list in one step, and numbers. */
const inOneStep = 1 << 12;
const numbersInOneStep = 1 << 18;

/** In parts, each made when it is asked for. Lists in `head` may be long, other values are short. */
export function* writeSummed(head: object, numbers: Int32Array): Generator<Uint8Array, void> {
  const hash = createHash("sha1");
  for (const part of partsOf(head, numbers)) {
    hash.update(part);
    yield part;
  }
  yield Buffer.from(hash.digest("hex"));
}

function* partsOf(head: object, numbers: Int32Array): Generator<Uint8Array, void> {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(numbers.length);
  yield count;
  for (let k = 0; k < numbers.length; k += numbersInOneStep) {
    const part = numbers.subarray(k, k + numbersInOneStep);
    yield Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  }
  let before = "{";
  for (const [key, value] of Object.entries(head)) {
    const start = `${before}${JSON.stringify(key)}:`;
    before = ",";
    if (!Array.isArray(value)) {
      yield Buffer.from(start + JSON.stringify(value));
      continue;
    }
    yield Buffer.from(`${start}[`);
    for (let k = 0; k < value.length; k += inOneStep) {
      const part = JSON.stringify(value.slice(k, k + inOneStep)).slice(1, -1);
      yield Buffer.from(k === 0 ? part : `,${part}`);
    }
    yield Buffer.from("]");
  }
  yield Buffer.from(before === "{" ? "{}" : "}");
}

/** undefined where they were cut or damaged. What the text holds is what `writeSummed` was given by the same program. */
export function readSummed<Head extends object>(
  bytes: Buffer | undefined,
): { readonly head: Head; readonly numbers: Int32Array } | undefined {
  if (bytes === undefined || bytes.length < sumLength + 4) return undefined;
  const body = bytes.subarray(0, -sumLength);
  if (createHash("sha1").update(body).digest("hex") !== bytes.toString("latin1", body.length)) return undefined;
  const numbers = new Int32Array(body.readUInt32LE(0));
  const end = 4 + numbers.byteLength;
  Buffer.from(numbers.buffer).set(body.subarray(4, end));
  const head: Head = JSON.parse(body.toString("utf8", end));
  return { head, numbers };
}
