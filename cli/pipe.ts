/** Reads what has no size beforehand: standard input, a pipe, or a file that may grow meanwhile. */
import { readSync } from "../server/node/disk";
import { CannotRun } from "./io";

const chunk = 1 << 20;

/** All of it, up to `largest` bytes. CannotRun with `name` where it has more or can't be read. */
export function readPipe(descriptor: number, name: string, largest: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const piece = new Uint8Array(chunk);
    const count = readSome(descriptor, name, piece);
    if (count === 0) break;
    pieces.push(piece.subarray(0, count));
    size += count;
    if (size > largest) throw new CannotRun(`${name} has more than ${largest} bytes`);
  }
  return Buffer.concat(pieces, size);
}

function readSome(descriptor: number, name: string, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, into);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EOF") return 0;
      // a terminal or a pipe that its writer made non-blocking has nothing yet
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      else throw new CannotRun(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
