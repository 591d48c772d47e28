/**
 * The load order as a drawing: a band for each level, highest first; entries that need the same and are needed by the
 * same stand together as one node until it is opened; entries that need nobody stand together by folder.
 *
 * Invariant: positions depend on nothing but the arguments, so a node stays where it is while others are looked at.
 */
import type { OrderEdge, OrderEntry, OrderResult } from "../../server/protocol";
import { worstOf } from "./edges";
import type { Certainty } from "./edges";
import { groupBy } from "./group";

export interface GraphOptions {
  /** Pixels that the drawing may be wide; its bands wrap. */
  readonly width: number;
  /** Keys of groups that the person has opened, or closed where they are open by themselves. */
  readonly toggled: ReadonlySet<string>;
  /** Keeps the entries that have these words in name, type, symbol, file or level; empty: all. */
  readonly words: string;
  /** Keeps this entry (by `entryKey`) and whom it has to do with. */
  readonly around: string | undefined;
  /** Keeps what has a dependency at risk. */
  readonly riskOnly: boolean;
}

export interface GraphNode {
  readonly key: string;
  readonly label: string;
  /** Entries beyond the one that is named. */
  readonly more: number;
  readonly entries: readonly OrderEntry[];
  /** A group whose members stand behind it. */
  readonly open: boolean;
  readonly role: "provider" | "consumer" | "apart";
  readonly worst: Certainty | undefined;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface GraphLink {
  readonly key: string;
  readonly provider: string;
  readonly consumer: string;
  readonly edges: readonly OrderEdge[];
  readonly certainty: Certainty;
  /** SVG path from the provider to the consumer. */
  readonly path: string;
}

export interface GraphBand {
  readonly level: string;
  readonly amount: number;
  readonly y: number;
  readonly height: number;
}

export interface Graph {
  readonly bands: readonly GraphBand[];
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  readonly width: number;
  readonly height: number;
}

export const nodeHeight = 26;
const margin = 14;
const columnGap = 8;
const rowGap = 8;
const layerGap = 44;
const apartGap = 20;
const openWhenAllFewerThan = 41;
const bandHead = 30;
const bandGap = 26;
/** Wide enough for the common interface fonts; a longer name ends in an ellipsis. */
const characterWidth = 8.2;
const boldCharacterWidth = 9.4;
const openWhenFewerThan = 13;

export function entryKey({ idstr, instanceId, sectionId }: OrderEntry): string {
  return `${idstr} ${instanceId} ${sectionId}`;
}

export function layoutGraph(result: OrderResult, options: GraphOptions): Graph {
  const edges = result.edges;
  const needs = groupBy(edges, (edge) => edge.consumer);
  const neededBy = groupBy(edges, (edge) => edge.provider);
  const kept = keptEntries(result, options, needs, neededBy);
  const bands: GraphBand[] = [];
  const nodes: GraphNode[] = [];
  const width = Math.max(options.width, 320);
  let y = 0;
  for (const [level, entries] of groupBy(kept, (entry) => entry.level)) {
    const top = y;
    y += bandHead;
    const few = kept.length < openWhenAllFewerThan;
    const groups = groupsOf(entries, needs, neededBy, few, options);
    for (const role of ["provider", "consumer", "apart"] as const) {
      const row = groups.filter((group) => group.role === role);
      if (row.length === 0) continue;
      if (y > top + bandHead) y += (role === "apart" ? apartGap : layerGap) - rowGap;
      y = place(row, width, y, nodes);
    }
    bands.push({ level, amount: entries.length, y: top, height: y - top + margin - rowGap });
    y += bandGap;
  }
  return { bands, nodes, links: linksOf(edges, nodes), width, height: Math.max(0, y - bandGap + margin) };
}

type Edges = ReadonlyMap<string, readonly OrderEdge[]>;

function keptEntries(
  { entries }: OrderResult,
  { words, around, riskOnly }: GraphOptions,
  needs: Edges,
  neededBy: Edges,
): readonly OrderEntry[] {
  const wanted = words.trim().toLowerCase();
  const centre = around === undefined ? undefined : entries.find((entry) => entryKey(entry) === around);
  const near = new Set(
    centre === undefined
      ? []
      : [
          ...(needs.get(centre.idstr) ?? []).map((edge) => edge.provider),
          ...(neededBy.get(centre.idstr) ?? []).map((edge) => edge.consumer),
        ],
  );
  return entries.filter((entry) => {
    if (centre !== undefined && entry !== centre && !near.has(entry.idstr)) return false;
    if (riskOnly) {
      const worst = worstOf([...(needs.get(entry.idstr) ?? []), ...(neededBy.get(entry.idstr) ?? [])]);
      if (worst !== "inverted" && worst !== "chance") return false;
    }
    return [entry.idstr, entry.type, entry.symbol, entry.file, entry.level].some((text) =>
      text.toLowerCase().includes(wanted),
    );
  });
}

type Unplaced = Omit<GraphNode, "x" | "y" | "width"> & { readonly inside: boolean };

/** Nodes of one level: providers at risk first, then by the number of those who need them. */
function groupsOf(
  entries: readonly OrderEntry[],
  needs: Edges,
  neededBy: Edges,
  few: boolean,
  options: GraphOptions,
): readonly Unplaced[] {
  const signature = (entry: OrderEntry): string => {
    const providers = (needs.get(entry.idstr) ?? []).map((edge) => edge.provider);
    const consumers = (neededBy.get(entry.idstr) ?? []).map((edge) => edge.consumer);
    if (providers.length + consumers.length === 0) return folderOf(entry.file);
    return JSON.stringify([providers.sort(), consumers.sort()]);
  };
  const made = [...groupBy(entries, signature)].map(([shared, own]) => {
    const [first] = own;
    const below = first === undefined ? [] : (needs.get(first.idstr) ?? []);
    const above = first === undefined ? [] : (neededBy.get(first.idstr) ?? []);
    const linked = above.length + below.length > 0;
    const role = above.length > 0 ? "provider" : below.length > 0 ? "consumer" : "apart";
    const worst = linked ? worstOf([...above, ...below]) : undefined;
    return { shared, own, role, worst, weight: above.length + below.length } as const;
  });
  const rank = { inverted: 0, chance: 1, created: 2, kept: 2 } as const;
  made.sort(
    (a, b) =>
      (a.worst === undefined ? 3 : rank[a.worst]) - (b.worst === undefined ? 3 : rank[b.worst]) ||
      b.weight - a.weight ||
      (a.role === "apart" ? a.shared.localeCompare(b.shared) : 0),
  );
  const searched = options.words.trim() !== "" || options.around !== undefined;
  return made.flatMap(({ shared, own, role, worst }): readonly Unplaced[] => {
    const [first] = own;
    if (first === undefined) return [];
    const single = (entry: OrderEntry, inside: boolean): Unplaced => ({
      key: entryKey(entry),
      label: entry.idstr,
      more: 0,
      entries: [entry],
      open: false,
      role,
      worst,
      inside,
    });
    if (own.length === 1) return [single(first, false)];
    const key = `${first.level} ${shared}`;
    // What is open by itself closes when its key is given.
    const open = (few || (searched && own.length < openWhenFewerThan)) !== options.toggled.has(key);
    const [label, more] = role === "apart" ? [shared, own.length] : [first.idstr, own.length - 1];
    const group: Unplaced = { key, label, more, entries: own, open, role, worst, inside: false };
    return open ? [group, ...own.map((entry) => single(entry, true))] : [group];
  });
}

function folderOf(file: string): string {
  const end = file.lastIndexOf("/");
  return end === -1 ? "elsewhere" : file.slice(0, end);
}

/** Puts nodes into lines; those with dependencies stand in the middle. Answers where the next line begins. */
function place(row: readonly Unplaced[], width: number, top: number, into: GraphNode[]): number {
  let x = margin;
  let y = top;
  let line: GraphNode[] = [];
  const endLine = (): void => {
    const shift = line[0]?.role === "apart" ? 0 : Math.max(0, Math.floor((width - margin - x + columnGap) / 2));
    into.push(...line.map((node) => ({ ...node, x: node.x + shift })));
    line = [];
    x = margin;
    y += nodeHeight + rowGap;
  };
  for (const { inside, ...node } of row) {
    const more = node.more > 0 ? String(node.more).length + 2 : 0;
    const marks = node.entries.length > 1 ? 22 : 0;
    const character = node.role === "provider" ? boldCharacterWidth : characterWidth;
    const wanted = Math.round((node.label.length + more) * character) + 30 + marks;
    const own = Math.min(wanted, 300, width - 2 * margin);
    if (line.length > 0 && (x + own > width - margin || (node.open && !inside))) endLine();
    line.push({ ...node, x, y, width: own });
    x += own + columnGap;
  }
  endLine();
  return y;
}

/** One link for each pair of nodes that are drawn: an open group is drawn by its members. */
function linksOf(edges: readonly OrderEdge[], nodes: readonly GraphNode[]): readonly GraphLink[] {
  const drawn = new Map<string, GraphNode>();
  for (const node of nodes) {
    if (node.open) continue;
    for (const { idstr } of node.entries) if (!drawn.has(idstr)) drawn.set(idstr, node);
  }
  const pairs = new Map<string, { provider: GraphNode; consumer: GraphNode; edges: OrderEdge[] }>();
  for (const edge of edges) {
    const provider = drawn.get(edge.provider);
    const consumer = drawn.get(edge.consumer);
    if (!provider || !consumer || provider === consumer) continue;
    const key = `${provider.key}\n${consumer.key}`;
    const pair = pairs.get(key);
    if (pair) pair.edges.push(edge);
    else pairs.set(key, { provider, consumer, edges: [edge] });
  }
  const links = [...pairs].map(([key, pair]) => ({
    key,
    provider: pair.provider.key,
    consumer: pair.consumer.key,
    edges: pair.edges,
    certainty: worstOf(pair.edges),
    path: pathBetween(pair.provider, pair.consumer),
  }));
  // What is drawn last lies on top.
  const rank = { kept: 0, created: 1, chance: 2, inverted: 3 } as const;
  return links.sort((a, b) => rank[a.certainty] - rank[b.certainty]);
}

function pathBetween(provider: GraphNode, consumer: GraphNode): string {
  const downwards = provider.y <= consumer.y;
  const start = { x: provider.x + provider.width / 2, y: provider.y + (downwards ? nodeHeight : 0) };
  const end = { x: consumer.x + consumer.width / 2, y: consumer.y + (downwards ? 0 : nodeHeight) };
  const sameRow = provider.y === consumer.y;
  const bend = sameRow ? layerGap / 2 : (end.y - start.y) / 2;
  const from = sameRow ? { x: start.x, y: start.y } : start;
  const to = sameRow ? { x: end.x, y: end.y + nodeHeight } : end;
  return `M${from.x} ${from.y}C${from.x} ${from.y + bend} ${to.x} ${sameRow ? to.y + bend : to.y - bend} ${to.x} ${to.y}`;
}

export type Direction = "left" | "right" | "up" | "down";

/** The node that an arrow key leads to; undefined at the edge of the drawing. */
export function nextNode(nodes: readonly GraphNode[], from: string, direction: Direction): GraphNode | undefined {
  const index = nodes.findIndex((node) => node.key === from);
  const here = nodes[index];
  if (here === undefined) return nodes[0];
  if (direction === "left") return nodes[index - 1];
  if (direction === "right") return nodes[index + 1];
  const centre = (node: GraphNode): number => node.x + node.width / 2;
  const rows = nodes.filter((node) => (direction === "down" ? node.y > here.y : node.y < here.y)).map((node) => node.y);
  if (rows.length === 0) return undefined;
  const row = direction === "down" ? Math.min(...rows) : Math.max(...rows);
  return nodes
    .filter((node) => node.y === row)
    .reduce((best, node) =>
      Math.abs(centre(node) - centre(here)) < Math.abs(centre(best) - centre(here)) ? node : best,
    );
}
