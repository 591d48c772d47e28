/** Two trees: which descriptions meet, and what each does with the other's stream. */
import { compareDescriptions, whole } from "./compare";
import type { FeatureWrite } from "./featureWords";
import type { Direction, Finding, Place } from "./model";
import type { Entry, EntrySide } from "./entries";

export interface TreeFinding extends Finding {
  /** Name of the description whose section it is. */
  readonly section: string;
  readonly direction: Direction;
  /** Types concerned. */
  readonly types: readonly string[];
}

interface Pair {
  readonly old: Entry;
  readonly new: Entry;
  readonly types: string[];
}

/** What a patch that adds state the right way shows: old QEMU refuses the state where it is there, and only there. */
export function isOptional({ optional, direction }: TreeFinding): boolean {
  return optional === true && direction === "new->old";
}

/** Findings in order of the new side's entries; what is compatible is not there. */
export function compareTrees(old: EntrySide, next: EntrySide): readonly TreeFinding[] {
  const found: TreeFinding[] = [];
  for (const { old: a, new: b, types } of pairs(old, next)) {
    for (const direction of ["old->new", "new->old"] as const) {
      const forwards = direction === "old->new";
      const [from, to] = forwards ? [old, next] : [next, old];
      const [saver, loader] = forwards ? [a, b] : [b, a];
      for (const finding of [...entryVersions(saver, loader, from, to), ...comparePair(saver, loader, from, to)]) {
        found.push(decided({ ...finding, section: saver.description.name, direction, types }, next));
      }
    }
  }
  for (const direction of ["old->new", "new->old"] as const) {
    const [from, to] = direction === "old->new" ? [old, next] : [next, old];
    found.push(...unknownSections(from, to, direction).map((finding) => decided(finding, next)));
    found.push(...unknownInstances(from, to, direction));
  }
  found.push(...changedFeatures(old, next));
  return unique(found);
}

/** Feature words that the new side's code changes on machine types of old: the guest's CPU becomes another one. */
function changedFeatures(old: EntrySide, next: EntrySide): readonly TreeFinding[] {
  const [before, after] = [old.features, next.features];
  if (before === undefined || after === undefined) return [];
  const known = new Set(before.writes().map(({ text }) => text));
  const now = new Set(after.writes().map(({ text }) => text));
  const gone = new Map<string, number>();
  for (const write of before.writes()) {
    if (!now.has(write.text)) gone.set(keyOf(write), (gone.get(keyOf(write)) ?? 0) + 1);
  }
  return after.writes().flatMap((write) => {
    if (known.has(write.text) || !before.hasWord(write)) return [];
    // in other words what the same function did before
    const rewritten = gone.get(keyOf(write)) ?? 0;
    if (rewritten > 0) {
      gone.set(keyOf(write), rewritten - 1);
      return [];
    }
    if (after.isLeftToMachine(write)) return [];
    const folder = write.range.file.slice(0, write.range.file.lastIndexOf("/") + 1);
    const entry = next.entries.find(
      ({ kind, description }) => kind === "section" && description.file.startsWith(folder),
    );
    if (entry === undefined) return [];
    const loader: Place = { ...whole(entry.description), at: write.range };
    const when = write.conditions.map(({ text, holds }) => (holds ? text : `not ${text}`)).join(", ");
    const message = `${write.function} of ${next.label} does ${write.text}${when === "" ? "" : ` (${when})`}, which ${old.label} does not, and no property of a compat list keeps a machine type of ${old.label} from it: a CPU of the same model has other features than where the guest started.`;
    const base = { verdict: "wrong-values", certain: false, declared: false, message, offset: undefined } as const;
    const place = { saver: undefined, loader, difference: undefined };
    return { ...base, ...place, section: entry.description.name, direction: "old->new", types: [] } as const;
  });
}

