/** A given stream that ends too early, or is none. */
import type { Project } from "../../project/project";
import type { SectionEvent, StreamError } from "../../wire";
import { headerWords, missingFooter, unknownSectionMessage } from "./destination";
import { errorIn } from "./given";
import { type Link, timingOf } from "./link";
import { errnoOf, meaning } from "./messages";
import type { ReportFailure, SimulationReport } from "./report";
import type { Run } from "./loadRun";
import { doesNotFit } from "./loadFailures";

/** The report on bytes that no destination takes for a stream. */
export function noStream(project: Project, error: StreamError, size: number, link: Link): SimulationReport {
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

export function brokenOff(run: Run, error: StreamError, last: SectionEvent | undefined): ReportFailure {
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
