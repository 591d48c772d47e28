/** Members that say where in a saved array the device is: a FIFO's read and write pointers. */
import { accessesIn } from "../c/body/accesses";
import type { Body } from "../c/body/parse";
import { nodesIn, type Node } from "../c/body/walk";
import type { SourceRange } from "../c/range";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { bareName } from "../project/stateTypes";
import { accessReach } from "./accessReach";
import type { UnsavedMember } from "./coverage";
import { memberUse, placesOf, settingUpIn } from "./memberWrites";

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
    const setUp = settingUpIn(project, file);
    const reach = accessReach(project, file);
    let found: Position | undefined;
    let isCounted = false;
    for (const fn of functionTexts(project, file)) {
      if (setUp.has(fn.name) || ![reach.writes, reach.reads, reach.timed].some((each) => each.has(fn.name))) continue;
      if (!fn.body.includes(name.slice(name.lastIndexOf(".") + 1))) continue;
      const body = bodyOf(project, { file, definition: fn.definition });
      isCounted ||= countsOn(body, structName, name);
      const use = found === undefined ? memberUse(project, file, fn, { structName, member: name }) : undefined;
      const array = use === undefined ? undefined : indexed(body, structName, name, isSaved);
      if (use !== undefined && array !== undefined)
        found = { array, function: fn.name, range: { file, start: use, end: use + name.length } };
    }
    if (isCounted && found !== undefined) return found;
  }
  return undefined;
}

function membersIn(node: Node, body: Body, structName: string): readonly string[] {
  const found: string[] = [];
  for (const { place, kind } of accessesIn(node)) {
    if (kind === "address") continue;
    for (const each of placesOf(place, body)) if (each.typeName === bareName(structName)) found.push(each.member);
  }
  return found;
}

/** `s->at++`, `s->at = (s->at + 1) & 15`: not what is set anew. */
function countsOn(body: Body, structName: string, member: string): boolean {
  for (const { place, kind, value, isPart } of accessesIn(body.block)) {
    if (isPart || (kind !== "update" && kind !== "write")) continue;
    if (!placesOf(place, body).some((each) => each.typeName === bareName(structName) && each.member === member))
      continue;
    if (kind === "update" || (value !== undefined && membersIn(value, body, structName).includes(member))) return true;
  }
  return false;
}

function indexed(
  body: Body,
  structName: string,
  member: string,
  isSaved: (path: string) => boolean,
): string | undefined {
  for (const node of nodesIn(body.block)) {
    if (node.kind !== "subscript" || !membersIn(node.index, body, structName).includes(member)) continue;
    const array = placesOf(node.object, body).find((each) => each.typeName === bareName(structName));
    if (array !== undefined && array.member !== "" && isSaved(array.member)) return array.member;
  }
  return undefined;
}
