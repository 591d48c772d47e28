import type { LoadableProject } from "../../project";
import { descriptionKey, descriptionRoles } from "../../code/registered";
import { treeOrder } from "../../order";
import type { LoadOrder } from "../../order/order";
import type { VMStateDescription } from "../../vmstate/model";
import { isReadWhole, sizeText, tableOnWire } from "../constructs/wireSize";
import { code, escaped, stillReading } from "./markdown";

/** Level as written, or what an unset one means. */
export function levelOf(description: VMStateDescription): string {
  const { priority } = description;
  if (priority === undefined) return "default (none set)";
  return priority.value.known ? `${priority.text} (${priority.value.value})` : priority.text;
}

export function describeDescription(project: LoadableProject, description: VMStateDescription): string {
  const name = description.name.known ? `"${description.name.value}"` : "name not known";
  const lines = [`VMStateDescription ${code(description.symbol)}: ${code(name)}`];
  const role = project.isPartial ? undefined : roleOf(project, description);
  const { versionId, minimumVersionId } = description;
  if (versionId.known && minimumVersionId.known) {
    lines.push(
      role === undefined
        ? `Version ${versionId.value}, minimum ${minimumVersionId.value}`
        : role === "part"
          ? `Nested only: read as its current version ${versionId.value}, which the stream does not carry`
          : `Version ${versionId.value} (accepts ${accepted(versionId.value, minimumVersionId.value)})`,
    );
  }
  if (description.unmigratable.known && description.unmigratable.value)
    lines.push("**Blocks migration** (unmigratable)");
  else {
    const isRead = description.fields.every((field) => isReadWhole(project, field));
    const bytes = isRead ? `, ${escaped(sizeText(tableOnWire(project, description).size))} in the stream` : "";
    lines.push(`${count(description.fields.length, "field")}${bytes}`);
  }
  if (description.subsections.length > 0) {
    lines.push(`Subsections: ${description.subsections.map((each) => code(each.symbol)).join(", ")}`);
  }
  if (role === "section" || (role === undefined && description.priority !== undefined))
    lines.push(`Priority: ${escaped(levelOf(description))}`);
  const hooks = Object.entries(description.hooks).map(([hook, reference]) => {
    if (role === undefined) return `${escaped(hook)} ${code(reference?.name ?? "")}`;
    const ignored = hook === "dev_unplug_pending" ? role !== "section" : hook === "needed" && role === "part";
    return `${escaped(hook)} ${code(reference?.name ?? "")}${ignored ? " (never asked: nested only)" : ""}`;
  });
  if (hooks.length > 0) lines.push(hooks.join(", "));
  if (description.condition !== undefined) lines.push(`Under ${code(`#if ${description.condition}`)}`);
  for (const each of description.unknowns.slice(0, 3))
    lines.push(`Not known: ${escaped(each.what)}, ${escaped(each.reason)}`);
  if (role === undefined) return [...lines, stillReading].join("  \n");
  return [lines.join("  \n"), ...dependenciesOf(treeOrder(project), description)].join("\n\n");
}

function accepted(version: number, minimum: number): string {
  if (minimum >= version) return `${version} only`;
  return minimum === 0 ? "every older one" : `${minimum} and later`;
}

/** A section of its own; a subsection; or a part that other tables nest and nothing registers. */
function roleOf(project: LoadableProject, description: VMStateDescription): "section" | "subsection" | "part" {
  const { registered, insideVirtio, nested } = descriptionRoles(project);
  const key = descriptionKey(description);
  const uses = nested.get(key) ?? [];
  if (registered.has(key) || insideVirtio.has(key) || uses.length === 0) return "section";
  return uses.some((use) => use.as === "subsection") ? "subsection" : "part";
}

/** What has to load before it, and what loads behind it. */
function dependenciesOf(order: LoadOrder, description: VMStateDescription): readonly string[] {
  const name = description.name.known ? description.name.value : description.symbol;
  const needs = [...new Set(order.edges.filter((edge) => edge.consumer === name).map((edge) => edge.provider))];
  const needed = [...new Set(order.edges.filter((edge) => edge.provider === name).map((edge) => edge.consumer))];
  const parts: string[] = [];
  if (needs.length > 0) parts.push(`${count(needs.length, "prerequisite")}: ${some(needs)}`);
  if (needed.length > 0) parts.push(`${count(needed.length, "dependent")}: ${some(needed)}`);
  return parts;
}

function some(names: readonly string[]): string {
  const rest = names.length > 6 ? ` and ${names.length - 6} more` : "";
  return names.slice(0, 6).map(code).join(", ") + rest;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
