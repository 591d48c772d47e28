/**
 * Reads a whole stream into a description of it: sections in order with their fields, by the trailer's JSON and, where
 * a decoder is given, by the source's definitions; both are compared.
 */
import { ByteReader, type StreamError } from "./bytes";
import { compareStates } from "./compare";
import type { CommandEvent, ConfigurationEvent, HeaderEvent, SectionEvent, StreamEvent, WarningEvent } from "./events";
import type { ByteSource } from "./input";
import { layoutOf, type PayloadLayout } from "./layout";
import { loadDescription } from "./load";
import { type Level, orderProblems } from "./orderCheck";
import { type DecodedPayload, type Decoding, decodePayload } from "./search";
import { readStream, type StreamOptions } from "./stream";
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
) => Decoding | undefined;

export interface InspectOptions extends StreamOptions {
  readonly decoder?: Decoder;
  /** Priority level of a section's handler, for the check of order. */
  readonly level?: (section: SectionEvent) => Level | undefined;
}

export interface Inspection {
  readonly header: HeaderEvent | undefined;
  readonly configuration: ConfigurationEvent | undefined;
  readonly sections: readonly InspectedSection[];
  readonly events: readonly StreamEvent[];
  readonly commands: readonly CommandEvent[];
  readonly trailer: InspectedTrailer | undefined;
  readonly warnings: readonly WarningEvent[];
  readonly error: StreamError | undefined;
}

export interface InspectedTrailer {
  readonly offset: number;
  readonly size: number;
  readonly json: Uint8Array;
  /** undefined where the JSON cannot be read; a warning says why. */
  readonly content: Trailer | undefined;
}

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
  const early = peekTrailer(source);
  const pageSize = options.pageSize ?? early?.pageSize;
  const events = [
    ...readStream(source, {
      ...options,
      ...(pageSize === undefined ? {} : { pageSize }),
      ...(early === undefined ? {} : { measure: measureBy(early) }),
    }),
  ];
  const trailerEvent = events.find((event) => event.kind === "trailer");
  const parsed = trailerEvent && parseTrailer(trailerEvent.json, trailerEvent.offset + 5);
  const content = parsed?.ok === true ? parsed.value : undefined;
  const warnings = events.filter((event) => event.kind === "warning");
  if (parsed?.ok === false) {
    warnings.push({ kind: "warning", offset: parsed.error.offset, message: parsed.error.message });
  }
  return {
    header: events.find((event) => event.kind === "header"),
    configuration: events.find((event) => event.kind === "configuration"),
    sections: decodeSections(
      events.filter((event) => event.kind === "section"),
      content ?? early,
      options,
    ),
    events,
    commands: events.filter((event) => event.kind === "command"),
    trailer: trailerEvent && { ...trailerEvent, content },
    warnings,
    error: events.find((event) => event.kind === "error")?.error,
  };
}

function decodeSections(events: readonly SectionEvent[], trailer: Trailer | undefined, options: InspectOptions) {
  const levels = events.map((event) => options.level?.(event));
  const problems = orderProblems(events, levels);
  return events.map((event, i): InspectedSection => {
    const { payload } = event;
    const byTrailer = trailer && payload && decodeByTrailer(event, payload, trailer);
    const agrees = (decoding: DecodedPayload) =>
      byTrailer?.ok !== true || compareStates(byTrailer, decoding).length === 0;
    const byDefinition =
      payload && options.decoder?.(event, payload, agrees, byTrailer?.ok === true ? layoutOf(byTrailer) : undefined);
    const differences =
      byTrailer?.ok === true && byDefinition?.ok === true ? compareStates(byTrailer, byDefinition) : [];
    return { event, level: levels[i], orderProblem: problems[i], byTrailer, byDefinition, differences };
  });
}

function decodeByTrailer(event: SectionEvent, payload: Uint8Array, trailer: Trailer): Decoding | undefined {
  const device = trailer.devices.get(deviceKey(event.idstr, event.instanceId));
  if (device === undefined) return undefined;
  const schema = { ...device.schema, versionId: event.versionId };
  return decodePayload(payload, event.payloadOffset, schema, event.versionId, {}, { attempts: 1 });
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

function measureBy(trailer: Trailer): NonNullable<StreamOptions["measure"]> {
  return ({ idstr, instanceId, versionId }, bytes) => {
    const device = trailer.devices.get(deviceKey(idstr, instanceId));
    if (device === undefined) return undefined;
    const reader = new ByteReader(bytes);
    const result = loadDescription(reader, { ...device.schema, versionId }, versionId);
    if (result.ok) return reader.position;
    return result.error.errno === "EIO" ? "more" : undefined;
  };
}
