/** A given stream, loaded into the emulated destination section by section. */
import type { Project } from "../../project/project";
import { positionAt } from "../../c/range";
import { levelName } from "../../priority";
import type { VMStateDescription } from "../../vmstate/model";
import type { DescriptionState, FieldValue, SectionEvent, StreamError } from "../../wire";
import type { Decided } from "../../wire/values/search";
import { ownLists } from "../../code/ownLists";
import { buildMachine } from "../board";
import { failure, type Outcome, parseCommandLine, success } from "../commandLine";
import { inferMachine } from "../infer";
import type { Machine } from "../machine";
import { deviceMemory, isDeviceMemory } from "../deviceMemory";
import { isForeign, isFromFile, refusedBlock, refusedMemory, unknownBlock } from "../ramBlocks";
import { createWorld, type Entry, pciDevice, type World } from "../world";
import { type Actor, createActor, placeOf } from "./actions";
import {
  headerWords,
  levelMessages,
  missingFooter,
  unknownSectionMessage,
  unsupportedVersion,
  whileLoading,
} from "./destination";
import { actionsIn, analysedEffects, dmaActions, type LoadAction } from "./effects";
import { noConfiguration, otherMachine } from "./configuration";
import { decoderOf } from "../schemas";
import { blockedReport, unmigratable } from "./blocked";
import { changedStream, type StreamChanges } from "./changedGiven";
import { errorIn, decodeGiven, type GivenStream, readGiven } from "./given";
import { guestOf } from "./givenGuest";
import { canHappen } from "./loadedGuards";
import { type Link, millisecondsOf, timingOf, usualLink } from "./link";
import { errnoOf, meaning } from "./messages";
import { notSentNotes } from "./notSent";
import { printedLines } from "./printed";
import type { ReportEvent, ReportFailure, ReportOpen, ReportSection, SimulationReport } from "./report";

export interface LoadOptions {
  /** The destination's command line; guessed from the section names where it is not given. */
  readonly machine?: string;
  readonly defaults?: boolean;
  readonly treatAs?: string | undefined;
  /** What is done to the stream before it is loaded; places in the report are those of what is loaded. */
  readonly changes?: StreamChanges;
  /** What is not given is QEMU's default. */
  readonly link?: Partial<Link>;
  readonly cancelled?: () => boolean;
  readonly progress?: (done: number, label: string) => void;
}

/**
 * What the destination makes of the stream: unknown sections, state that does not fit, and devices that do DMA while they
 * load before the IOMMU that the stream has switched on. Through VT-d's tables in the stream's memory each is taken to use
 * what they map for it; with other IOMMUs no address is translated.
 */
