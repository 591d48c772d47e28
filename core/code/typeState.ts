/** State that the instances of a type have and no table saves: which of the struct's members change while the guest runs. */
import type { QomType } from "../qom/model";
import type { VMStateDescription } from "../vmstate/model";
import { filesBeside } from "../project/folders";
import { functionTexts } from "../project/functionTexts";
import { structKey } from "../project/privateStructs";
import type { Project } from "../project/project";
import { bareName, stateStructs, taggedOrNamed } from "../project/stateTypes";
import { accessReach } from "./accessReach";
import { memberUse } from "./memberUse";
import { type MembersOf, memberWrites } from "./memberWrites";
import { settingUp } from "./settingUp";
import { propertySetters } from "./propertyMembers";
import { descriptionKey, descriptionRoles } from "./registered";
import { generic } from "./slots";
import { devicesIn, savedStructs, type StateMember, statePartsOf, typeStructs } from "./stateMembers";

/** A struct of the type itself or of a type above it, with the file whose code works on it. */
export interface TypeStruct {
  readonly structName: string;
  readonly file: string;
}

/** Of the first types of an ancestry, those that QEMU brings for all devices apart. */
export function structsOf(types: readonly QomType[]): readonly TypeStruct[] {
  return types.flatMap(({ name, instanceStruct, file }) =>
    instanceStruct === undefined || generic.has(name) ? [] : [{ structName: instanceStruct, file }],
  );
}

export function isSavedStruct(project: Project, { structName, file }: TypeStruct): boolean {
  return savedStructs(project).has(structKey(project, file, structName));
}

/** Members of the struct that the guest's writes set, or that the type's reset sets and running code changes. */
export function changingState(project: Project, type: QomType, structName: string): readonly string[] {
  const found = writtenState(project, { structName, file: type.file });
  if (found.length > 0) return found;
  const struct = taggedOrNamed(project, structName, type.file);
  const parts = struct.kind === "record" ? statePartsOf(project, structName, struct) : [];
  return setAndReset(project, type, structName, parts[0]?.members ?? []);
}

/** Members of the struct, and of what it holds, that the guest's writes to the file's handlers set. */
export function writtenState(project: Project, { structName, file }: TypeStruct): readonly string[] {
  if (accessReach(project, file).writes.size === 0) return [];
  const struct = taggedOrNamed(project, structName, file);
  if (struct.kind !== "record") return [];
  const parts = statePartsOf(project, structName, struct);
  // code may call it by its tag where the type calls it by a typedef
  const [own] = parts;
  const { tag } = struct;
  const alike =
    own === undefined || tag === undefined || tag === bareName(structName) ? [] : [{ ...own, structName: tag }];
  const found = [...parts, ...alike].flatMap((part): readonly string[] => {
    const members = part.members.flatMap(({ name }) => (propertySetters(project, file, name) ? [] : name));
    const written = setByAccess(project, file, { structName: part.structName, members });
    return written.map((name) => `${part.prefix}${name}`);
  });
  return [...new Set(found)];
}

function largest(tables: readonly VMStateDescription[]): VMStateDescription | undefined {
  return [...tables].sort((a, b) => b.fields.length - a.fields.length)[0];
}

export interface HeldState {
  readonly member: string;
  /** The table that saves as much of other devices. */
  readonly table: string;
}

/** Structs in it that a table saves where other devices hold them: `ohci`. What is an object has a section of its own. */
export function heldState(project: Project, { structName, file }: TypeStruct): readonly HeldState[] {
  const struct = taggedOrNamed(project, structName, file);
  if (struct.kind !== "record") return [];
  const { registered } = descriptionRoles(project);
  return devicesIn(project, struct).flatMap(({ name, tables }): readonly HeldState[] => {
    const table = largest(tables);
    if (table === undefined || propertySetters(project, file, name)) return [];
    const isSeparate = tables.some(
      (each) =>
        (each.unmigratable.known && each.unmigratable.value) ||
        (registered.get(descriptionKey(each))?.registrations.length ?? 0) > 0 ||
        stateStructs(each).some((of) => typeStructs(project).has(structKey(project, each.file, of))),
    );
    return isSeparate ? [] : [{ member: name, table: table.symbol }];
  });
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
    type.classSlots
      .filter(({ slot }) => slot.includes("reset") || slot.includes("phases"))
      .map(({ value }) => value.name),
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
