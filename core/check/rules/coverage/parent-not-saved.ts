/** Tables of a type that leave out what the type inherits. */
import { isTest } from "../../../c/paths";
import { accessReach } from "../../../code/accessReach";
import { loadReach } from "../../../code/loadEffects";
import { memberWrites } from "../../../code/memberWrites";
import { settingUp } from "../../../code/settingUp";
import { expectedTables, isSavedByCall } from "../../../code/parentTables";
import { propertySetters } from "../../../code/propertyMembers";
import { classDescription, descriptionKey, descriptionRoles } from "../../../code/registered";
import { functionTexts } from "../../../project/functionTexts";
import type { Project } from "../../../project/project";
import { strayFields } from "../../../project/stateTypes";
import { noteFile } from "../../../project/uses";
import type { QomType } from "../../../qom/model";
import type { VMStateDescription } from "../../../vmstate/model";
import { type Finding, rule } from "../../rule";
import { isUnmigratable, nameOf, nestedOf } from "../../tables";

/** qdev registers one description for a device, that of the nearest class with one (device_set_realized of hw/core/qdev.c). */
export const parentNotSaved = rule({
  code: "parent-not-saved",
  group: "coverage",
  severity: "warning",
  default: "review",
  wholeTree: true,
  byFile: true,
  title: "A table without the parent's state",
  summary: "A type's own table leaves out the state that the type inherits.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (isTest(description.file) || isUnmigratable(description)) continue;
      const types = descriptionRoles(project).registered.get(descriptionKey(description))?.types ?? [];
      const lost = new Map<VMStateDescription, Lost>();
      for (const name of types) {
        const each = lostOf(project, name, description);
        if (each !== undefined && !lost.has(each.table)) lost.set(each.table, each);
      }
      for (const each of lost.values()) yield report(description, each);
    }
  },
});

interface Lost {
  readonly type: string;
  readonly parent: QomType;
  readonly table: VMStateDescription;
  /** replaced: the parent has registered it. unnested: its children's tables hold it. */
  readonly how: "replaced" | "unnested";
  readonly members: readonly string[];
}

function lostOf(project: Project, name: string, description: VMStateDescription): Lost | undefined {
  const [own, ...ancestors] = project.ancestry(name);
  if (own === undefined) return undefined;
  let isReplaced = ownTable(project, own) === description;
  for (const parent of ancestors) {
    const table = ownTable(project, parent);
    if (table === description) isReplaced = true;
    else if (table !== undefined && isReplaced) {
      const between = [own, ...ancestors.slice(0, ancestors.indexOf(parent))];
      const members = missing(project, description, table).filter(
        (member) => !parent.abstract || isUsed(project, parent, table, member, between),
      );
      return members.length === 0 ? undefined : { type: name, parent, table, how: "replaced", members };
    }
    for (const each of table === undefined ? (expectedTables(project).get(parent.name) ?? []) : []) {
      noteFile(each.file);
      const between = [own, ...ancestors.slice(0, ancestors.indexOf(parent))];
      const members = isSavedByCall(project, each, between) ? [] : missing(project, description, each);
      if (members.length > 0) return { type: name, parent, table: each, how: "unnested", members };
    }
  }
  return undefined;
}

/** What the type puts into `dc->vmsd`. */
function ownTable(project: Project, type: QomType): VMStateDescription | undefined {
  const own = type.descriptions.findLast(({ classStruct, slot }) => classStruct === "DeviceClass" && slot === "vmsd");
  return own && classDescription(project, type, own);
}

/** Of the members that `table` saves, those that are neither in the description nor set by a property; none where it is loaded. */
function missing(project: Project, description: VMStateDescription, table: VMStateDescription): readonly string[] {
  if (isUnmigratable(table)) return [];
  const { registered } = descriptionRoles(project);
  if ((registered.get(descriptionKey(table))?.registrations.length ?? 0) > 0) return [];
  const saved = new Set(pathsIn(project, description).flatMap((path) => path.split(".")));
  if (saved.has("")) return [];
  const stray = strayFields(project, table);
  const members = table.fields.flatMap((field) =>
    field.member === undefined || stray.includes(field) ? [] : [firstOf(field.member.path)],
  );
  const left = [...new Set(members)].filter((each) => !saved.has(each) && !propertySetters(project, table.file, each));
  // what a description reaches takes long to tell
  const isLoaded = (): boolean => loadReach(project, description).descriptions.has(descriptionKey(table));
  return left.length === 0 || isLoaded() ? [] : left;
}

/** Whether the types' own files set the member while the guest runs, or take a register of the parent's file that does. */
function isUsed(
  project: Project,
  { instanceStruct }: QomType,
  { file: home, fields }: VMStateDescription,
  member: string,
  types: readonly QomType[],
): boolean {
  const struct = instanceStruct ?? fields.find((each) => each.member !== undefined)?.member?.structName ?? "";
  const members = { structName: struct, members: [member] };
  const setters = memberWrites(project, home, members, (name) => accessReach(project, home).writes.has(name));
  const tables = setters.has(member) ? opsTablesOf(project, home) : [];
  return [...new Set(types.map(({ file }) => file))].some((file) => {
    if (functionTexts(project, file).some(({ body }) => tables.some((each) => body.includes(each)))) return true;
    const setUp = settingUp(project, file, []);
    return memberWrites(project, file, members, (name) => !setUp.has(name)).has(member);
  });
}

/** Names of the file's tables of handlers that other files see. */
function opsTablesOf(project: Project, file: string): readonly string[] {
  return (project.facts(file)?.declarations ?? []).flatMap((each) =>
    each.kind === "variable" && !each.isStatic && each.typeName === "MemoryRegionOps" ? [each.name] : [],
  );
}

function firstOf(path: string): string {
  return path.split(".", 1)[0]?.split("[", 1)[0] ?? path;
}

/** Of every field, those of nested tables and subsections among them. */
function pathsIn(project: Project, description: VMStateDescription): readonly string[] {
  const seen = new Set([description]);
  const found: string[] = [];
  // grows while it is walked
  for (const each of seen) {
    for (const field of each.fields) {
      if (field.member !== undefined) found.push(field.member.path.replaceAll("[", ".").replaceAll("]", ""));
      const nested = nestedOf(project, field);
      if (nested !== undefined) seen.add(nested);
    }
    for (const reference of each.subsections) {
      const subsection = project.resolve(reference);
      if (subsection !== undefined) seen.add(subsection);
    }
  }
  return found;
}

function report(description: VMStateDescription, { type, parent, table, how, members }: Lost): Finding {
  const names = `${members.slice(0, 3).join(", ")}${members.length > 3 ? ` and ${members.length - 3} more` : ""}`;
  const why =
    how === "replaced"
      ? `replaces ${table.symbol}, which ${parent.name} registers for its children, and does not contain it`
      : `does not contain ${table.symbol}, as tables of other kinds of ${parent.name} do`;
  return {
    range: description.nameRange,
    message: `${nameOf(description)}, the table of ${type}, ${why}: ${names} of ${parent.name} is not migrated. Add a field VMSTATE_STRUCT with ${table.symbol}, or the macro that the tree has for it.`,
    related: [{ range: table.nameRange, message: `${table.symbol} saves ${names}` }],
  };
}
