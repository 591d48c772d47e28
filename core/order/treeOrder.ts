/** The load order of a whole tree, without a machine: who is at which level, and who needs whom. */
import type { VMStateDescription } from "../vmstate/model";
import { cachedByRevision } from "../project/cache";
import { isLive, keyOf, nameOf, nameRangeOf, type SectionOwner } from "./consumers";
import { dependencies, type Dependency, holds } from "./dependencies";
import { effectGuards, guardText } from "../code/effectGuards";
import { lineOf } from "./evidence";
import { level, nameOfLevel, scheme } from "./levels";
import { liveHandlers } from "../code/liveHandlers";
import type { LoadOrder, OrderEdge, OrderEntry, OrderLevel } from "./order";
import type { Project } from "../project/project";
import { descriptionRoles } from "../code/registered";

/** Entries by level, highest first, then by name; every dependency as an edge between description names. */
export const treeOrder: (project: Project) => LoadOrder = cachedByRevision((project) => {
  const all = [...descriptionRoles(project).registered.values()].filter(({ description }) => !refuses(description));
  const { unset } = scheme(project);
  const ranked = [
    ...all.map((entry) => ({ entry, value: level(project, entry.description) ?? unset })),
    ...liveHandlers(project).map((entry) => ({ entry, value: unset })),
  ].sort((a, b) => b.value - a.value || (nameOf(a.entry) < nameOf(b.entry) ? -1 : 1));
  const edges = dependencies(project).map((d) => edgeOf(project, d, nameOf(d.consumer), nameOf(d.provider)));
  return {
    levels: orderLevels(project),
    entries: ranked.map(({ entry, value }, i) => entryOf(project, entry, value, i)),
    edges,
    cycles: cyclesOf(edges),
  };
});

/** Never in a stream. */
function refuses({ unmigratable }: VMStateDescription): boolean {
  return unmigratable.known && unmigratable.value;
}

function orderLevels(project: Project): readonly OrderLevel[] {
  return project.priorityLevels().map(({ name, value, comment }) => ({ name, value, comment }));
}

/** What a machine's entry must tell for edges to be found. */
export interface MachineEntry {
  readonly idstr: string;
  readonly symbol: string;
  readonly file: string;
  /** Place in the handler list. */
  readonly position: number;
}

/** The tree's dependencies between the entries of one machine; creation order decides within a level. */
export function machineEdges(project: Project, entries: readonly MachineEntry[]): readonly OrderEdge[] {
  const byKey = new Map<string, MachineEntry[]>();
  for (const entry of entries) {
    const key = `${entry.file}\n${entry.symbol}`;
    const list = byKey.get(key);
    if (list) list.push(entry);
    else byKey.set(key, [entry]);
  }
  const found: OrderEdge[] = [];
  for (const d of dependencies(project)) {
    for (const consumer of byKey.get(keyOf(d.consumer)) ?? []) {
      for (const provider of byKey.get(keyOf(d.provider)) ?? []) {
        if (consumer !== provider) found.push(edgeOf(project, d, consumer.idstr, provider.idstr));
      }
    }
  }
  return found;
}

/** Computes what `treeOrder` shows of each dependency, one a step. */
export function* warmTreeOrder(project: Project): Generator<void> {
  for (const { effect } of dependencies(project)) {
    if (effect) effectGuards(project, effect);
    yield;
  }
  treeOrder(project);
}

function edgeOf(project: Project, d: Dependency, consumer: string, provider: string): OrderEdge {
  const onlyIf = d.effect && guardText(effectGuards(project, d.effect));
  const slack = d.providerLevel - d.consumerLevel;
  return {
    consumer,
    provider,
    kind: d.kind,
    holds: holds(d),
    by: slack > 0 ? "level" : slack === 0 ? "creation" : "inverted",
    createdFirst: d.createdFirst,
    slack,
    reason: d.reason,
    ...(onlyIf === undefined ? {} : { onlyIf }),
    evidence: d.evidence,
  };
}

function entryOf(project: Project, entry: SectionOwner, value: number, index: number): OrderEntry {
  const range = nameRangeOf(entry);
  return {
    idstr: nameOf(entry),
    instanceId: 0,
    sectionId: index,
    description: isLive(entry) ? "" : nameOf(entry),
    symbol: isLive(entry) ? entry.symbol : entry.description.symbol,
    type: entry.types[0] ?? "",
    level: nameOfLevel(project, value),
    ...(isLive(entry) && entry.phase === "iterated" ? { iterated: true as const } : {}),
    file: range.file,
    line: lineOf(project, range),
  };
}

/** Strongly connected groups of more than one name (Tarjan's algorithm, without recursion). */
export function cyclesOf(edges: readonly Pick<OrderEdge, "consumer" | "provider">[]): readonly (readonly string[])[] {
  const next = new Map<string, Set<string>>();
  for (const { consumer, provider } of edges) {
    next.set(consumer, (next.get(consumer) ?? new Set()).add(provider));
    if (!next.has(provider)) next.set(provider, new Set());
  }
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];
  for (const root of next.keys()) {
    if (index.has(root)) continue;
    const work: { name: string; rest: Iterator<string> }[] = [];
    const open = (name: string): void => {
      index.set(name, index.size);
      low.set(name, index.get(name) ?? 0);
      stack.push(name);
      onStack.add(name);
      work.push({ name, rest: (next.get(name) ?? new Set<string>()).values() });
    };
    open(root);
    for (let frame = work.at(-1); frame; frame = work.at(-1)) {
      const step = frame.rest.next();
      if (step.done !== true) {
        if (!index.has(step.value)) open(step.value);
        else if (onStack.has(step.value)) lower(low, frame.name, index.get(step.value) ?? 0);
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) lower(low, parent.name, low.get(frame.name) ?? 0);
      if (low.get(frame.name) !== index.get(frame.name)) continue;
      const group: string[] = [];
      for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
        onStack.delete(name);
        group.push(name);
        if (name === frame.name) break;
      }
      if (group.length > 1) found.push(group.sort());
    }
  }
  return found;
}

function lower(low: Map<string, number>, name: string, value: number): void {
  low.set(name, Math.min(low.get(name) ?? value, value));
}
