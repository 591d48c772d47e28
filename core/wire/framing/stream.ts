/**
 * qemu_loadvm_state (migration/savevm.c) as a sequence of events, for a stream of any size in constant memory.
 * Payloads of devices come as bytes; ram is counted by record. Messages are QEMU 10.2's.
 */
import { findFooter, findNext } from "./boundary";
import { latin1, StreamFailure, type UnendedSection } from "./bytes";
import { readConfiguration } from "./configuration";
import type { ConfigurationEvent, SectionEvent, SectionKind, StreamEvent } from "./events";
import { type AsyncByteSource, type ByteSource, drive, driveAsync, driveSteps, Input } from "./input";
import { limits } from "./limits";
import { commands, fileMagic, fileVersion, fileVersionObsolete, mark } from "./magic";
import { RamState } from "./ramscan";

export interface StreamOptions {
  /** Target page size where it is known (the trailer's page_size); else it is told from the first pages. */
  readonly pageSize?: number;
  /** Longest device payload to look for; QEMU has no limit. Default 64 MiB. */
  readonly maximumPayload?: number;
  /**
   * Size of a payload whose first bytes are given, asked where a section has no footer. "more": too few bytes to tell.
   * undefined: not known, the next section is searched.
   */
  readonly measure?: (section: OpenSection, bytes: Uint8Array) => number | "more" | undefined;
}

export interface OpenSection {
  readonly idstr: string;
  readonly instanceId: number;
  readonly versionId: number;
}

export function* readStream(source: ByteSource, options: StreamOptions = {}): Generator<StreamEvent, void> {
  const input = new Input(source);
  yield* drive(parse(input, options), input, source);
}

/** The same, with undefined whenever bytes have been read, so that a caller may give way to other work. */
export function readStreamSteps(source: ByteSource, options: StreamOptions = {}): Generator<StreamEvent | undefined> {
  const input = new Input(source);
  return driveSteps(parse(input, options), input, source);
}

export async function* readStreamAsync(
  source: AsyncByteSource,
  options: StreamOptions = {},
): AsyncGenerator<StreamEvent, void> {
  const input = new Input(source);
  yield* driveAsync(parse(input, options), input, source);
}

type Step<T> = Generator<StreamEvent | undefined, T>;

interface Reading {
  readonly input: Input;
  readonly options: StreamOptions;
  readonly ram: RamState;
  readonly sections: Map<number, OpenSection>;
  readonly ids: Set<number>;
  /** Bytes of payloads that were given out. */
  held: number;
  /** Bytes of commands. */
  commands: number;
  /** undefined until the first section whose end is sure. */
  footers: boolean | undefined;
}

function* parse(input: Input, options: StreamOptions): Step<void> {
  const ram = new RamState(options.pageSize);
  const reading: Reading = {
    input,
    options,
    ram,
    sections: new Map(),
    ids: new Set(),
    held: 0,
    commands: 0,
    footers: undefined,
  };
  try {
    yield* header(reading);
    yield* body(reading);
    yield* trailer(reading);
  } catch (failure) {
    if (!(failure instanceof StreamFailure)) throw failure;
    yield { kind: "error", error: failure.error };
  }
}

/** Fails with `message` where the stream ends before `count` bytes. */
function* require(reading: Reading, count: number, message: string): Step<void> {
  const { input } = reading;
  if (!(yield* input.need(count))) throw new StreamFailure(message, Math.min(input.offset, input.size), "EIO");
}

function* header({ input }: Reading): Step<void> {
  const hex = (value: number) => value.toString(16);
  const magic = (yield* input.need(4)) ? input.view.getUint32(input.at) : 0;
  if (magic !== fileMagic) {
    throw new StreamFailure(`Not a migration stream, magic: ${hex(magic)} != ${hex(fileMagic)}`, 0);
  }
  const version = (yield* input.need(8)) ? input.view.getUint32(input.at + 4) : 0;
  if (version === fileVersionObsolete) {
    throw new StreamFailure("SaveVM v2 format is obsolete and no longer supported", 4, "ENOTSUP");
  }
  if (version !== fileVersion) {
    const message = `Unsupported migration stream version, file version ${hex(version)} != ${hex(fileVersion)}`;
    throw new StreamFailure(message, 4, "ENOTSUP");
  }
  input.at += 8;
  yield { kind: "header", offset: 0, size: 8, version };
}

function* body(reading: Reading): Step<void> {
  const { input } = reading;
  for (let count = 0; ; count++) {
    yield* require(reading, 1, "load of migration failed: Input/output error");
    const offset = input.offset;
    if (count > limits.sections) throw new StreamFailure(`more than ${limits.sections} sections`, offset);
    const type = input.buffer[input.at];
    switch (type) {
      case mark.eof:
        input.at++;
        yield { kind: "eof", offset, size: 1 };
        return;
      case mark.configuration: {
        const configuration = yield* readConfiguration(input);
        reading.ram.ignoreShared = configuration.capabilities?.includes("x-ignore-shared") ?? false;
        if (reading.ram.pageSize === 0) reading.ram.pageSize = pageSizeIn(configuration);
        reading.ram.mapped = configuration.capabilities?.includes("mapped-ram") ?? false;
        yield configuration;
        break;
      }
      case mark.start:
      case mark.full:
        yield* opening(reading, type === mark.start ? "start" : "full");
        break;
      case mark.part:
      case mark.end:
        yield* continuing(reading, type === mark.part ? "part" : "end");
        break;
      case mark.command:
        yield* command(reading);
        break;
      default:
        throw new StreamFailure(`Unknown section type ${type}`, offset);
    }
  }
}

