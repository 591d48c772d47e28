/**
 * Reads a whole stream into a description of it: sections in order with their fields, by the trailer's JSON and, where
 * a decoder is given, by the source's definitions; both are compared.
 */
import { toTheEnd } from "../../steps";
import { ByteReader, type StreamError } from "../framing/bytes";
import { compareStates } from "./compare";
import type {
  CommandEvent,
  ConfigurationEvent,
  HeaderEvent,
  SectionEvent,
  StreamEvent,
  WarningEvent,
} from "../framing/events";
import type { ByteSource } from "../framing/input";
import { layoutOf, type PayloadLayout } from "../values/layout";
import { limits } from "../framing/limits";
import { loadDescription } from "../values/load";
import { type Level, orderProblems } from "./orderCheck";
import { type DecodedPayload, type Decoding, leftOver } from "../values/search";
import { readStreamSteps, type StreamOptions } from "../framing/stream";
import { deviceKey, parseTrailer, type Trailer, trailerStart } from "./trailer";

/**
 * Decodes a section's payload by the source's definitions; undefined where the source has none for it. Where several
 * descriptions fit, one that `agrees` is preferred. `layout` answers what the source leaves open.
 */
export type Decoder = (
  section: SectionEvent,
  payload: Uint8Array,
  agrees: (decoding: DecodedPayload) => boolean,
  layout?: PayloadLayout,
  stream?: DecodedStream,
) => Decoding | undefined;

/** What a section is a part of. */
export interface DecodedStream {
  /** The type that the stream names, `pc-q35-10.0`. */
  readonly machine: string | undefined;
  /** Counts down the values that may still be made of the whole stream. */
  readonly elements: { left: number };
}

export interface InspectOptions extends StreamOptions {
  readonly decoder?: Decoder;
  /** Priority level of a section's handler, for the check of order. */
  readonly level?: (section: SectionEvent) => Level | undefined;
}

export interface Inspection {
  readonly header: HeaderEvent | undefined;
  readonly configuration: ConfigurationEvent | undefined;
  readonly sections: readonly InspectedSection[];
  /** Whether there was a decoder, so that sections are read by a source's definitions. */
  readonly withDefinitions: boolean;
  readonly events: readonly StreamEvent[];
  readonly commands: readonly CommandEvent[];
  readonly trailer: InspectedTrailer | undefined;
  readonly warnings: readonly WarningEvent[];
  readonly error: StreamError | undefined;
}

export interface InspectedTrailer {
  readonly offset: number;
  readonly size: number;
  readonly json: Uint8Array | undefined;
  /** undefined where the JSON cannot be read; a warning says why. */
  readonly content: Trailer | undefined;
}

/** Its decodings are made when they are asked for. */
export interface InspectedSection {
  readonly event: SectionEvent;
  readonly level: Level | undefined;
  /** Why this section should not stand here. */
  readonly orderProblem: string | undefined;
  readonly byTrailer: Decoding | undefined;
  readonly byDefinition: Decoding | undefined;
  /** Where the two decodings differ. */
  readonly differences: readonly string[];
}

/** Never throws on any content of `source`; what stops the load is in `error`. */
export function inspectStream(source: ByteSource, options: InspectOptions = {}): Inspection {
  return toTheEnd(inspectSteps(source, options));
}

