/** Who must load before whom, and whether the levels see to it. */
import { cachedByRevision } from "../project/cache";
import { type Consumer, consumers, isLive, keyOf, nameOf, nameRangeOf, type SectionOwner } from "./consumers";
import { declaredDependencies } from "./declared";
import { chainEvidence, chainText, evidenceAt } from "./evidence";
import { handlerLevel, level, levelConstraints, levelNamedLike, levelWithWord } from "./levels";
import type { DependencyKind, Evidence } from "./order";
import type { PriorityLevel, Project } from "../project/project";
import { type Provider, providers } from "./providers";
import { descriptionKey, descriptionRoles, type RegisteredDescription } from "../code/registered";
import type { LoadEffect } from "../code/effects";

export interface Dependency {
  readonly kind: DependencyKind;
  readonly consumer: SectionOwner;
  readonly provider: RegisteredDescription;
  /** Numbers of the levels, by the enum; of a section that comes with the memory, one above all. */
  readonly consumerLevel: number;
  readonly providerLevel: number;
  /** The provider is always created before the consumer, so that equal levels do as well. */
  readonly createdFirst: boolean;
  readonly effect: LoadEffect | undefined;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

export function holds(dependency: Dependency): boolean {
  return dependency.providerLevel > dependency.consumerLevel;
}

/** Every dependency of the tree whose two levels can be read. */
export function dependencies(project: Project): readonly Dependency[] {
  const kept = whole(project);
  kept.made ??= [...read(project, undefined)].filter(isMade);
  return kept.made;
}

/** Computes them a consumer a step. */
export function* warmDependencies(project: Project): Generator<void> {
  const kept = whole(project);
  const found: Dependency[] = [];
  if (kept.made !== undefined) return;
  for (const made of read(project, undefined)) {
    if (made !== undefined) found.push(made);
    yield;
  }
  // after an edit while it paused nobody asks this one any more
  kept.made = found;
}

const whole = cachedByRevision((): { made: readonly Dependency[] | undefined } => ({ made: undefined }));

function isMade(made: Dependency | undefined): made is Dependency {
  return made !== undefined;
}

/** Those whose consumer or provider stands in the file; all without one. What other files need is not looked at. */
export function dependenciesIn(project: Project, file: string | undefined): readonly Dependency[] {
  if (file === undefined) return dependencies(project);
  const known = byFile(project);
  let found = known.get(file);
  if (found === undefined) {
    found = [...read(project, file)].filter(isMade);
    known.set(file, found);
  }
  return found;
}

const byFile = cachedByRevision(() => new Map<string, readonly Dependency[]>());

/** Yields undefined where a step found none, so that it can pause. */
function* read(project: Project, file: string | undefined): Generator<Dependency | undefined> {
  yield* dmaDependencies(project, file);
  yield* busNumberDependencies(project, file);
  yield* msiDependencies(project, file);
  yield* enumDependencies(project, file);
  yield* declaredEdges(project).filter(({ consumer, provider }) => isIn(consumer, file) || isIn(provider, file));
}

function isIn(entry: SectionOwner, file: string | undefined): boolean {
  return file === undefined || nameRangeOf(entry).file === file;
}

function dependency(
  project: Project,
  kind: DependencyKind,
  consumer: SectionOwner,
  provider: RegisteredDescription,
  rest: Pick<Dependency, "createdFirst" | "effect" | "reason" | "evidence">,
): Dependency | undefined {
  const consumerLevel = isLive(consumer) ? handlerLevel(project, consumer) : level(project, consumer.description);
  const providerLevel = level(project, provider.description);
  if (consumerLevel === undefined || providerLevel === undefined) return undefined;
  return { kind, consumer, provider, consumerLevel, providerLevel, ...rest };
}

interface Demand {
  readonly kind: DependencyKind;
  readonly need: "dma" | "busNumber" | "msi";
  accepts(consumer: Consumer): boolean;
  reason(consumer: Consumer, provider: Provider): string;
}

/** With a file: those whose consumer or provider stands in it. */
function* pairs(
  project: Project,
  { kind, need, accepts, reason }: Demand,
  from: readonly Provider[],
  within: string | undefined,
): Generator<Dependency | undefined> {
  const provides = from.some(({ entry }) => isIn(entry, within));
  for (const consumer of consumers(project, need, provides ? undefined : within)) {
    if (!accepts(consumer)) continue;
    const evidence = chainEvidence(project, consumer.effect);
    const { file } = nameRangeOf(consumer.entry);
    for (const provider of from) {
      if (file !== within && !isIn(provider.entry, within)) continue;
      if (keyOf(consumer.entry) === keyOf(provider.entry)) continue;
      if (!project.together(file, provider.entry.description.file)) continue;
      const made = dependency(project, kind, consumer.entry, provider.entry, {
        createdFirst: provider.createdFirst,
        effect: consumer.effect,
        reason: reason(consumer, provider),
        evidence: [...evidence, ...provider.evidence],
      });
      yield made;
    }
    yield undefined;
  }
}

function dmaDependencies(project: Project, file: string | undefined): Iterable<Dependency | undefined> {
  const { iommus } = providers(project);
  const units = new Set(iommus.map(({ entry }) => keyOf(entry)));
  const demand: Demand = {
    kind: "dma",
    need: "dma",
    accepts: ({ entry }) => !units.has(keyOf(entry)),
    reason: ({ effect, entry }, provider) =>
      `${nameOf(entry)} does DMA while it loads (${chainText(effect)}), which ${nameOf(provider.entry)} translates`,
  };
  return pairs(project, demand, iommus, file);
}

function busNumberDependencies(project: Project, file: string | undefined): Iterable<Dependency | undefined> {
  const { bridges, iommus } = providers(project);
  const units = new Set(iommus.filter((iommu) => !iommu.createdFirst).map(({ entry }) => keyOf(entry)));
  const demand: Demand = {
    kind: "bus-number",
    need: "busNumber",
    accepts: ({ entry }) => units.has(keyOf(entry)),
    reason: ({ effect, entry }, provider) =>
      `${nameOf(entry)} looks up bus numbers while it loads (${chainText(effect)}), which ${nameOf(provider.entry)} holds`,
  };
  return pairs(project, demand, bridges, file);
}

function* msiDependencies(project: Project, file: string | undefined): Generator<Dependency | undefined> {
  const controllers = providers(project).msiControllers;
  const own = new Set(controllers.map(({ entry }) => keyOf(entry)));
  const demand: Demand = {
    kind: "msi",
    need: "msi",
    accepts: ({ entry }) => !own.has(keyOf(entry)),
    reason({ effect, entry }, provider) {
      const does = effect.kind === "msi" ? "may raise an MSI" : "sets up MSIs";
      return `${nameOf(entry)} ${does} while it loads (${chainText(effect)}), which ${nameOf(provider.entry)} delivers`;
    },
  };
  for (const made of pairs(project, demand, controllers, file)) {
    yield made === undefined || isRaisedByRole(project, made) ? undefined : made;
  }
}

/**
 * A bridge or an IOMMU is early for another reason, and nobody gave the controller a level. What it raises again while it
 * loads it had raised on the source, so that the controller's own saved state has it.
 */
function isRaisedByRole(project: Project, { consumer, provider, consumerLevel, providerLevel }: Dependency): boolean {
  if (consumerLevel <= providerLevel || levelNamedLike(project, nameOf(provider))) return false;
  const known = providers(project);
  return known.has("bridge", keyOf(consumer)) || known.has("iommu", keyOf(consumer));
}

/** What the enum's comments state about descriptions that sit at its levels, or are named for them. */
function enumDependencies(project: Project, file: string | undefined): readonly Dependency[] {
  const found: Dependency[] = [];
  for (const constraint of levelConstraints(project)) {
    if (constraint.what.kind !== "level") continue;
    const [early, late] =
      constraint.relation === "before"
        ? [constraint.level, constraint.what.level]
        : [constraint.what.level, constraint.level];
    const reason = `${constraint.level.name} states: ${constraint.comment}`;
    const { start, name } = constraint.level;
    const place = { file: constraint.level.file, start, end: start + name.length };
    const evidence = [evidenceAt(project, place, reason)];
    const latecomers = membersOf(project, late);
    for (const provider of latecomers.length > 0 ? membersOf(project, early) : []) {
      for (const consumer of latecomers) {
        if (!isIn(provider, file) && !isIn(consumer, file)) continue;
        if (keyOf(provider) === keyOf(consumer)) continue;
        const kind: DependencyKind = isInterruptController(project, consumer) ? "interrupt-controller" : "memory";
        const made = dependency(project, kind, consumer, provider, {
          createdFirst: false,
          effect: undefined,
          reason: `${nameOf(provider)} loads before ${nameOf(consumer)}: ${reason}`,
          evidence,
        });
        if (made && !isIommuPair(project, made)) found.push(made);
      }
    }
  }
  return found;
}

function isInterruptController(project: Project, entry: RegisteredDescription): boolean {
  return providers(project).has("msi-controller", keyOf(entry));
}

/** Bridges before IOMMUs is known from code, with a chain; the comment adds nothing. */
function isIommuPair(project: Project, made: Dependency): boolean {
  return (
    providers(project).has("bridge", keyOf(made.provider)) && providers(project).has("iommu", keyOf(made.consumer))
  );
}

function declaredEdges(project: Project): readonly Dependency[] {
  const found: Dependency[] = [];
  for (const declared of declaredDependencies(project)) {
    const made = dependency(project, "declared", declared.consumer, declared.provider, {
      createdFirst: false,
      effect: undefined,
      reason: declared.reason,
      evidence: [declared.evidence],
    });
    if (made) found.push(made);
  }
  return found;
}

/**
 * Who belongs to a level: IOMMUs and bridges by what they do, others by the priority they set or by their name.
 * A name counts only where no description of its file sets the level.
 */
function membersOf(project: Project, wanted: PriorityLevel): readonly RegisteredDescription[] {
  const { iommus, bridges } = providers(project);
  if (levelWithWord(project, "iommu")?.name === wanted.name) {
    return iommus.filter((p) => !p.createdFirst).map((p) => p.entry);
  }
  if (levelWithWord(project, "bus")?.name === wanted.name) return bridges.map((p) => p.entry);
  return [...descriptionRoles(project).registered.values()].filter((entry) => {
    const { description } = entry;
    if (description.priority)
      return level(project, description) === wanted.value || intendedFor(project, entry, wanted);
    return intendedFor(project, entry, wanted);
  });
}

function intendedFor(project: Project, entry: RegisteredDescription, wanted: PriorityLevel): boolean {
  const { name, file } = entry.description;
  if (!name.known || levelNamedLike(project, name.value)?.name !== wanted.name) return false;
  const { registered, insideVirtio } = descriptionRoles(project);
  return !project.descriptionsIn(file).some((d) => {
    const key = descriptionKey(d);
    return (
      d !== entry.description && level(project, d) === wanted.value && (registered.has(key) || insideVirtio.has(key))
    );
  });
}
