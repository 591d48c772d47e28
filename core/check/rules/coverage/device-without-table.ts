/** Devices that change while the guest runs, and of which a stream has nothing. */
import type { Member } from "../../../c/ctype";
import type { QomType } from "../../../qom/model";
import { cachedByRevision } from "../../../project/cache";
import { filesBeside } from "../../../project/folders";
import { memberWrites, settingUp } from "../../../code/memberWrites";
import type { Project } from "../../../project/project";
import { propertySetters } from "../../../code/propertyMembers";
import { typesByFile } from "../../../code/registered";
import { stateStructs, structNamed } from "../../../project/stateTypes";
import { functionTexts } from "../../../project/functionTexts";
import { type Finding, rule } from "../../rule";

/** qdev registers `dc->vmsd` where there is one; without, migration succeeds and the device starts as after reset. */
export const deviceWithoutTable = rule({
  code: "device-without-table",
  group: "coverage",
  severity: "information",
  default: "review",
  title: "Device without a table",
  summary: "A device has state, no description, and is not marked as unmigratable.",
  *check({ project, path }) {
    const files = typesByFile(project);
    for (const file of path === undefined ? files.keys() : [path]) {
      if (!file.startsWith("hw/") || !file.endsWith(".c")) continue;
      if (/\bvmstate_register|register_savevm|migrate_add_blocker/.test(project.text(file) ?? "")) continue;
      for (const type of files.get(file) ?? []) {
        const state = stateOf(project, type);
        if (state.length > 0) yield report(type, state);
      }
    }
  },
});

function stateOf(project: Project, type: QomType): readonly string[] {
  const ancestry = project.ancestry(type.name);
  if (type.abstract || type.instanceStruct === undefined || !isDevice(ancestry)) return [];
  if (ancestry.some(({ descriptions }) => descriptions.length > 0)) return [];
  if (ancestry.some(({ name }) => name === "cpu") || savedStructs(project).has(type.instanceStruct)) return [];
  const members = plainMembers(project, type, type.instanceStruct);
  const written = setByAccess(project, type, members);
  return written.length > 0 ? written : setAndReset(project, type, type.instanceStruct, members);
}

/** Integers of the device's own struct that no property sets. */
function plainMembers(project: Project, type: QomType, structName: string): readonly Member[] {
  const struct = structNamed(project, structName, type.file);
  const members = struct.kind === "record" ? project.ctypes().members(struct) : undefined;
  if (members?.known !== true) return [];
  return members.value.list.filter(({ name = "", type: typeOf }) => {
    if (name === "") return false;
    return /^(?:scalar|enum)$/.test(typeOf().kind) && !propertySetters(project, type.file, name);
  });
}

/** Those that handlers of the guest's accesses set. */
function setByAccess(project: Project, type: QomType, members: readonly Member[]): readonly string[] {
  const writers = functionTexts(project, type.file).filter(
    ({ name, parameters }) =>
      /write|store|out[bwl]$/.test(name) && /\b(?:hwaddr|target_phys_addr_t|uint64_t|uint32_t)\b/.test(parameters),
  );
  return members.flatMap(({ name = "", type: typeOf }) => {
    const set = new RegExp(`->\\s*${name}\\s*(?:[|&^+-]?=(?!=)|\\+\\+|--)`);
    return typeOf().kind === "scalar" && writers.some(({ body }) => set.test(body)) ? name : [];
  });
}

/** Those that its reset sets, and that other code of the folder sets while the guest runs. */
function setAndReset(
  project: Project,
  type: QomType,
  structName: string,
  members: readonly Member[],
): readonly string[] {
  const { file } = type;
  const resets = new Set(
    type.classSlots.filter(({ slot }) => /reset|phases/.test(slot)).map(({ value }) => value.name),
  );
  const reset = memberWrites(project, file, { structName, members: members.map(({ name = "" }) => name) }, (name) =>
    resets.has(name),
  );
  const left = members.filter(({ name = "" }) => reset.has(name));
  if (left.length === 0) return [];
  const found = new Set<string>();
  for (const each of filesBeside(project, file)) {
    if (project.text(each)?.includes(structName) !== true) continue;
    const setUp = settingUp(project, each, []);
    const running = memberWrites(
      project,
      each,
      { structName, members: left.map(({ name = "" }) => name) },
      (name) => !setUp.has(name),
    );
    for (const name of running.keys()) found.add(name);
  }
  return [...found];
}

/** Structs that any table saves: of a device that another one embeds, or that registers itself elsewhere. */
const savedStructs = cachedByRevision((project): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const description of project.descriptions()) for (const name of stateStructs(description)) found.add(name);
  return found;
});

function report(type: QomType, state: readonly string[]): Finding {
  const names = `${state.slice(0, 3).join(", ")}${state.length > 3 ? ` and ${state.length - 3} more` : ""}`;
  return {
    range: type.range,
    message: `${type.name} has state that changes while the guest runs (${names}) and no VMStateDescription: after a migration it is as after reset. Describe it, or set dc->vmsd to a description that is unmigratable.`,
  };
}

function isDevice(ancestry: readonly QomType[]): boolean {
  return ancestry.some(({ name, parent }) => name === "device" || parent === "device");
}
