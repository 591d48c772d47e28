/** Devices that change while the guest runs, and of which a stream has nothing. */
import { architectureOf, isOutside, isSource } from "../../../c/paths";
import type { QomType } from "../../../qom/model";
import type { VMStateDescription } from "../../../vmstate/model";
import { expectedTables, isSavedByCall } from "../../../code/parentTables";
import { type PlainState, plainStates } from "../../../code/plainStates";
import { propertySetters } from "../../../code/propertyMembers";
import { classDescription, typesByFile } from "../../../code/registered";
import { generic } from "../../../code/slots";
import {
  changingState,
  type HeldState,
  heldState,
  isSavedStruct,
  structsOf,
  type TypeStruct,
  writtenState,
} from "../../../code/typeState";
import type { Project } from "../../../project/project";
import { type Finding, rule } from "../../rule";
import { isUnmigratable } from "../../tables";

/** qdev registers `dc->vmsd` where there is one; without, migration succeeds and the device starts as after reset. */
export const deviceWithoutTable = rule({
  code: "device-without-table",
  group: "coverage",
  severity: "information",
  default: "review",
  wholeTree: true,
  title: "Device without a table",
  summary: "A device has state, no description, and is not marked as unmigratable.",
  byFile: (project) => project.paths().filter(isDeviceFile),
  *check({ project, path }) {
    const files = typesByFile(project);
    for (const file of path === undefined ? files.keys() : [path]) {
      if (!isDeviceFile(file)) continue;
      const text = project.text(file) ?? "";
      if (text.includes("register_savevm") || text.includes("migrate_add_blocker")) continue;
      for (const each of plainStates(project, file)) yield reportPlain(each);
      if (text.includes("vmstate_register")) continue;
      for (const type of files.get(file) ?? []) {
        const found = findingOf(project, type);
        if (found !== undefined) yield found;
      }
    }
  },
});

function isDeviceFile(file: string): boolean {
  return isSource(file) && !isOutside(file) && architectureOf(file) === undefined;
}

function findingOf(project: Project, type: QomType): Finding | undefined {
  const ancestry = project.ancestry(type.name);
  if (type.abstract || !isDevice(ancestry) || ancestry.some(({ name }) => name === "cpu")) return undefined;
  const at = ancestry.findIndex(({ descriptions }) => descriptions.length > 0);
  if (at !== -1) return at === 0 ? undefined : besideTable(project, type, ancestry, at);
  const struct = ancestry.find(({ instanceStruct }) => instanceStruct !== undefined)?.instanceStruct;
  if (struct === undefined) return undefined;
  // of a device that another one embeds, or that registers itself elsewhere
  const isElsewhere = isSavedStruct(project, { structName: struct, file: type.file });
  const state = isElsewhere ? [] : changingState(project, type, struct);
  if (state.length > 0) return report(type, changes(state));
  const lost = isBlocked(project, ancestry) ? undefined : inherited(project, ancestry);
  return lost === undefined ? undefined : report(type, lost);
}

/** What a type adds to the struct of a parent that has a table. */
function besideTable(project: Project, type: QomType, ancestry: readonly QomType[], at: number): Finding | undefined {
  const parent = ancestry[at];
  const own = ancestry.slice(0, at);
  const [reference] = parent?.descriptions ?? [];
  const table = parent && reference && classDescription(project, parent, reference);
  if (parent === undefined || table === undefined || isUnmigratable(table)) return undefined;
  // hooks of the table or the class may take it along in what the parent saves
  if (savingHooks.some((hook) => table.hooks[hook] !== undefined)) return undefined;
  if (ancestry.some(({ classSlots }) => classSlots.some(({ slot }) => carries(slot)))) return undefined;
  const structs = structsOf(own.filter(({ file }) => file === type.file)).filter(
    ({ structName }) => structName !== parent.instanceStruct,
  );
  if (structs.length === 0 || structs.some((each) => isSavedStruct(project, each))) return undefined;
  const state = structs.flatMap((each) => writtenState(project, each));
  const held = structs.flatMap((each) => heldState(project, each));
  if (state.length === 0 && held.length === 0) return undefined;
  return report(type, state.length > 0 ? changes(state) : holds(held), parent);
}

const savingHooks = ["pre_save", "pre_save_errp", "post_load", "post_load_errp"] as const;

function carries(slot: string): boolean {
  return slot.split("_").some((word) => word === "save" || word === "load");
}

function isBlocked(project: Project, ancestry: readonly QomType[]): boolean {
  return ancestry.some(
    ({ name, file }) => !generic.has(name) && project.text(file)?.includes("migrate_add_blocker") === true,
  );
}

/** Of types above it, of structs in it that tables save elsewhere, or of what all kinds of its parent save. */
function inherited(project: Project, ancestry: readonly QomType[]): string | undefined {
  const at = ancestry.findIndex(({ name }) => (expectedTables(project).get(name)?.length ?? 0) > 0);
  const own = at === -1 ? ancestry : ancestry.slice(0, at);
  // of a type that adds no struct, that parent's saves nothing by itself
  const isAdded = ({ structName }: TypeStruct): boolean => structName !== ancestry[at]?.instanceStruct;
  const added = structsOf(own.filter(({ abstract }) => !abstract)).filter(isAdded);
  if (added.some((each) => isSavedStruct(project, each))) return undefined;
  const structs = structsOf(own).filter((each) => isAdded(each) && !isSavedStruct(project, each));
  const state = structs.flatMap((each) => writtenState(project, each));
  if (state.length > 0) return changes(state);
  const held = structs.flatMap((each) => heldState(project, each));
  if (held.length > 0) return holds(held);
  const parent = ancestry[at];
  const [table] = parent === undefined ? [] : (expectedTables(project).get(parent.name) ?? []);
  if (parent === undefined || table === undefined || isSavedByCall(project, table, own)) return undefined;
  const members = membersOf(table).filter((each) => !propertySetters(project, table.file, each));
  return members.length === 0
    ? undefined
    : `has what all kinds of ${parent.name} have (${listed(members)}, by ${table.symbol})`;
}

/** What the fields name, versions apart: those have no value of their own. */
function membersOf({ fields }: VMStateDescription): readonly string[] {
  const paths = fields.flatMap(({ member }) => (member === undefined ? [] : [member.path]));
  return [...new Set(paths)].filter((path) => !path.endsWith("version_id"));
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
}

function changes(state: readonly string[]): string {
  return `has state that changes while the guest runs (${listed(state)})`;
}

function holds(held: readonly HeldState[]): string {
  const parts = held.map(({ member, table }) => `${member}, by ${table}`);
  return `holds state that tables of other devices save (${listed(parts)})`;
}

function reportPlain({ structName, function: maker, range, members }: PlainState): Finding {
  return {
    range,
    message: `${structName}, which ${maker} makes a region for, belongs to no device type, ${changes(members)} and is in no table: after a migration it is as after reset. Describe it and register that by vmstate_register, or make it a device.`,
  };
}

function report(type: QomType, what: string, parent?: QomType): Finding {
  const without =
    parent === undefined
      ? "and no VMStateDescription"
      : `that the table which it inherits from ${parent.name} does not know`;
  return {
    range: type.range,
    message: `${type.name} ${what} ${without}: after a migration it is as after reset. Describe it, or set dc->vmsd to a description that is unmigratable.`,
  };
}

function isDevice(ancestry: readonly QomType[]): boolean {
  return ancestry.some(({ name, parent }) => name === "device" || parent === "device");
}
