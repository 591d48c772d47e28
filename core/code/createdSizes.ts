/** Sizes that the code gives a buffer where it makes it: `fifo8_create(&s->rx, 16)` and what that puts into the fifo. */
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { type Local, localsOf } from "../c/body/locals";
import { type MemberPlace, memberPlace, namedPath, pathOf } from "../c/body/paths";
import { binaryExact } from "../c/integer";
import type { Expression } from "../c/syntax";
import { withoutIndexes } from "../c/words";
import { bodyOf, typesIn } from "../project/bodies";
import { filesBelow, filesBeside } from "../project/folders";
import { functionTexts } from "../project/functionTexts";
import type { LocatedFunction, Project } from "../project/project";
import { bareName } from "../project/stateTypes";

/** A maker that hands the buffer on through more functions than this is not followed. */
const depthLimit = 4;

/** What a member of a struct holds that is no part of the buffer, as far as the caller knows. */
export type MemberValues = (structName: string, path: string, file: string) => bigint | undefined;

/**
 * What `path` of `structName` is set to through the address of a part of it, in the folder of `file`: `rx.capacity` of a
 * struct whose `rx` is handed to a maker. Elements of an array count as one. undefined where nothing sets it that way,
 * two places differ, or one of them is not a constant. A member of the struct itself is known only where it is set to 0 alone, also in folders
 * below: to something else it may not be set at all.
 */
export function createdSize(
  project: Project,
  structName: string,
  path: string,
  file: string,
  values: MemberValues = () => undefined,
): bigint | undefined {
  const wanted = withoutIndexes(path);
  const [first] = wanted.split(".");
  if (first === undefined) return undefined;
  const bare = bareName(structName);
  const isWhole = ({ typeName }: MemberPlace): boolean => bareName(typeName) === bare;
  const found: (bigint | undefined)[] = [];
  for (const beside of first === wanted ? filesBelow(project, file) : filesBeside(project, file)) {
    if (project.text(beside)?.includes(first) !== true) continue;
    for (const { definition, body } of functionTexts(project, beside)) {
      if (!body.includes(first)) continue;
      const fn = { file: beside, definition };
      found.push(...valuesIn({ project, values }, fn, isWhole, wanted, new Map(), 0));
    }
  }
  const [value] = found;
  if (first === wanted && value !== 0n) return undefined;
  return found.every((each) => each === value) ? value : undefined;
}

interface Reading {
  readonly project: Project;
  readonly values: MemberValues;
}

type Given = ReadonlyMap<Local, bigint | undefined>;

function* valuesIn(
  reading: Reading,
  fn: LocatedFunction,
  isRoot: (place: MemberPlace) => boolean,
  path: string,
  given: Given,
  depth: number,
): Iterable<bigint | undefined> {
  const { project } = reading;
  const body = bodyOf(project, fn);
  const locals = localsOf(body);
  const placeOf = (expression: Expression): MemberPlace | undefined => {
    // a pointer may be a cast of another that is named in the function, or stand for a part of the struct
    for (const found of [namedPath(expression, locals), pathOf(expression, locals)]) {
      const place = found && memberPlace(found);
      if (place !== undefined && isRoot(place)) return place;
    }
    return undefined;
  };
  for (const { place, kind, value } of accessesIn(body.block)) {
    if (kind !== "write" && kind !== "update") continue;
    if (placeOf(place)?.member === path) yield value && worth(reading, fn, value, given);
  }
  if (depth >= depthLimit) return;
  for (const { node, name, through } of callsOf(body)) {
    if (through !== undefined) continue;
    for (const [i, argument] of node.arguments.entries()) {
      const member = argument.kind === "omitted" ? undefined : placeOf(argument)?.member;
      const rest = member === undefined ? undefined : restOf(path, member);
      // the whole of the outer struct goes everywhere
      if (rest === undefined || (depth === 0 && member === "")) continue;
      const callee = project.function(name, fn.file);
      if (callee === undefined) continue;
      const inner = bodyOf(project, callee);
      const parameters = inner.parameters.map((each) => localsOf(inner).at(each.name, inner.start));
      const handed = parameters.map((parameter, k) => {
        const each = node.arguments[k];
        const known = each === undefined || each.kind === "omitted" ? undefined : worth(reading, fn, each, given);
        return parameter && ([parameter, known] as const);
      });
      const own = parameters[i];
      if (own === undefined) continue;
      const values = new Map(handed.filter((each) => each !== undefined));
      yield* valuesIn(reading, callee, ({ local }) => local === own, rest, values, depth + 1);
    }
  }
}

function restOf(path: string, member: string): string | undefined {
  if (member === "") return path;
  return path.startsWith(`${member}.`) ? path.slice(member.length + 1) : undefined;
}

function worth(reading: Reading, fn: LocatedFunction, expression: Expression, given: Given): bigint | undefined {
  const { project } = reading;
  const constant = typesIn(project, fn).integer(expression);
  if (constant.known) return constant.value;
  const locals = localsOf(bodyOf(project, fn));
  const of = (each: Expression): bigint | undefined => worth(reading, fn, each, given);
  switch (expression.kind) {
    case "cast":
      return of(expression.operand);
    case "identifier": {
      const local = locals.at(expression.name, expression.start);
      if (local === undefined) return undefined;
      const [only, ...more] = local.values;
      if (local.isParameter) return local.values.length === 0 ? given.get(local) : undefined;
      return only === undefined || more.length > 0 ? undefined : of(only);
    }
    case "binary": {
      const [left, right] = [of(expression.left), of(expression.right)];
      return left === undefined || right === undefined ? undefined : binaryExact(expression.operator, left, right);
    }
    case "member": {
      const found = namedPath(expression, locals);
      const place = found && memberPlace(found);
      return place && reading.values(bareName(place.typeName), place.member, fn.file);
    }
    default:
      return undefined;
  }
}
