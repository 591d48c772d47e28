/** Members that hold what a line was last told, so that it is told again only where that changes. */
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { type Condition, conditionsAt, partsOf } from "../c/body/conditions";
import type { Body } from "../c/body/parse";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import { bodyOf, typesIn } from "../project/bodies";
import type { Project } from "../project/project";
import { callGraph } from "./callGraph";
import { isSpelled, placeStart } from "./memberPlaces";
import type { MemberWrite } from "./memberWrites";
import { spellingsOf } from "./spellings";

export interface LineLevel {
  readonly function: string;
  /** The call that tells the line. */
  readonly range: SourceRange;
  /** Told where something differs from the member, where it is set, or where it is not. */
  readonly where: "differs" | "set" | "clear";
}

/**
 * In the function that sets the member: `if (level != s->last) { s->last = level; qemu_set_irq(s->irq, level); }` and its
 * relatives, where a question for the member stands before both what sets it and the call.
 */
export function lineLevels(
  project: Project,
  structName: string,
  member: string,
  { function: name, range: { file } }: MemberWrite,
): readonly LineLevel[] {
  const fn = project.function(name, file);
  if (fn?.file !== file) return [];
  const { api } = callGraph(project);
  const body = bodyOf(project, fn);
  // a pulse leaves no level
  const calls = callsOf(body).filter(
    (call) => call.through === undefined && api.effect(call.name)?.kind === "irq" && !call.name.endsWith("pulse"),
  );
  if (calls.length === 0) return [];
  const spellings = spellingsOf(project, file, { structName, member });
  const isIt = (expression: Expression): boolean => isSpelled(expression, body, spellings);
  const types = typesIn(project, fn);
  const questions: Questions = {
    isIt,
    valueOf: (expression) => {
      const value = types.integer(expression);
      return value.known ? value.value : undefined;
    },
  };
  const asked = new Set<string>();
  for (const { place, kind, isPart } of accessesIn(body.block)) {
    if (isPart || kind === "read" || kind === "address" || place.kind === "identifier" || !isIt(place)) continue;
    for (const at of questionsAt(body, placeStart(place), questions).keys()) asked.add(at);
  }
  return calls.flatMap(({ nameStart, name: called }) =>
    [...questionsAt(body, nameStart, questions)].flatMap(([at, where]) =>
      asked.has(at)
        ? [{ function: name, range: { file, start: nameStart, end: nameStart + called.length }, where }]
        : [],
    ),
  );
}

interface Questions {
  /** Whether it is the member. */
  isIt(expression: Expression): boolean;
  /** Of a constant. */
  valueOf(expression: Expression): bigint | undefined;
}

/** Conditions of the place, by where they stand, that say that something differs from the member, or whether it is set. */
function questionsAt(
  body: Body,
  offset: number,
  { isIt, valueOf }: Questions,
): ReadonlyMap<string, LineLevel["where"]> {
  const says = ({ expression, holds, kind }: Condition): LineLevel["where"] | undefined => {
    if (kind === "case" || kind === "loop") return undefined;
    if (expression.kind !== "binary") {
      return expression.kind === "member" && isIt(expression) ? (holds ? "set" : "clear") : undefined;
    }
    const { operator, left, right } = expression;
    const differs = operator === "!=" ? holds : operator === "==" ? !holds : operator === "^" && holds;
    const other = isIt(left) ? right : isIt(right) ? left : undefined;
    if (other === undefined) return undefined;
    // a state that it is in, and no level that is compared
    const value = valueOf(other);
    if (value !== undefined && operator !== "^") return differs === (value === 0n) ? "set" : "clear";
    return differs ? "differs" : undefined;
  };
  const found = new Map<string, LineLevel["where"]>();
  for (const each of conditionsAt(body, offset).flatMap(partsOf)) {
    const where = says(each);
    if (where !== undefined) found.set(`${each.start} ${each.holds}`, where);
  }
  return found;
}
