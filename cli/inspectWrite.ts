/** Writing an edited stream to a file, for `inspect --rewrite`. */
import { closeSync, existsSync, openSync, realpathSync, writeSync } from "../server/node/disk";
import { resolve } from "node:path";
import { printable } from "../core/printable";
import type { ByteSource } from "../core/wire";
import { type Edits, type Piece, rewriteStream } from "../core/wire/inspect/edit";
import type { Inspection } from "../core/wire/inspect/inspect";
import { CannotRun, type Io } from "./io";

const chunk = 1 << 20;

export function writeStream(
  io: Io,
  inspection: Inspection,
  edits: Edits,
  source: ByteSource,
  names: { readonly file: string; readonly out: string },
): void {
  const rewritten = rewriteStream(inspection, edits);
  if (!rewritten.ok) throw new CannotRun(rewritten.error.message);
  const path = resolve(io.cwd, names.out);
  if (existsSync(path) && realpathSync(path) === realpathSync(resolve(io.cwd, names.file))) {
    throw new CannotRun(`${names.out}: the stream cannot be written over itself`);
  }
  let descriptor: number;
  try {
    descriptor = openSync(path, "w");
  } catch (error) {
    throw new CannotRun(`${names.out}: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    let size = 0;
    for (const piece of rewritten.value.pieces) size += writePiece(descriptor, piece, source);
    const { copied } = rewritten.value;
    const note = copied.length === 0 ? "" : `; not decoded, copied: ${copied.map(printable).join(", ")}`;
    io.err.write(`wrote ${size} bytes to ${names.out}${note}\n`);
  } finally {
    closeSync(descriptor);
  }
}

function writePiece(descriptor: number, piece: Piece, source: ByteSource): number {
  if (piece.kind === "bytes") return writeAll(descriptor, piece.bytes);
  const buffer = new Uint8Array(Math.min(chunk, piece.size));
  let done = 0;
  while (done < piece.size) {
    const count = source.read(piece.offset + done, buffer.subarray(0, Math.min(chunk, piece.size - done)));
    if (count === 0) throw new CannotRun("the stream became shorter while it was read");
    writeAll(descriptor, buffer.subarray(0, count));
    done += count;
  }
  return done;
}

function writeAll(descriptor: number, bytes: Uint8Array): number {
  let done = 0;
  while (done < bytes.length) done += writeSync(descriptor, bytes, done);
  return done;
}
