/**
 * A stream written again from what inspection made of it, with sections moved, dropped or changed: the material of
 * experiments with real QEMU. Without edits the result is the same bytes. Pages of ram are copied, not held.
 */
import { ByteWriter, type Result, type StreamError } from "../framing/bytes";
import type { ConfigurationEvent, SectionEvent, StreamEvent } from "../framing/events";
import type { InspectedSection, Inspection } from "./inspect";
import { shown } from "./present";
import {
  type ConfigurationSubsection,
  putConfiguration,
  putEndOfFile,
  putFooter,
  putHeader,
  putPartHeader,
  putSectionHeader,
} from "../framing/put";
import { saveDescription } from "../values/save";
import { setField } from "../values/setField";
import type { DescriptionState } from "../values/state";

export interface Edits {
  /** Sections are named by idstr, or `idstr#instance`. */
  readonly drop?: readonly string[];
  readonly move?: readonly { readonly section: string; readonly before: string }[];
  /** `section.field=value`; see setField for fields and values. */
  readonly set?: readonly string[];
}

/** A run of the new stream: bytes, or a range of the old one. */
export type Piece =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "copy"; readonly offset: number; readonly size: number };

export interface Rewritten {
  readonly pieces: readonly Piece[];
  /** Sections whose payload was copied because nothing could decode it. */
  readonly copied: readonly string[];
}

/** Fails where an edit names what is not there, or a value does not fit; and where the stream itself has an error. */
export function rewriteStream(inspection: Inspection, edits: Edits = {}): Result<Rewritten> {
  if (inspection.error !== undefined) return { ok: false, error: inspection.error };
  const states = new Map<SectionEvent, DescriptionState>();
  for (const text of edits.set ?? []) {
    const problem = applySet(inspection, text, states);
    if (problem !== undefined) return failure(problem);
  }
  const order = reorder(inspection, edits);
  if (typeof order === "string") return failure(order);
  const byEvent = new Map(inspection.sections.map((section) => [section.event, section]));
  const pieces: Piece[] = [];
  const copied: string[] = [];
  for (const event of order) {
    const section = event.kind === "section" ? byEvent.get(event) : undefined;
    const result = section === undefined ? plainPieces(event) : sectionPieces(section, states, copied);
    if (!Array.isArray(result)) return { ok: false, error: result };
    pieces.push(...result);
  }
  return { ok: true, value: { pieces, copied } };
}

function failure(message: string): { ok: false; error: StreamError } {
  return { ok: false, error: { message, offset: 0, context: [], errno: "EINVAL" } };
}

function nameMatches(event: SectionEvent, name: string): boolean {
  return name === event.idstr || name === `${event.idstr}#${event.instanceId}`;
}

/** The device section of that name, or why there is none. */
function findSection(inspection: Inspection, name: string): InspectedSection | string {
  const found = inspection.sections.filter(({ event }) => event.sectionKind === "full" && nameMatches(event, name));
  const [section] = found;
  if (section === undefined) return `no device section is named ${name}`;
  if (found.length === 1) return section;
  return `${name} is ambiguous: write ${found.map(({ event }) => `${event.idstr}#${event.instanceId}`).join(" or ")}`;
}

function applySet(
  inspection: Inspection,
  text: string,
  states: Map<SectionEvent, DescriptionState>,
): string | undefined {
  const equals = text.indexOf("=");
  const target = text.slice(0, equals);
  const names = inspection.sections
    .filter(({ event }) => event.sectionKind === "full")
    .flatMap(({ event }) => [event.idstr, `${event.idstr}#${event.instanceId}`])
    .filter((name) => target.startsWith(`${name}.`))
    .sort((a, b) => b.length - a.length);
  const [name] = names;
  if (equals < 0 || name === undefined) return `${text}: write SECTION.field=value with the name of a device section`;
  const section = findSection(inspection, name);
  if (typeof section === "string") return section;
  const decoding = shown(section);
  if (decoding?.ok !== true) return `${name} could not be decoded, so no field of it can be set`;
  const state = states.get(section.event) ?? decoding.state;
  const result = setField(decoding.schema, state, target.slice(name.length + 1), text.slice(equals + 1));
  if (typeof result === "string") return `${name}: ${result}`;
  states.set(section.event, result);
  return undefined;
}

function reorder(inspection: Inspection, edits: Edits): readonly StreamEvent[] | string {
  let order: readonly StreamEvent[] = inspection.events;
  for (const name of edits.drop ?? []) {
    const section = findSection(inspection, name);
    if (typeof section === "string") return section;
    order = order.filter((event) => event !== section.event);
  }
  for (const { section: name, before } of edits.move ?? []) {
    const section = findSection(inspection, name);
    const target = findSection(inspection, before);
    if (typeof section === "string") return section;
    if (typeof target === "string") return target;
    if (section === target) continue;
    const rest = order.filter((event) => event !== section.event);
    const at = rest.indexOf(target.event);
    if (at < 0 || rest.length === order.length) return `${name} or ${before} has been dropped`;
    order = [...rest.slice(0, at), section.event, ...rest.slice(at)];
  }
  return order;
}

function plainPieces(event: StreamEvent): Piece[] {
  const writer = new ByteWriter();
  switch (event.kind) {
    case "header":
      putHeader(writer);
      break;
    case "configuration":
      putConfiguration(writer, event.machine, configurationSubsections(event));
      break;
    case "command":
    case "trailer":
      return [{ kind: "copy", offset: event.offset, size: event.size }];
    case "eof":
      putEndOfFile(writer);
      break;
    default:
      return [];
  }
  return [{ kind: "bytes", bytes: writer.finish() }];
}

function configurationSubsections(event: ConfigurationEvent): ConfigurationSubsection[] {
  return event.subsections.map(({ name, versionId }) => {
    const writer = new ByteWriter();
    if (name === "configuration/target-page-bits") writer.u32(event.targetPageBits ?? 0);
    else if (name === "configuration/uuid") {
      for (const octet of event.uuid?.match(/../g) ?? []) writer.u8(Number.parseInt(octet, 16));
    } else {
      writer.u32(event.capabilities?.length ?? 0);
      for (const capability of event.capabilities ?? []) writer.counted(capability);
    }
    return { name, versionId, payload: writer.finish() };
  });
}

function sectionPieces(
  section: InspectedSection,
  states: ReadonlyMap<SectionEvent, DescriptionState>,
  copied: string[],
): Piece[] | StreamError {
  const { event } = section;
  const head = new ByteWriter();
  if (event.sectionKind === "start" || event.sectionKind === "full") putSectionHeader(head, event.sectionKind, event);
  else putPartHeader(head, event.sectionKind, event.sectionId);
  const decoding = shown(section);
  const payload: Piece[] = [];
  if (event.payload !== undefined && decoding?.ok === true) {
    const state = states.get(event) ?? decoding.state;
    const saved = saveDescription(head, decoding.schema, state);
    if (!saved.ok) return { ...saved.error, offset: event.payloadOffset + saved.error.offset };
  } else {
    if (event.ram === undefined) copied.push(event.idstr);
    payload.push({ kind: "copy", offset: event.payloadOffset, size: event.payloadSize });
  }
  const foot = new ByteWriter();
  if (event.footer) putFooter(foot, event.sectionId);
  return [{ kind: "bytes", bytes: head.finish() }, ...payload, { kind: "bytes", bytes: foot.finish() }];
}
