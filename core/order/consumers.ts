/** Descriptions that need a provider while they load, each with the effect that shows it. */
import type { SourceRange } from "../c/range";
import type { VMStateDescription } from "../vmstate/model";
import { cachedByRevision, tableByRevision } from "../project/cache";
import { apart } from "../project/uses";
import type { LoadEffect, LoadEffectKind } from "../code/effects";
import { handlerKey, type LiveHandler, liveHandlers } from "../code/liveHandlers";
import { handlerEffects, loadEffects } from "../code/loadEffects";
import type { Project } from "../project/project";
import { descriptionKey, descriptionRoles, type RegisteredDescription } from "../code/registered";
import { answered } from "../project/answers";
import { cachedByStructure, structureStamp } from "../project/stamps";

/** Whoever has a section of its own. */
export type SectionOwner = RegisteredDescription | LiveHandler;

export interface Consumer {
  readonly entry: SectionOwner;
  /** The clearest one: checked before unchecked, by name before through pointers, then what runs first. */
  readonly effect: LoadEffect;
}

const none: readonly LoadEffect[] = [];

/** Effects of a registered description; nothing for one that QEMU refuses to migrate. */
function effectsOf(project: Project, description: VMStateDescription): readonly LoadEffect[] {
  if (description.unmigratable.known && description.unmigratable.value) return none;
  return loadEffects(project, description);
}

/** Those that need it, with a description of the file if one is given. */
export function consumers(project: Project, need: keyof Needs, file: string | undefined): readonly Consumer[] {
  return file === undefined ? all(project)[need] : consumersAmong(project, need, sectionsIn(project, file));
}

/** What `consumers` looks up, one section a step, for a caller that must not stand still meanwhile. */
export function* warmConsumers(project: Project): Generator<void> {
  for (const entry of [...descriptionRoles(project).registered.values(), ...liveHandlers(project)]) {
    needsOf(project, entry);
    yield;
  }
}

const all = cachedByRevision((project): Readonly<Record<keyof Needs, readonly Consumer[]>> => {
  const entries = [...descriptionRoles(project).registered.values(), ...liveHandlers(project)];
  return {
    dma: consumersAmong(project, "dma", entries),
    msi: consumersAmong(project, "msi", entries),
    busNumber: consumersAmong(project, "busNumber", entries),
  };
});

function sectionsIn(project: Project, file: string): readonly SectionOwner[] {
  const { registered } = descriptionRoles(project);
  const own = project.descriptionsIn(file).map((description) => registered.get(descriptionKey(description)));
  return [...own.filter((entry) => entry !== undefined), ...liveHandlers(project).filter((each) => each.file === file)];
}

/** Longer chains to an MSI go through the reset of a device. */
const msiSteps = 6;

/** The PCI core asks for bus numbers to trace what it does. */
function isInsideApi(project: Project, effect: LoadEffect): boolean {
  const last = effect.chain.at(-1);
  if (!last) return true;
  const home = project.function("pci_bus_num", last.file)?.file ?? project.function(effect.api, last.file)?.file;
  return home === last.file;
}

const dmaKinds: ReadonlySet<LoadEffectKind> = new Set(["dma-read", "dma-write", "dma-map"]);

function isDma(effect: LoadEffect): boolean {
  return dmaKinds.has(effect.kind) && effect.space === "device";
}

/** Of one description's effects, those by which it needs somebody. */
interface Needs {
  /** DMA through the address space of a device that may sit behind an IOMMU: on PCI, or virtio on any transport. */
  readonly dma: LoadEffect | undefined;
  readonly msi: LoadEffect | undefined;
  readonly busNumber: LoadEffect | undefined;
}

/** By the effects they were taken from: an edit leaves most descriptions' effects as they were. */
const known = new WeakMap<readonly LoadEffect[], { readonly stamp: object; readonly needs: Needs }>();

/** Whether `consumers` computes what the description needs: no answer of before holds. */
export function asksNeedsOf(project: Project, description: VMStateDescription): boolean {
  return project.answers?.had(project, needsQuestion(descriptionKey(description))) === undefined;
}