/** Entries that describe the same thing: those of one type, else those of one name. */
function pairs(old: EntrySide, next: EntrySide): readonly Pair[] {
  const byType = new Map<string, Entry>();
  const named = (entries: readonly Entry[], { kind, description }: Entry): readonly Entry[] =>
    entries.filter((each) => each.kind === kind && each.description.name === description.name);
  for (const entry of next.entries) {
    for (const type of entry.types) byType.set(`${entry.kind} ${type}`, entry);
  }
  const found = new Map<string, Pair>();
  const add = (a: Entry, b: Entry, type: string | undefined): void => {
    const key = `${a.description.file} ${a.description.symbol} ${b.description.file} ${b.description.symbol}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { old: a, new: b, types: type === undefined ? [] : [type] });
    else if (type !== undefined) known.types.push(type);
  };
  for (const entry of old.entries) {
    let met = false;
    for (const type of entry.types) {
      const other = byType.get(`${entry.kind} ${type}`);
      if (other === undefined) continue;
      met = true;
      add(entry, other, type);
    }
    if (met || entry.types.some((type) => next.hasType(type))) continue;
    const others = named(next.entries, entry);
    const same = others.find((each) => each.description.symbol === entry.description.symbol);
    const only = others.length === 1 && named(old.entries, entry).length === 1 ? others[0] : undefined;
    const other = same ?? only;
    if (other !== undefined) add(entry, other, undefined);
  }
  return [...found.values()];
}

/** SaveStateEntry.version_id, where a dump has another there than in the description. */
function entryVersions(saver: Entry, loader: Entry, from: EntrySide, to: EntrySide): readonly Finding[] {
  const [a, b] = [saver.versionId, loader.versionId];
  if (a === undefined || b === undefined || a <= b || saver.description.versionId > loader.description.versionId)
    return [];
  const message = `${from.label} saves ${saver.types[0] ?? saver.description.name} as version ${a}, which is too new for ${to.label} (version ${b}).`;
  return [refusal(message, saver, loader, true)];
}

function comparePair(saver: Entry, loader: Entry, from: EntrySide, to: EntrySide): readonly Finding[] {
  if (saver.unmigratable || saver.sent === false) return [];
  if (loader.unmigratable) {
    const message = `${to.label} cannot migrate ${saver.description.name}: its description is unmigratable there.`;
    return [{ ...refusal(message, saver, loader, false), optional: true }];
  }
  if (saver.kind === "section" && saver.description.name !== loader.description.name) {
    const message = `${from.label} names the section ${saver.description.name}, and ${to.label} ${loader.description.name}: the stream has a section that nobody loads.`;
    return [refusal(message, saver, loader, true)];
  }
  return compareDescriptions(saver.description, loader.description, from, to, loader.loadVersion);
}

function keyOf({ word, operator, function: name }: FeatureWrite): string {
  return `${name} ${word} ${operator}`;
}

/** Says which property of the new side is behind it; what its own code switches on is no option of the user's. */
function decided(finding: TreeFinding, next: EntrySide): TreeFinding {
  const place = finding.direction === "old->new" ? finding.loader : finding.saver;
  const decision = place && next.decision?.(place);
  if (decision === undefined) return finding;
  const { optional, ...rest } = finding;
  const keeps = optional === true && !decision.byCode ? ({ optional } as const) : {};
  return { ...rest, ...keeps, decision, message: `${finding.message} ${decision.text}` };
}

function refusal(message: string, saver: Entry, loader: Entry | undefined, certain: boolean): Finding {
  const place = (entry: Entry | undefined): Place | undefined => entry && whole(entry.description);
  return {
    verdict: "refused",
    certain,
    declared: false,
    message,
    offset: undefined,
    saver: place(saver),
    loader: place(loader),
    difference: undefined,
  };
}

/** A type that both know, with a description on one side only: its section is unknown to the other. */
function unknownSections(from: EntrySide, to: EntrySide, direction: Direction): readonly TreeFinding[] {
  const described = new Set(to.entries.flatMap((entry) => entry.types.map((type) => `${entry.kind} ${type}`)));
  const names = new Set(to.entries.map((entry) => entry.description.name));
  const found: TreeFinding[] = [];
  // a dump has the devices of one build: those that came since are no loss
  if (direction === "new->old" && to.complete !== true) return [];
  for (const entry of from.entries) {
    if (entry.unmigratable || entry.kind !== "section" || entry.sent === false) continue;
    if (names.has(entry.description.name) && to.complete) continue;
    const byCall = entry.types.length === 0;
    const types = (byCall ? (entry.owners ?? []) : entry.types).filter(
      (type) =>
        (to.complete !== true || to.hasType(type)) && (byCall ? to.complete : !described.has(`section ${type}`)),
    );
    const [type] = types;
    if (type === undefined) continue;
    const other = to.entries.find((each) => each.description.name === entry.description.name)?.types[0];
    const but =
      other === undefined ? "has no description for it" : `has no ${type}: ${other} loads sections of that name`;
    const message = `${from.label} sends a section ${entry.description.name} for ${type}, and ${to.label} ${but}.`;
    // on by a property that the machine type does not switch off: no matter of what the guest does
    const forced = from.decision?.(whole(entry.description))?.missing !== undefined && entry.sent === true;
    const optional = to.complete && direction === "new->old" && !forced ? ({ optional: true } as const) : {};
    found.push({
      ...optional,
      ...refusal(message, entry, undefined, to.complete === true && (forced || direction === "old->new")),
      section: entry.description.name,
      direction,
      types,
    });
  }
  return found;
}

/** find_se of migration/savevm.c looks for name and instance id: of two, the second has 1 where savevm counts them, and 0 where code says so. */
function unknownInstances(from: EntrySide, to: EntrySide, direction: Direction): readonly TreeFinding[] {
  const [saved, known] = [from.numberings?.(), to.numberings?.()];
  return [...(saved ?? [])].flatMap(([section, { kind }]): readonly TreeFinding[] => {
    const there = known?.get(section);
    if (kind !== "counted" || there?.kind !== "one" || there.id !== 0) return [];
    const message = `${from.label} counts its sections ${section}, and ${to.label} registers each of them as ${section} 0: of a guest with two, ${section} 1 is unknown there.`;
    const base = { verdict: "refused", certain: false, declared: false, message, offset: undefined } as const;
    return [{ ...base, saver: undefined, loader: undefined, difference: undefined, section, direction, types: [] }];
  });
}

/** A nested description is compared in every section that holds it. */
function unique(findings: readonly TreeFinding[]): readonly TreeFinding[] {
  const seen = new Map<string, TreeFinding>();
  for (const finding of findings) {
    const key = `${finding.section} ${finding.direction} ${finding.message}`;
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()];
}