/** Bytes, where targets with pages of several sizes say which it is; else 0. */
function pageSizeIn({ targetPageBits = 0 }: ConfigurationEvent): number {
  return targetPageBits >= 10 && targetPageBits <= 16 ? 1 << targetPageBits : 0;
}

/** Bytes behind the end of a stream are read as zeros. */
function paddedId({ buffer, at, used }: Input): number {
  let id = 0;
  for (let i = at + 1; i < at + 5; i++) id = id * 256 + (i < used ? (buffer[i] ?? 0) : 0);
  return id;
}

/** qemu_loadvm_section_start_full */
function* opening(reading: Reading, kind: "start" | "full"): Step<void> {
  const { input, sections, ids } = reading;
  const offset = input.offset;
  if (!(yield* input.need(6))) {
    const message = `Unable to read ID string for section ${paddedId(input)}`;
    throw new StreamFailure(message, Math.min(input.offset, input.size), "EIO");
  }
  const sectionId = input.view.getUint32(input.at + 1);
  const length = input.buffer[input.at + 5] ?? 0;
  yield* require(reading, 6 + length, `Unable to read ID string for section ${sectionId}`);
  const idstr = latin1(input.buffer.subarray(input.at + 6, input.at + 6 + length));
  yield* require(reading, 14 + length, "Failed to read instance/version ID: -5");
  const instanceId = input.view.getUint32(input.at + 6 + length);
  const versionId = input.view.getInt32(input.at + 10 + length);
  input.at += 14 + length;
  const section = { idstr, instanceId, versionId };
  if (kind === "start" || !sections.has(sectionId)) sections.set(sectionId, section);
  ids.add(sectionId);
  yield* payload(reading, kind, sectionId, section, offset);
}

/** qemu_loadvm_section_part_end */
function* continuing(reading: Reading, kind: "part" | "end"): Step<void> {
  const { input, sections } = reading;
  const offset = input.offset;
  yield* require(reading, 5, "Failed to read section ID: -5");
  const sectionId = input.view.getUint32(input.at + 1);
  const section = sections.get(sectionId);
  if (section === undefined) throw new StreamFailure(`Unknown section ${sectionId}`, offset);
  input.at += 5;
  yield* payload(reading, kind, sectionId, section, offset);
}

function* payload(
  reading: Reading,
  sectionKind: SectionKind,
  sectionId: number,
  section: OpenSection,
  offset: number,
): Step<void> {
  const { input, ram } = reading;
  const payloadOffset = input.offset;
  const isRam = section.idstr === "ram" && section.versionId === 4 && sectionKind !== "full";
  let bytes: Uint8Array | undefined;
  let guessedEnd = false;
  if (isRam) yield* ramPayload(reading);
  else {
    const ended = yield* devicePayload(reading, { ...section, sectionId, offset, payloadOffset });
    ({ guessedEnd } = ended);
    bytes = yield* held(reading, section, ended.bytes);
  }
  const payloadSize = input.offset - payloadOffset;
  const footer = yield* readFooter(reading, sectionId, section.idstr);
  const event: SectionEvent = {
    kind: "section",
    sectionKind,
    offset,
    size: input.offset - offset,
    sectionId,
    ...section,
    payloadOffset,
    payloadSize,
    footer,
    guessedEnd: guessedEnd && !footer,
    payload: bytes,
    ram: isRam ? ram.summary() : undefined,
  };
  yield event;
}

/** The payload, or a warning once there are more of them than are held. */
function* held(reading: Reading, { idstr }: OpenSection, bytes: Uint8Array): Step<Uint8Array | undefined> {
  const { input } = reading;
  const before = reading.held;
  if (before > limits.held) return undefined;
  reading.held += bytes.length;
  if (reading.held <= limits.held) return bytes;
  const message = `from ${idstr} on no device section is decoded: they have more than ${limits.held} bytes together`;
  yield { kind: "warning", offset: input.offset - bytes.length, message };
  return undefined;
}

function* ramPayload(reading: Reading): Step<void> {
  const { input, ram } = reading;
  ram.begin();
  for (;;) {
    const wanted = ram.scan(input);
    if (wanted === 0) return;
    yield* require(reading, wanted, "Getting RAM address failed");
  }
}

