/** One migration from start to end: build the machine, save it, load it section by section, and tell what happened. */
import { effectGuards, guardText } from "../../code";
import type { Project } from "../../project";
import { positionAt } from "../../c/range";
import { levelName } from "../../priority";
import type { DescriptionState, LoadHooks, WireDescription } from "../../wire";
import { differingMemory } from "../deviceMemory";
import { buildMachine, machineOf } from "../board";
import {
  type CommandLineOptions,
  failure,
  type MachineRequest,
  type Outcome,
  parseCommandLine,
  success,
} from "../commandLine";
import type { Machine } from "../machine";
import { createGuestMemory, type GuestMemory } from "../memory/guestMemory";
import { createRandom } from "../random";
import { decoderOf, schemaOf } from "../schemas";
import { type Answering, answering, generateState, type Needed, withFields } from "../state";
import { createWorld, type Entry, ramRegions, type World } from "../world";
import { type Actor, createActor, placeOf, type WrongAccess } from "./actions";
import { causeOf } from "./cause";
import { type FailureNote, type LoadFailure, loadStream } from "./destination";
import { actionsIn, analysedEffects, dmaActions, type EffectSource, type LoadAction } from "./effects";
import { configuredHooks } from "./configured";
import { type Damage, damaged } from "./damage";
import { blockedReport, unmigratable } from "./blocked";
import { type Link, millisecondsOf, timingOf, usualLink } from "./link";
import { notSentNotes } from "./notSent";
import { printedLines } from "./printed";
import { type Move, reordered } from "./reorder";
import type { ReportFailure, ReportOpen, ReportSection, SimulationReport } from "./report";
import { type SavedSection, saveStream } from "./source";

export interface SimulationOptions extends CommandLineOptions {
  /** A QEMU command line: `-M q35 -device intel-iommu -device ich9-ahci`. */
  readonly machine: string;
  /** The destination's tree; the source's where it is not given. */
  readonly destination?: Project;
  /** The destination's command line; the source's where it is not given. */
  readonly destinationMachine?: string;
  /** Sections sent elsewhere than the handler list says. */
  readonly moves?: readonly Move[];
  /** Sections that are not sent at all. */
  readonly drop?: readonly string[];
  /** What happens to the stream on the way. */
  readonly damage?: Damage;
  /** The guest has switched its IOMMU on and mapped its buffers; default true where the machine has one. */
  readonly remapping?: boolean;
  readonly seed?: number;
  /** What is not given is QEMU's default. */
  readonly link?: Partial<Link>;
  /** Asked between sections; true ends the simulation with a message. */
  readonly cancelled?: () => boolean;
  /** 0..1, and what is being done. */
  readonly progress?: (done: number, label: string) => void;
  /** Told the stream as it arrives, the destination's memory once the load has ended, and what is known of its pages. */
  readonly observe?: (stream: Uint8Array, memory: GuestMemory, pages: KnownPages) => void;
  /** What loading does; the analysis of the tree's code by default. */
  readonly effects?: EffectSource;
}

export interface KnownPages extends Pick<World, "buffers" | "tables"> {
  /** Byte of the stream at which a page's contents stand, by address: those that came last. */
  readonly sent: ReadonlyMap<number, number>;
}

/** Deterministic: the same tree, machine and seed give the same report. A message where the machine cannot be built. */
export function simulate(project: Project, options: SimulationOptions): Outcome<SimulationReport> {
  const request = parseCommandLine(options.machine, options);
  if (!request.ok) return request;
  const source = buildMachine(project, request.value);
  if (!source.ok) return source;
  const other = options.destination ?? project;
  const target = destinationOf(other, request.value, options);
  if (!target.ok) return failure(`destination: ${target.message}`);
  const machine = source.value;
  const blocked = unmigratable(machine);
  const order = reordered([...machine.handlers], options.moves ?? [], options.drop);
  if (!order.ok) return order;
  if (blocked !== undefined) return success(blockedReport(project, machine, blocked, (message) => [message]));
  return run(project, machine, other, target.value, order.value, options);
}

/** A machine of its own, even where both sides are alike: handlers are found in it, and state is its own. */
function destinationOf(
  project: Project,
  request: MachineRequest,
  { destinationMachine, ...options }: SimulationOptions,
): Outcome<Machine> {
  if (destinationMachine === undefined) return buildMachine(project, request);
  return machineOf(project, destinationMachine, options);
}

