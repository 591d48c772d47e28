import { memorySource } from "../../core/wire";
import { type Edits, rewriteStream } from "../../core/wire/inspect/edit";
import { inspectStream } from "../../core/wire/inspect/inspect";

/** A stream with edits, as `vmstate inspect --rewrite` writes it. */
export function edited(stream: Uint8Array, edits: Edits): Uint8Array {
  const rewritten = rewriteStream(inspectStream(memorySource(stream)), edits);
  if (!rewritten.ok) throw new Error(rewritten.error.message);
  const parts = rewritten.value.pieces.map((piece) =>
    piece.kind === "bytes" ? piece.bytes : stream.subarray(piece.offset, piece.offset + piece.size),
  );
  return new Uint8Array(Buffer.concat(parts));
}
