/** Devices that change while the guest runs, and of which a stream has nothing. */
import type { QomType } from "../../qom/model";
import { cachedByRevision } from "../cache";
import type { Diagnostic } from "../diagnostic";
import type { Project } from "../project";
import { propertySetters } from "../propertyMembers";
import { typesByFile } from "../registered";
import { stateStructs, structNamed } from "../stateTypes";
import { functionTexts } from "../functionTexts";
import type { Rule } from "./rule";

/** qdev registers `dc->vmsd` where there is one; without, migration succeeds and the device starts as after reset. */
export const deviceWithoutTable: Rule = {
  code: "device-without-table",
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
};

/** Integers of the device's own struct that handlers of the guest's accesses set. */
function stateOf(project: Project, type: QomType): readonly string[] {
  const ancestry = project.ancestry(type.name);
  if (type.abstract || type.instanceStruct === undefined || !isDevice(ancestry)) return [];
  if (ancestry.some(({ descriptions }) => descriptions.length > 0)) return [];
  if (ancestry.some(({ name }) => name === "cpu") || savedStructs(project).has(type.instanceStruct)) return [];
  const writers = functionTexts(project, type.file).filter(
    ({ name, parameters }) =>
      /write|store|out[bwl]$/.test(name) && /\b(?:hwaddr|target_phys_addr_t|uint64_t|uint32_t)\b/.test(parameters),
  );
  if (writers.length === 0) return [];
  const struct = structNamed(project, type.instanceStruct, type.file);
  const members = struct.kind === "record" ? project.ctypes().members(struct) : undefined;
  if (members?.known !== true) return [];
  return members.value.list.flatMap((member) => {
    const name = member.name ?? "";
    if (name === "" || member.type().kind !== "scalar" || propertySetters(project, type.file, name)) return [];
    const set = new RegExp(`->\\s*${name}\\s*(?:[|&^+-]?=(?!=)|\\+\\+|--)`);
    return writers.some(({ body }) => set.test(body)) ? name : [];
  });
}

/** Structs that any table saves: of a device that another one embeds, or that registers itself elsewhere. */
const savedStructs = cachedByRevision((project): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const description of project.descriptions()) for (const name of stateStructs(description)) found.add(name);
  return found;
});

function report(type: QomType, state: readonly string[]): Diagnostic {
  const names = `${state.slice(0, 3).join(", ")}${state.length > 3 ? ` and ${state.length - 3} more` : ""}`;
  return {
    code: "device-without-table",
    severity: "information",
    range: type.range,
    message: `${type.name} has state that guests set (${names}) and no VMStateDescription: after a migration it is as after reset. Describe it, or set dc->vmsd to a description that is unmigratable.`,
    related: [],
    fixes: [],
  };
}

function isDevice(ancestry: readonly QomType[]): boolean {
  return ancestry.some(({ name, parent }) => name === "device" || parent === "device");
}