class Cancelled extends Error {}

function run(
  project: Project,
  machine: Machine,
  other: Project,
  target: Machine,
  order: readonly Entry[],
  options: SimulationOptions,
): Outcome<SimulationReport> {
  const effects = options.effects ?? analysedEffects;
  const tick = (done: number, label: string): void => {
    options.progress?.(done, label);
    if (options.cancelled?.()) throw new Cancelled();
  };
  try {
    const consumes = (entry: Entry): boolean =>
      entry.owner.description !== undefined && dmaActions(project, entry.owner.description, effects).length > 0;
    const world = createWorld(project, machine, { remapping: options.remapping ?? true, consumes });
    const notes = [...machine.notes, ...passing(world)];
    const link = { ...usualLink, ...options.link };
    const answers = answersFor(project, machine);
    const stateOf = statesOf(project, world, options.seed ?? 1, notes, answers);
    const saved = saveStream({
      project,
      machine,
      deviceMemory: options.destinationMachine === undefined ? [] : differingMemory(machine, target),
      memory: world.memory,
      stateOf,
      order,
      random: createRandom(options.seed ?? 1),
      link,
      progress: (done, label) => tick(done / 2, label),
    });
    const damage = damaged(saved.bytes, saved.sections, options.damage);
    if (!damage.ok) return damage;
    const bytes = damage.value;
    const memory = createGuestMemory(ramRegions(target));
    const actor = createActor(other, world, memory, effects);
    const loaded = new Set<number>();
    const sent = new Map<number, number>();
    const there = answersFor(other, target);
    const onPage = (address: number, offset: number): void => void sent.set(address, offset);
    const failed = load(other, target, memory, effects, actor, bytes, there, onPage, (offset, entry) => {
      loaded.add(offset);
      tick(0.5 + offset / saved.bytes.length / 2, entry.idstr);
    });
    options.observe?.(bytes, memory, { sent, buffers: world.buffers, tables: world.tables });
    const isAlike = other === project && options.destinationMachine === undefined;
    const reached = saved.sections.filter(({ offset }) => failed === undefined || offset <= failed.offset);
    const differing = isAlike ? [] : reached.flatMap((section) => openIn(section, target, answers, there));
    const open = [...unbuilt([machine, target], isAlike), ...differing];
    const report = reportOf({ project: other, machine, actor, failed, sections: saved.sections, loaded, link, open });
    const missing = failed === undefined ? notSentNotes(target, order) : [];
    return success({
      ...report,
      ram: saved.ram,
      timing: timingOf(link, saved.sections, saved.bytes.length),
      size: saved.bytes.length,
      notes: [...missing, ...assumed(other, actor), ...notes, ...saved.notes],
    });
  } catch (stopped) {
    if (stopped instanceof Cancelled) return failure("the simulation was cancelled");
    throw stopped;
  }
}

/** Units before which nothing is translated, with the property and the place that asks for it. */
function passing({ keptOff }: World): readonly string[] {
  return [...keptOff].map(([idstr, { property, value, file, position }]) => {
    const asked = `${file}:${position.line + 1}`;
    return `${idstr} translates nothing with ${property}=${value ? "on" : "off"} (${asked}): devices use addresses of the guest's memory`;
  });
}

/** A board of which something could not be followed may have sections that were not sent. */
function unbuilt(machines: readonly Machine[], areAlike: boolean): readonly ReportOpen[] {
  return machines.slice(areAlike ? 1 : 0).flatMap(({ name, open }) => {
    return open.length === 0 ? [] : [{ idstr: name, offset: 0, reasons: open }];
  });
}

/** Answers for each entry's section, one a machine. */
function answersFor(project: Project, machine: Machine): (entry: Entry) => Answering {
  const made = new Map<Entry, Answering>();
  return (entry) => {
    const known = made.get(entry) ?? answering(configuredHooks(project, machine, entry));
    made.set(entry, known);
    return known;
  };
}

