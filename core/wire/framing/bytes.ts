/**
 * Big-endian bytes, as QEMUFile puts and gets them (migration/qemu-file.c).
 *
 * Invariant: nothing here reads behind the end or allocates by a number found in the input.
 */

/** A section of which only the beginning was read. */
export interface UnendedSection {
  readonly idstr: string;
  readonly instanceId: number;
  readonly sectionId: number;
  readonly versionId: number;
  readonly offset: number;
  readonly payloadOffset: number;
}

/** What went wrong and where. `message` is QEMU's own where QEMU has one. */
export interface StreamError {
  readonly message: string;
  /** Byte offset in the stream (or in the buffer that was read). */
  readonly offset: number;
  /** Messages QEMU prints around it, innermost first. */
  readonly context: readonly string[];
  /** Name of the errno that the load returns, as in `-EINVAL`. */
  readonly errno: "EINVAL" | "EIO" | "ENOENT" | "EPERM" | "ENOTSUP";
  /** Description names and field names down to the place: `e1000e/parent_obj/config`. */
  readonly path?: string;
  /** The fields that it lies in, with their descriptions' names, innermost first. */
  readonly fields?: readonly { readonly description: string; readonly field: string }[];
  /** The state is there, and bytes of the section behind it: QEMU looks for the footer and does not find it. */
  readonly bytesLeft?: number;
  /** QEMU has no words for it. */
  readonly isSilent?: true;
  /** It is not QEMU that fails here: the source, or the bytes alone, do not say how to go on. */
  readonly notKnown?: true;
  /** The stream ends in it. */
  readonly unended?: UnendedSection;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: StreamError };

/** Thrown inside core/wire only; the functions that core/wire offers turn it into a Result. */
export class StreamFailure extends Error {
  readonly error: StreamError;
  constructor(message: string, offset: number, errno: StreamError["errno"] = "EINVAL") {
    super(message);
    this.error = { message, offset, context: [], errno };
  }

  within(context: string): StreamFailure {
    return this.copy({ ...this.error, context: [...this.error.context, context] });
  }

  inside(unended: UnendedSection): StreamFailure {
    return this.copy({ ...this.error, unended });
  }

  at(path: string): StreamFailure {
    const inner = this.error.path;
    return this.copy({ ...this.error, path: inner === undefined ? path : `${path}/${inner}` });
  }

  inField(description: string, field: string): StreamFailure {
    const { error } = this.at(field).at(description);
    return this.copy({ ...error, fields: [...(error.fields ?? []), { description, field }] });
  }

  /** Not QEMU's failure. */
  notKnown(): StreamFailure {
    return this.copy({ ...this.error, notKnown: true });
  }

  private copy(error: StreamError): StreamFailure {
    const failure = new StreamFailure(error.message, error.offset, error.errno);
    Object.assign(failure, { error });
    return failure;
  }
}

/** Runs `body`; a StreamFailure becomes an error value, anything else is a bug and goes on. */
export function attempt<T>(body: () => T): Result<T> {
  try {
    return { ok: true, value: body() };
  } catch (failure) {
    if (failure instanceof StreamFailure) return { ok: false, error: failure.error };
    throw failure;
  }
}

export class ByteReader {
  readonly bytes: Uint8Array;
  /** Index into `bytes` of the next byte. */
  position: number;
  readonly end: number;
  /** Stream offset of `bytes[0]`. */
  readonly base: number;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, options: { start?: number; end?: number; base?: number } = {}) {
    this.bytes = bytes;
    this.position = options.start ?? 0;
    this.end = Math.min(options.end ?? bytes.length, bytes.length);
    this.base = options.base ?? 0;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Offset in the stream of the next byte. */
  get offset(): number {
    return this.base + this.position;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** The byte `ahead` places on, undefined at the end (qemu_peek_byte gives 0 there). */
  peek(ahead = 0): number | undefined {
    const at = this.position + ahead;
    return at < this.end ? this.bytes[at] : undefined;
  }

  /** At most so many of the next bytes. */
  ahead(count: number): Uint8Array {
    return this.bytes.subarray(this.position, Math.min(this.end, this.position + count));
  }

  private take(count: number): number {
    const at = this.position;
    if (count > this.end - at || count < 0) {
      const left = this.end - at;
      throw new StreamFailure(`the data ends here: ${count} bytes needed, ${left} left`, this.offset, "EIO");
    }
    this.position = at + count;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2));
  }

  u32(): number {
    return this.view.getUint32(this.take(4));
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  /** Integer of 1, 2, 4 or 8 bytes. */
  integer(size: number, signed: boolean): bigint {
    const at = this.take(size);
    const view = this.view;
    if (size === 1) return BigInt(signed ? view.getInt8(at) : view.getUint8(at));
    if (size === 2) return BigInt(signed ? view.getInt16(at) : view.getUint16(at));
    if (size === 4) return BigInt(signed ? view.getInt32(at) : view.getUint32(at));
    return signed ? view.getBigInt64(at) : view.getBigUint64(at);
  }

  /** A view of the input, not a copy. */
  raw(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }

  skip(count: number): void {
    this.take(count);
  }

  /** u8 length and that many bytes, one UTF-16 unit a byte so that any name survives a round trip. */
  counted(): string {
    return latin1(this.raw(this.u8()));
  }
}

export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}

export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
}

export class ByteWriter {
  private buffer = new Uint8Array(256);
  private view = new DataView(this.buffer.buffer);
  private used = 0;

  /** Bytes written so far. */
  get position(): number {
    return this.used;
  }

  private grow(count: number): number {
    const at = this.used;
    const need = at + count;
    if (need > this.buffer.length) {
      const larger = new Uint8Array(Math.max(need, this.buffer.length * 2));
      larger.set(this.buffer.subarray(0, at));
      this.buffer = larger;
      this.view = new DataView(larger.buffer);
    }
    this.used = need;
    return at;
  }

  u8(value: number): void {
    const at = this.grow(1);
    this.view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.grow(2);
    this.view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.grow(4);
    this.view.setUint32(at, value);
  }

  u64(value: bigint): void {
    const at = this.grow(8);
    this.view.setBigUint64(at, BigInt.asUintN(64, value));
  }

  /** The low `size` bytes (1, 2, 4, 8) of `value`. */
  integer(size: number, value: bigint): void {
    if (size === 8) this.u64(value);
    else {
      const number = Number(BigInt.asUintN(32, value));
      if (size === 4) this.u32(number);
      else if (size === 2) this.u16(number & 0xffff);
      else this.u8(number & 0xff);
    }
  }

  put(bytes: Uint8Array): void {
    const at = this.grow(bytes.length);
    this.buffer.set(bytes, at);
  }

  zeros(count: number): void {
    const at = this.grow(count);
    this.buffer.fill(0, at, at + count);
  }

  /** u8 length and the bytes of `name` (see ByteReader.counted). */
  counted(name: string): void {
    this.u8(Math.min(name.length, 255));
    this.put(bytesOf(name.slice(0, 255)));
  }

  /** Overwrites four bytes at `at`, which must have been written. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value);
  }

  /** A copy of the bytes written so far. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.used);
  }
}
