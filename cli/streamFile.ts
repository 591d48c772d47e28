/** A migration stream in a regular file or on standard input, whatever is around it. What else is named is refused, for it may never end. */
import { resolve } from "node:path";
import { printable } from "../core/printable";
import type { ByteSource } from "../core/wire";
import { closeSync, readSync } from "../server/node/disk";
import { openRegular } from "../server/node/readFile";
import { describedMachine, type Opening, whyNone } from "../core/wire/containers";
import { openStreamFile, openStreamIn, type OpenOptions } from "../server/node/streams/open";
import { isStandardInput, standardInput } from "./inspectInput";
import { CannotRun, type Io, progressOn } from "./io";

/** Bytes that are held in memory at once. */
const largestHeld = 2 ** 31 - 1;
/** Bytes that are unpacked, into a file of the system's temporary folder. */
const largestUnpacked = 64 * 2 ** 30;

export interface StreamFileOptions {
  readonly snapshot?: string;
}

export type OpenedStream = Extract<Opening, { kind: "stream" }>;

/** Throws CannotRun where the file cannot be read; what is in it is in the answer. */
export async function openFile(io: Io, file: string, { snapshot }: StreamFileOptions = {}): Promise<Opening> {
  const progress = progressOn(io);
  const options: OpenOptions = {
    ...(snapshot === undefined ? {} : { snapshot }),
    unpack: {
      most: largestUnpacked,
      report: (bytes) => progress.report(`unpacking ${file}: ${Math.floor(bytes / 2 ** 20)} MiB`),
    },
  };
  try {
    if (!isStandardInput(file)) return await openStreamFile(resolve(io.cwd, file), options);
    const { source, close } = standardInput();
    return await openStreamIn(source, close, options);
  } catch (error) {
    throw cannotRead(file, error);
  } finally {
    progress.done();
  }
}

/** The stream in it; throws CannotRun, with what the file is, where there is none or one is to be chosen. */
export async function openStream(io: Io, file: string, options: StreamFileOptions = {}): Promise<OpenedStream> {
  const opening = await openFile(io, file, options);
  if (opening.kind === "stream") return opening;
  throw new CannotRun(`${file}: ${whyNone(opening)}`);
}

export interface ToLoad {
  readonly bytes: Uint8Array;
  /** The guest's command line, as libvirt describes it around the stream. */
  readonly described: string | undefined;
}

/**
 * All of the stream; of a file that holds none its own bytes, which QEMU refuses, with what it is on stderr. Throws CannotRun.
 */
export async function bytesToLoad(io: Io, file: string, options: StreamFileOptions = {}): Promise<ToLoad> {
  const opening = await openFile(io, file, options);
  try {
    if (opening.kind === "stream") {
      const problem = opening.source.problem?.();
      if (problem !== undefined) io.err.write(`${file}: ${printable(problem)}\n`);
      return { bytes: bytesOf(opening.source, file), described: describedMachine(opening.layers) };
    }
    if (opening.kind !== "none" || opening.layers.length > 0) throw new CannotRun(`${file}: ${whyNone(opening)}`);
    io.err.write(`${file}: ${printable(opening.message)}\n`);
    const { descriptor, size } = openRegular(resolve(io.cwd, file));
    const read = (offset: number, target: Uint8Array) => readSync(descriptor, target, 0, target.length, offset);
    try {
      return { bytes: bytesOf({ size, read }, file), described: undefined };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw cannotRead(file, error);
  } finally {
    if (opening.kind === "stream") opening.close();
  }
}

function bytesOf(source: ByteSource, file: string): Uint8Array {
  if (source.size > largestHeld) throw new CannotRun(`${file}: larger than 2 GiB`);
  const bytes = new Uint8Array(source.size);
  let length = 0;
  while (length < bytes.length) {
    const count = source.read(length, bytes.subarray(length));
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function cannotRead(file: string, error: unknown): CannotRun {
  if (error instanceof CannotRun) return error;
  return new CannotRun(`${file}: ${error instanceof Error ? error.message : String(error)}`);
}
