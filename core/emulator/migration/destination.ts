/** The destination: reads the stream section by section. Follows qemu_loadvm_state_main and what it calls. */
import type { Project } from "../../project/project";
import {
  ByteReader,
  type DescriptionState,
  type LoadHooks,
  loadDescription,
  mark,
  ramFlag,
  type StreamError,
  type WireDescription,
} from "../../wire";
import { fileMagic, fileVersion, fileVersionObsolete } from "../../wire/framing/magic";
import type { Machine } from "../machine";
import { startsOf } from "../mainMemory";
import { type GuestMemory, pageSize } from "../memory/guestMemory";
import type { Entry } from "../world";
import { refusedBlock, refusedMemory } from "../ramBlocks";
import { storePage } from "./givenRam";
import { errnoOf, meaning, wording } from "./messages";

export interface LoadFailure {
  readonly entry: Entry | undefined;
  readonly offset: number;
  /** What QEMU prints, innermost first. */
  readonly messages: readonly string[];
}

export interface LoadedSection {
  readonly entry: Entry;
  readonly offset: number;
}

export interface DestinationState {
  readonly project: Project;
  readonly machine: Machine;
  readonly memory: GuestMemory;
  readonly schemaOf: (entry: Entry) => WireDescription | undefined;
  /** Answers for the load of one section; hooks may note a failure of their own. */
  readonly hooksOf: (entry: Entry) => LoadHooks;
  /** Called when a section's state is there, before its footer. Messages make the load fail. */
  readonly onLoaded: (entry: Entry, state: DescriptionState, offset: number) => FailureNote | undefined;
  /** Told each page of main memory that came with contents, and where in the stream these stand. */
  readonly onPage?: (address: number, offset: number) => void;
  /** What a hook noted when it returned an error. */
  readonly noted: () => FailureNote | undefined;
}

export interface FailureNote {
  readonly messages: readonly string[];
  /** Positive. */
  readonly errno: number;
}

const savevm = "migration/savevm.c";

/** undefined: everything was loaded. Never throws, whatever the bytes. */
export function loadStream(destination: DestinationState, bytes: Uint8Array): LoadFailure | undefined {
  const reader = new ByteReader(bytes);
  const run: Run = { destination, reader, live: new Map() };
  const header = readHeader(run);
  if (header !== undefined) return header;
  for (;;) {
    const offset = reader.offset;
    const type = reader.peek();
    if (type === undefined) return ended(run, undefined, offset);
    if (type === mark.eof) return undefined;
    reader.skip(1);
    const failed = readSection(run, type, offset);
    if (failed !== undefined) return failed;
  }
}

interface Run {
  readonly destination: DestinationState;
  readonly reader: ByteReader;
  readonly live: Map<number, Entry>;
}

function fail(entry: Entry | undefined, offset: number, messages: readonly string[], errno: number): LoadFailure {
  return { entry, offset, messages: [...messages, `load of migration failed: ${meaning(errno)}`] };
}

function ended({ reader }: Run, entry: Entry | undefined, offset: number): LoadFailure {
  return fail(entry, Math.max(offset, reader.offset), [], errnoOf("EIO"));
}

function readHeader({ destination, reader }: Run): LoadFailure | undefined {
  if (reader.remaining < 8) return ended({ destination, reader, live: new Map() }, undefined, 0);
  const magic = reader.u32();
  if (magic !== fileMagic) {
    const shown = `${magic.toString(16)} != ${fileMagic.toString(16)}`;
    return fail(undefined, 0, [headerWords(destination.project, `Not a migration stream, magic: ${shown}`)], 22);
  }
  const version = reader.u32();
  if (version !== fileVersion) {
    const shown = `${version.toString(16)} != ${fileVersion.toString(16)}`;
    const words =
      version === fileVersionObsolete
        ? "SaveVM v2 format is obsolete and no longer supported"
        : `Unsupported migration stream version, file version ${shown}`;
    return fail(undefined, 4, [headerWords(destination.project, words)], errnoOf("ENOTSUP"));
  }
  const first = reader.peek();
  if (first !== mark.configuration)
    return fail(undefined, 8, [configurationMissing(destination.project, first)], errnoOf("EINVAL"));
  reader.skip(1);
  if (reader.remaining < 4) return ended({ destination, reader, live: new Map() }, undefined, 8);
  const length = reader.u32();
  if (length > reader.remaining) return ended({ destination, reader, live: new Map() }, undefined, 8);
  const received = new TextDecoder("latin1").decode(reader.raw(length));
  const local = destination.machine.name;
  if (local.slice(0, length) !== received) {
    return fail(undefined, 13, [`Machine type received is '${received}' and local is '${local}'`], errnoOf("EINVAL"));
  }
  while (reader.peek() === mark.subsection && reader.remaining > 1) {
    reader.skip(1);
    const name = reader.counted();
    const payload = name === "configuration/target-page-bits" ? 4 : name === "configuration/uuid" ? 16 : undefined;
    if (payload === undefined || reader.remaining < 4 + payload)
      return ended({ destination, reader, live: new Map() }, undefined, reader.offset);
    reader.skip(4 + payload);
  }
  return undefined;
}