export function simulateLoad(
  project: Project,
  stream: Uint8Array,
  options: LoadOptions = {},
): Outcome<SimulationReport> {
  const changed = changedStream(stream, options.changes ?? {});
  if (!changed.ok) return changed;
  const bytes = changed.value;
  const link = { ...usualLink, ...options.link };
  const given = readGiven(bytes);
  if (given.version === undefined && given.error !== undefined)
    return success(noStream(project, given.error, bytes.length, link));
  const notes: string[] = [];
  let commandLine = options.machine;
  if (commandLine === undefined) {
    const inferred = inferMachine(project, given, options.treatAs);
    if (!inferred.ok) return inferred;
    commandLine = inferred.value.commandLine;
    notes.push(`the destination is taken to be the stream's own machine: ${commandLine}`);
    for (const idstr of inferred.value.left) notes.push(`no device of the tree was found for ${idstr}`);
  }
  const request = parseCommandLine(commandLine, options);
  const machine = request.ok ? buildMachine(project, request.value) : request;
  if (!machine.ok) return machine;
  const blocked = unmigratable(machine.value);
  if (blocked !== undefined) {
    const end = `load of migration failed: ${meaning(errnoOf("EINVAL"))}`;
    return success(blockedReport(machine.value, blocked, (message) => printedLines(project, [message, end])));
  }
  const world = createWorld(project, machine.value, { remapping: false, consumes: () => false });
  const guest = guestOf(project, machine.value, world, given, analysedEffects);
  const run: Run = {
    actor: guest && createActor(project, guest, guest.memory, analysedEffects),
    project,
    given,
    machine: machine.value,
    world,
    enabled: enabledIn(given.sections),
    states: new Map(),
    events: [],
    late: [],
    printed: [],
    open: [],
    inferred: options.machine === undefined,
  };
  const sections: ReportSection[] = [];
  let failed = noConfiguration(run) ?? (options.machine === undefined ? undefined : otherMachine(run));
  for (const section of given.sections) {
    options.progress?.(section.offset / Math.max(1, bytes.length), section.idstr);
    if (options.cancelled?.()) return failure("the simulation was cancelled");
    const entry = machine.value.handlers.find(section.idstr, section.instanceId);
    const problem = failed === undefined ? loadSection(run, section, entry) : undefined;
    failed ??= problem;
    const open = run.open.at(-1)?.offset === section.offset;
    const result =
      problem !== undefined ? "failed" : failed !== undefined ? "not loaded" : open ? "not known" : "loaded";
    sections.push(sectionReport(machine.value, section, entry, result, link));
  }
  // an IOMMU that turns out to be off translated nothing: those before it lost nothing
  const late = run.late.filter(({ missing }) => missing === undefined || remaps(run, missing));
  run.events.push(...(run.actor?.events ?? []));
  const wrong = new Set(late.map(({ section }) => section.offset));
  if (failed === undefined && given.error !== undefined) failed = brokenOff(run, given.error, given.sections.at(-1));
  const first = late[0];
  const isWhole = failed === undefined && machine.value.partial.length === 0;
  const missing = isWhole ? notSentNotes(machine.value, given.sections) : [];
  return success({
    outcome:
      failed !== undefined
        ? "failed"
        : first !== undefined
          ? "corrupted"
          : run.open.length > 0
            ? "unknown"
            : "completed",
    machine: machine.value.name,
    sections: sections.map((each) => (wrong.has(each.offset) ? { ...each, result: "wrong" } : each)),
    events: run.events,
    open: run.open,
    failure: failed ?? (first === undefined ? null : tooEarly(project, first)),
    messages:
      failed === undefined ? [] : printedLines(project, run.printed.length > 0 ? run.printed : messagesOf(failed)),
    ram: ramOf(given.sections, link),
    timing: timingOf(
      link,
      given.sections.map(({ offset, size, sectionKind: kind }) => ({ offset, size, kind })),
      bytes.length,
    ),
    size: bytes.length,
    notes: [...missing, ...notes, ...lengthNotes(run), ...machine.value.notes],
  });
}

/** What the bytes fit, where nothing says that the destination has it so. */
export function taken({ question, taken: answer }: Decided): string {
  return `${question}: the stream fits ${answer}`;
}

/** The machine was made from the stream: a section of a table that the tree has may be one that was not understood. */
function isNamedInTree(project: Project, idstr: string): boolean {
  const name = idstr.slice(idstr.lastIndexOf("/") + 1);
  for (const { name: each } of project.descriptions()) if (each.known && each.value === name) return true;
  return false;
}

interface Late {
  readonly entry: Entry;
  readonly section: SectionEvent;
  /** The IOMMU that it should have found; undefined where it is known that it did not. */
  readonly missing: Entry | undefined;
  readonly action: LoadAction;
}

interface Run {
  /** Where the stream's guest can be asked what its IOMMU maps. */
  readonly actor: Actor | undefined;
  readonly project: Project;
  readonly given: GivenStream;
  readonly machine: Machine;
  readonly world: World;
  /** Sections of IOMMUs (by name) that the stream carries at all. */
  readonly enabled: ReadonlySet<string>;
  readonly states: Map<string, DescriptionState>;
  readonly events: ReportEvent[];
  readonly late: Late[];
  /** What QEMU prints. */
  readonly printed: string[];
  readonly open: ReportOpen[];
  /** The machine is the stream's own, as far as its sections tell. */
  readonly inferred: boolean;
}

