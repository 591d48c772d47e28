/** Diagnostics from dependencies that the levels do not keep: on the provider's table, and on each consumer. */
import type { SourceRange } from "../c/range";
import type { VMStateDescription } from "../vmstate/model";
import { isLive, keyOf, nameOf, nameRangeOf } from "../order/consumers";
import { type Dependency, holds } from "../order/dependencies";
import type { Diagnostic, Related, Severity } from "./diagnostic";
import { namedLevels, nameOfLevel, scheme } from "../order/levels";
import type { PriorityLevel, Project } from "../project/project";
import { priorityFix, removePriorityFix } from "./fixes/priorityFix";
import { type RuleContext, wants } from "./rule";

export interface DependencyReport {
  readonly code: string;
  /** Severity where the levels are equal, so that creation order decides; undefined: not reported. */
  readonly equal: Severity | undefined;
  /** Severity where the provider loads later. */
  readonly inverted: Severity;
  readonly onConsumers: boolean;
  /** The level made for such providers, by the enum. */
  standard(dependency: Dependency): PriorityLevel | undefined;
  /** `translates their DMA`: what the provider does for the consumers. */
  readonly service: string;
  /** `does DMA`: what a consumer does while it loads. */
  readonly need: string;
}

const relatedLimit = 60;

export function reportDependencies(
  context: RuleContext,
  all: readonly Dependency[],
  report: DependencyReport,
): readonly Diagnostic[] {
  const { project } = context;
  const broken = all.filter((d) => severityOf(d, report) !== undefined);
  if (broken.length === 0) return [];
  const found: Diagnostic[] = [];
  const [early, others] = [broken.filter(isIterated), broken.filter((d) => !isIterated(d))];
  const byConsumer = new Map<string, Dependency[]>();
  for (const group of groupBy(others, (d) => keyOf(d.provider)).values()) {
    const first = group[0];
    if (!first) continue;
    const standard = report.standard(first);
    const settled = standard !== undefined && first.providerLevel >= standard.value;
    if (!settled && wants(context, first.provider.description.file)) {
      found.push(onProvider(project, group, report, standard));
    }
    if (!report.onConsumers && !settled) continue;
    for (const d of group) {
      const key = keyOf(d.consumer);
      byConsumer.set(key, [...(byConsumer.get(key) ?? []), d]);
    }
  }
  for (const group of byConsumer.values()) {
    const first = group[0];
    if (first && wants(context, nameRangeOf(first.consumer).file)) found.push(onConsumer(project, group, report));
  }
  for (const group of groupBy(early, (d) => keyOf(d.consumer)).values()) {
    const first = group[0];
    if (first && wants(context, nameRangeOf(first.consumer).file)) found.push(withTheMemory(group, report));
  }
  return found;
}

function severityOf(d: Dependency, report: DependencyReport): Severity | undefined {
  if (holds(d)) return undefined;
  if (d.providerLevel < d.consumerLevel) return report.inverted;
  return d.createdFirst ? undefined : report.equal;
}

function worst(group: readonly Dependency[], report: DependencyReport): Severity {
  const found = new Set(group.map((d) => severityOf(d, report)));
  return (["error", "warning", "information"] as const).find((s) => found.has(s)) ?? "hint";
}

/** Where a finding stands on a provider. */
export function placeOf(description: VMStateDescription): SourceRange {
  return description.priority?.range ?? description.nameRange;
}

function onProvider(
  project: Project,
  group: readonly Dependency[],
  report: DependencyReport,
  standard: PriorityLevel | undefined,
): Diagnostic {
  const [first] = group as [Dependency];
  const { provider } = first;
  const highest = Math.max(...group.map((d) => d.consumerLevel));
  const wanted = standard && standard.value > highest ? standard : freeLevelAbove(project, highest);
  const fix = wanted ? ` Set .priority = ${wanted.name}.` : ` It needs a level above ${nameOfLevel(project, highest)}.`;
  const named = example(group);
  const dependents = [...group].sort(
    (a, b) => Number(nameOf(b.consumer) === named) - Number(nameOf(a.consumer) === named),
  );
  return {
    code: report.code,
    severity: worst(group, report),
    range: placeOf(provider.description),
    message: `${nameOf(provider)} ${report.service}, but ${levelPhrase(project, first)}. ${named} ${report.need} while loading.${fix}`,
    related: onceEach(dependents.map((d) => ({ range: nameRangeOf(d.consumer), message: d.reason }))).slice(
      0,
      relatedLimit,
    ),
    isList: true,
    fixes: wanted ? priorityFix(project, provider.description, wanted.name) : [],
  };
}