/** `first` is what stands behind the header. */
export function configurationMissing(project: Project, first = 0): string {
  return headerWords(
    project,
    `Configuration section missing, ${first.toString(16)} != ${mark.configuration.toString(16)}`,
  );
}

/** A message of 10.2 about a stream's first bytes, in the words of the tree's release. */
export function headerWords(project: Project, message: string): string {
  const text = project.text(savevm) ?? "";
  if (text.includes("is obsolete and no longer supported")) return message;
  return message.startsWith("SaveVM")
    ? "SaveVM v2 format is obsolete and don't work anymore"
    : (message.split(",")[0] ?? message);
}

function readSection(run: Run, type: number, offset: number): LoadFailure | undefined {
  const { reader, destination, live } = run;
  if (type === mark.start || type === mark.full) {
    if (reader.remaining < 5) return ended(run, undefined, offset);
    const sectionId = reader.u32();
    const length = reader.peek() ?? 0;
    if (reader.remaining < length + 9) return ended(run, undefined, offset);
    const idstr = reader.counted();
    const instanceId = reader.u32();
    const versionId = reader.u32();
    const entry = destination.machine.handlers.find(idstr, instanceId);
    if (entry === undefined) return unknownSection(destination.project, idstr, instanceId, offset);
    live.set(sectionId, entry);
    return readBody(run, entry, sectionId, versionId, offset);
  }
  if (type === mark.part || type === mark.end) {
    if (reader.remaining < 4) return ended(run, undefined, offset);
    const sectionId = reader.u32();
    const entry = live.get(sectionId);
    if (entry === undefined) return fail(undefined, offset, [`Unknown section ${sectionId}`], errnoOf("EINVAL"));
    return readBody(run, entry, sectionId, undefined, offset);
  }
  if (type === mark.command) {
    if (reader.remaining < 4) return ended(run, undefined, offset);
    reader.skip(2);
    const length = reader.u16();
    if (length > reader.remaining) return ended(run, undefined, offset);
    reader.skip(length);
    return undefined;
  }
  const message = wording(destination.project, savevm, ["Unknown savevm section type %d", "Unknown section type %d"]);
  return fail(undefined, offset, [message.replace("%d", String(type))], errnoOf("EINVAL"));
}

function unknownSection(project: Project, idstr: string, instanceId: number, offset: number): LoadFailure {
  return fail(undefined, offset, [unknownSectionMessage(project, idstr, instanceId)], errnoOf("EINVAL"));
}

export function unknownSectionMessage(project: Project, idstr: string, instanceId: number): string {
  const words = wording(project, savevm, [
    "Unknown savevm section or instance '%s'",
    "Unknown section or instance '%s'",
  ]);
  const advice = "Make sure that your current VM setup matches your saved VM setup, including any hotplugged devices";
  return `${words.replace("%s", idstr)} ${instanceId}. ${advice}`;
}

function readBody(
  run: Run,
  entry: Entry,
  sectionId: number,
  versionId: number | undefined,
  offset: number,
): LoadFailure | undefined {
  const failed = entry.isRam ? readRam(run, entry, offset) : readState(run, entry, versionId ?? 0, offset);
  return failed ?? readFooter(run, entry, sectionId, offset);
}

function readState(run: Run, entry: Entry, versionId: number, offset: number): LoadFailure | undefined {
  const { destination, reader } = run;
  const schema = destination.schemaOf(entry);
  if (schema === undefined) return ended(run, entry, offset);
  if (versionId > schema.versionId) {
    const message = unsupportedVersion(destination.project, entry.idstr, versionId, schema.versionId);
    return fail(entry, offset, [message], errnoOf("EINVAL"));
  }
  const payload = reader.offset;
  const result = loadDescription(reader, schema, versionId, destination.hooksOf(entry));
  if (!result.ok) return failedState(destination, entry, result.error, payload);
  const note = destination.onLoaded(entry, result.value, offset);
  return note && fail(entry, reader.offset, [...note.messages, whileLoading(entry)], note.errno);
}