/** What had to be answered where the two sides may differ: all but a condition that both have and that neither knows. */
function openIn(
  { entry, offset, kind }: SavedSection,
  target: Machine,
  from: (entry: Entry) => Answering,
  to: (entry: Entry) => Answering,
): readonly ReportOpen[] {
  const loader = kind === "full" ? target.handlers.find(entry.idstr, entry.instanceId) : undefined;
  if (loader === undefined) return [];
  const [saved, loaded] = [from(entry).asked, to(loader).asked];
  const differ = [...saved.values(), ...loaded.values()].filter(
    ({ what, answers }) => answers === undefined || !saved.has(what) || !loaded.has(what),
  );
  const reasons = [...new Set(differ.map(({ what, answers }) => `${what}: taken as ${answers?.[0] ?? 0}`))];
  return reasons.length === 0 ? [] : [{ idstr: entry.idstr, offset, reasons }];
}

/** State for each section, made once. */
function statesOf(project: Project, world: World, seed: number, notes: string[], answers: (entry: Entry) => Answering) {
  const made = new Map<string, { schema: WireDescription; state: DescriptionState } | undefined>();
  const { holds } = decoderOf(project);
  const needed: Needed = ({ hooks, file, versionId }, member) =>
    hooks.needed === undefined ? true : holds(hooks.needed, file, { versionId, member });
  const make = (entry: Entry) => {
    const schema = schemaOf(project, entry.owner.description);
    if (schema === undefined) return undefined;
    const state = generateState(schema, createRandom(seed ^ (entry.sectionId * 0x9e3779b1)), needed, answers(entry));
    if (!state.ok) {
      notes.push(`${entry.idstr} is left out: ${state.error.message}`);
      return undefined;
    }
    const sent = subsectionNames(state.value);
    if (sent.length > 0) notes.push(`${entry.idstr} sends ${sent.join(", ")}`);
    return { schema, state: withFields(state.value, world.registers.get(entry.idstr) ?? noFields) };
  };
  return (entry: Entry) => {
    const key = `${entry.idstr} ${entry.instanceId}`;
    if (!made.has(key)) made.set(key, make(entry));
    return made.get(key);
  };
}

const noFields = new Map<string, never>();

/** Of the state and of all that is nested in it, each once. */
function subsectionNames(state: DescriptionState): readonly string[] {
  const names = new Set<string>();
  const visit = ({ fields, subsections }: DescriptionState): void => {
    for (const { value } of fields) {
      for (const each of value.kind === "array" ? value.elements : [value]) {
        if (each.kind === "struct") visit(each.state);
        else if (each.kind === "list") for (const element of each.elements) visit(element);
      }
    }
    for (const subsection of subsections) {
      names.add(subsection.name);
      visit(subsection);
    }
  };
  visit(state);
  return [...names];
}

function load(
  project: Project,
  machine: Machine,
  memory: ReturnType<typeof createGuestMemory>,
  effects: EffectSource,
  actor: Actor,
  bytes: Uint8Array,
  answers: (entry: Entry) => Answering,
  onPage: (address: number, offset: number) => void,
  onSection: (offset: number, entry: Entry) => void,
): LoadFailure | undefined {
  let noted: FailureNote | undefined;
  const hooksOf = (entry: Entry): LoadHooks => {
    const act = (name: "pre_load" | "post_load", symbol: string): number => {
      const note = actor.act(entry, actionsIn(project, entry.owner.description, effects, { name, symbol }));
      if (note === undefined) return 0;
      noted = note;
      return -note.errno;
    };
    return {
      ...answers(entry).hooks,
      preLoad: ({ symbol }) => act("pre_load", symbol),
      postLoad: ({ symbol }) => act("post_load", symbol),
    };
  };
  return loadStream(
    {
      project,
      machine,
      memory,
      schemaOf: (entry) => schemaOf(project, entry.owner.description),
      hooksOf,
      onPage,
      noted: () => noted,
      onLoaded(entry, state, offset) {
        const note = actor.act(entry, actionsIn(project, entry.owner.description, effects, undefined));
        if (note !== undefined) return note;
        actor.loaded(entry, state);
        onSection(offset, entry);
        return undefined;
      },
    },
    bytes,
  );
}

interface Findings {
  readonly project: Project;
  readonly machine: Machine;
  readonly actor: Actor;
  readonly failed: LoadFailure | undefined;
  readonly sections: readonly SavedSection[];
  readonly loaded: ReadonlySet<number>;
  readonly link: Link;
  /** Sections that the two sides may read otherwise. */
  readonly open: readonly ReportOpen[];
}

