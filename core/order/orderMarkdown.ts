/** The document that the priority enum lacks: each level, who is in it, what it must precede, and why. */
import { markdownCode, markdownText } from "../printable";
import type { LoadOrder, OrderEdge, OrderEntry, OrderLevel } from "./order";
import { levelPlan } from "./plan";

const listLimit = 12;

export function orderMarkdown(order: LoadOrder): string {
  const lines: string[] = ["# Load order", ""];
  lines.push("Higher levels load first; within a level, what was created first.", "");
  const levels = [...order.levels].sort((a, b) => b.value - a.value);
  for (const level of levels) {
    const entries = order.entries.filter((entry) => entry.level === level.name);
    if (entries.length > 0) lines.push(...levelSection(order, level, entries));
  }
  const unnamed = order.entries.filter((entry) => !levels.some((level) => level.name === entry.level));
  if (unnamed.length > 0) lines.push("## No level of the enum", "", ...entryList(unnamed), "");
  lines.push(...planSection(order));
  return `${lines.join("\n").trimEnd()}\n`;
}

function levelSection(order: LoadOrder, level: OrderLevel, entries: readonly OrderEntry[]): readonly string[] {
  const lines = [`## ${markdownText(level.name)} (${level.value})`, ""];
  if (level.comment !== "")
    lines.push(`The enum says: ${markdownText(level.comment.replace(/\s+/g, " ").trim())}.`, "");
  lines.push(...entryList(entries), "");
  const names = new Set(entries.map((entry) => entry.idstr));
  const groups = new Map<string, OrderEdge[]>();
  for (const edge of order.edges) {
    if (!names.has(edge.provider)) continue;
    const key = `${edge.provider}\n${edge.kind}`;
    const list = groups.get(key);
    if (list) list.push(edge);
    else groups.set(key, [edge]);
  }
  for (const group of groups.values()) lines.push(...edgeSection(group));
  return lines;
}

function entryList(entries: readonly OrderEntry[]): readonly string[] {
  const shown = entries.length > listLimit * 2 ? entries.slice(0, listLimit) : entries;
  const lines = shown.map(
    (entry) => `- ${markdownCode(entry.idstr)} (${markdownText(`${entry.file}:${entry.line + 1}`)})`,
  );
  if (shown.length < entries.length) lines.push(`- and ${entries.length - shown.length} more`);
  return lines;
}

function edgeSection(group: readonly OrderEdge[]): readonly string[] {
  const [first] = group;
  if (!first) return [];
  const states = new Set(group.map((edge) => edge.by));
  const created = first.createdFirst ? "held because it is always created first" : "held by creation order only";
  const kept = states.has("inverted") ? "**reversed**" : states.has("creation") ? created : "held by the level";
  const lines = [
    `### ${markdownCode(first.provider)} before ${group.length === 1 ? "one" : group.length}: ${first.kind}, ${kept}`,
    "",
  ];
  for (const edge of group.slice(0, listLimit)) {
    lines.push(`- ${markdownCode(edge.consumer)}: ${markdownText(edge.reason)}`);
    const proof = edge.evidence.map((e) => markdownText(`${e.file}:${e.line + 1}`));
    if (proof.length > 0) lines.push(`  (${proof.join(", ")})`);
  }
  if (group.length > listLimit) lines.push(`- and ${group.length - listLimit} more`);
  return [...lines, ""];
}

function planSection(order: LoadOrder): readonly string[] {
  const plan = levelPlan(order);
  const lines = ["## An order that keeps every dependency", ""];
  plan.ranks.forEach((rank, i) => {
    lines.push(`${i + 1}. ${rank.map(markdownCode).join(", ")}`);
  });
  lines.push(`${plan.ranks.length + 1}. everything else`, "");
  for (const cycle of plan.cycles) lines.push(`No order keeps this circle: ${cycle.map(markdownCode).join(", ")}.`, "");
  if (plan.moves.length === 0) return [...lines, "The levels in use keep all of them.", ""];
  lines.push("Moves that would make the levels keep all of them:", "");
  for (const { name, from, to, because } of plan.moves) {
    const whom = because.slice(0, 3).map(markdownCode).join(", ");
    const more = because.length > 3 ? ` and ${because.length - 3} more` : "";
    lines.push(
      `- ${markdownCode(name)}: ${markdownText(from)} to ${markdownText(to ?? "a new level above all")}, before ${whom}${more}`,
    );
  }
  return [...lines, ""];
}
