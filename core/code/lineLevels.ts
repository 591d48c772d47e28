/** Members that hold what a line was last told, so that it is told again only where that changes. */
import { callsOf } from "../c/body/calls";
import { type Condition, conditionsAt, partsOf } from "../c/body/conditions";
import type { Body } from "../c/body/parse";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import type { Project } from "../project/project";
import { callGraph } from "./callGraph";
import { type MemberWrite, placesOf } from "./memberWrites";

export interface LineLevel {
  readonly function: string;
  /** The call that tells the line. */
  readonly range: SourceRange;
}

/**
 * `if (level != s->last) { s->last = level; qemu_set_irq(s->irq, level); }` and its relatives: a comparison of the member
 * stands before both what sets it and the call.
 */
export function lineLevel(
  project: Project,
  structName: string,
  member: string,
  { function: name, range: set }: MemberWrite,
): LineLevel | undefined {
  const fn = project.function(name, set.file);
  if (fn?.file !== set.file) return undefined;
  const { api } = callGraph(project);
  const body = bodyOf(project, fn);
  const owner = structName.replace("struct ", "").trim();
  let changes: ReadonlySet<string> | undefined;
  for (const call of callsOf(body)) {
    if (call.through !== undefined || api.effect(call.name)?.kind !== "irq") continue;
    changes ??= changesAt(body, set.start, owner, member);
    const told = changesAt(body, call.nameStart, owner, member);
    if (![...told].some((each) => changes?.has(each))) continue;
    const range = { file: set.file, start: call.nameStart, end: call.nameStart + call.name.length };
    return { function: name, range };
  }
  return undefined;
}

/** The conditions of the place, by where they stand, that say that something differs from the member, or that it is not set, or set. */
function changesAt(body: Body, offset: number, owner: string, member: string): ReadonlySet<string> {
  const isIt = (expression: Expression): boolean =>
    placesOf(expression, body).some((place) => place.typeName === owner && place.member === member);
  const says = ({ expression, holds, kind }: Condition): boolean => {
    if (kind === "case" || kind === "loop") return false;
    if (expression.kind !== "binary") return expression.kind === "member" && isIt(expression);
    const { operator, left, right } = expression;
    const differs = operator === "!=" ? holds : operator === "==" ? !holds : operator === "^" && holds;
    return differs && (isIt(left) || isIt(right));
  };
  const found = conditionsAt(body, offset).flatMap(partsOf).filter(says);
  return new Set(found.map(({ start, holds }) => `${start} ${holds}`));
}
