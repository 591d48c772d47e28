/** A stream that somebody else wrote, taken apart: its sections, and their state by the tree's definitions. */
import type { Project } from "../../project/project";
import {
  ByteWriter,
  type ConfigurationEvent,
  type DescriptionState,
  type LoadHooks,
  memorySource,
  putEndOfFile,
  putFooter,
  putSectionHeader,
  readStream,
  saveDescription,
  type SectionEvent,
  type StreamError,
  type WireDescription,
} from "../../wire";
import { trailerHints, trailerLayouts } from "../../wire/inspect/inspect";
import type { PayloadLayout } from "../../wire/values/layout";
import { type Decoding, decodePayload } from "../../wire/values/search";
import { decoderOf } from "../schemas";
import { failure, type Outcome, success } from "../commandLine";
import type { Machine } from "../machine";
import type { Entry } from "../world";

export interface GivenStream {
  readonly bytes: Uint8Array;
  /** undefined where the stream does not begin as one. */
  readonly version: number | undefined;
  readonly configuration: ConfigurationEvent | undefined;
  readonly sections: readonly SectionEvent[];
  /** Where device state begins, and where the trailer (or nothing) does. */
  readonly ramEnd: number;
  readonly end: number;
  /** The stream breaks off or goes wrong here. */
  readonly error: StreamError | undefined;
  /** Counts and sizes in a section, where the stream's own description tells them. */
  readonly layout: (section: SectionEvent) => PayloadLayout | undefined;
}

/** Total on any bytes. */
export function readGiven(bytes: Uint8Array): GivenStream {
  const sections: SectionEvent[] = [];
  let configuration: ConfigurationEvent | undefined;
  let version: number | undefined;
  let error: StreamError | undefined;
  let end = bytes.length;
  const source = memorySource(bytes);
  for (const event of readStream(source, trailerHints(source))) {
    if (event.kind === "section") sections.push(event);
    else if (event.kind === "header") version = event.version;
    else if (event.kind === "configuration") configuration = event;
    else if (event.kind === "eof") end = event.offset;
    else if (event.kind === "error") error = event.error;
  }
  const lastRam = sections.findLast(({ sectionKind }) => sectionKind !== "full");
  const ramEnd = lastRam === undefined ? (sections[0]?.offset ?? bytes.length) : lastRam.offset + lastRam.size;
  return { bytes, version, configuration, sections, ramEnd, end, error, layout: trailerLayouts(source) };
}

export interface GivenState {
  readonly schema: WireDescription;
  readonly state: DescriptionState;
}

/**
 * A section by the description of the entry it is loaded into; undefined where there is no description or no payload. What the source
 * leaves open is what the stream's own description says, and what makes the bytes fit only where it says nothing.
 */
export function decodeGiven(
  project: Project,
  entry: Entry,
  section: SectionEvent,
  layout: GivenStream["layout"],
): Decoding | undefined {
  const { description } = entry.owner;
  if (description === undefined || section.payload === undefined) return undefined;
  const { compiler, fieldExists, owner } = decoderOf(project);
  const schema = compiler.compile(description);
  const device = owner(description);
  const hooks = { fieldExists, ...(device === undefined ? {} : { owner: device }) };
  const { payload, payloadOffset, versionId } = section;
  const decode = (given: LoadHooks): Decoding => decodePayload(payload, payloadOffset, schema, versionId, given);
  const told = layout(section);
  if (told === undefined) return decode(hooks);
  const asWritten = decode({ ...hooks, layout: told });
  if (asWritten.ok) return asWritten;
  // What is there may be another thing on the destination.
  const otherwise = decode({ ...hooks, layout: onlyDescribed(told) });
  return otherwise.ok ? otherwise : asWritten;
}

/** Only what the stream says of fields that it describes. */
function onlyDescribed(layout: PayloadLayout): PayloadLayout {
  return {
    count: (...where) => (layout.has(...where) === true ? layout.count(...where) : undefined),
    size: (...where) => (layout.has(...where) === true ? layout.size(...where) : undefined),
    has: () => undefined,
    isNull: layout.isNull,
  };
}

/** The same as an outcome. */
export function stateIn(
  project: Project,
  entry: Entry,
  section: SectionEvent,
  layout: GivenStream["layout"],
): Outcome<GivenState> {
  const decoded = decodeGiven(project, entry, section, layout);
  if (decoded === undefined) return failure(`${section.idstr} has no description`);
  if (!decoded.ok) return failure(`${section.idstr}: ${decoded.error.message} (byte ${decoded.error.offset})`);
  return success({ schema: decoded.schema, state: decoded.state });
}

/** Gets a section's state and gives what is to be sent instead. */
export type StateChange = (entry: Entry, state: DescriptionState) => DescriptionState;

/**
 * A stream of the machine with the given stream's RAM and state, the state changed and written anew from its values, in the
 * order of the handler list. What the machine has and the stream has not is not sent; a section that cannot be decoded fails it.
 */
export function writeBased(
  project: Project,
  machine: Machine,
  given: GivenStream,
  change: StateChange,
): Outcome<Uint8Array> {
  if (given.error !== undefined) return failure(`${given.error.message} (byte ${given.error.offset})`);
  const writer = new ByteWriter();
  writer.put(given.bytes.subarray(0, given.ramEnd));
  const left = new Map<Entry, SectionEvent>();
  for (const section of given.sections) {
    if (section.sectionKind !== "full" || section.offset < given.ramEnd) continue;
    const entry = machine.handlers.find(section.idstr, section.instanceId);
    if (entry === undefined) return failure(`the machine has no section ${section.idstr} ${section.instanceId}`);
    left.set(entry, section);
  }
  for (const entry of machine.handlers) {
    const section = left.get(entry);
    if (section === undefined) continue;
    putSectionHeader(writer, "full", {
      sectionId: entry.sectionId,
      idstr: entry.idstr,
      instanceId: entry.instanceId,
      versionId: section.versionId,
    });
    const { description } = entry.owner;
    if (description === undefined) writer.put(section.payload ?? new Uint8Array(0));
    else {
      const held = stateIn(project, entry, section, given.layout);
      if (!held.ok) return held;
      const { schema, state } = held.value;
      const saved = saveDescription(writer, schema, change(entry, state));
      if (!saved.ok) return failure(`${entry.idstr}: ${saved.error.message}`);
    }
    putFooter(writer, entry.sectionId);
  }
  putEndOfFile(writer);
  writer.put(given.bytes.subarray(given.end + 1));
  return success(writer.finish());
}
