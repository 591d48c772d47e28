/** Bytes of a stream's file by offset; the file may have gigabytes, be written meanwhile, or go. */
import { type FileHandle, open, stat, unlink } from "node:fs/promises";
import type * as vscode from "vscode";

/** Bytes of the file; throws where it cannot be read. */
export async function sizeOf(uri: vscode.Uri): Promise<number> {
  return (await stat(uri.fsPath)).size;
}

export async function readBytes(uri: vscode.Uri, offset: number, size: number): Promise<Uint8Array> {
  const file = await open(uri.fsPath, "r");
  try {
    return await readAll(file, offset, size);
  } finally {
    await file.close();
  }
}

/** A read may give less than there is; fewer than `size` bytes are the file's end. */
async function readAll(file: FileHandle, offset: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let held = 0;
  while (held < size) {
    const { bytesRead } = await file.read(bytes, held, size - held, offset + held);
    if (bytesRead === 0) break;
    held += bytesRead;
  }
  return bytes.subarray(0, held);
}

const piece = 1 << 20;
/** Zeros of this many bytes are left out, as QEMU leaves them out of a stream with mapped-ram. */
const block = 4096;

/** Writes `size` bytes to `target`, which may not be the file that they are read from. What is cancelled leaves no file. */
export async function writeCopy(
  target: vscode.Uri,
  from: vscode.Uri,
  size: number,
  read: (offset: number, size: number) => Promise<Uint8Array>,
  goesOn: () => boolean,
): Promise<"written" | "same file" | "cancelled"> {
  const path = target.fsPath;
  const [own, other] = await Promise.all([stat(from.fsPath), stat(path).catch(() => undefined)]);
  if (other !== undefined && other.ino === own.ino && other.dev === own.dev) return "same file";
  const file = await open(path, "w");
  let isWhole = false;
  try {
    for (let at = 0; at < size; at += piece) {
      if (!goesOn()) return "cancelled";
      const bytes = await read(at, Math.min(piece, size - at));
      if (bytes.length < Math.min(piece, size - at)) throw new Error(`${from.fsPath} ends at ${at + bytes.length}`);
      for (let part = 0; part < bytes.length; part += block) {
        const some = bytes.subarray(part, part + block);
        if (some.some((octet) => octet !== 0)) await writeAll(file, some, at + part);
      }
    }
    await file.truncate(size);
    isWhole = true;
    return "written";
  } finally {
    await file.close();
    if (!isWhole) await unlink(path);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
}