function reportOf({ project, machine, actor, failed: stopped, sections, loaded, link, open }: Findings) {
  const openAt = new Set(open.map(({ offset }) => offset));
  const isOpen =
    stopped?.entry !== undefined &&
    sections.some(({ entry, offset }) => entry.idstr === stopped.entry?.idstr && openAt.has(offset));
  const failed = isOpen ? undefined : stopped;
  const wrong = new Set(actor.wrong.map(({ entry }) => entry.idstr));
  const resultOf = ({ entry, offset, size }: SavedSection): ReportSection["result"] => {
    if (openAt.has(offset) && (failed === undefined || failed.offset >= offset + size)) return "not known";
    if (failed !== undefined && failed.offset >= offset && failed.offset < offset + size) return "failed";
    if (failed !== undefined && offset > failed.offset) return "not loaded";
    if (entry.isRam || loaded.has(offset)) return wrong.has(entry.idstr) ? "wrong" : "loaded";
    return failed?.entry?.idstr === entry.idstr ? "failed" : "not loaded";
  };
  const outcome =
    failed !== undefined ? "failed" : wrong.size > 0 ? "corrupted" : open.length > 0 ? "unknown" : "completed";
  return {
    outcome,
    machine: machine.name,
    sections: sections.map((section) => ({
      offset: section.offset,
      size: section.size,
      kind: section.kind,
      idstr: section.entry.idstr,
      instanceId: section.entry.instanceId,
      level: levelName(section.entry.level, machine.scheme),
      result: resultOf(section),
      milliseconds: millisecondsOf(link, section.size),
    })),
    events: actor.events,
    failure: failureOf(project, actor, failed, sections),
    open,
    messages: printedLines(project, failed?.messages ?? []),
  } as const;
}

/**
 * State is generated, so what a guest must have done for a wrong access to happen is taken as done, and said: for the first
 * access of each device. Conditions of further ones may exclude each other, and change nothing of the outcome.
 */
function assumed(project: Project, { wrong }: Actor): readonly string[] {
  const devices = new Set(wrong.map(({ entry }) => entry.idstr));
  return [...devices].flatMap((idstr) => {
    const accesses = wrong.filter(({ entry }) => entry.idstr === idstr);
    const [first, ...further] = new Set(accesses.map(({ action }) => conditionOf(project, action)));
    if (first === undefined) return [];
    const more = further.filter((condition) => condition !== undefined).length;
    const others =
      more === 0 ? "" : `; DMA under ${more === 1 ? "another condition" : `${more} other conditions`} may follow`;
    return [`${idstr} is taken to be in use by the guest: it does this DMA only if ${first}${others}`];
  });
}

function conditionOf(project: Project, { effect }: LoadAction): string | undefined {
  return guardText(effectGuards(project, effect));
}

function failureOf(
  project: Project,
  actor: Actor,
  failed: LoadFailure | undefined,
  sections: readonly SavedSection[],
): ReportFailure | null {
  const access =
    failed === undefined ? actor.wrong[0] : actor.wrong.findLast(({ entry }) => entry.idstr === failed.entry?.idstr);
  const entry = failed?.entry ?? access?.entry;
  if (failed === undefined && access === undefined) return null;
  const description = entry?.owner.description;
  const chain = access?.action.effect.chain ?? [];
  const steps = chain.map((step) => {
    return {
      function: step.function,
      file: step.file,
      line: positionAt(project.lines(step.file), step.range.start).line,
    };
  });
  const last = access && placeOf(project, chain, access.action.effect.api);
  const table = description && positionAt(project.lines(description.file), description.nameRange.start).line;
  return {
    idstr: entry?.idstr ?? "",
    offset: failed?.offset ?? sections.find((each) => each.entry.idstr === entry?.idstr)?.offset ?? 0,
    message:
      failed?.messages.findLast((each) => each.startsWith("error while loading")) ??
      failed?.messages[0] ??
      silently(project, entry, access),
    file: last?.file ?? description?.file ?? "",
    line: last?.line ?? table ?? 0,
    chain: steps,
    ...(access?.misled === undefined
      ? {}
      : {
          cause: causeOf(
            access.misled,
            sections.map((each) => each.entry),
          ),
        }),
  };
}

function silently(project: Project, entry: Entry | undefined, access: WrongAccess | undefined): string {
  const condition = access && conditionOf(project, access.action);
  const where = condition === undefined ? "" : `, if ${condition}`;
  return `${entry?.idstr ?? ""} went on with wrong data${where}, and QEMU says nothing: ${access?.result ?? ""}`;
}
