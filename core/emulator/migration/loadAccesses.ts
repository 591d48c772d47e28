/** What devices do while they load what a given stream has of them. */
import type { DescriptionState, FieldValue, SectionEvent } from "../../wire";
import { type Entry, pciDevice } from "../world";
import { type Actor, placeOf } from "./actions";
import { whileLoading } from "./destination";
import { actionsIn, analysedEffects, dmaActions } from "./effects";
import { canHappen } from "./loadedGuards";
import { meaning } from "./messages";
import type { ReportFailure } from "./report";
import type { Run } from "./loadRun";
import { failureAt } from "./loadFailures";

/** What the section's hooks do, through what has been loaded so far. */
export function carriedOut(
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
export function noteAccesses(run: Run, section: SectionEvent, entry: Entry, state: DescriptionState): void {
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

export function remaps({ world, states }: Run, entry: Entry): boolean {
  const unit = world.iommus.find((each) => each.entry === entry);
  const state = states.get(entry.idstr);
  if (unit === undefined || state === undefined) return false;
  if (unit.kind.unit === "mappings") return state.fields.some(({ value }) => holdsElements(value));
  const flag = unit.kind.unit === "smmuv3" ? unit.kind.control : unit.kind.enabled;
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
