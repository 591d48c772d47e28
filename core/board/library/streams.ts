/** What code that loads gets out of a stream (migration/qemu-file.c). */
import { scalarType } from "../../c/resolve";
import { elementAt, store } from "../run/memory";
import { bytesOf, spend } from "../run/meter";
import { type NativeFunction, Undecided } from "../run/runner";
import { Native, Rec, Unknown, type Value } from "../run/values";
import { numberOf } from "./arguments";

/** A section's payload, and how far it has been read. */
export class SectionBytes {
  constructor(
    private readonly bytes: Uint8Array,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  next(): number {
    const value = this.at < this.end ? this.bytes[this.at++] : undefined;
    if (value === undefined) throw new Undecided("it reads on behind the section's end");
    return value;
  }
}

/** QEMUFile. */
export function streamOf(bytes: SectionBytes): Rec {
  const made = new Rec();
  made.attached = new Native(bytes);
  made.unwritten = new Unknown("what a stream's own members hold");
  return made;
}

function bytesIn(stream: Value | undefined): SectionBytes | undefined {
  const attached = stream instanceof Rec ? stream.attached : undefined;
  return attached instanceof Native && attached.value instanceof SectionBytes ? attached.value : undefined;
}

const octet = scalarType("uint8_t", "unsigned char");

const nextByte: NativeFunction = (_runner, [stream]) => bytesIn(stream)?.next() ?? new Unknown("a byte of a stream");

const nextBytes: NativeFunction = (_runner, [stream, place, size]) => {
  const [bytes, count] = [bytesIn(stream), numberOf(size)];
  if (bytes === undefined || count === undefined || place === undefined) return new Unknown("bytes of a stream");
  if (count > bytes.left) throw new Undecided("it reads on behind the section's end");
  spend(count * bytesOf.element);
  for (let k = 0; k < count; k++) store(elementAt(place, k, octet), bytes.next());
  return count;
};

const nested: NativeFunction = () => {
  throw new Undecided("a table that code loads");
};

export const streamFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["qemu_get_byte", nextByte],
  ["qemu_get_buffer", nextBytes],
  ["qemu_file_get_error", () => 0],
  ["vmstate_load_state", nested],
  // since 11.1
  ["vmstate_load_vmsd", nested],
];
