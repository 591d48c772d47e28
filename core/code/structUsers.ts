/** Files that work on a device's state and have no table of it: a child's beside its parent's, and others of the folder. */
import { filesIncluding } from "../project/folders";
import { isPrivate, structKey } from "../project/privateStructs";
import type { Project } from "../project/project";
import { bareName, taggedOrNamed } from "../project/stateTypes";
import { noteFile } from "../project/uses";
import type { VMStateDescription } from "../vmstate/model";
import { loadReach } from "./loadEffects";
import { descriptionKey, descriptionRoles, typesByFile } from "./registered";
import { generic } from "./slots";
import { fileOf } from "./stateMembers";

/**
 * C files that name the struct, apart from those of its tables: of the types that the tables belong to and of the types above
 * them, and of the folder whoever includes the header that has the struct. None of other devices that have one too, and none of a
 * struct that QEMU brings for all devices.
 */
export function usersOf(
  project: Project,
  structName: string,
  tables: readonly VMStateDescription[],
): readonly string[] {
  const [main] = tables;
  if (main === undefined || isPrivate(project, main.file, structName)) return [];
  const struct = taggedOrNamed(project, structName, main.file);
  if (struct.kind !== "record" || isEveryones(project, structName, struct.tag)) return [];
  const { registered } = descriptionRoles(project);
  const types = [...withParents(project, tables)].flatMap(
    (each) => registered.get(descriptionKey(each))?.types.flatMap((type) => project.ancestry(type)) ?? [],
  );
  const own = new Map(types.flatMap(({ name, file }) => (generic.has(name) ? [] : [[name, file]])));
  const files = new Set(filesIncluding(project, main.file, fileOf(struct)));
  for (const file of own.values()) files.add(file);
  for (const { file } of tables) files.delete(file);
  const names = [bareName(structName), ...(struct.tag === undefined ? [] : [struct.tag])];
  const key = structKey(project, main.file, structName);
  return [...files].filter((file) => {
    if (
      !file.endsWith(".c") ||
      typesByFile(project)
        .get(file)
        ?.some(({ name }) => !own.has(name)) === true
    )
      return false;
    noteFile(file);
    const text = project.text(file) ?? "";
    return names.some((name) => text.includes(name)) && structKey(project, file, structName) === key;
  });
}

/** The tables, and those that they are parts of. */
function withParents(project: Project, tables: readonly VMStateDescription[]): ReadonlySet<VMStateDescription> {
  const { nested } = descriptionRoles(project);
  const all = new Set(tables);
  for (const each of all) for (const { parent } of nested.get(descriptionKey(each)) ?? []) all.add(parent);
  return all;
}

function isEveryones(project: Project, structName: string, tag: string | undefined): boolean {
  const name = bareName(structName);
  return [...generic].some((type) => {
    const of = project.type(type)?.instanceStruct;
    return of !== undefined && (of === name || of === tag);
  });
}

/** Functions that loading the tables, or what they are parts of, comes to in a file: through classes' methods too. */
export function loadedThrough(
  project: Project,
  tables: readonly VMStateDescription[],
): (file: string) => ReadonlySet<string> {
  const all = withParents(project, tables);
  return (file) => {
    const found = new Set<string>();
    for (const each of all) {
      for (const node of loadReach(project, each).functions) if (node.file === file) found.add(node.name);
    }
    return found;
  };
}