function enabledIn(sections: readonly SectionEvent[]): ReadonlySet<string> {
  return new Set(sections.filter(({ sectionKind }) => sectionKind === "full").map(({ idstr }) => idstr));
}

function loadSection(run: Run, section: SectionEvent, entry: Entry | undefined): ReportFailure | undefined {
  const { project, world } = run;
  const { idstr, offset } = section;
  if (entry === undefined) {
    const path = idstr.includes("/") ? idstr.slice(0, idstr.lastIndexOf("/")) : undefined;
    if (run.machine.unnamed.includes(path)) {
      const where = path === undefined ? "the machine" : `the device at ${path}`;
      run.open.push({ idstr, offset, reasons: [`${where} registers state under a name that the source does not say`] });
      return undefined;
    }
    if (run.inferred && isNamedInTree(project, idstr)) {
      run.open.push({
        idstr,
        offset,
        reasons: ["no device was found that has this section: give the command line that the stream was saved with"],
      });
      return undefined;
    }
    const [why] = run.machine.partial;
    if (why !== undefined) {
      run.open.push({
        idstr,
        offset,
        reasons: [`the destination may have it, for not all of its board is known: ${why}`],
      });
      return undefined;
    }
    const message = unknownSectionMessage(project, section.idstr, section.instanceId);
    return { idstr: section.idstr, offset: section.offset, message, file: "", line: 0, chain: [] };
  }
  const blocks = section.ram?.blocks ?? [];
  for (const { name, length } of blocks) {
    const refused = refusedBlock(project, run.machine, name, length) ?? otherMemory(run, section, name, length);
    if (refused === undefined) continue;
    run.printed.push(refused, whileLoading(entry), `load of migration failed: ${meaning(errnoOf("EINVAL"))}`);
    return { idstr, offset, message: refused, file: "", line: 0, chain: [] };
  }
  if (section.sectionKind !== "full") return undefined;
  if (entry.owner.description === undefined || section.payload === undefined) {
    const why =
      section.payload === undefined ? "it is too large to be read" : "it is read by code, which is not followed";
    run.open.push({ idstr, offset, reasons: [why] });
    return undefined;
  }
  const held = decodeGiven(project, run.machine, entry, section, run.given);
  if (held === undefined) return undefined;
  if (!held.ok && held.error.notKnown === true) {
    run.open.push({ idstr, offset, reasons: [held.error.message] });
    return undefined;
  }
  if (!held.ok) return doesNotFit(run, section, entry, entry.owner.description, held.error);
  const reasons = [...new Set(held.decided.map(taken))];
  const lists = ownLists(project, entry.owner.description);
  if (lists.length > 0 && isOfOtherVersion(run))
    reasons.push(
      ...lists.map(
        ({ loaded, own, hook }) =>
          `${hook} compares ${loaded}, written by another version, with ${own}, which the destination's code builds: it may refuse it`,
      ),
    );
  if (reasons.length > 0) run.open.push({ idstr, offset, reasons });
  run.states.set(entry.idstr, held.state);
  if (run.actor !== undefined) return carriedOut(run, run.actor, section, entry, held.state);
  if (world.iommus.some((each) => each.entry === entry)) {
    const result = remaps(run, entry) ? "translating" : "off";
    run.events.push({ kind: "iommu-loaded", idstr: entry.idstr, result });
  } else noteAccesses(run, section, entry, held.state);
  return undefined;
}

const other = new WeakMap<Run, boolean>();

/** The stream's own description is not that of the tree's tables. */
function isOfOtherVersion(run: Run): boolean {
  const known = other.get(run);
  if (known !== undefined) return known;
  const { compiler } = decoderOf(run.project);
  const answer = run.given.sections.some((section) => {
    const description = run.machine.handlers.find(section.idstr, section.instanceId)?.owner.description;
    const layout = description === undefined ? undefined : run.given.layout(section);
    return description !== undefined && layout?.isOf(compiler.compile(description)) === false;
  });
  other.set(run, answer);
  return answer;
}

