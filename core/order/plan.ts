/** Which order of levels would keep every dependency, and which descriptions would have to move. */
import type { LoadOrder, OrderEdge } from "./order";

export interface LevelPlan {
  /** Names in the order in which they have to load, earliest first; those of one rank need not wait for each other. */
  readonly ranks: readonly (readonly string[])[];
  readonly moves: readonly LevelMove[];
  /** Circles: no order of levels keeps them. */
  readonly cycles: readonly (readonly string[])[];
}

export interface LevelMove {
  readonly name: string;
  readonly from: string;
  /** The lowest level of the enum above all that need it; undefined: the enum has none. */
  readonly to: string | undefined;
  readonly because: readonly string[];
}

export function levelPlan(order: LoadOrder): LevelPlan {
  const inCycle = new Set(order.cycles.flat());
  const edges = order.edges.filter((edge) => !(inCycle.has(edge.consumer) && inCycle.has(edge.provider)));
  return { ranks: ranksOf(edges), moves: movesOf(order, edges), cycles: order.cycles };
}

/** The longest way down to somebody whom nobody needs is how early a provider has to be. */
function ranksOf(edges: readonly OrderEdge[]): readonly (readonly string[])[] {
  const consumers = new Map<string, Set<string>>();
  for (const { consumer, provider } of edges) {
    consumers.set(provider, (consumers.get(provider) ?? new Set()).add(consumer));
  }
  const ranks = new Map<string, number>();
  const rank = (name: string, path: ReadonlySet<string>): number => {
    const known = ranks.get(name);
    if (known !== undefined) return known;
    if (path.has(name)) return 0;
    let value = 0;
    for (const consumer of consumers.get(name) ?? [])
      value = Math.max(value, 1 + rank(consumer, new Set(path).add(name)));
    ranks.set(name, value);
    return value;
  };
  const rows: string[][] = [];
  for (const name of consumers.keys()) {
    const value = rank(name, new Set());
    rows[value] = [...(rows[value] ?? []), name];
  }
  return rows
    .filter((row) => row !== undefined)
    .reverse()
    .map((row) => row.sort());
}

function movesOf(order: LoadOrder, edges: readonly OrderEdge[]): readonly LevelMove[] {
  const values = new Map(order.levels.map((level) => [level.name, level.value]));
  const iterated = new Set(order.entries.filter((entry) => entry.iterated).map((entry) => entry.idstr));
  const levelOf = new Map(order.entries.map((entry) => [entry.idstr, entry.level]));
  const highest = order.levels.at(-1)?.name;
  const broken = new Map<string, OrderEdge[]>();
  for (const edge of edges) {
    // no level is early enough for what comes with the guest's memory
    if (iterated.has(edge.consumer)) continue;
    if (edge.by === "level" || (edge.by === "creation" && edge.createdFirst)) continue;
    const list = broken.get(edge.provider);
    if (list) list.push(edge);
    else broken.set(edge.provider, [edge]);
  }
  return [...broken].map(([name, list]): LevelMove => {
    const floor = Math.max(...list.map((edge) => values.get(levelOf.get(edge.consumer) ?? "") ?? 0));
    const to = [...order.levels]
      .sort((a, b) => a.value - b.value)
      .find((level) => level.value > floor && level.name !== highest)?.name;
    return { name, from: levelOf.get(name) ?? "", to, because: [...new Set(list.map((edge) => edge.consumer))] };
  });
}
