/** One section of a given stream, loaded into the emulated destination. */
import { StreamCode } from "../../board";
import { positionAt } from "../../c/range";
import type { Project } from "../../project/project";
import type { SectionEvent } from "../../wire";
import type { Decided } from "../../wire/values/search";
import { isForeign, refusedBlock, refusedMemory, unknownBlock } from "../ramBlocks";
import type { Entry } from "../world";
import { unknownSectionMessage, whileLoading } from "./destination";
import { decoderOf } from "../schemas";
import { notTakenByCode } from "./loadByCode";
import { decodeGiven, otherOptions } from "./given";
import { refusedConfig } from "./givenConfig";
import { errnoOf, meaning } from "./messages";
import type { ReportFailure } from "./report";
import type { Run } from "./loadRun";
import { carriedOut, noteAccesses, remaps } from "./loadAccesses";
import { loadedLists } from "./loadedLists";
import { doesNotFit } from "./loadFailures";
import { type RefusedByCode, refusedByCode } from "./refusedByCode";

/** What the bytes fit, where nothing says that the destination has it so. */
export function taken({ question, taken: answer }: Decided): string {
  return `${question}: the stream fits ${answer}`;
}

const noEnd = "the stream has no footers: where the section ends, and what follows it, is not known";

/** The machine was made from the stream: a section that the tree has may be of a device or back end that was not understood. */
function isNamedInTree(project: Project, idstr: string): boolean {
  const name = idstr.slice(idstr.lastIndexOf("/") + 1);
  // some name their table when they are realized
  if (project.type(name) !== undefined) return true;
  for (const { name: each } of project.descriptions()) if (each.known && each.value === name) return true;
  for (const { idstr: each } of project.registrations()) if (each?.known === true && each.value === name) return true;
  return false;
}

export function loadSection(run: Run, section: SectionEvent, entry: Entry | undefined): ReportFailure | undefined {
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
        reasons: ["nothing was found that has this section: give the command line that the stream was saved with"],
      });
      return undefined;
    }
    if (section.guessedEnd && run.open.some(({ reasons }) => reasons.includes(noEnd))) return undefined;
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
  const sent = new Set(blocks.map(({ name }) => name));
  for (const { name, length } of blocks) {
    const refused = refusedBlock(project, run.machine, name, length) ?? otherMemory(run, section, sent, name, length);
    if (refused === undefined) continue;
    if (run.inferred && (run.machine.ram.isOwn || name !== run.machine.ram.name)) {
      run.open.push({ idstr, offset, reasons: [`nothing was found that has the block of RAM "${name}" so`] });
      continue;
    }
    run.printed.push(refused, whileLoading(entry), `load of migration failed: ${meaning(errnoOf("EINVAL"))}`);
    return { idstr, offset, message: refused, file: "", line: 0, chain: [] };
  }
  if (section.sectionKind !== "full") return undefined;
  if (entry.owner.description === undefined) {
    const why = notTakenByCode(run, entry, section);
    if (why !== undefined) run.open.push({ idstr, offset, reasons: [why] });
    return undefined;
  }
  if (section.payload === undefined) {
    run.open.push({ idstr, offset, reasons: ["it is too large to be read"] });
    return undefined;
  }
  const held = decodeGiven(project, run.machine, entry, section, run.given, run.inferred);
  if (held === undefined) return undefined;
  if (!held.ok && held.error.notKnown === true) {
    run.open.push({ idstr, offset, reasons: [held.error.message] });
    return undefined;
  }
  if (!held.ok && section.guessedEnd && (held.error.bytesLeft !== undefined || held.error.errno === "EIO")) {
    run.open.push({ idstr, offset, reasons: [noEnd] });
    return undefined;
  }
  if (!held.ok) return doesNotFit(run, section, entry, entry.owner.description, held.error);
  const refused = refusedConfig(project, run.machine, entry, held.state);
  const isKnown = refused !== undefined && refused.notKnown !== true;
  if (isKnown && !run.inferred) return doesNotFit(run, section, entry, entry.owner.description, refused);
  const reasons = [...new Set([...held.decided, ...held.forced, ...(isKnown ? [otherOptions(entry)] : [])].map(taken))];
  if (refused?.notKnown === true) reasons.push(refused.message);
  const lists = loadedLists(run, entry, held.state, isOfOtherVersion(run));
  if (lists.kind === "refuses") {
    const { error, message } = lists;
    return { ...doesNotFit(run, section, entry, entry.owner.description, error), message: `${idstr}: ${message}` };
  }
  reasons.push(...lists.reasons);
  const { payload, payloadOffset } = section;
  const asSent = { schema: held.schema, state: held.state, payload, offset: payloadOffset };
  const byCode = reasons.length > 0 ? undefined : refusedByCode(project, codeOf(run), asSent);
  if (byCode !== undefined)
    return {
      ...doesNotFit(run, section, entry, entry.owner.description, byCode.error),
      ...placeOfReturn(project, byCode),
    };
  if (reasons.length > 0) run.open.push({ idstr, offset, reasons });
  run.states.set(entry.idstr, held.state);
  if (run.actor !== undefined) return carriedOut(run, run.actor, section, entry, held.state);
  if (world.iommus.some((each) => each.entry === entry)) {
    const result = remaps(run, entry) ? "translating" : "off";
    run.events.push({ kind: "iommu-loaded", idstr: entry.idstr, result });
  } else noteAccesses(run, section, entry, held.state);
  return undefined;
}

const codes = new WeakMap<Run, StreamCode>();

function codeOf(run: Run): StreamCode {
  const code = codes.get(run) ?? new StreamCode(run.project);
  codes.set(run, code);
  return code;
}

function placeOfReturn(project: Project, { at }: RefusedByCode): Partial<ReportFailure> {
  if (at === undefined) return {};
  const { file, line } = { file: at.file, line: positionAt(project.lines(at.file), at.start).line };
  return { file, line, chain: [{ function: at.function, file, line }] };
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
function otherMemory(
  run: Run,
  section: SectionEvent,
  sent: ReadonlySet<string>,
  name: string,
  length: bigint,
): string | undefined {
  const { project, machine, inferred } = run;
  if (inferred) return undefined;
  if (!isForeign(project, machine, name)) return refusedMemory(machine, name, length);
  // main memory under another name is what the stream has instead
  if (machine.mainBlocks.some((block) => !sent.has(block.name))) return unknownBlock(name);
  const { idstr, offset } = section;
  run.open.push({ idstr, offset, reasons: [`whether the destination has the block of RAM "${name}" is not known`] });
  return undefined;
}