/** The same in steps of at most a piece of the stream; each tells the offset of the last thing that was read. */
export function* inspectSteps(source: ByteSource, options: InspectOptions = {}): Generator<number, Inspection> {
  const early = peekTrailer(source);
  const events: StreamEvent[] = [];
  const steps = readStreamSteps(source, { ...(early && hintsOf(early)), ...options });
  let offset = 0;
  for (const event of steps) {
    if (event !== undefined) events.push(event);
    if (event !== undefined && "offset" in event) offset = event.offset;
    yield offset;
  }
  const configuration = events.find((event) => event.kind === "configuration");
  const trailerEvent = events.find((event) => event.kind === "trailer");
  const parsed = trailerEvent?.json && parseTrailer(trailerEvent.json, trailerEvent.offset + 5);
  const content = parsed?.ok === true ? parsed.value : undefined;
  const warnings = events.filter((event) => event.kind === "warning");
  if (parsed?.ok === false) {
    warnings.push({ kind: "warning", offset: parsed.error.offset, message: parsed.error.message });
  }
  warnings.push(...doubled(events.filter((event) => event.kind === "section")));
  warnings.push(...placedElsewhere(events.filter((event) => event.kind === "section")));
  warnings.push(...elsewhere(events.filter((event) => event.kind === "section")));
  return {
    header: events.find((event) => event.kind === "header"),
    configuration,
    sections: decodeSections(
      events.filter((event) => event.kind === "section"),
      content ?? early,
      options,
      configuration?.machine,
    ),
    withDefinitions: options.decoder !== undefined,
    events,
    commands: events.filter((event) => event.kind === "command"),
    trailer: trailerEvent && { ...trailerEvent, content },
    warnings,
    error: events.find((event) => event.kind === "error")?.error,
  };
}

/** Offsets of mapped-ram are the file's: QEMU finds the pages of a stream only where it was written. */
function placedElsewhere(sections: readonly SectionEvent[]): WarningEvent[] {
  for (const { offset, ram } of sections) {
    const at = ram?.blocks.find(({ mapped }) => mapped !== undefined && mapped.fileOffset > 0n)?.mapped?.fileOffset;
    if (at === undefined) continue;
    const message = `mapped-ram: offsets of pages count from ${at} bytes before the stream, where its file began: QEMU reads it from such a file only (file:FILE,offset=0x${at.toString(16)})`;
    return [{ kind: "warning", offset, message }];
  }
  return [];
}

/** With multifd the main channel only says when to wait for the others, unless the file maps its pages. */
function elsewhere(sections: readonly SectionEvent[]): WarningEvent[] {
  const found = sections.find(({ ram }) => ram !== undefined && ram.flushes > 0);
  const mapped = sections.some(({ ram }) => ram?.blocks.some((block) => block.mapped !== undefined));
  if (found === undefined || mapped) return [];
  const message = "multifd: pages of RAM travelled in channels of their own, which are not in this stream";
  return [{ kind: "warning", offset: found.offset, message }];
}

/** QEMU loads a section of a name and instance again, over what the first one brought. */
function doubled(sections: readonly SectionEvent[]): WarningEvent[] {
  const seen = new Map<string, number>();
  const warnings: WarningEvent[] = [];
  for (const { sectionKind, idstr, instanceId, offset } of sections) {
    if (sectionKind === "part" || sectionKind === "end") continue;
    const key = deviceKey(idstr, instanceId);
    const before = seen.get(key);
    const message = `a second section ${key}: it is loaded over the one at offset ${before}`;
    if (before === undefined) seen.set(key, offset);
    else warnings.push({ kind: "warning", offset, message });
  }
  return warnings;
}

function decodeSections(
  events: readonly SectionEvent[],
  trailer: Trailer | undefined,
  options: InspectOptions,
  machine: string | undefined,
): readonly InspectedSection[] {
  const levels = events.map((event) => options.level?.(event));
  const problems = orderProblems(events, levels);
  const stream = { machine, elements: { left: limits.elements } };
  return events.map((event, i) => new Section(event, levels[i], problems[i], trailer, options, stream));
}

/** Decodes when it is asked to. */
class Section implements InspectedSection {
  private trailerDecoding: Decoding | undefined | "open" = "open";
  private definitionDecoding: Decoding | undefined | "open" = "open";

  constructor(
    readonly event: SectionEvent,
    readonly level: Level | undefined,
    readonly orderProblem: string | undefined,
    private readonly trailer: Trailer | undefined,
    private readonly options: InspectOptions,
    private readonly stream: DecodedStream,
  ) {}

  get byTrailer(): Decoding | undefined {
    if (this.trailerDecoding === "open") {
      const { event, trailer, stream } = this;
      this.trailerDecoding =
        trailer && event.payload && decodeByTrailer(event, event.payload, trailer, stream.elements);
    }
    return this.trailerDecoding;
  }

