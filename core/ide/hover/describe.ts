/** A construct in words, as Markdown. */
import { nameOfLevel, scheme } from "../../order/levels";
import type { LoadableProject, PriorityLevel } from "../../project";
import type { VMStateDescription, VMStateInfo } from "../../vmstate/model";
import type { Construct } from "../constructs/construct";
import { describeCallback } from "./callback";
import { describeDescription, levelOf } from "./description";
import { designatorText } from "./designators";
import { describeField } from "./field";
import { describeMacro } from "./macro";
import { code, escaped, stillReading } from "./markdown";
import { describeMember, describeStruct } from "./member";

export function describeConstruct(project: LoadableProject, construct: Construct, path: string): string | undefined {
  switch (construct.kind) {
    case "description":
      return describeDescription(project, construct.description);
    case "callback":
      return describeCallback(project, construct);
    case "level":
      return describeLevel(project, construct.level);
    case "macro":
      return describeMacro(project, construct, path);
    case "member":
      return describeMember(project, construct, path);
    case "struct":
      return describeStruct(project, construct.name, path);
    case "info":
      return describeInfo(construct.info);
    case "designator":
      return describeDesignator(construct.name, construct.owner);
    case "field":
      return construct.owner === undefined ? undefined : describeField(project, construct.owner, construct.field);
  }
}

function describeLevel(project: LoadableProject, level: PriorityLevel): string {
  const comment = level.comment === "" ? "" : `\n\n${escaped(level.comment)}`;
  const head = `${code(level.name)} = ${level.value}${comment}`;
  if (project.isPartial) return `${head}\n\n${stillReading}`;
  const order = [...project.priorityLevels()].sort((a, b) => b.value - a.value);
  const { unset, maximum } = scheme(project);
  const usual = nameOfLevel(project, unset);
  const rows = order.map((each) => {
    const members =
      each.value === unset
        ? ": every table without a priority"
        : each.value === 0
          ? `: counts as ${code(usual)}`
          : each.value === maximum
            ? ": the end of the list, no level"
            : describedAt(project, each);
    const mark = each.name === level.name ? `**${code(each.name)}**` : code(each.name);
    return `${mark} (${each.value})${members}`;
  });
  return `${head}\n\nHigher levels load first:\n\n${rows.map((row) => `1. ${row}`).join("\n")}`;
}

/** Names of the descriptions that set this level, as far as a line holds them. */
function describedAt(project: LoadableProject, level: PriorityLevel): string {
  const names: string[] = [];
  for (const each of project.descriptions()) {
    if (each.priority?.value.known !== true || each.priority.value.value !== level.value) continue;
    names.push(each.name.known ? each.name.value : each.symbol);
  }
  if (names.length === 0) return "";
  const shown = [...new Set(names)].sort();
  const rest = shown.length > 8 ? ` and ${shown.length - 8} more` : "";
  return `: ${shown.slice(0, 8).map(escaped).join(", ")}${rest}`;
}

function describeInfo(info: VMStateInfo): string {
  const lines = [
    `VMStateInfo ${code(info.symbol)}${info.name.known ? `, named ${code(info.name.value)} in the stream's description` : ""}`,
  ];
  if (info.get) lines.push(`Reads an element with ${code(info.get.name)}`);
  if (info.put) lines.push(`Writes it with ${code(info.put.name)}`);
  return lines.join("  \n");
}

function describeDesignator(name: string, owner: VMStateDescription | undefined): string | undefined {
  const text = designatorText(name);
  if (text === undefined) return undefined;
  const level = name === "priority" && owner !== undefined ? `\n\nHere: ${escaped(levelOf(owner))}` : "";
  return `${code(`.${name}`)}  \n${escaped(text)}${level}`;
}
