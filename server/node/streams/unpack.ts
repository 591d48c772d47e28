/** Packed bytes as a source: they are unpacked into a file without a name, which goes when it is closed, whatever happens. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ByteSource } from "../../../core/wire";
import { containerLimits, type Packing, recognise, titleOf, type Tools } from "../../../core/wire/containers";
import { isBeyond } from "./beyond";
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "../disk";

export interface Unpacked {
  readonly source: ByteSource;
  close(): void;
}

export interface UnpackOptions {
  /** Bytes that are unpacked at most: a small file can hold very many. */
  readonly most: number;
  /** Told of the bytes so far; what it throws ends the work. */
  readonly report?: undefined | ((bytes: number) => void | Promise<void>);
}

const chunk = 1 << 20;
/** Zeros of this many bytes make a hole. */
const hole = 4096;
const zeros = Buffer.alloc(hole);

/** The programs that unpack what is not unpacked here. */
const programs: Partial<Record<Packing, string>> = { lzop: "lzop -dc", xz: "xz -dc" };

function notRead(packing: Packing, offset: number, how = ""): Unwanted {
  const skip = offset === 0 ? "FILE" : `< <(tail -c +${offset + 1} FILE)`;
  return new Unwanted(
    `${titleOf(packing)} data ${how}are not read here: ${programs[packing] ?? packing} ${skip} > vm.mig`,
  );
}

/** Throws Unwanted where nothing could be unpacked; what is cut or damaged later ends the source. */
export async function unpack(
  file: ByteSource,
  { packing, offset, size }: { readonly packing: Packing; readonly offset: number; readonly size: number },
  { most, report }: UnpackOptions,
): Promise<Unpacked> {
  const { clusterTools, unpackers } = await import("./unpackers");
  const unpacker = unpackers[packing];
  const title = titleOf(packing);
  if (unpacker === undefined) throw notRead(packing, offset);
  const written = new TemporaryFile();
  let problem: string | undefined;
  try {
    await copy(unpacker(pieces(file, offset, size)), written, clusterTools, { most, report });
  } catch (error) {
    if (isBeyond(error)) {
      written.close();
      throw notRead(packing, offset, `${error.message} `);
    }
    const why = error instanceof Error ? error.message : String(error);
    problem = `the ${title} data are cut or damaged (${why}): ${written.size} bytes could be unpacked`;
    if (written.size > 0 && !(error instanceof Unwanted || error instanceof Stopped)) return written.source(problem);
    written.close();
    if (error instanceof Stopped) throw error.cause;
    throw new Unwanted(error instanceof Unwanted ? error.message : problem);
  }
  return written.source(undefined);
}

/** Why nothing is unpacked, as a sentence for the user. */
export class Unwanted extends Error {}

/** Whoever is told how far it is does not want more. */
class Stopped extends Error {}

async function reported(report: UnpackOptions["report"], bytes: number): Promise<void> {
  try {
    await report?.(bytes);
  } catch (cause) {
    throw new Stopped("stopped", { cause });
  }
}

async function copy(
  unpacked: AsyncIterable<Uint8Array>,
  to: TemporaryFile,
  tools: Tools,
  { most, report }: UnpackOptions,
): Promise<void> {
  let isChecked = false;
  for await (const piece of unpacked) {
    if (to.size + piece.length > most) {
      throw new Unwanted(`more than ${most} bytes are packed in it: unpack it to a file and give that`);
    }
    to.write(piece);
    if (!isChecked && to.size > containerLimits.before + chunk) {
      isChecked = true;
      const found = recognise(to.source(undefined).source, { tools });
      if (found.kind === "none") throw new Unwanted(found.message);
    }
    await reported(report, to.size);
  }
}

async function* pieces(file: ByteSource, offset: number, size: number): AsyncGenerator<Uint8Array> {
  const end = offset + size;
  for (let at = offset; at < end; ) {
    const buffer = new Uint8Array(Math.min(chunk, end - at));
    const count = file.read(at, buffer);
    if (count === 0) return;
    at += count;
    yield buffer.subarray(0, count);
  }
}

class TemporaryFile {
  size = 0;
  readonly descriptor: number;
  private readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "vmstate-"));
    const path = join(this.folder, "unpacked");
    this.descriptor = openSync(path, "wx+", 0o600);
    this.remove();
  }

  write(bytes: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + hole - ((this.size + at) % hole));
      if (zeros.subarray(0, end - at).equals(bytes.subarray(at, end))) {
        this.put(bytes.subarray(from, at), this.size + from);
        from = end;
      }
      at = end;
    }
    this.put(bytes.subarray(from), this.size + from);
    this.size += bytes.length;
  }

  source(problem: string | undefined): Unpacked {
    ftruncateSync(this.descriptor, this.size);
    const source: ByteSource = {
      size: this.size,
      ...(problem === undefined ? {} : { problem: () => problem }),
      read: (at, target) => readSync(this.descriptor, target, 0, target.length, at),
    };
    return { source, close: () => this.close() };
  }

  close(): void {
    closeSync(this.descriptor);
    this.remove();
  }

  private put(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.descriptor, bytes, done, bytes.length - done, at + done);
    }
  }

  /** At once where the system lets an open file go, else when it is closed. */
  private remove(): void {
    try {
      rmSync(this.folder, { recursive: true, force: true });
    } catch {
      // it is still open
    }
  }
}
