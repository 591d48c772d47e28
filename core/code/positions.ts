/** Members that say where in a saved array the device is: a FIFO's read and write pointers. */
import { accessesIn } from "../c/body/accesses";
import type { Body } from "../c/body/parse";
import { nodesIn, type Node } from "../c/body/walk";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import { bodyOf, typesIn } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { accessReach } from "./accessReach";
import type { UnsavedMember } from "./coverage";
import { placesOf } from "./memberPlaces";
import { memberUse } from "./memberUse";
import { settingUpIn } from "./settingUp";
import { pathsOf, type StructAlong, structsAlong } from "./spellings";

export interface Position {
  /** Path of the array. */
  readonly array: string;
  /** The function that finds an element by the member, as an earlier run has left it. */
  readonly function: string;
  readonly range: SourceRange;
}

/** The first use of the member as an index into an array that is saved, where running code counts it on. */
export function positionIn(project: Project, structName: string, member: UnsavedMember): Position | undefined {
  const { name, writes, isSaved = () => false } = member;
  for (const file of new Set(writes.map(({ range }) => range.file))) {
    const structs = structsAlong(project, file, structName, [name]);
    const setUp = settingUpIn(project, file);
    const reach = accessReach(project, file);
    let found: Position | undefined;
    let isCounted = false;
    for (const fn of functionTexts(project, file)) {
      if (setUp.has(fn.name) || ![reach.writes, reach.reads, reach.timed].some((each) => each.has(fn.name))) continue;
      if (!fn.body.includes(name.slice(name.lastIndexOf(".") + 1))) continue;
      const body = bodyOf(project, { file, definition: fn.definition });
      isCounted ||= countsOn(body, structs, name);
      const use = found === undefined ? memberUse(project, file, fn, { structName, member: name }) : undefined;
      const isArray = (each: Expression): boolean =>
        typesIn(project, { file, definition: fn.definition }).typeOf(each).kind === "array";
      const array = use === undefined ? undefined : indexed(body, structs, name, isSaved, isArray);
      if (use !== undefined && array !== undefined)
        found = { array, function: fn.name, range: { file, start: use, end: use + name.length } };
    }
    if (isCounted && found !== undefined) return found;
  }
  return undefined;
}

function membersIn(node: Node, body: Body, structs: readonly StructAlong[]): readonly string[] {
  const found: string[] = [];
  for (const { place, kind } of accessesIn(node)) {
    if (kind === "address") continue;
    for (const each of placesOf(place, body)) found.push(...pathsOf(each, structs));
  }
  return found;
}

/** `s->at++`, `s->at = (s->at + 1) & 15`: not what is set anew. */
function countsOn(body: Body, structs: readonly StructAlong[], member: string): boolean {
  for (const { place, kind, value, isPart } of accessesIn(body.block)) {
    if (isPart || (kind !== "update" && kind !== "write")) continue;
    if (!placesOf(place, body).some((each) => pathsOf(each, structs).includes(member))) continue;
    if (kind === "update" || (value !== undefined && membersIn(value, body, structs).includes(member))) return true;
  }
  return false;
}

function indexed(
  body: Body,
  structs: readonly StructAlong[],
  member: string,
  isSaved: (path: string) => boolean,
  isArray: (each: Expression) => boolean,
): string | undefined {
  for (const node of nodesIn(body.block)) {
    const parts = indexParts(node, isArray);
    if (parts === undefined || !membersIn(parts.index, body, structs).includes(member)) continue;
    const arrays = placesOf(parts.array, body).flatMap((each) => pathsOf(each, structs));
    const array = arrays.find((each) => isSaved(each));
    if (array !== undefined) return array;
  }
  return undefined;
}

/** `s->fifo[s->at]`, and `s->fifo + s->at`. */
function indexParts(
  node: Node,
  isArray: (each: Expression) => boolean,
): { readonly array: Expression; readonly index: Expression } | undefined {
  if (node.kind === "subscript") return { array: node.object, index: node.index };
  const isSum = node.kind === "binary" && node.operator === "+" && node.left.kind === "member" && isArray(node.left);
  return isSum ? { array: node.left, index: node.right } : undefined;
}
