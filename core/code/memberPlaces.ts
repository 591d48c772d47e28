/** Which member of which struct an expression of a function names. */
import { localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { memberPlace, type MemberPlace, namedPath, type Path, pathOf } from "../c/body/paths";
import type { Expression, Span } from "../c/syntax";
import type { Project } from "../project/project";
import { pathBehind } from "./spellings";

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

/** The same, and what lies behind a pointer in a struct of the file: `tmp->parent->ctl`. */
export function placesThrough(project: Project, expression: Expression, body: Body): readonly Place[] {
  const found = placesOf(expression, body);
  if (found.length > 0 || expression.kind !== "member") return found;
  const path = namedPath(expression, localsOf(body));
  const behind = path && pathBehind(project, body.file, path);
  const place = placeBehind(behind, body);
  return place === undefined ? [] : [place];
}

function placeBehind(path: Path | undefined, body: Body): Place | undefined {
  const place = path && memberPlace(path);
  if (place === undefined) return undefined;
  const { isParameter, declarator } = place.local;
  const at = isParameter ? body.parameters.findIndex(({ nameStart }) => nameStart === declarator.nameStart) : -1;
  return { ...place, parameter: at };
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
