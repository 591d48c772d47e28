/** What comes on standard input: a stream for `inspect -`, a log for `explain`. */
import { type ByteSource, memorySource } from "../core/wire";
import { dependsOnMore } from "../server/node/disk";
import { readPipe } from "./pipe";

/** Bytes. A stream is read more than once, so what comes through a pipe is held. */
const largest = 512 << 20;

export function isStandardInput(file: string): boolean {
  return file === "-" || file === "/dev/stdin";
}

export function standardInput(): { source: ByteSource; close: () => void } {
  return { source: memorySource(standardInputBytes()), close: () => undefined };
}

export function standardInputText(): string {
  return new TextDecoder().decode(standardInputBytes());
}

function standardInputBytes(): Uint8Array {
  dependsOnMore();
  return readPipe(0, "standard input", largest);
}
