import { levelPlan } from "../../order";
import type { LoadOrder, OrderEdge, OrderEntry } from "../../order/order";
import { printable } from "../../printable";
import { plural, type Style, table } from "./style";

/** Levels from the one that loads first, each with its sections; then who depends on whom. */
export function orderText(order: LoadOrder, style: Style, { all }: { readonly all: boolean }): string {
  const parts: string[] = [];
  for (const [level, entries] of byLevel(order)) {
    const known = order.levels.find((each) => each.name === level);
    const title =
      known === undefined ? level : `${level} (${known.value})${known.comment === "" ? "" : `  ${known.comment}`}`;
    parts.push(`${style.bold(printable(title))}\n`);
    if (!all && entries.length > 40) {
      parts.push(`  ${plural(entries.length, "section")}; --all lists them\n`);
    } else parts.push(table(entries.map(entryRow), "  "));
  }
  const broken = order.edges.filter((edge) => edge.by === "inverted");
  const accidental = order.edges.filter((edge) => edge.by === "creation" && (all || edge.createdFirst !== true));
  const always = order.edges.filter((edge) => edge.by === "creation" && edge.createdFirst === true);
  const holding = order.edges.filter((edge) => edge.holds);
  parts.push(edgeList("Loaded too early", broken, style.red, style));
  parts.push(edgeList("Satisfied only because of device creation order", accidental, style.yellow, style));
  if (!all) parts.push(createdFirstList(always, style));
  if (all) parts.push(edgeList("Right by priority", holding, style.green, style));
  else if (holding.length > 0) {
    const least = Math.min(...holding.map(({ slack }) => slack));
    const many = holding.length === 1 ? "1 dependency holds" : `${holding.length} dependencies hold`;
    parts.push(`\n${many} by priority, by ${plural(least, "level")} or more.\n`);
  }
  for (const { name, from, to, because } of levelPlan(order).moves) {
    const where = to ?? "a new level above all";
    parts.push(
      `move ${style.bold(printable(name))} from ${printable(from)} to ${printable(where)}: ${because.map(printable).join(", ")}\n`,
    );
  }
  for (const cycle of order.cycles) parts.push(`${style.red("circle")}: ${cycle.map(printable).join(" -> ")}\n`);
  return parts.join("");
}

function byLevel(order: LoadOrder): ReadonlyMap<string, readonly OrderEntry[]> {
  const groups = new Map<string, OrderEntry[]>();
  for (const entry of order.entries) {
    const group = groups.get(entry.level);
    if (group) group.push(entry);
    else groups.set(entry.level, [entry]);
  }
  return groups;
}

function entryRow(entry: OrderEntry): readonly string[] {
  const place = entry.file === "" ? "" : `${entry.file}:${entry.line + 1}`;
  return [printable(entry.idstr), String(entry.instanceId), printable(entry.type), printable(place)];
}

/** One line a provider: by construction there before whoever needs it. */
function createdFirstList(edges: readonly OrderEdge[], style: Style): string {
  const groups = new Map<string, OrderEdge[]>();
  for (const edge of edges) {
    const key = `${edge.provider}\n${edge.kind}`;
    const group = groups.get(key);
    if (group) group.push(edge);
    else groups.set(key, [edge]);
  }
  if (groups.size === 0) return "";
  const lines = [...groups.values()].map((group) => {
    const [first] = group;
    const names = [...new Set(group.map(({ consumer }) => printable(consumer)))];
    const some = names.slice(0, 4).join(", ");
    const more = names.length > 4 ? ` and ${names.length - 4} more` : "";
    return `  ${style.bold(printable(first?.provider ?? ""))} (${first?.kind ?? ""}) for ${some}${more}\n`;
  });
  return `\n${style.dim(`Always created before whoever needs them (${edges.length}); --all lists each`)}\n${lines.join("")}`;
}

function edgeList(title: string, edges: readonly OrderEdge[], paint: (text: string) => string, style: Style): string {
  if (edges.length === 0) return "";
  const lines = edges.map((edge) => {
    const head = `  ${printable(edge.consumer)} needs ${style.bold(printable(edge.provider))}: ${printable(edge.reason)}\n`;
    const chain = edge.evidence.map(
      (step) => `      ${style.dim(printable(`${step.file}:${step.line + 1}`))} ${printable(step.text)}\n`,
    );
    const guard = edge.onlyIf === undefined ? "" : `      ${style.dim(`only if ${printable(edge.onlyIf)}`)}\n`;
    return head + guard + chain.join("");
  });
  return `\n${paint(title)} (${edges.length})\n${lines.join("")}`;
}