/** Of the stream's own machine, devices have the memory that the stream has. */
function otherMemory(run: Run, section: SectionEvent, name: string, length: bigint): string | undefined {
  const { project, machine, inferred } = run;
  if (inferred) return undefined;
  if (!isForeign(project, machine, name)) return refusedMemory(project, machine, name, length);
  // main memory under another name is what the stream has instead
  const sent = new Set(section.ram?.blocks.map((block) => block.name));
  if (machine.mainBlocks.some((block) => !sent.has(block.name))) return unknownBlock(name);
  const { idstr, offset } = section;
  run.open.push({ idstr, offset, reasons: [`whether the destination has the block of RAM "${name}" is not known`] });
  return undefined;
}

/** What is as long as an installation's files say, or as code makes it that was not followed: another length is refused. */
function lengthNotes({ project, machine, given, inferred }: Run): readonly string[] {
  const blocks = given.sections.flatMap(({ ram }) => ram?.blocks ?? []);
  const note = (what: string, found: typeof blocks): readonly string[] => {
    const names = found.map(({ name, length }) => `${name} (0x${length.toString(16)})`);
    return names.length === 0 ? [] : [`${what} taken to be as long as in the stream: ${names.join(", ")}`];
  };
  const memory = blocks.filter(
    ({ name }) => !inferred && isDeviceMemory(name) && deviceMemory(project, machine, name) === undefined,
  );
  return [
    ...note(
      "the destination's ROM files are",
      blocks.filter(({ name }) => isFromFile(project, machine, name)),
    ),
    ...note("this memory of the destination's devices is", memory),
  ];
}

/** A section that its table does not take whole, in QEMU's words. */
function doesNotFit(
  { project, printed }: Run,
  section: Pick<SectionEvent, "idstr" | "sectionId" | "versionId">,
  entry: Entry,
  description: VMStateDescription,
  error: StreamError,
): ReportFailure {
  const { idstr, sectionId, versionId } = section;
  const local = description.versionId.known ? description.versionId.value : versionId;
  const messages =
    versionId > local
      ? [unsupportedVersion(project, idstr, versionId, local)]
      : error.bytesLeft !== undefined
        ? missingFooter(project, idstr, sectionId)
        : [...levelMessages(project, error), whileLoading(entry)];
  printed.push(...messages, `load of migration failed: ${meaning(errnoOf(error.errno))}`);
  const line = positionAt(project.lines(description.file), description.nameRange.start).line;
  const message = `${idstr}: ${error.message}`;
  return { idstr, offset: error.offset, message, file: description.file, line, chain: [] };
}

/** The report on bytes that no destination takes for a stream. */
function noStream(project: Project, error: StreamError, size: number, link: Link): SimulationReport {
  const message = headerWords(project, error.message);
  return {
    outcome: "failed",
    machine: "",
    sections: [],
    events: [],
    failure: { idstr: "", offset: error.offset, message, file: "", line: 0, chain: [] },
    open: [],
    messages: [message, `load of migration failed: ${meaning(errnoOf(error.errno))}`],
    ram: { bytes: 0, rounds: [] },
    timing: timingOf(link, [], size),
    size,
    notes: [],
  };
}

/** What the section's hooks do, through what has been loaded so far. */
function carriedOut(
  { project, late, printed }: Run,
  actor: Actor,
  section: SectionEvent,
  entry: Entry,
  state: DescriptionState,
): ReportFailure | undefined {
  const { description } = entry.owner;
  const actions = description === undefined ? [] : dmaActions(project, description, analysedEffects);
  const before = actor.wrong.length;
  for (const hook of new Map(actions.map((each) => [JSON.stringify(each.hook), each.hook])).values()) {
    const happening = actionsIn(project, description, analysedEffects, hook);
    const note = actor.act(
      entry,
      happening.filter(({ effect }) => canHappen(project, effect, state)),
    );
    const wrong = actor.wrong.at(-1);
    if (note === undefined || wrong === undefined) continue;
    printed.push(...note.messages, whileLoading(entry), `load of migration failed: ${meaning(note.errno)}`);
    return { ...failureAt(project, entry, section, wrong.action), message: whileLoading(entry) };
  }
  const wrong = actor.wrong.length > before ? actor.wrong.at(-1) : undefined;
  if (wrong !== undefined) late.push({ entry, section, missing: undefined, action: wrong.action });
  actor.loaded(entry, state);
  return undefined;
}

