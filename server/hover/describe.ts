/** A construct in words, as Markdown. */
import type { LoadableProject, PriorityLevel } from "../../core/analysis";
import type { VMStateDescription, VMStateInfo } from "../../core/vmstate/model";
import type { Construct } from "../constructs/construct";
import { describeCallback } from "./callback";
import { describeDescription, levelOf } from "./description";
import { describeField } from "./field";
import { describeMacro } from "./macro";
import { code, escaped } from "./markdown";
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
  const order = [...project.priorityLevels()].sort((a, b) => b.value - a.value);
  const rows = order.map((each) => {
    const members = describedAt(project, each);
    const mark = each.name === level.name ? `**${code(each.name)}**` : code(each.name);
    return `${mark} (${each.value})${members}`;
  });
  const comment = level.comment === "" ? "" : `\n\n${escaped(level.comment)}`;
  return `${code(level.name)} = ${level.value}${comment}\n\nHigher levels load first:\n\n${rows.map((row) => `1. ${row}`).join("\n")}`;
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

const designators: Readonly<Record<string, string>> = {
  name: "Name of the section in the stream (behind the device's path, where it has one). It must never change.",
  version_id:
    "Version that is written. Raising it makes older QEMUs refuse the stream: a subsection keeps them working.",
  minimum_version_id: "Oldest version that is still read. A stream below it is refused.",
  priority:
    "Level of the table in the order of loading: higher loads first. Read of registered descriptions only, not of nested ones and subsections.",
  unmigratable: "A machine with this device refuses to migrate.",
  early_setup: "Sent when migration begins, before RAM is complete; the device must not change it afterwards.",
  pre_load: "Called before the fields are read. A subsection that is missing from the stream keeps what is set here.",
  post_load:
    "Called when all fields and subsections are read; version_id is that of the stream. Negative refuses the stream.",
  pre_save: "Called before the fields are written, with the machine stopped.",
  post_save: "Called when the fields are written, also after a failure.",
  needed: "Whether the section or subsection is sent. Read for registered descriptions and for subsections only.",
  dev_unplug_pending: "Whether the device waits to be unplugged, which failover waits for.",
  fields: "What is sent, in this order. The list ends with VMSTATE_END_OF_LIST().",
  subsections: "Parts that are sent where their needed says so. A stream with one that is not listed here is refused.",
};

function describeDesignator(name: string, owner: VMStateDescription | undefined): string | undefined {
  const text = designators[name.replace(/_errp$/, "")];
  if (text === undefined) return undefined;
  const level = name === "priority" && owner !== undefined ? `\n\nHere: ${escaped(levelOf(owner))}` : "";
  return `${code(`.${name}`)}  \n${escaped(text)}${level}`;
}
