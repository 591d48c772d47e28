/** A migration stream in a regular file: what else is named is refused, for it may never end. */
import { resolve } from "node:path";
import type { ByteSource } from "../core/wire";
import { closeSync, readSync } from "../server/node/disk";
import { openRegular } from "../server/node/readFile";
import { CannotRun, type Io } from "./io";

/** Bytes that are held in memory at once. */
const largestHeld = 2 ** 31 - 1;

/** Throws CannotRun. */
export function openStream(io: Io, file: string): { source: ByteSource; close: () => void } {
  try {
    const { descriptor, size } = openRegular(resolve(io.cwd, file));
    const read = (offset: number, target: Uint8Array) => readSync(descriptor, target, 0, target.length, offset);
    return { source: { size, read }, close: () => closeSync(descriptor) };
  } catch (error) {
    throw cannotRead(file, error);
  }
}

/** All of it. Throws CannotRun. */
export function streamBytes(io: Io, file: string): Uint8Array {
  const { source, close } = openStream(io, file);
  try {
    if (source.size > largestHeld) throw new CannotRun(`${file}: larger than 2 GiB`);
    const bytes = new Uint8Array(source.size);
    let length = 0;
    while (length < bytes.length) {
      const count = source.read(length, bytes.subarray(length));
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw cannotRead(file, error);
  } finally {
    close();
  }
}

function cannotRead(file: string, error: unknown): CannotRun {
  if (error instanceof CannotRun) return error;
  return new CannotRun(`${file}: ${error instanceof Error ? error.message : String(error)}`);
}