  get byDefinition(): Decoding | undefined {
    if (this.definitionDecoding === "open") {
      const { event, byTrailer, options, stream } = this;
      const agrees = (decoding: DecodedPayload) =>
        byTrailer?.ok !== true || compareStates(byTrailer, decoding).length === 0;
      const layout = options.decoder !== undefined && byTrailer?.ok === true ? layoutOf(byTrailer) : undefined;
      this.definitionDecoding = event.payload && options.decoder?.(event, event.payload, agrees, layout, stream);
    }
    return this.definitionDecoding;
  }

  get differences(): readonly string[] {
    const { byTrailer, byDefinition } = this;
    return byTrailer?.ok === true && byDefinition?.ok === true ? compareStates(byTrailer, byDefinition) : [];
  }
}

function decodeByTrailer(
  event: SectionEvent,
  payload: Uint8Array,
  trailer: Trailer,
  elements: { left: number },
): Decoding | undefined {
  const device = trailer.devices.get(deviceKey(event.idstr, event.instanceId));
  if (device === undefined) return undefined;
  const schema = { ...device.schema, versionId: event.versionId };
  const reader = new ByteReader(payload, { base: event.payloadOffset });
  const result = loadDescription(reader, schema, event.versionId, {}, { work: elements });
  if (!result.ok) return result;
  if (reader.remaining > 0) return { ok: false, error: leftOver(reader, schema) };
  return { ok: true, schema, state: result.value, decided: [], forced: [], told: [] };
}

/** The trailer, if it is the last thing in the stream: it tells the page size, and sizes where there are no footers. */
function peekTrailer(source: ByteSource): Trailer | undefined {
  const length = Math.min(source.size, 10 << 20);
  const tail = new Uint8Array(length);
  let held = 0;
  while (held < length) {
    const count = source.read(source.size - length + held, tail.subarray(held));
    if (count === 0) return undefined;
    held += count;
  }
  const start = trailerStart(tail);
  if (start === undefined) return undefined;
  const announced = new DataView(tail.buffer).getUint32(start + 1);
  const parsed = parseTrailer(tail.subarray(start + 5, start + 5 + announced), source.size - length + start);
  return parsed.ok ? parsed.value : undefined;
}

/**
 * Shapes of the sections as the stream's own description, where it ends with one, tells them. What stands in a payload behind what is
 * described, or in place of it, is not looked at.
 */
export function trailerLayouts(source: ByteSource): (section: SectionEvent) => PayloadLayout | undefined {
  const trailer = peekTrailer(source);
  const work = { left: limits.elements };
  return ({ idstr, instanceId, versionId, payload, payloadOffset }) => {
    const device = trailer?.devices.get(deviceKey(idstr, instanceId));
    if (device === undefined || payload === undefined) return undefined;
    const schema = { ...device.schema, versionId };
    const reader = new ByteReader(payload, { base: payloadOffset });
    const result = loadDescription(reader, schema, versionId, {}, { work, stopsAtUnknown: true });
    return result.ok ? layoutOf({ schema, state: result.value }) : undefined;
  };
}

/** What the stream's own description, where it ends with one, tells about its pages and the size of its sections. */
export function trailerHints(source: ByteSource): StreamOptions {
  const trailer = peekTrailer(source);
  return trailer === undefined ? {} : hintsOf(trailer);
}

function hintsOf(trailer: Trailer): StreamOptions {
  const { pageSize } = trailer;
  return { measure: measureBy(trailer), ...(pageSize === undefined ? {} : { pageSize }) };
}

function measureBy(trailer: Trailer): NonNullable<StreamOptions["measure"]> {
  const work = { left: limits.elements };
  return ({ idstr, instanceId, versionId }, bytes) => {
    const device = trailer.devices.get(deviceKey(idstr, instanceId));
    if (device === undefined) return undefined;
    const reader = new ByteReader(bytes);
    const result = loadDescription(reader, { ...device.schema, versionId }, versionId, {}, { dry: true, work });
    if (result.ok) return reader.position;
    return result.error.errno === "EIO" ? "more" : undefined;
  };
}
