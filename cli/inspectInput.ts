/** A stream on standard input, for `inspect -`. */
import { type ByteSource, memorySource } from "../core/wire";
import { dependsOnMore, readSync } from "../server/node/disk";
import { CannotRun } from "./io";

/** Bytes. A stream is read more than once, so what comes through a pipe is held. */
const largest = 512 << 20;
const chunk = 1 << 20;

export function isStandardInput(file: string): boolean {
  return file === "-" || file === "/dev/stdin";
}

export function standardInput(): { source: ByteSource; close: () => void } {
  dependsOnMore();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const piece = new Uint8Array(chunk);
    const count = readSome(piece);
    if (count === 0) break;
    pieces.push(piece.subarray(0, count));
    size += count;
    if (size > largest) throw new CannotRun(`standard input has more than ${largest} bytes: save it in a file`);
  }
  return { source: memorySource(Buffer.concat(pieces, size)), close: () => undefined };
}

function readSome(into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(0, into);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EOF") return 0;
      // a terminal or a pipe that its writer made non-blocking has nothing yet
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      else throw new CannotRun(`standard input: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
