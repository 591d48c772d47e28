/** The stream of a real machine beside the handler list that is read for the same command line. */
import { buildMachine, type Machine, type MachineRequest, notSent, sectionKey } from "../emulator";
import { levelName } from "../priority";
import type { Project } from "../project/project";
import type { InspectedSection, Inspection } from "../wire/inspect/inspect";
import { aligned } from "./align";

export interface OrderReport {
  /** As the stream calls it. */
  readonly machine: string;
  /** Why there is no handler list to compare with: then only bytes and levels are compared. */
  readonly noList: string | undefined;
  readonly sections: readonly ComparedSection[];
  /** Handlers that were read and that the machine does not send, though nothing lets it leave them out. */
  readonly notSent: readonly string[];
  /** What was assumed while the list was read. */
  readonly notes: readonly string[];
  /** Reading stopped here. */
  readonly error: string | undefined;
}

export interface ComparedSection {
  readonly idstr: string;
  readonly instanceId: number;
  readonly level: string | undefined;
  /** Bytes of what the device sends. */
  readonly size: number;
  readonly bytes: SectionBytes;
  /** Other than read: each a sentence. */
  readonly differences: readonly string[];
}

/**
 * - `equal`: read by the definitions to the last byte, with the fields that QEMU's own description of the stream names
 * - `differ`: the definitions do not fit the bytes
 * - `not read`: there is no definition, or its code is not followed
 */
export type SectionBytes = "equal" | "differ" | "not read";

/** `inspection` is of the machine's own stream, with a decoder by the same tree; `request` the command line it was started with. */
export function compareOrder(project: Project, request: MachineRequest, inspection: Inspection): OrderReport {
  const built = buildMachine(project, request);
  const machine = built.ok ? built.value : undefined;
  const sections = inspection.sections.filter(
    ({ event }) => event.sectionKind === "full" || event.sectionKind === "start",
  );
  const [gap] = machine?.open ?? [];
  const { list, notSent } = machine === undefined || gap !== undefined ? noList : compareList(machine, sections);
  return {
    machine: inspection.configuration?.machine ?? "",
    noList: built.ok ? gap && `its C could not be followed in ${gap}` : built.message,
    sections: sections.map((section) => compareSection(section, list.get(section) ?? [])),
    notSent,
    notes: machine?.notes ?? [],
    error: inspection.error && `at byte ${inspection.error.offset}: ${inspection.error.message}`,
  };
}

const noList = { list: new Map<InspectedSection, readonly string[]>(), notSent: [] };

interface ListComparison {
  readonly list: ReadonlyMap<InspectedSection, readonly string[]>;
  readonly notSent: readonly string[];
}

type Handler = Machine["handlers"] extends Iterable<infer E> ? E : never;

function compareList(machine: Machine, sections: readonly InspectedSection[]): ListComparison {
  const handlers = [...machine.handlers];
  const known = new Map(handlers.map((handler) => [sectionKey(handler), handler]));
  const events = sections.map(({ event }) => event);
  const list = new Map<InspectedSection, string[]>();
  const say = (section: InspectedSection, what: string): void => {
    const said = list.get(section);
    if (said === undefined) list.set(section, [what]);
    else said.push(what);
  };
  const full = sections.filter(({ event }) => event.sectionKind === "full");
  const isFull = new Set(full.map(({ event }) => sectionKey(event)));
  const own = handlers.filter((handler) => isFull.has(sectionKey(handler)) && isInList(handler));
  const bodies = full.filter(({ event }) => {
    const handler = known.get(sectionKey(event));
    return handler !== undefined && isInList(handler);
  });
  for (const [section, handler] of aligned<InspectedSection, Handler>(bodies, own, keyOfEither)) {
    if (section !== undefined && handler === undefined) say(section, placeOf(machine, section, full));
  }
  let shift = 0;
  for (const section of sections) {
    const handler = known.get(sectionKey(section.event));
    if (handler === undefined) {
      if (!isUnnamed(machine, section)) say(section, "not in the list that was read");
      continue;
    }
    const now = section.event.sectionId - handler.sectionId;
    if (now !== shift) say(section, `section id ${section.event.sectionId}, read as ${handler.sectionId}`);
    shift = now;
    const version = handler.owner.description?.versionId;
    if (version?.known === true && version.value !== section.event.versionId) {
      say(section, `version ${section.event.versionId}, read as ${version.value}`);
    }
  }
  return { list, notSent: notSent(machine, events).map(sectionKey) };
}

/** The device registers something whose name the source does not say. */
function isUnnamed({ unnamed }: Machine, { event: { idstr } }: InspectedSection): boolean {
  const end = idstr.lastIndexOf("/");
  return end !== -1 && unnamed.includes(idstr.slice(0, end));
}

const keyOfEither = (each: InspectedSection | Handler): string => sectionKey("event" in each ? each.event : each);

/** Sent in the order of the list: live handlers and those of the setup phase have their own times. */
function isInList({ description, earlySetup }: Handler): boolean {
  return description !== undefined && !earlySetup;
}

function placeOf(machine: Machine, { event }: InspectedSection, full: readonly InspectedSection[]): string {
  const at = full.findIndex((section) => section.event === event);
  const before = full[at - 1]?.event;
  const handler = machine.handlers.find(event.idstr, event.instanceId);
  const level = handler && levelName(handler.level, machine.scheme);
  const behind = before === undefined ? "first" : `behind ${before.idstr}`;
  return `sent ${behind}, read elsewhere${level === undefined ? "" : ` at ${level}`}`;
}

function compareSection(section: InspectedSection, list: readonly string[]): ComparedSection {
  const { event, level, orderProblem, byDefinition, byTrailer, differences } = section;
  const found = [...list, ...(orderProblem === undefined ? [] : [orderProblem])];
  const bytes = bytesOf(section);
  if (byDefinition?.ok === true) found.push(...differences);
  // what QEMU describes and the definitions do not fit is ours
  else if (byDefinition?.ok === false && byTrailer?.ok === true) found.push(byDefinition.error.message);
  return {
    idstr: event.idstr,
    instanceId: event.instanceId,
    level: level?.name,
    size: event.payload?.length ?? 0,
    bytes,
    differences: found,
  };
}

function bytesOf({ byDefinition, differences }: InspectedSection): SectionBytes {
  if (byDefinition === undefined) return "not read";
  return byDefinition.ok && differences.length === 0 ? "equal" : "differ";
}
