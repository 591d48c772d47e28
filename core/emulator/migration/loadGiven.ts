/** A given stream, loaded into the emulated destination section by section. */
import type { Project } from "../../project/project";
import type { SectionEvent } from "../../wire";
import { machineOf } from "../board";
import { failure, type Outcome, success } from "../commandLine";
import { inferMachine } from "../infer";
import { createWorld } from "../world";
import { createActor } from "./actions";
import { analysedEffects } from "./effects";
import { noConfiguration, otherMachine } from "./configuration";
import { blockedReport, unmigratable } from "./blocked";
import { changedStream, type StreamChanges } from "./changedGiven";
import { readGiven } from "./given";
import { guestOf } from "./givenGuest";
import { type Link, timingOf, usualLink } from "./link";
import { errnoOf, meaning } from "./messages";
import { notSentNotes } from "./notSent";
import { printedLines } from "./printed";
import type { ReportSection, SimulationReport } from "./report";
import type { Run } from "./loadRun";
import { loadSection } from "./loadSection";
import { remaps } from "./loadAccesses";
import { messagesOf, tooEarly } from "./loadFailures";
import { brokenOff, noStream } from "./brokenOff";
import { lengthNotes, orderNotes, ramOf, sectionReport } from "./loadReport";

export interface LoadOptions {
  /** The destination's command line; guessed from the section names where it is not given. */
  readonly machine?: string;
  /** A command line that something around the stream describes it with: taken where none is given. */
  readonly described?: string | undefined;
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
  let { defaults } = options;
  if (commandLine === undefined && options.described !== undefined) {
    const made = machineOf(project, options.described, options);
    if (made.ok) commandLine = options.described;
    notes.push(
      made.ok
        ? `the destination is taken to be the guest that libvirt describes: ${options.described}`
        : `the guest that libvirt describes is not taken: ${made.message}`,
    );
  }
  if (commandLine === undefined) {
    const inferred = inferMachine(project, given, options.treatAs);
    if (!inferred.ok) return inferred;
    ({ commandLine } = inferred.value);
    defaults = inferred.value.defaults || defaults === true;
    const how = defaults ? ", with its default devices" : "";
    notes.push(`the destination is taken to be the stream's own machine: ${commandLine}${how}`);
    for (const idstr of inferred.value.left) notes.push(`no device of the tree was found for ${idstr}`);
    for (const option of inferred.value.untried) notes.push(`left out, behind many that QEMU refuses: ${option}`);
    for (const option of inferred.value.refused) notes.push(`left out, as QEMU refuses it without more: ${option}`);
  }
  const machine = machineOf(project, commandLine, { ...options, ...(defaults === undefined ? {} : { defaults }) });
  if (!machine.ok) return machine;
  const blocked = unmigratable(machine.value);
  if (blocked !== undefined) {
    const end = `load of migration failed: ${meaning(errnoOf("EINVAL"))}`;
    return success(blockedReport(project, machine.value, blocked, (message) => printedLines(project, [message, end])));
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
  const isWhole = failed === undefined && machine.value.partial.length === 0 && !run.inferred;
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
    assumed: [...lengthNotes(run), ...orderNotes(run)],
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
    notes: [...missing, ...notes, ...machine.value.notes],
  });
}

function enabledIn(sections: readonly SectionEvent[]): ReadonlySet<string> {
  return new Set(sections.filter(({ sectionKind }) => sectionKind === "full").map(({ idstr }) => idstr));
}
