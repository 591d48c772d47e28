/** The load order as a graph for Graphviz or Mermaid: a box for each level, an arrow from what loads first to what needs it. */
import { printable } from "../printable";
import type { LoadOrder, OrderEdge, OrderEntry } from "./order";

export interface GraphOptions {
  /** Also what no dependency names. */
  readonly all: boolean;
}

interface Graph {
  readonly levels: readonly {
    readonly name: string;
    readonly nodes: readonly { readonly id: string; readonly name: string }[];
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly label: string;
    readonly by: OrderEdge["by"];
  }[];
}

/** Graphviz's language; `dot -Tsvg` draws it. Reversed dependencies are red, those that only creation keeps are dashed. */
export function orderDot(order: LoadOrder, options: GraphOptions): string {
  const { levels, edges } = graphOf(order, options);
  const styles = { level: "", creation: ', style=dashed, color="#b58900"', inverted: ', color="#dc322f", penwidth=2' };
  const lines = ["digraph load_order {", "  rankdir=LR;", "  node [shape=box];"];
  for (const [i, { name, nodes }] of levels.entries()) {
    lines.push(`  subgraph cluster_${i} {`, `    label=${quoted(name)};`);
    lines.push(...nodes.map(({ id, name: node }) => `    ${id} [label=${quoted(node)}];`), "  }");
  }
  lines.push(...edges.map(({ from, to, label, by }) => `  ${from} -> ${to} [label=${quoted(label)}${styles[by]}];`));
  return `${lines.join("\n")}\n}\n`;
}

/** Mermaid's flowchart, as GitHub, GitLab and many editors draw it from Markdown. */
export function orderMermaid(order: LoadOrder, options: GraphOptions): string {
  const { levels, edges } = graphOf(order, options);
  const arrows = { level: "-->", creation: "-.->", inverted: "==>" };
  const lines = ["flowchart LR"];
  for (const [i, { name, nodes }] of levels.entries()) {
    lines.push(`  subgraph level${i}["${entities(name)}"]`);
    lines.push(...nodes.map(({ id, name: node }) => `    ${id}["${entities(node)}"]`), "  end");
  }
  lines.push(...edges.map(({ from, to, label, by }) => `  ${from} ${arrows[by]}|"${entities(label)}"| ${to}`));
  const inverted = edges.flatMap(({ by }, i) => (by === "inverted" ? [i] : []));
  if (inverted.length > 0) lines.push(`  linkStyle ${inverted.join(",")} stroke:#dc322f`);
  return `${lines.join("\n")}\n`;
}

function graphOf({ levels, entries, edges }: LoadOrder, { all }: GraphOptions): Graph {
  const linked = new Set(edges.flatMap(({ consumer, provider }) => [consumer, provider]));
  const ids = new Map<string, string>();
  for (const { idstr } of entries) if ((all || linked.has(idstr)) && !ids.has(idstr)) ids.set(idstr, `n${ids.size}`);
  const named = new Map<string, OrderEntry[]>();
  for (const name of [...levels].sort((a, b) => b.value - a.value).map((level) => level.name)) named.set(name, []);
  const seen = new Set<string>();
  for (const entry of entries) {
    if (!ids.has(entry.idstr) || seen.has(entry.idstr)) continue;
    seen.add(entry.idstr);
    const list = named.get(entry.level);
    if (list === undefined) named.set(entry.level, [entry]);
    else list.push(entry);
  }
  return {
    levels: [...named]
      .filter(([, list]) => list.length > 0)
      .map(([name, list]) => ({ name, nodes: list.map(({ idstr }) => ({ id: ids.get(idstr) ?? "", name: idstr })) })),
    edges: edges.flatMap(({ consumer, provider, kind, by }) => {
      const [from, to] = [ids.get(provider), ids.get(consumer)];
      return from === undefined || to === undefined ? [] : [{ from, to, label: kind, by }];
    }),
  };
}

function quoted(text: string): string {
  return `"${printable(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Mermaid's own escapes: `#35;` for `#`. */
function entities(text: string): string {
  return printable(text).replace(/[#"<>&;[\]{}|`]/g, (each) => `#${each.charCodeAt(0)};`);
}
