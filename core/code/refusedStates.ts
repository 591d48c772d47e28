/** States in which a device refuses to be migrated at all: what is lost there, nobody loses. */
import { bodyCall } from "../c/body/calls";
import { type Condition, conditionsAt, partsOf } from "../c/body/conditions";
import type { Body } from "../c/body/parse";
import { nodesIn } from "../c/body/walk";
import type { FileFacts } from "../c/facts";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import { bodyOf, functionAround } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { placesOf } from "./memberPlaces";

const blocking = "migrate_add_blocker";

const known = new WeakMap<FileFacts, ReadonlySet<string>>();

/** The place is reached only where something holds that a function of its file asks which adds a migration blocker. */
export function isRefused(project: Project, { file, start }: SourceRange): boolean {
  const facts = project.facts(file);
  if (facts === undefined) return false;
  const asked = known.get(facts) ?? askedIn(project, file);
  known.set(facts, asked);
  const fn = asked.size === 0 ? undefined : functionAround(project, file, start);
  if (fn === undefined) return false;
  const body = bodyOf(project, fn);
  return conditionsAt(body, start)
    .flatMap((each): readonly Condition[] => partsOf(each))
    .some(
      ({ kind, expression, holds }) =>
        kind !== "case" && holds && keysOf(expression, body).some((key) => asked.has(key)),
    );
}

/** Of conditions under which such a function does something; not of how its own calls went. */
function askedIn(project: Project, file: string): ReadonlySet<string> {
  const found = new Set<string>();
  if (project.text(file)?.includes(blocking) !== true) return found;
  for (const { definition, body: text } of functionTexts(project, file)) {
    if (!text.includes(blocking)) continue;
    const body = bodyOf(project, { file, definition });
    for (const node of nodesIn(body.block)) {
      if (node.kind !== "if" || node.otherwise !== undefined) continue;
      for (const key of keysOf(node.condition, body)) if (key !== `${blocking}()`) found.add(key);
    }
  }
  return found;
}

/** `CAP_PMRS()` of a question to a function or macro, `Dev has_pmr` of a member that is asked; none of a comparison. */
function keysOf(expression: Expression, body: Body): readonly string[] {
  if (expression.kind === "call") return [`${bodyCall(expression).name}()`];
  return placesOf(expression, body).map(({ typeName, member }) => `${typeName} ${member}`);
}
