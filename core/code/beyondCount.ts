/** Arrays that are saved up to a count, and of which the guest's writes set one element more. */
import { accessesIn } from "../c/body/accesses";
import { comparisons, mirrored, opposite } from "../c/body/comparison";
import { type Condition, conditionsAt, partsOf } from "../c/body/conditions";
import { localsOf, onlyValue } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import type { SourceRange } from "../c/range";
import type { Expression, Identifier } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { bareName, typeOfMember } from "../project/stateTypes";
import type { MemberReference, VMStateDescription } from "../vmstate/model";
import { accessReach } from "./accessReach";
import { placesOf } from "./memberPlaces";

export interface BeyondCount {
  /** Paths of the members. */
  readonly array: string;
  readonly count: string;
  readonly index: string;
  readonly function: string;
  /** Where it sets the element. */
  readonly range: SourceRange;
  /** The comparison that lets the count itself through. */
  readonly asked: SourceRange;
}

/** One for each array of fixed length in the table, where the check of an index with its count lets the count pass. */
export function* setBeyondCount(project: Project, description: VMStateDescription): Iterable<BeyondCount> {
  const { file } = description;
  for (const { member, numMember } of description.fields) {
    if (member === undefined || numMember === undefined) continue;
    if (typeOfMember(project, member, file).kind !== "array") continue;
    const found = firstBeyond(project, file, member, countsOf(project, description, numMember));
    if (found !== undefined) yield found;
  }
}

/** The member that counts, and those that pre_save puts into it. */
function countsOf(project: Project, { file, hooks }: VMStateDescription, count: MemberReference) {
  const counts = [count];
  const hook = hooks.pre_save ?? hooks.pre_save_errp;
  const fn = hook && project.function(hook.name, file);
  if (fn?.file !== file) return counts;
  const body = bodyOf(project, fn);
  for (const { place, kind, value } of accessesIn(body.block)) {
    if (kind !== "write" || value === undefined || !isOf(place, body, count)) continue;
    for (const { member, typeName } of placesOf(value, body)) counts.push({ structName: typeName, path: member });
  }
  return counts;
}

function isOf(place: Expression, body: Body, { structName, path }: MemberReference): boolean {
  return placesOf(place, body).some((each) => each.typeName === bareName(structName) && each.member === path);
}

function firstBeyond(
  project: Project,
  file: string,
  array: MemberReference,
  counts: readonly MemberReference[],
): BeyondCount | undefined {
  const { writes } = accessReach(project, file);
  const names = (text: string, { path }: MemberReference): boolean =>
    text.includes(path.slice(path.lastIndexOf(".") + 1));
  for (const fn of functionTexts(project, file)) {
    if (!writes.has(fn.name) || !names(fn.body, array) || !counts.some((count) => names(fn.body, count))) continue;
    const body = bodyOf(project, { file, definition: fn.definition });
    for (const { place, kind, isPart } of accessesIn(body.block)) {
      if (isPart || (kind !== "write" && kind !== "update")) continue;
      const index = indexInto(place, body, array);
      const loose = index && looseCheck(body, place.start, index, counts);
      if (index === undefined || loose === undefined) continue;
      return {
        array: array.path,
        count: loose.count.path,
        index: index.name,
        function: fn.name,
        range: { file, start: place.start, end: place.end },
        asked: { file, start: loose.asked.start, end: loose.asked.end },
      };
    }
  }
  return undefined;
}

/** `i` of `s->timer[i].config`, and of `t->config` behind `t = &s->timer[i]`, where it is a variable that is set once. */
function indexInto(place: Expression, body: Body, array: MemberReference): Identifier | undefined {
  const locals = localsOf(body);
  for (let at: Expression | undefined = place, depth = 0; at !== undefined && depth < 60; depth++) {
    switch (at.kind) {
      case "subscript": {
        const { index } = at;
        const local = index.kind === "identifier" ? locals.at(index.name, index.start) : undefined;
        if (isOf(at.object, body, array))
          return index.kind === "identifier" && local !== undefined && local.values.length <= 1 ? index : undefined;
        at = at.object;
        break;
      }
      case "member":
        at = at.object;
        break;
      case "cast":
      case "unary":
        at = at.operand;
        break;
      case "identifier": {
        const local = locals.at(at.name, at.start);
        at = local && onlyValue(local);
        break;
      }
      default:
        return undefined;
    }
  }
  return undefined;
}

interface Loose {
  readonly count: MemberReference;
  readonly asked: Condition;
}

/** What lets the count through, where nothing else keeps the index below it. */
function looseCheck(
  body: Body,
  offset: number,
  index: Identifier,
  counts: readonly MemberReference[],
): Loose | undefined {
  const locals = localsOf(body);
  const variable = locals.at(index.name, index.start);
  const isIndex = (each: Expression): boolean =>
    each.kind === "identifier" && locals.at(each.name, each.start) === variable;
  let found: Loose | undefined;
  for (const asked of conditionsAt(body, offset).flatMap((each): readonly Condition[] => partsOf(each))) {
    const { expression, holds } = asked;
    if (expression.kind !== "binary" || !comparisons.has(expression.operator)) continue;
    const { left, right, operator } = expression;
    const other = isIndex(left) ? right : isIndex(right) ? left : undefined;
    const count = other && counts.find((each) => isOf(other, body, each));
    if (count === undefined) continue;
    const towards = isIndex(left) ? operator : mirrored.get(operator);
    if ((holds ? towards : opposite.get(towards ?? "")) !== "<=") return undefined;
    found = { count, asked };
  }
  return found;
}