/** Accesses of a PCI device while an IOMMU that comes later in the stream is not there yet. */
function noteAccesses(run: Run, section: SectionEvent, entry: Entry, state: DescriptionState): void {
  const { project, world } = run;
  const { device, description } = entry.owner;
  if (description === undefined) return;
  const behind = device !== undefined && pciDevice(device) !== undefined;
  const missing = behind
    ? world.iommus.find(({ entry: unit }) => run.enabled.has(unit.idstr) && !run.states.has(unit.idstr))
    : undefined;
  for (const action of dmaActions(project, description, analysedEffects)) {
    if (!canHappen(project, action.effect, state)) continue;
    const { kind, chain, api } = action.effect;
    const result = missing === undefined ? "ok" : `too early: ${missing.entry.idstr} is not loaded yet`;
    const shown = kind === "dma-read" || kind === "dma-write" ? kind : "dma-map";
    run.events.push({ kind: shown, idstr: entry.idstr, result, ...placeOf(project, chain, api) });
    if (missing !== undefined) run.late.push({ entry, section, missing: missing.entry, action });
  }
}

function remaps({ world, states }: Run, entry: Entry): boolean {
  const unit = world.iommus.find((each) => each.entry === entry);
  const state = states.get(entry.idstr);
  if (unit === undefined || state === undefined) return false;
  if (unit.kind.unit === "mappings") return state.fields.some(({ value }) => holdsElements(value));
  const flag = unit.kind.unit === "vtd" ? unit.kind.enabled : unit.kind.control;
  const value = state.fields.find(({ name }) => name === flag)?.value;
  const first = value?.kind === "array" ? value.elements[0] : value;
  return first?.kind === "integer" && (first.value & 1n) !== 0n;
}

/** A list or tree with something in it, anywhere inside. */
function holdsElements(value: FieldValue): boolean {
  switch (value.kind) {
    case "list":
      return value.elements.length > 0;
    case "tree":
      return value.entries.length > 0;
    case "array":
      return value.elements.some(holdsElements);
    case "struct":
      return value.state.fields.some((field) => holdsElements(field.value));
    case "record":
      return value.members.some((member) => holdsElements(member.value));
    default:
      return false;
  }
}

function tooEarly(project: Project, { entry, section, action }: Late): ReportFailure {
  const message = `${entry.idstr} does DMA while it loads, before the IOMMU that translates it: wrong data if the guest has buffers there`;
  return { ...failureAt(project, entry, section, action), message };
}

/** Where in the stream and in the C code an access went wrong. */
function failureAt(
  project: Project,
  entry: Entry,
  section: SectionEvent,
  action: LoadAction,
): Omit<ReportFailure, "message"> {
  const { chain, api } = action.effect;
  const { file, line } = placeOf(project, chain, api);
  const steps = chain.map((step) => {
    return {
      function: step.function,
      file: step.file,
      line: positionAt(project.lines(step.file), step.range.start).line,
    };
  });
  return { idstr: entry.idstr, offset: section.offset, file, line, chain: steps };
}

const footerMissing = "Missing section footer for ";

/** What qemu_loadvm_section_start_full and _part_end say where the stream ends in a section's head. */
const sectionHeads = [
  "Unable to read ID string",
  "Failed to read instance/version ID",
  "Failed to read section ID",
] as const;

const ramEnds = "Getting RAM address failed";
const ram = "migration/ram.c";

