/** A struct taken apart into what a table would name: members, and members of structs inside it that have no table. */
import type { CType, Member, RecordType } from "../../c/ctype";
import { sizeOf } from "../../c/layout";
import { macroFor } from "../../project/fieldMacros";
import type { Project } from "../../project/project";
import { membersOf } from "../constructs/members";

export interface Part {
  /** `ring.head` */
  readonly path: string;
  readonly member: Member;
  /** What it is in, where that is QEMU's own or a base type's: others set it too, so that only what is set here is known to be this device's. */
  readonly owner?: Part;
}

/** In order of declaration; of a struct that no table saves its members instead. */
export function partsOf(project: Project, file: string, structName: string, struct: RecordType): readonly Part[] {
  const objects = new Set([...project.types()].map(({ instanceStruct }) => instanceStruct));
  const own = new Set([folderOf(file), folderOf(homeOf(struct))]);
  const inside = (member: Member, path: string, owner: Part | undefined): readonly Part[] => {
    const type = member.type();
    const whole = [{ path, member, ...(owner === undefined ? {} : { owner }) }];
    if (
      type.kind !== "record" ||
      path.split(".").length > 4 ||
      hasTable(project, objects, file, structName, path, type)
    )
      return whole;
    const all = membersOf(project, type).filter((each) => type.recordKind === "struct" || fills(project, type, each));
    const inner = type.recordKind === "struct" ? all : all.slice(0, 1);
    if (!inner.some((each) => isValue(each.type()))) return whole;
    const by = owner ?? (own.has(folderOf(homeOf(type))) ? undefined : { path, member });
    return inner.flatMap((each) => inside(each, `${path}.${each.name ?? ""}`, by));
  };
  return membersOf(project, struct).flatMap((member, index) => {
    const path = member.name ?? "";
    const base = index === 0 ? baseOf(project, objects, file, structName, member) : [];
    return base.length > 0 ? base : inside(member, path, undefined);
  });
}

/** An object has a section of its own. */
function hasTable(
  project: Project,
  objects: ReadonlySet<string | undefined>,
  file: string,
  structName: string,
  path: string,
  { tag }: RecordType,
): boolean {
  return (tag !== undefined && objects.has(tag)) || macroFor(project, structName, path, file) !== undefined;
}

/** The values of a base type without a table, which has no section. */
function baseOf(
  project: Project,
  objects: ReadonlySet<string | undefined>,
  file: string,
  structName: string,
  member: Member,
): readonly Part[] {
  const type = member.type();
  const path = member.name ?? "";
  if (type.kind !== "record" || type.tag === undefined || !objects.has(type.tag)) return [];
  if (macroFor(project, structName, path, file) !== undefined) return [];
  return membersOf(project, type)
    .filter((each) => isValue(each.type()))
    .map((each) => ({ path: `${path}.${each.name ?? ""}`, member: each, owner: { path, member } }));
}

/** Whether one member of a union is all of it, as the word is beside its bits. */
function fills(project: Project, union: RecordType, member: Member): boolean {
  const types = project.ctypes();
  const [all, own] = [sizeOf(types, union), sizeOf(types, member.type())];
  return isValue(member.type()) && member.bits === undefined && all.known && own.known && all.value === own.value;
}

/** Numbers, and arrays of them: what code sets by assignment. */
export function isValue(type: CType): boolean {
  return type.kind === "array" ? isValue(type.element) : type.kind === "scalar" || type.kind === "enum";
}

/** The file that declares a struct's members. */
function homeOf({ body }: RecordType): string {
  return body?.().context.scope.file ?? "";
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
