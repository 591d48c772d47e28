/**
 * The one reader of files that somebody else's folder holds.
 *
 * Invariant: never waits and never fills the memory. A FIFO, a device, a socket, or a link to one is refused, also where
 * it took a file's place after it was listed; so is what is larger than `largestFile`.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "./disk";
import { isAscii } from "node:buffer";

/** Bytes. Larger files are machine-made tables; no C file of QEMU comes near. */
const largestFile = 16 << 20;

export const notRegular = "not a regular file";

export type FileReading =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  /** There, and not to be read: `not a regular file`, `larger than 16 MiB`, `EACCES`. */
  | { readonly kind: "refused"; readonly reason: string };

/** A file open for reading, which its user closes. */
export interface OpenedFile {
  readonly descriptor: number;
  /** Bytes. */
  readonly size: number;
}

/** Throws what the file system says, and an Error with `notRegular` for all but a regular file. */
export function openRegular(path: string): OpenedFile {
  // to open a device alone may do something
  if (!statSync(path).isFile()) throw new Error(notRegular);
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stat = fstatSync(descriptor);
  if (stat.isFile()) return { descriptor, size: stat.size };
  closeSync(descriptor);
  throw new Error(notRegular);
}

/** `largest`: in bytes, a whole number of MiB. */
export function readText(path: string, largest = largestFile): FileReading {
  let opened: OpenedFile;
  try {
    opened = openRegular(path);
  } catch (error) {
    return failure(error);
  }
  try {
    if (opened.size > largest) return { kind: "refused", reason: `larger than ${largest >> 20} MiB` };
    const bytes = Buffer.allocUnsafe(opened.size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(opened.descriptor, bytes, length, bytes.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return { kind: "text", text: decode(bytes.subarray(0, length)) };
  } catch (error) {
    return failure(error);
  } finally {
    closeSync(opened.descriptor);
  }
}

/** For files that are asked about and need not be there. */
export function textOf(path: string): string | undefined {
  const reading = readText(path);
  return reading.kind === "text" ? reading.text : undefined;
}

function failure(error: unknown): FileReading {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
  return { kind: "refused", reason: code ?? (error instanceof Error ? error.message : String(error)) };
}

/** UTF-8, or what a byte order mark says; the mark itself is no part of the text, as in an editor. */
export function decode(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString("utf16le", 2);
  // an odd byte at the end is half a character
  if (first === 0xfe && second === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString("utf16le");
  return bytes.toString("utf8", first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0);
}