/** What older releases print, which do not look whether there was an address: they read zeros behind the end. */
function ramBrokenOff(bytes: Uint8Array, offset: number, last: SectionEvent): readonly string[] {
  const isWhole = bytes.length - offset >= 8;
  return [
    ...(isWhole ? [] : ["Unknown combination of migration flags: 0x0"]),
    `error while loading state section id ${last.sectionId}(${last.idstr})`,
    `load of migration failed: ${meaning(errnoOf(isWhole ? "EIO" : "EINVAL"))}`,
  ];
}

/** Older releases name the function. */
function headWords(project: Project, message: string): string {
  const text = project.text("migration/savevm.c") ?? "";
  const words = message.slice(0, message.indexOf(":"));
  if (!text.includes(`"%s: ${words}`)) return message;
  const part = message.startsWith("Failed to read section ID") ? "section_part_end" : "section_start_full";
  return `qemu_loadvm_${part}: ${message}`;
}

function brokenOff(run: Run, error: StreamError, last: SectionEvent | undefined): ReportFailure {
  const { project, machine, given, printed } = run;
  const section = error.unended;
  const owner = section && machine.handlers.find(section.idstr, section.instanceId);
  if (section !== undefined && owner === undefined && machine.partial.length === 0) {
    const message = unknownSectionMessage(project, section.idstr, section.instanceId);
    return { idstr: section.idstr, offset: section.offset, message, file: "", line: 0, chain: [] };
  }
  const met = section && owner && errorIn(project, machine, owner, section, given);
  if (section !== undefined && owner?.owner.description !== undefined && met !== undefined)
    return doesNotFit(run, section, owner, owner.owner.description, met);
  const isHead = sectionHeads.some((head) => error.message.startsWith(head));
  const unended = error.message.startsWith(footerMissing) ? error.message.slice(footerMissing.length) : undefined;
  const entry = unended === undefined ? undefined : machine.handlers.find(unended, 0);
  if (entry !== undefined) {
    const end = `load of migration failed: ${meaning(errnoOf(error.errno))}`;
    printed.push(...missingFooter(project, entry.idstr, entry.sectionId), end);
  } else if (error.message === ramEnds && last !== undefined && !(project.text(ram) ?? "").includes(ramEnds)) {
    printed.push(...ramBrokenOff(given.bytes, error.offset, last));
  } else if (isHead) {
    const [idString] = sectionHeads;
    const errno = error.message.startsWith(idString) ? "EINVAL" : error.errno;
    printed.push(headWords(project, error.message), `load of migration failed: ${meaning(errnoOf(errno))}`);
  }
  return {
    idstr: section?.idstr ?? (isHead ? "" : (last?.idstr ?? "")),
    offset: error.offset,
    message: error.message,
    file: "",
    line: 0,
    chain: [],
  };
}

function messagesOf(failed: ReportFailure): readonly string[] {
  const around = failed.file === "" ? [] : [whileLoading({ instanceId: 0, idstr: failed.idstr })];
  return [failed.message, ...around, `load of migration failed: ${meaning(22)}`];
}

function sectionReport(
  machine: Machine,
  section: SectionEvent,
  entry: Entry | undefined,
  result: ReportSection["result"],
  link: Link,
): ReportSection {
  const { offset, size, sectionKind: kind, idstr, instanceId } = section;
  const level = entry === undefined ? "" : levelName(entry.level, machine.scheme);
  return { offset, size, kind, idstr, instanceId, level, result, milliseconds: millisecondsOf(link, size) };
}

function ramOf(sections: readonly SectionEvent[], link: Link): SimulationReport["ram"] {
  const rounds = sections.flatMap(({ ram, size, sectionKind }) => {
    if (ram === undefined || sectionKind === "start") return [];
    const zero = ram.pages.reduce((sum, each) => sum + each.zero, 0);
    const pages = ram.pages.reduce((sum, each) => sum + each.normal, 0);
    return [{ pages, zero, bytes: size, milliseconds: millisecondsOf(link, size) }];
  });
  return { bytes: rounds.reduce((sum, round) => sum + round.bytes, 0), rounds };
}