const needsQuestion = (key: string): string => `needs ${key}`;

function needsOf(project: Project, entry: SectionOwner): Needs {
  const { file } = isLive(entry) ? entry : entry.description;
  return answered(project, needsQuestion(keyOf(entry)), file, () => readNeeds(project, entry));
}

function readNeeds(project: Project, entry: SectionOwner): Needs {
  const effects = isLive(entry) ? handlerEffects(project, entry) : effectsOf(project, entry.description);
  const stamp = apart(() => structureStamp(project));
  for (const type of entry.types) project.ancestry(type);
  const before = known.get(effects);
  if (before?.stamp === stamp) return before.needs;
  const clearest = (accept: (effect: LoadEffect) => boolean): LoadEffect | undefined => {
    let best: LoadEffect | undefined;
    for (const effect of effects) if (accept(effect) && (!best || clearer(effect, best))) best = effect;
    return best;
  };
  const needs: Needs = {
    dma: clearest((effect) => isDma(effect) && mayBeTranslated(project, entry, effect)),
    msi: clearest(({ kind, chain }) => (kind === "msi" || kind === "irq-route") && chain.length <= msiSteps),
    busNumber: clearest((effect) => effect.kind === "bus-number-lookup" && !isInsideApi(project, effect)),
  };
  known.set(effects, { stamp, needs });
  return needs;
}

function consumersAmong(project: Project, need: keyof Needs, entries: readonly SectionOwner[]): readonly Consumer[] {
  const found: Consumer[] = [];
  for (const entry of entries) {
    const effect = needsOf(project, entry)[need];
    if (effect) found.push({ entry, effect });
  }
  return found;
}

function clearer(a: LoadEffect, b: LoadEffect): boolean {
  if (a.checked !== b.checked) return a.checked;
  const hops = indirectHops(a) - indirectHops(b);
  if (hops !== 0) return hops < 0;
  const [first, other] = [a.chain[0], b.chain[0]];
  if (
    first &&
    first.function === other?.function &&
    first.file === other.file &&
    first.range.start !== other.range.start
  ) {
    return first.range.start < other.range.start;
  }
  return a.chain.length < b.chain.length;
}

function indirectHops(effect: LoadEffect): number {
  return effect.chain.filter((step) => step.indirect).length;
}

/** Types whose accesses go through the bus they sit on. */
const translated = new Set(["pci-device", "virtio-device"]);

/**
 * By the device's own ancestry; or, for a device on a bus of its own (a disk on an HBA), because the chain of calls
 * runs through a file that makes such devices.
 */
function mayBeTranslated(project: Project, entry: SectionOwner, effect: LoadEffect): boolean {
  if (entry.types.some((type) => isTranslated(project, type))) return true;
  if (entry.types.some((type) => project.ancestry(type).some((a) => a.name === "sys-bus-device"))) return false;
  const own = isLive(entry) ? entry.file : entry.description.file;
  return effect.chain.some((step) => step.file !== own && translatedFiles(project).has(step.file));
}

function isTranslated(project: Project, type: string): boolean {
  return project.ancestry(type).some((a) => translated.has(a.name));
}

const translatedFiles = tableByRevision(
  cachedByStructure((project): ReadonlyMap<string, true> => {
    const files = new Map<string, true>();
    for (const type of project.types()) {
      if (!translated.has(type.name) && isTranslated(project, type.name)) files.set(type.file, true);
    }
    return files;
  }),
  { name: "translated file", keyOf: (file) => file, said: () => true },
);

export function isLive(entry: SectionOwner): entry is LiveHandler {
  return "load" in entry;
}

export function nameOf(entry: SectionOwner): string {
  if (isLive(entry)) return entry.name;
  const { name, symbol } = entry.description;
  return name.known ? name.value : symbol;
}

export function keyOf(entry: SectionOwner): string {
  return isLive(entry) ? handlerKey(entry) : descriptionKey(entry.description);
}

/** Where its table is named. */
export function nameRangeOf(entry: SectionOwner): SourceRange {
  return isLive(entry) ? entry.range : entry.description.nameRange;
}
