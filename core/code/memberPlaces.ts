/** Which member of which struct an expression of a function names. */
import { bodyCall } from "../c/body/calls";
import { localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { memberPlace, type MemberPlace, namedPath, type Path, pathOf } from "../c/body/paths";
import { returnedValues } from "../c/body/returns";
import type { FileFacts } from "../c/facts";
import type { Expression, Span } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import { type FunctionText, functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { joined, pathBehind } from "./spellings";

export interface Place extends MemberPlace {
  /** Index of the parameter that it is reached from; -1 for another variable. */
  readonly parameter: number;
}

/** Whether the place is the member that has these spellings. */
export function isSpelled(place: Expression, body: Body, spellings: ReadonlySet<string>): boolean {
  return placesOf(place, body).some(({ typeName, member }) => spellings.has(`${typeName} ${member}`));
}

/** `ctl` of Regs and `regs.ctl` of Dev for `r->ctl` behind `Regs *r = &s->regs`. */
export function placesOf(expression: Expression, body: Body): readonly Place[] {
  const locals = localsOf(body);
  const named = placeBehind(namedPath(expression, locals), body);
  const origin = placeBehind(pathOf(expression, locals), body);
  if (named === undefined || origin === undefined) return named ? [named] : origin ? [origin] : [];
  return named.local === origin.local && named.member === origin.member ? [named] : [named, origin];
}

/**
 * The same, what lies behind a pointer in a struct of the file (`tmp->parent->ctl`), and what a variable with several values, a
 * `?:` or a function of the file that returns an address points to: `*reg_of(s, addr)`.
 */
export function placesThrough(project: Project, expression: Expression, body: Body): readonly Place[] {
  const found = placesOf(expression, body);
  const way = wayTo(expression);
  const pointed = way === undefined ? [] : pointedTo(project, way.pointer, body, 0);
  if (pointed.length > 0)
    return [...found, ...pointed.map((each) => ({ ...each, member: joined(each.member, way?.rest ?? "") }))];
  if (found.length > 0 || expression.kind !== "member") return found;
  const path = namedPath(expression, localsOf(body));
  const behind = path && pathBehind(project, body.file, path);
  const place = placeBehind(behind, body);
  return place === undefined ? [] : [place];
}

interface Way {
  readonly pointer: Expression;
  /** `ctl` of `p[i].ctl` and `p->ctl`. */
  readonly rest: string;
}

/** The last pointer on the way to a place, where that is no member. */
function wayTo(place: Expression): Way | undefined {
  let rest = "";
  for (let at = place; ; ) {
    if (at.kind === "cast") at = at.operand;
    else if (at.kind === "unary" && at.operator === "*") return { pointer: at.operand, rest };
    else if (at.kind === "member") {
      rest = joined(at.name, rest);
      if (at.arrow) return { pointer: at.object, rest };
      at = at.object;
    } else if (at.kind === "subscript") {
      if (at.object.kind !== "member" && at.object.kind !== "subscript") return { pointer: at.object, rest };
      at = at.object;
    } else return undefined;
  }
}

/** Values of a variable, and functions, are followed as far as this. */
const furthest = 3;

/** Members that it may point to, or into; none for a parameter, which is the caller's. */
function pointedTo(project: Project, pointer: Expression, body: Body, depth: number): readonly Place[] {
  if (depth > furthest) return [];
  const of = (each: Expression): readonly Place[] => pointedTo(project, each, body, depth + 1);
  switch (pointer.kind) {
    case "cast":
      return of(pointer.operand);
    case "conditional":
      return [pointer.then ?? pointer.test, pointer.otherwise].flatMap(of);
    case "binary":
      return pointer.operator === "+" || pointer.operator === "-" ? of(pointer.left) : [];
    case "identifier": {
      const local = localsOf(body).at(pointer.name, pointer.start);
      if (local === undefined || local.isParameter || local.declarator.stars !== 1) return [];
      return local.values.length > mostValues
        ? []
        : local.values.flatMap((value) => (value === undefined ? [] : of(value)));
    }
    case "call": {
      const { name, through } = bodyCall(pointer);
      const fn = through === undefined && name !== "" ? project.function(name, body.file) : undefined;
      if (fn?.file !== body.file || depth > 1) return [];
      const inside = bodyOf(project, fn);
      return returnedValues(inside).flatMap((value) => pointedTo(project, value, inside, depth + 2));
    }
    case "unary":
    case "member":
    case "subscript":
      return depth === 0 ? [] : addressed(pointer, body);
    default:
      return [];
  }
}

/** A variable with more values than this leads anywhere. */
const mostValues = 4;

/** The member whose address it is; an array stands for that of its first element. */
function addressed(expression: Expression, body: Body): readonly Place[] {
  const isAddress = expression.kind === "unary" && expression.operator === "&";
  const isArray = expression.kind === "member";
  return isAddress || isArray ? placesOf(expression, body).filter(({ member }) => member !== "") : [];
}

function placeBehind(path: Path | undefined, body: Body): Place | undefined {
  const place = path && memberPlace(path);
  if (place === undefined) return undefined;
  const { isParameter, declarator } = place.local;
  const at = isParameter ? body.parameters.findIndex(({ nameStart }) => nameStart === declarator.nameStart) : -1;
  return { ...place, parameter: at };
}

const givers = new WeakMap<FileFacts, readonly FunctionText[]>();

/** Functions of the file that give back a pointer and have one of the words in their text: who calls them may mean that member. */
export function addressGivers(project: Project, file: string, words: ReadonlySet<string>): readonly string[] {
  const facts = project.facts(file);
  if (facts === undefined) return [];
  let all = givers.get(facts);
  if (all === undefined) {
    const text = project.text(file) ?? "";
    all = functionTexts(project, file).filter(
      ({ definition: { start, nameStart }, body }) =>
        text.slice(start, nameStart).includes("*") && body.includes("return"),
    );
    givers.set(facts, all);
  }
  return all.flatMap(({ name, body }) => ([...words].some((word) => body.includes(word)) ? name : []));
}

/** Offset of the member's name in `s->regs[i]`, and in its address. */
export function placeStart(place: Expression): number {
  return nameOf(place).start;
}

/** Of the member in `s->regs[i]`. */
export function nameOf(place: Expression): Span {
  let at = place;
  while (at.kind === "subscript" || at.kind === "cast" || (at.kind === "unary" && at.operator === "&")) {
    at = at.kind === "subscript" ? at.object : at.operand;
  }
  return at.kind === "member" ? { start: at.end - at.name.length, end: at.end } : { start: at.start, end: at.end };
}
