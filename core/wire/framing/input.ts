/**
 * A window on a stream of any size: the parser looks at what is in it and asks for more by yielding.
 *
 * Invariant: the window grows only to what the parser needs at once, never beyond what the source holds.
 */

/** Bytes by offset. `read` fills `target` from `offset` on and returns how many it could; 0 only at the end. */
export interface ByteSource {
  readonly size: number;
  /** All of it, where it is in memory: then the window lies over it and nothing is copied. */
  readonly bytes?: Uint8Array;
  read(offset: number, target: Uint8Array): number;
  /** Why it ended before `size`, once that was met: the file around it is cut or damaged. */
  problem?(): string | undefined;
}

export interface AsyncByteSource {
  readonly size: number;
  read(offset: number, target: Uint8Array): Promise<number>;
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    bytes,
    read: (offset, target) => {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
  };
}

const chunk = 1 << 20;

export class Input {
  buffer: Uint8Array;
  view: DataView;
  /** Index in `buffer` of the next byte; may stand behind `used` after a skip. */
  at = 0;
  /** Bytes of `buffer` that are filled. */
  used = 0;
  size: number;
  private start = 0;
  private wanted = 0;

  constructor({ size, bytes }: Pick<ByteSource, "size" | "bytes">) {
    this.size = size;
    this.buffer = bytes ?? new Uint8Array(Math.max(16, Math.min(chunk, size)));
    this.used = bytes?.length ?? 0;
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.length);
  }

  /** Offset in the stream of the next byte. */
  get offset(): number {
    return this.start + this.at;
  }

  /** Offset in the stream of `buffer[0]`. */
  get base(): number {
    return this.start;
  }

  /** Bytes of the stream from here to its end; negative where a skip went behind it. */
  get remaining(): number {
    return this.size - this.offset;
  }

  has(count: number): boolean {
    return this.used - this.at >= count;
  }

  /** Gives false where the stream ends before `count` bytes; yields until they are in the window. */
  *need(count: number): Generator<undefined, boolean, undefined> {
    while (!this.has(count)) {
      if (count > this.remaining) return false;
      this.wanted = count;
      yield undefined;
    }
    return true;
  }

  /** The place to read the next bytes into, and their offset in the stream. */
  private room(): { offset: number; target: Uint8Array } {
    if (this.at >= this.used) {
      this.start += this.at;
      this.at = 0;
      this.used = 0;
    }
    const held = this.used - this.at;
    if (this.at > 0) {
      if (this.wanted > this.buffer.length) this.grow();
      else this.buffer.copyWithin(0, this.at, this.used);
    } else if (this.wanted > this.buffer.length) this.grow();
    this.start += this.at;
    this.at = 0;
    this.used = held;
    return { offset: this.start + held, target: this.buffer.subarray(held) };
  }

  private grow(): void {
    const length = Math.min(Math.max(this.wanted, this.buffer.length * 2), Math.max(this.wanted, this.remaining));
    const larger = new Uint8Array(length);
    larger.set(this.buffer.subarray(this.at, this.used));
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }

  private filled(count: number): void {
    if (count === 0) this.size = this.start + this.used;
    this.used += count;
  }

  fill(source: ByteSource): void {
    const { offset, target } = this.room();
    this.filled(source.read(offset, target));
  }

  async fillAsync(source: AsyncByteSource): Promise<void> {
    const { offset, target } = this.room();
    this.filled(await source.read(offset, target));
  }
}

/** Runs a parser to its end over a source that answers at once. */
export function* drive<T>(
  parser: Generator<T | undefined, void>,
  input: Input,
  source: ByteSource,
): Generator<T, void> {
  for (const item of driveSteps(parser, input, source)) if (item !== undefined) yield item;
}

/** The same, with undefined for each time that the window was filled. */
export function* driveSteps<T>(
  parser: Generator<T | undefined, void>,
  input: Input,
  source: ByteSource,
): Generator<T | undefined, void> {
  for (const item of parser) {
    if (item === undefined) input.fill(source);
    yield item;
  }
}

/** The same over a source that answers later. */
export async function* driveAsync<T>(
  parser: Generator<T | undefined, void>,
  input: Input,
  source: AsyncByteSource,
): AsyncGenerator<T, void> {
  for (const item of parser) {
    if (item === undefined) await input.fillAsync(source);
    else yield item;
  }
}
