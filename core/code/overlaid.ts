/** Arrays in unions of which tables save some elements by the members that lie over them: registers by index and by name. */
import { accessesIn } from "../c/body/accesses";
import type { CType, Member, RecordType } from "../c/ctype";
import { sizeOf } from "../c/layout";
import { bodyOf, typesIn } from "../project/bodies";
import type { Project } from "../project/project";
import { placeStart } from "./memberPlaces";
import type { MemberWrite } from "./memberWrites";

export interface Overlaid {
  /** Path of the array. */
  readonly name: string;
  readonly member: Member;
  /** Indexes that no saved member lies over, ascending; never empty, and never all. */
  readonly missing: readonly number[];
}

/** Larger ones are memory, not registers. */
const mostElements = 65_536;

/** Of the struct itself and of anonymous structs in it; what has no layout that is known is left out. */
export function overlaidArrays(
  project: Project,
  record: RecordType,
  saved: (path: string) => boolean,
): readonly Overlaid[] {
  const types = project.ctypes();
  const found: Overlaid[] = [];
  const members = types.members(record);
  for (const member of members.known ? members.value.list : []) {
    const type = member.type();
    if (type.kind !== "record") continue;
    if (type.recordKind === "struct" && member.name === undefined) found.push(...overlaidArrays(project, type, saved));
    const inside = type.recordKind === "union" ? types.members(type) : undefined;
    if (inside?.known !== true) continue;
    const prefix = member.name === undefined ? "" : `${member.name}.`;
    for (const each of inside.value.list) {
      const array = each.type();
      const name = `${prefix}${each.name ?? ""}`;
      if (each.name === undefined || array.kind !== "array" || array.element.kind !== "scalar" || saved(name)) continue;
      const missing = uncovered(project, array, name, { type, prefix, saved });
      if (missing.length > 0) found.push({ name, member: each, missing });
    }
  }
  return found;
}

interface Union {
  readonly type: RecordType;
  readonly prefix: string;
  readonly saved: (path: string) => boolean;
}

function uncovered(project: Project, array: CType, name: string, { type, prefix, saved }: Union): readonly number[] {
  const types = project.ctypes();
  if (array.kind !== "array" || array.length?.known !== true) return [];
  const length = Number(array.length.value);
  const size = sizeOf(types, array.element);
  if (!size.known || size.value <= 0 || length > mostElements) return [];
  const covered = new Set<number>();
  let isKnown = true;
  const cover = (of: CType, path: string, start: number): void => {
    if (of.kind === "record") {
      const inside = types.members(of);
      const { offsets } = types.layout(of);
      if (!inside.known) isKnown = false;
      for (const [k, each] of inside.known ? inside.value.list.entries() : []) {
        const offset = offsets[k];
        const inner = each.name === undefined ? path : path === "" ? each.name : `${path}.${each.name}`;
        if (offset?.known !== true) isKnown = false;
        else cover(each.type(), inner, start + offset.value);
      }
      return;
    }
    if (path === name || path === "" || !saved(path)) return;
    const bytes = sizeOf(types, of);
    if (!bytes.known) isKnown = false;
    else {
      const end = Math.min(Math.ceil((start + bytes.value) / size.value), length);
      for (let k = Math.floor(start / size.value); k < end; k++) covered.add(k);
    }
  };
  cover(type, prefix.slice(0, -1), 0);
  if (!isKnown || covered.size === 0) return [];
  return Array.from({ length }, (_, k) => k).filter((k) => !covered.has(k));
}

/** `opreg[7] to opreg[15]`, where they are in a row; the first and how many more where they are not. */
export function missingText({ name, missing }: Overlaid): string {
  const [first = 0] = missing;
  const last = missing.at(-1) ?? first;
  if (missing.length === 1) return `${name}[${first}]`;
  if (last - first + 1 === missing.length) return `${name}[${first}] to ${name}[${last}]`;
  return `${name}[${first}] and ${missing.length - 1} more elements`;
}

/** Whether the write goes to an element whose index the guest decides, or to one of those. */
export function mayHit(project: Project, { missing }: Overlaid, { function: name, range }: MemberWrite): boolean {
  const fn = project.function(name, range.file);
  if (fn?.file !== range.file) return false;
  for (const { place, kind } of accessesIn(bodyOf(project, fn).block)) {
    if (kind !== "write" || placeStart(place) !== range.start) continue;
    if (place.kind === "unary") return true;
    if (place.kind !== "subscript") continue;
    const index = typesIn(project, fn).integer(place.index);
    return !index.known || missing.includes(Number(index.value));
  }
  return false;
}
