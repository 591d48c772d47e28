/** Devices that change while the guest runs, and of which a stream has nothing. */
import type { QomType } from "../../../qom/model";
import { filesBeside } from "../../../project/folders";
import { accessReach } from "../../../code/accessReach";
import { memberUse, type MembersOf, memberWrites, settingUp } from "../../../code/memberWrites";
import type { Project } from "../../../project/project";
import { propertySetters } from "../../../code/propertyMembers";
import { typesByFile } from "../../../code/registered";
import { savedStructs, type StateMember, statePartsOf } from "../../../code/stateMembers";
import { structKey } from "../../../project/privateStructs";
import { structNamed } from "../../../project/stateTypes";
import { functionTexts } from "../../../project/functionTexts";
import { type Finding, rule } from "../../rule";

/** qdev registers `dc->vmsd` where there is one; without, migration succeeds and the device starts as after reset. */
export const deviceWithoutTable = rule({
  code: "device-without-table",
  group: "coverage",
  severity: "information",
  default: "review",
  wholeTree: true,
  title: "Device without a table",
  summary: "A device has state, no description, and is not marked as unmigratable.",
  byFile: (project) => [...typesByFile(project).keys()].filter(isDeviceFile),
  *check({ project, path }) {
    const files = typesByFile(project);
    for (const file of path === undefined ? files.keys() : [path]) {
      if (!isDeviceFile(file)) continue;
      if (/\bvmstate_register|register_savevm|migrate_add_blocker/.test(project.text(file) ?? "")) continue;
      for (const type of files.get(file) ?? []) {
        const state = stateOf(project, type);
        if (state.length > 0) yield report(type, state);
      }
    }
  },
});

function isDeviceFile(file: string): boolean {
  return file.startsWith("hw/") && file.endsWith(".c");
}

function stateOf(project: Project, type: QomType): readonly string[] {
  const { file } = type;
  const ancestry = project.ancestry(type.name);
  const instanceStruct = ancestry.find((each) => each.instanceStruct !== undefined)?.instanceStruct;
  if (type.abstract || instanceStruct === undefined || !isDevice(ancestry)) return [];
  if (ancestry.some(({ descriptions }) => descriptions.length > 0)) return [];
  if (
    ancestry.some(({ name }) => name === "cpu") ||
    // of a device that another one embeds, or that registers itself elsewhere
    savedStructs(project).has(structKey(project, file, instanceStruct))
  )
    return [];
  const struct = structNamed(project, instanceStruct, file);
  const parts = struct.kind === "record" ? statePartsOf(project, instanceStruct, struct) : [];
  const found = parts.flatMap((part): readonly string[] => {
    const members = part.members.flatMap(({ name }) => (propertySetters(project, file, name) ? [] : name));
    const written = setByAccess(project, file, { structName: part.structName, members });
    return written.map((name) => `${part.prefix}${name}`);
  });
  return found.length > 0 ? found : setAndReset(project, type, instanceStruct, parts[0]?.members ?? []);
}

/** Those that the guest's writes set, and that any code of the file goes by. */
function setByAccess(project: Project, file: string, { structName, members }: MembersOf): readonly string[] {
  const { writes } = accessReach(project, file);
  if (writes.size === 0 || members.length === 0) return [];
  const set = memberWrites(project, file, { structName, members }, (name) => writes.has(name));
  const functions = functionTexts(project, file);
  return [...set.keys()].filter((member) =>
    functions.some((fn) => memberUse(project, file, fn, { structName, member }) !== undefined),
  );
}

/** Those that its reset sets, and that other code of the folder sets while the guest runs. */
function setAndReset(
  project: Project,
  type: QomType,
  structName: string,
  members: readonly StateMember[],
): readonly string[] {
  const { file } = type;
  const open = members.flatMap(({ name }) => (propertySetters(project, file, name) ? [] : name));
  const resets = new Set(
    type.classSlots.filter(({ slot }) => /reset|phases/.test(slot)).map(({ value }) => value.name),
  );
  const reset = memberWrites(project, file, { structName, members: open }, (name) => resets.has(name));
  const left = open.filter((name) => reset.has(name));
  if (left.length === 0) return [];
  const found = new Set<string>();
  for (const each of filesBeside(project, file)) {
    if (project.text(each)?.includes(structName) !== true) continue;
    const setUp = settingUp(project, each, []);
    const running = memberWrites(project, each, { structName, members: left }, (name) => !setUp.has(name));
    for (const name of running.keys()) found.add(name);
  }
  return [...found];
}

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
