/** Levels of descriptions, and what the priority enum says about who belongs where. */
import { asName, oneLine } from "../c/words";
import { type LevelScheme, levelName, levelOf, levelScheme } from "../priority/levels";
import type { VMStateDescription } from "../vmstate/model";
import { cachedByRevision } from "../project/cache";
import type { LiveHandler } from "../code/liveHandlers";
import type { PriorityLevel, Project } from "../project/project";

export const scheme: (project: Project) => LevelScheme = cachedByRevision((project) =>
  levelScheme(project.priorityLevels()),
);

/** undefined where the priority cannot be read: rules stay silent about it. */
export function level(project: Project, description: VMStateDescription): number | undefined {
  const value = levelOf(description, scheme(project));
  return value.known ? value.value : undefined;
}

/** Live handlers have no level of their own. What comes with the guest's memory is there before every device's section. */
export function handlerLevel(project: Project, { phase }: LiveHandler): number {
  const { levels, unset, maximum } = scheme(project);
  if (phase === "device") return unset;
  return maximum ?? 1 + Math.max(unset, ...levels.map(({ value }) => value));
}

export function nameOfLevel(project: Project, value: number): string {
  return levelName(value, scheme(project));
}

/** `GICV3_ITS` of `MIG_PRI_GICV3_ITS`: the name without what all names begin with. */
function stems(levels: readonly PriorityLevel[]): ReadonlyMap<string, PriorityLevel> {
  const first = levels[0]?.name ?? "";
  let shared = first.length;
  for (const { name } of levels) {
    while (shared > 0 && !name.startsWith(first.slice(0, shared))) shared--;
  }
  const prefix = first.slice(0, first.lastIndexOf("_", shared - 1) + 1);
  return new Map(levels.map((l) => [l.name.slice(prefix.length).toLowerCase(), l]));
}

const notForDevices: ReadonlySet<string> = new Set(["uninitialized", "low", "default", "high", "max", "min", "none"]);

interface Names {
  readonly levels: ReadonlyMap<string, PriorityLevel>;
  readonly alike: Map<string, PriorityLevel | undefined>;
}

const names = new WeakMap<readonly PriorityLevel[], Names>();

function namesOf(project: Project): Names {
  const levels = project.priorityLevels();
  let known = names.get(levels);
  if (known === undefined) {
    const made = [...stems(levels)].filter(([stem]) => levels.length > 1 && !notForDevices.has(stem));
    known = { levels: new Map(made), alike: new Map() };
    names.set(levels, known);
  }
  return known;
}

/** Levels made for a device or a kind of device, by the lower-case rest of their name: `iommu`, `gicv3_its`. */
export function namedLevels(project: Project): ReadonlyMap<string, PriorityLevel> {
  return namesOf(project).levels;
}

/** The level whose name is the end of the description's name: `arm_gicv3_its` and MIG_PRI_GICV3_ITS. The longest wins. */
export function levelNamedLike(project: Project, name: string): PriorityLevel | undefined {
  const { levels, alike } = namesOf(project);
  if (alike.has(name)) return alike.get(name);
  const words = asName(name.toLowerCase());
  let best: PriorityLevel | undefined;
  let length = 0;
  for (const [stem, candidate] of levels) {
    if (stem.length <= length || !(words === stem || words.endsWith(`_${stem}`))) continue;
    best = candidate;
    length = stem.length;
  }
  alike.set(name, best);
  return best;
}

/** The level with a word in its name: the one for IOMMUs by "iommu". */
export function levelWithWord(project: Project, word: string): PriorityLevel | undefined {
  for (const [stem, candidate] of namedLevels(project)) if (stem.split("_").includes(word)) return candidate;
  return undefined;
}

/** A statement of the enum's comments: descriptions at `before` load before `what`. */
export interface LevelConstraint {
  readonly level: PriorityLevel;
  readonly relation: "before" | "after";
  /** Who is meant: another level, devices on PCI, or the default level. */
  readonly what:
    | { readonly kind: "level"; readonly level: PriorityLevel }
    | { readonly kind: "pci-devices" | "default" };
  readonly comment: string;
}

export const levelConstraints: (project: Project) => readonly LevelConstraint[] = cachedByRevision((project) => {
  const found: LevelConstraint[] = [];
  for (const level of project.priorityLevels()) {
    const comment = oneLine(level.comment);
    for (const match of comment.matchAll(/\b(before|after)\s+(?:the\s+|all\s+|any\s+)?([\w -]+)/gi)) {
      const relation = match[1]?.toLowerCase() === "after" ? "after" : "before";
      const what = meant(project, level, match[2] ?? "");
      if (what) found.push({ level, relation, what, comment });
    }
  }
  return found;
});

function meant(project: Project, self: PriorityLevel, words: string): LevelConstraint["what"] | undefined {
  const text = words.toLowerCase();
  if (/\bpci\b.*\bdevices?\b/.test(text)) return { kind: "pci-devices" };
  if (/^default\b/.test(text)) return { kind: "default" };
  for (const word of text.split(/[^a-z0-9]+/)) {
    if (word.length < 3) continue;
    for (const [stem, level] of namedLevels(project)) {
      if (level.name !== self.name && stem.split("_").includes(word)) return { kind: "level", level };
    }
  }
  return undefined;
}