/** Chains that say the same of the same place are one. */
function onceEach(related: readonly Related[]): readonly Related[] {
  const seen = new Map(related.map((each) => [`${each.range.file} ${each.range.start} ${each.message}`, each]));
  return [...seen.values()];
}

/** One consumer, the same one in every run: those whose load fails are the clearest. */
function example(group: readonly Dependency[]): string {
  const checked = group.filter((d) => d.effect?.checked === true);
  const names = (checked.length > 0 ? checked : group).map((d) => nameOf(d.consumer)).sort();
  return names[0] ?? "";
}

function levelPhrase(project: Project, d: Dependency): string {
  const own = nameOfLevel(project, d.providerLevel);
  return d.providerLevel === d.consumerLevel
    ? `at ${own} only device creation order puts it first`
    : `at ${own} it loads after them (${nameOfLevel(project, d.consumerLevel)})`;
}

/** The next level that is not made for other devices. */
function freeLevelAbove(project: Project, value: number): PriorityLevel | undefined {
  const { maximum } = scheme(project);
  const taken = new Set([...namedLevels(project).values()].map((l) => l.name));
  return [...project.priorityLevels()]
    .filter((l) => l.value > value && l.value !== maximum && !taken.has(l.name))
    .sort((a, b) => a.value - b.value)[0];
}

/** Where a finding stands on a consumer. */
export function consumerPlace({ consumer }: Dependency): SourceRange {
  return isLive(consumer) ? nameRangeOf(consumer) : placeOf(consumer.description);
}

function onConsumer(project: Project, group: readonly Dependency[], report: DependencyReport): Diagnostic {
  const [first] = group as [Dependency];
  const { consumer } = first;
  const names = group.map((d) => nameOf(d.provider)).join(", ");
  const related: Related[] = group.map((d) => ({
    range: placeOf(d.provider.description),
    message: `${nameOf(d.provider)} loads at ${nameOfLevel(project, d.providerLevel)}`,
  }));
  for (const { range, text } of first.evidence) related.push({ range, message: text });
  const own = isLive(consumer) ? undefined : consumer.description.priority;
  const raised = own !== undefined && first.consumerLevel > scheme(project).unset;
  return {
    code: report.code,
    severity: worst(group, report),
    range: consumerPlace(first),
    message: `${first.reason}, but ${names} ${group.length > 1 ? "do" : "does"} not load first: ${levelPhrase(project, first).replace("only device creation order puts it first", "the order depends on device creation order").replace("it loads after them", "it loads later")}.`,
    related,
    fixes: raised && !isLive(consumer) ? removePriorityFix(project, consumer.description) : [],
  };
}

/** No level can put a device before it. */
function isIterated({ consumer }: Dependency): boolean {
  return isLive(consumer) && consumer.phase === "iterated";
}

function withTheMemory(group: readonly Dependency[], report: DependencyReport): Diagnostic {
  const [first] = group as [Dependency];
  const names = [...new Set(group.map((d) => nameOf(d.provider)))].join(", ");
  return {
    code: report.code,
    severity: worst(group, report),
    range: nameRangeOf(first.consumer),
    message: `${first.reason}, but its section comes with the guest's memory, before that of every device (${names}). What needs them has to be saved by save_state, among the devices.`,
    related: first.evidence.map(({ range, text }) => ({ range, message: text })),
    fixes: [],
  };
}

export function groupBy<T, K extends string>(items: readonly T[], key: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