function failedState(
  { project, noted }: DestinationState,
  entry: Entry,
  error: StreamError,
  payload: number,
): LoadFailure {
  const note = noted();
  const perLevel = levelMessages(project, error);
  const messages = note === undefined ? perLevel : [...note.messages, ...perLevel];
  return fail(
    entry,
    Math.max(error.offset, payload),
    [...messages, whileLoading(entry)],
    note?.errno ?? errnoOf(error.errno),
  );
}

/** Of newer releases; before, only the levels are named in which it was met. */
const streamError = "state: stream error";

/** Older releases name each level they fail in; newer ones chain the errors. */
export function levelMessages(project: Project, error: StreamError): readonly string[] {
  const loader = project.text("migration/vmstate.c") ?? "";
  const chained = loader.includes("post load hook failed for");
  if (chained) return [error.message, ...error.context];
  const levels = (error.fields ?? []).map(({ description, field }) => `Failed to load ${description}:${field}`);
  // only newer releases say which subsection it is
  const isSilent = (said: string): boolean => !loader.includes(said);
  const silent =
    error.isSilent === true ||
    (error.errno === "ENOENT" && isSilent("does not exist")) ||
    (error.message.includes(streamError) && isSilent(streamError));
  return silent || error.message.includes("hook failed") ? levels : [error.message, ...levels];
}

export function whileLoading({ instanceId, idstr }: Pick<Entry, "instanceId" | "idstr">): string {
  return `error while loading state for instance 0x${instanceId.toString(16)} of device '${idstr}'`;
}

function readFooter(
  { destination, reader }: Run,
  entry: Entry,
  sectionId: number,
  offset: number,
): LoadFailure | undefined {
  const at = reader.offset;
  if (reader.peek() !== mark.footer || reader.remaining < 5) {
    const messages = missingFooter(destination.project, entry.idstr, sectionId);
    return fail(entry, Math.max(at, offset), messages, errnoOf("EINVAL"));
  }
  reader.skip(1);
  const read = reader.u32();
  if (read === sectionId) return undefined;
  const expected = `0x${sectionId.toString(16)}`;
  const message = `Mismatched section id in footer for ${entry.idstr} - read 0x${read.toString(16)} expected ${expected}`;
  return fail(entry, at, [message], errnoOf("EINVAL"));
}

export function missingFooter(project: Project, idstr: string, sectionId: number): readonly string[] {
  const also = (project.text(savevm) ?? "").includes("Section footer error");
  const message = `Missing section footer for ${idstr}`;
  return also ? [message, `Section footer error, section_id: ${sectionId}`] : [message];
}

export function unsupportedVersion(project: Project, idstr: string, version: number, local: number): string {
  const words = wording(project, savevm, ["savevm: unsupported version %d for", "unsupported version %d for"]);
  return `${words.replace("%d", String(version))} '${idstr}' v${local}`;
}

/** Follows ram_load_precopy. */
function readRam(run: Run, entry: Entry, offset: number): LoadFailure | undefined {
  const { reader, destination } = run;
  const starts = startsOf(destination.machine.mainBlocks);
  let block = "";
  const flagMask = BigInt(pageSize - 1);
  for (;;) {
    const at = reader.offset;
    if (reader.remaining < 8) return ended(run, entry, offset);
    const word = reader.u64();
    const flags = Number(word & flagMask);
    const address = Number(word & ~flagMask);
    if ((flags & ramFlag.eos) !== 0) return undefined;
    if ((flags & ramFlag.memSize) !== 0) {
      for (let left = address; left > 0; ) {
        if (reader.remaining < (reader.peek() ?? 0) + 9) return ended(run, entry, at);
        const name = reader.counted();
        const length = reader.u64();
        const { machine, project } = destination;
        const refused = refusedBlock(project, machine, name, length) ?? refusedMemory(machine, name, length);
        if (refused !== undefined) return fail(entry, at, [refused, whileLoading(entry)], errnoOf("EINVAL"));
        left -= Number(length);
      }
      continue;
    }
    if ((flags & (ramFlag.zero | ramFlag.page)) === 0) {
      const message = `Unknown combination of migration flags: 0x${flags.toString(16)}`;
      return fail(entry, at, [message, whileLoading(entry)], errnoOf("EINVAL"));
    }
    if ((flags & ramFlag.continue) === 0) {
      if (reader.remaining < (reader.peek() ?? 0) + 1) return ended(run, entry, at);
      block = reader.counted();
    }
    const base = starts.get(block);
    const size = (flags & ramFlag.page) !== 0 ? pageSize : 1;
    if (reader.remaining < size) return ended(run, entry, at);
    const start = reader.offset;
    const bytes = reader.raw(size);
    if (size !== pageSize || base === undefined) continue;
    const page = storePage(destination.memory, base + address, bytes);
    if (page !== undefined) destination.onPage?.(page, start);
  }
}
