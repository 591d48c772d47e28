/** Writing an edited stream to a file, for `inspect --rewrite`. */
import { closeSync, fstatSync, ftruncateSync, openSync, statAt, writeSync } from "../server/node/disk";
import { resolve } from "node:path";
import { printable } from "../core/printable";
import type { ByteSource } from "../core/wire";
import { type Edits, type Piece, rewriteStream } from "../core/wire/inspect/edit";
import type { Inspection } from "../core/wire/inspect/inspect";
import { CannotRun, type Io } from "./io";

const chunk = 1 << 20;
/** Zeros of this many bytes are left out of a regular file: mapped-ram makes it as large as the guest's memory. */
const block = 4096;

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
  if (isSameFile(path, resolve(io.cwd, names.file))) {
    throw new CannotRun(`${names.out}: the stream cannot be written over itself`);
  }
  let descriptor: number;
  try {
    descriptor = openSync(path, "w");
  } catch (error) {
    throw new CannotRun(`${names.out}: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const out: Output = { descriptor, sparse: fstatSync(descriptor).isFile(), size: 0 };
    for (const piece of rewritten.value.pieces) writePiece(out, piece, source);
    if (out.sparse) ftruncateSync(descriptor, out.size);
    const { copied } = rewritten.value;
    const note = copied.length === 0 ? "" : `; not decoded, copied: ${copied.map(printable).join(", ")}`;
    io.err.write(`wrote ${out.size} bytes to ${names.out}${note}\n`);
  } catch (error) {
    if (error instanceof CannotRun) throw error;
    throw new CannotRun(`${names.out}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    closeSync(descriptor);
  }
}

/** By any of its names: a link to the stream would be emptied before it is read. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statAt(one), statAt(other)];
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

interface Output {
  readonly descriptor: number;
  /** It can have holes. */
  readonly sparse: boolean;
  /** Bytes so far. */
  size: number;
}

function writePiece(out: Output, piece: Piece, source: ByteSource): void {
  if (piece.kind === "bytes") return write(out, piece.bytes);
  const buffer = new Uint8Array(Math.min(chunk, piece.size));
  let done = 0;
  while (done < piece.size) {
    const count = source.read(piece.offset + done, buffer.subarray(0, Math.min(chunk, piece.size - done)));
    if (count === 0) throw new CannotRun("the stream became shorter while it was read");
    write(out, buffer.subarray(0, count));
    done += count;
  }
}

function write(out: Output, bytes: Uint8Array): void {
  if (!out.sparse) return writeAll(out, bytes, undefined);
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + block - (out.size % block));
    const part = bytes.subarray(at, end);
    if (part.some((octet) => octet !== 0)) writeAll(out, part, out.size);
    else out.size += part.length;
    at = end;
  }
}

function writeAll(out: Output, bytes: Uint8Array, position: number | undefined): void {
  let done = 0;
  while (done < bytes.length) {
    const place = position === undefined ? null : position + done;
    done += writeSync(out.descriptor, bytes, done, bytes.length - done, place);
  }
  out.size += done;
}
