/** What a hook inside a section still finds as reset has left it: vmstate_load_state runs the hooks of nested tables and subsections before their parent's. */
import { accessesIn } from "../c/body/accesses";
import { bodyCall } from "../c/body/calls";
import { stateConditions } from "../c/body/conditions";
import { localsOf, onlyValue } from "../c/body/locals";
import { returnedValues } from "../c/body/returns";
import type { Expression } from "../c/syntax";
import { bodyOf, typesIn } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import { bareName, stateStructs } from "../project/stateTypes";
import type { VMStateDescription } from "../vmstate/model";
import type { LoadEffect } from "./effects";
import { placesOf } from "./memberPlaces";
import { memberWrites } from "./memberWrites";
import { afterLoading, settingUpIn } from "./settingUp";
import { descriptionKey, descriptionRoles } from "./registered";

/**
 * Whether the effect of the description's own hook waits for a member that is zero until a parent's hook, which runs later, sets
 * it: the hook finds nothing to do.
 */
export function isBeforeItsGuard(project: Project, description: VMStateDescription, { chain }: LoadEffect): boolean {
  const parents = (descriptionRoles(project).nested.get(descriptionKey(description)) ?? []).map(({ parent }) => parent);
  if (parents.length === 0) return false;
  const own = reachOf(project, [description]);
  const later = reachOf(project, parents);
  const [struct] = stateStructs(description);
  if (struct === undefined || later.size === 0) return false;
  const known = new Map<string, boolean>();
  const isZero: IsZero = (typeName, member, file) => {
    if (typeName !== bareName(struct)) return false;
    const before = known.get(member);
    if (before !== undefined) return before;
    const found = setLater(project, { file, structName: struct, member, own, later });
    known.set(member, found);
    return found;
  };
  return chain.some(({ function: name, file, range }) => {
    const fn = project.function(name, file);
    if (fn?.file !== file) return false;
    return stateConditions(bodyOf(project, fn), range.start).some(
      ({ kind, expression, holds }) => kind !== "case" && holds && isNothing(project, fn, expression, isZero, 0),
    );
  });
}

type IsZero = (typeName: string, member: string, file: string) => boolean;

interface Asked {
  readonly file: string;
  readonly structName: string;
  readonly member: string;
  readonly own: ReadonlySet<string>;
  readonly later: ReadonlySet<string>;
}

/** No field loads the member, reset makes it zero, and of the load hooks only later ones set it. */
function setLater(project: Project, { file, structName, member, own, later }: Asked): boolean {
  const isIn = (whole: string, part: string): boolean =>
    part === whole || part.startsWith(`${whole}.`) || part.startsWith(`${whole}[`);
  const isField = project
    .descriptionsIn(file)
    .some(({ fields }) =>
      fields.some(({ member: saved }) => saved && (isIn(saved.path, member) || isIn(member, saved.path))),
    );
  if (isField) return false;
  const loading = afterLoading(project, file);
  const setUp = settingUpIn(project, file);
  const writers = memberWrites(
    project,
    file,
    { structName, members: [member] },
    (name) => setUp.has(name) || loading.has(name),
  );
  const names = (writers.get(member) ?? []).map((write) => write.function);
  const [early, hooked] = [false, true].map((wanted) => names.filter((name) => loading.has(name) === wanted));
  return (
    hooked?.some((name) => later.has(name)) === true &&
    hooked.every((name) => later.has(name) && !own.has(name)) &&
    early !== undefined &&
    early.length > 0 &&
    early.every((name) => isCleared(project, name, file, member))
  );
}

function isCleared(project: Project, name: string, file: string, member: string): boolean {
  const fn = project.function(name, file);
  if (fn?.file !== file) return false;
  const body = bodyOf(project, fn);
  const types = typesIn(project, fn);
  for (const { place, kind, value, isPart } of accessesIn(body.block)) {
    if (kind === "read" || isPart || !placesOf(place, body).some((each) => each.member === member)) continue;
    const number = value === undefined ? undefined : types.integer(value);
    if (number?.known !== true || number.value !== 0n) return false;
  }
  return true;
}

/** The tables' load hooks, and what they come to in their files. */
function reachOf(project: Project, tables: readonly VMStateDescription[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { hooks } of tables) {
    for (const hook of [hooks.pre_load, hooks.pre_load_errp, hooks.post_load, hooks.post_load_errp])
      if (hook !== undefined) found.add(hook.name);
  }
  const [file] = tables.map((each) => each.file);
  // grows while it is walked
  for (const name of found) {
    const fn = file === undefined ? undefined : project.function(name, file);
    if (fn === undefined || fn.file !== file) continue;
    for (const { callee, through } of project.calls(fn)) if (through === undefined) found.add(callee);
  }
  return found;
}

const deepest = 4;

/** Whether the expression is zero where those members are. */
function isNothing(
  project: Project,
  fn: LocatedFunction,
  expression: Expression,
  isZero: IsZero,
  depth: number,
): boolean {
  const body = bodyOf(project, fn);
  const inner = (each: Expression): boolean => isNothing(project, fn, each, isZero, depth + 1);
  if (depth > 2 * deepest) return false;
  switch (expression.kind) {
    case "integer":
      return expression.value === 0n;
    case "member":
      return placesOf(expression, body).some(({ typeName, member }) => isZero(typeName, member, fn.file));
    case "cast":
      return inner(expression.operand);
    case "identifier": {
      const local = localsOf(body).at(expression.name, expression.start);
      const value = local && onlyValue(local);
      return value !== undefined && inner(value);
    }
    case "binary": {
      const { operator, left, right } = expression;
      if (operator === "&" || operator === "&&") return inner(left) || inner(right);
      if (operator === "|" || operator === "||" || operator === "+") return inner(left) && inner(right);
      return operator === "!=" && inner(left) && inner(right);
    }
    case "call": {
      const called = project.function(bodyCall(expression).name, fn.file);
      if (called === undefined || called.file !== fn.file) return false;
      const values = returnedValues(bodyOf(project, called));
      return values.length > 0 && values.every((each) => isNothing(project, called, each, isZero, depth + 1));
    }
    default:
      return false;
  }
}
