/** Descriptions that need a provider while they load, each with the effect that shows it. */
import type { SourceRange } from "../c/range";
import type { VMStateDescription } from "../vmstate/model";
import { cachedByRevision } from "./cache";
import type { LoadEffect, LoadEffectKind } from "./effects";
import { handlerKey, type LiveHandler, liveHandlers } from "./liveHandlers";
import { handlerEffects, loadEffects } from "./loadEffects";
import type { Project } from "./project";
import { descriptionKey, descriptionRoles, type RegisteredDescription } from "./registered";

/** Whoever has a section of its own. */
export type SectionOwner = RegisteredDescription | LiveHandler;

export interface Consumer {
  readonly entry: SectionOwner;
  /** The clearest one: checked before unchecked, by name before through pointers, then what runs first. */
  readonly effect: LoadEffect;
}

/** Effects of a registered description; nothing for one that QEMU refuses to migrate. */
export function effectsOf(project: Project, description: VMStateDescription): readonly LoadEffect[] {
  if (description.unmigratable.known && description.unmigratable.value) return [];
  return loadEffects(project, description);
}

/** DMA through the address space of a device that may sit behind an IOMMU: on PCI, or virtio on any transport. */
export const dmaConsumers: (project: Project) => readonly Consumer[] = cachedByRevision((project) =>
  consumersOf(project, (effect, entry) => isDma(effect) && mayBeTranslated(project, entry, effect)),
);

/** Longer chains to an MSI go through the reset of a device. */
const msiSteps = 6;

export const msiConsumers: (project: Project) => readonly Consumer[] = cachedByRevision((project) =>
  consumersOf(project, ({ kind, chain }) => (kind === "msi" || kind === "irq-route") && chain.length <= msiSteps),
);

export const busNumberConsumers: (project: Project) => readonly Consumer[] = cachedByRevision((project) =>
  consumersOf(project, (effect) => effect.kind === "bus-number-lookup" && !isInsideApi(project, effect)),
);

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

function consumersOf(
  project: Project,
  accept: (effect: LoadEffect, entry: SectionOwner) => boolean,
): readonly Consumer[] {
  const found: Consumer[] = [];
  for (const entry of [...descriptionRoles(project).registered.values(), ...liveHandlers(project)]) {
    let best: LoadEffect | undefined;
    for (const effect of isLive(entry) ? handlerEffects(project, entry) : effectsOf(project, entry.description)) {
      if (!accept(effect, entry)) continue;
      if (!best || clearer(effect, best)) best = effect;
    }
    if (best) found.push({ entry, effect: best });
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

const translatedFiles = cachedByRevision((project): ReadonlySet<string> => {
  const files = new Set<string>();
  for (const type of project.types()) {
    if (!translated.has(type.name) && isTranslated(project, type.name)) files.add(type.file);
  }
  return files;
});

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
