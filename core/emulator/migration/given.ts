/** A stream that somebody else wrote, taken apart: its sections, and their state by the tree's definitions. */
import type { Project } from "../../project/project";
import {
  ByteReader,
  ByteWriter,
  type ConfigurationEvent,
  type DescriptionState,
  loadDescription,
  type LoadHooks,
  memorySource,
  putEndOfFile,
  putFooter,
  putSectionHeader,
  readStream,
  saveDescription,
  type SectionEvent,
  type StreamError,
  type UnendedSection,
  type WireDescription,
} from "../../wire";
import { trailerHints, trailerLayouts } from "../../wire/inspect/inspect";
import type { PayloadLayout } from "../../wire/values/layout";
import { type Decided, type Decoding, decodePayload, leftOver } from "../../wire/values/search";
import { decoderOf } from "../schemas";
import { configuredHooks } from "./configured";
import { setUpOf } from "./setUpMember";
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

/** Made of a section that goes on behind its end, before that is given up. */
const mostValues = 1_000_000;

export interface GivenState {
  readonly schema: WireDescription;
  readonly state: DescriptionState;
}

/**
 * A section by the description of the entry it is loaded into; undefined where there is no description or no payload. What the source
 * leaves open is what the stream's own description says. Where that says nothing, it is what makes the bytes fit, and then `decided`
 * tells what was taken: the destination may have it otherwise. `isInferred`: the machine was made from the stream.
 */
export function decodeGiven(
  project: Project,
  machine: Machine,
  entry: Entry,
  section: SectionEvent,
  { bytes, layout }: GivenStream,
  isInferred = false,
): Decoding | undefined {
  const { description } = entry.owner;
  if (description === undefined || section.payload === undefined) return undefined;
  const schema = decoderOf(project).compiler.compile(description);
  const told = layout(section);
  const toldLayout = told === undefined ? {} : { layout: told };
  const hooks = { ...givenHooks(project, machine, entry), ...toldLayout };
  const { payload, payloadOffset, versionId } = section;
  const decoded = decodePayload(payload, payloadOffset, schema, versionId, hooks);
  if (isInferred && !decoded.ok) {
    // the options of its own device, which names of sections do not tell
    const { member: _, ...rest } = configuredHooks(project, machine, entry);
    const other = { ...rest, fieldExists: decoderOf(project).fieldExists, ...toldLayout };
    const again = decodePayload(payload, payloadOffset, schema, versionId, other);
    if (again.ok) return { ...again, decided: [...again.decided, otherOptions(entry)] };
  }
  const ended = !decoded.ok && decoded.error.errno === "EIO" && decoded.error.notKnown !== true;
  return ended ? (readOn(bytes, section, schema, hooks) ?? decoded) : decoded;
}

/** Not all options of a machine that is made from a stream are known. */
export function otherOptions({ idstr }: Entry): Decided {
  return { question: `options of the device of ${idstr}`, taken: "others than it has here", answer: 1, of: 2 };
}

/** What set-up code leaves in the device goes before what properties and makers of buffers say, and both before what the stream says of its source. */
function givenHooks(project: Project, machine: Machine, entry: Entry): LoadHooks {
  const setUp = setUpOf(project, machine, entry);
  const hooks = configuredHooks(project, machine, entry, setUp);
  return {
    ...hooks,
    isNull: setUp.isNull,
    local: setUp.local,
    member: (member, scope) => setUp.member(member, scope) ?? hooks.member?.(member, scope),
  };
}

/** What loading a section meets in which the stream ends; undefined where the source does not say. */
export function errorIn(
  project: Project,
  machine: Machine,
  entry: Entry,
  section: UnendedSection,
  { bytes }: GivenStream,
): StreamError | undefined {
  const { description } = entry.owner;
  if (description === undefined) return undefined;
  const schema = decoderOf(project).compiler.compile(description);
  const hooks = configuredHooks(project, machine, entry);
  const { payloadOffset, versionId } = section;
  // where the source leaves something open, the attempt that came farthest
  const read =
    readOn(bytes, section, schema, hooks) ??
    decodePayload(bytes.subarray(payloadOffset), payloadOffset, schema, versionId, hooks);
  return read.ok || read.error.notKnown === true ? undefined : read.error;
}

/** QEMU does not know where a section ends: what reads more than there is takes the footer and what is behind it. */
function readOn(
  bytes: Uint8Array,
  { payloadOffset, versionId }: Pick<UnendedSection, "payloadOffset" | "versionId">,
  schema: WireDescription,
  hooks: LoadHooks,
): Decoding | undefined {
  const reader = new ByteReader(bytes, { start: payloadOffset });
  const result = loadDescription(reader, schema, versionId, hooks, { work: { left: mostValues } });
  if (result.ok)
    return {
      ok: false,
      error: { ...leftOver(reader, schema), message: `Missing section footer for ${schema.name}`, bytesLeft: 0 },
    };
  return result.error.notKnown === true ? undefined : result;
}

/** The same as an outcome. */
export function stateIn(
  project: Project,
  machine: Machine,
  entry: Entry,
  section: SectionEvent,
  given: GivenStream,
): Outcome<GivenState> {
  const decoded = decodeGiven(project, machine, entry, section, given);
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
      const held = stateIn(project, machine, entry, section, given);
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
