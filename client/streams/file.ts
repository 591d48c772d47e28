/** Bytes of a stream's file by offset; the file may have gigabytes, be written meanwhile, or go. */
import { type FileHandle, open, stat } from "node:fs/promises";
import type * as vscode from "vscode";
import { findBytes } from "./find";

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

/** As findBytes, over the file as it is now. */
export async function findInFile(
  uri: vscode.Uri,
  pattern: Uint8Array,
  from: number,
  goesOn: (offset: number) => boolean,
): Promise<number | undefined> {
  const file = await open(uri.fsPath, "r");
  try {
    const { size } = await file.stat();
    const read = (offset: number, length: number) => readAll(file, offset, length);
    return await findBytes({ size, read }, pattern, from, goesOn);
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