function* devicePayload(reading: Reading, section: UnendedSection): Step<Payload> {
  const { input, options, ids } = reading;
  const { sectionId } = section;
  const most = options.maximumPayload ?? limits.payload;
  for (let window = 4096; ; window *= 4) {
    yield* input.need(Math.max(0, Math.min(window, input.remaining)));
    // not more, although it may be there: what is found must not hang on how much the source gave at once
    const end = Math.min(input.used, input.at + window);
    const final = input.base + end >= input.size;
    const bytes = { buffer: input.buffer.subarray(0, end), view: input.view, end, final };
    let found = -1;
    let guessedEnd = false;
    if (reading.footers !== false) found = findFooter(bytes, input.at, sectionId, ids);
    if (found === -1 && reading.footers !== true) {
      const measured = options.measure?.(section, input.buffer.subarray(input.at, end));
      if (measured === "more") found = final ? -1 : -2;
      else if (measured !== undefined) found = input.at + measured;
      else {
        found = findNext(bytes, input.at, ids);
        guessedEnd = true;
      }
    }
    if (found === -1 && final) found = findFooter(bytes, input.at, sectionId, ids, true);
    if (found >= 0) return { bytes: take(input, found - input.at), guessedEnd };
    if (final) {
      const measured = options.measure?.(section, input.buffer.subarray(input.at, end));
      // The bytes of this section end before those that are no footer.
      if (typeof measured === "number" && measured <= end - input.at)
        return { bytes: take(input, measured), guessedEnd: false };
      throw new StreamFailure(`Missing section footer for ${section.idstr}`, input.size).inside(section);
    }
    if (window >= most) {
      throw new StreamFailure(`section ${section.idstr} has no footer within ${most} bytes`, input.offset);
    }
  }
}

interface Payload {
  readonly bytes: Uint8Array;
  readonly guessedEnd: boolean;
}

function take(input: Input, count: number): Uint8Array {
  const bytes = input.buffer.slice(input.at, input.at + count);
  input.at += count;
  return bytes;
}

/** check_section_footer; gives whether there is one. */
function* readFooter(reading: Reading, sectionId: number, idstr: string): Step<boolean> {
  const { input } = reading;
  const there = (yield* input.need(1)) && input.buffer[input.at] === mark.footer;
  if (reading.footers === undefined) reading.footers = there;
  if (!reading.footers) return false;
  if (!there) throw new StreamFailure(`Missing section footer for ${idstr}`, Math.min(input.offset, input.size));
  yield* require(reading, 5, `Missing section footer for ${idstr}`);
  const read = input.view.getUint32(input.at + 1);
  if (read !== sectionId) {
    const hex = (value: number) => `0x${value.toString(16)}`;
    const message = `Mismatched section id in footer for ${idstr} - read ${hex(read)} expected ${hex(sectionId)}`;
    throw new StreamFailure(message, input.offset);
  }
  input.at += 5;
  return true;
}

/** loadvm_process_command. A package's sections follow as if they stood in the stream itself. */
function* command(reading: Reading): Step<void> {
  const { input } = reading;
  const offset = input.offset;
  yield* require(reading, 5, "load of migration failed: Input/output error");
  const number = input.view.getUint16(input.at + 1);
  const length = input.view.getUint16(input.at + 3);
  const known = commands[number];
  if (known === undefined || number === 0) {
    throw new StreamFailure(`MIG_CMD 0x${number.toString(16)} unknown (len 0x${length.toString(16)})`, offset);
  }
  if (known.length !== -1 && known.length !== length) {
    const message = `${known.name} received with bad length - expecting ${known.length}, got ${length}`;
    throw new StreamFailure(message, offset, "EIO");
  }
  yield* require(reading, 5 + length, "load of migration failed: Input/output error");
  input.at += 5;
  reading.commands += length;
  if (reading.commands > limits.held) throw new StreamFailure(`commands hold more than ${limits.held} bytes`, offset);
  const data = take(input, length);
  yield { kind: "command", offset, size: 5 + length, command: number, name: known.name, data };
}

/** The JSON behind EOF; QEMU's own reader only warns where it is missing. */
function* trailer({ input }: Reading): Step<void> {
  const offset = input.offset;
  if (input.remaining <= 0) return;
  yield* input.need(1);
  const type = input.buffer[input.at] ?? 0;
  if (type !== mark.description) {
    yield { kind: "warning", offset, message: `Expected vmdescription section, but got ${type}` };
    return;
  }
  if (!(yield* input.need(5))) {
    yield { kind: "warning", offset, message: "the vmdescription section is cut" };
    return;
  }
  const length = input.view.getUint32(input.at + 1);
  if (length > input.remaining - 5) {
    yield { kind: "warning", offset, message: `the vmdescription section is cut: ${length} bytes announced` };
    return;
  }
  let json: Uint8Array | undefined;
  if (length > limits.description) {
    const message = `the vmdescription has ${length} bytes; up to ${limits.description} are read`;
    yield { kind: "warning", offset, message };
    input.at += 5 + length;
  } else {
    yield* input.need(5 + length);
    input.at += 5;
    json = take(input, length);
  }
  yield { kind: "trailer", offset, size: 5 + length, json };
  if (input.remaining > 0) {
    yield {
      kind: "warning",
      offset: input.offset,
      message: `${input.remaining} bytes behind the vmdescription section`,
    };
  }
}
