/** Save hooks after which the source itself has another state. */
import { conditionsAt } from "../../../c/body/conditions";
import { isAssignment, localsOf } from "../../../c/body/locals";
import type { Body } from "../../../c/body/parse";
import { type Node, nodesIn } from "../../../c/body/walk";
import type { SourceRange } from "../../../c/range";
import type { Expression } from "../../../c/syntax";
import { isPossible } from "../../../code/effectGuards";
import type { LoadEffect, LoadEffectKind } from "../../../code/effects";
import { loadEffects, saveEffects } from "../../../code/loadEffects";
import { placesOf, placeStart } from "../../../code/memberPlaces";
import { memberUse } from "../../../code/memberUse";
import { memberWrites } from "../../../code/memberWrites";
import { settingUpIn } from "../../../code/settingUp";
import { chainEvidence, chainText } from "../../../order/evidence";
import { bodyOf } from "../../../project/bodies";
import { functionTexts } from "../../../project/functionTexts";
import type { LocatedFunction, Project } from "../../../project/project";
import type { VMStateDescription } from "../../../vmstate/model";
import { belongsToCpu } from "../../hookEffects";
import { isUnmigratable, nameOf } from "../../tables";
import { rule } from "../../rule";

/** Chains of more steps prove too little. */
const longest = 5;

/** What other sections or the guest's memory have, by what is done to it. */
const outside: Readonly<Partial<Record<LoadEffectKind, string>>> = {
  irq: "drives an interrupt line, and the device at its other end may have been saved already",
  "dma-write": "writes to the guest's memory, which has been sent by then",
};

/**
 * vmstate_save_state in migration/vmstate.c runs pre_save for a snapshot and for a migration that fails afterwards as well,
 * and the guest runs on with what the hook has left.
 */
export const saveChangesState = rule({
  code: "save-changes-state",
  group: "hooks",
  severity: "warning",
  default: "on",
  byFile: true,
  title: "Saving changes the state",
  summary:
    "A pre_save counts a member on that the running device goes by, drives an interrupt or writes to guest memory.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const hook = description.hooks.pre_save ?? description.hooks.pre_save_errp;
      const fn = hook && project.function(hook.name, description.file);
      if (hook === undefined || fn === undefined || isUnmigratable(description)) continue;
      const told = new Set<string>();
      for (const effect of saveEffects(project, description)) {
        const what = outside[effect.kind];
        if (what === undefined || told.has(what) || !isShown(project, effect) || belongsToCpu(project, description))
          continue;
        // the line is told again
        if (effect.kind === "irq" && loadEffects(project, description).some(({ kind }) => kind === "irq")) continue;
        told.add(what);
        yield {
          range: hook.range,
          message: `pre_save of ${nameOf(description)} ${what} (${chainText(effect)}): the destination does not get it. Save what is pending, and leave it to the running guest.`,
          related: chainEvidence(project, effect).map(({ range, text }) => ({ range, message: text })),
        };
      }
      for (const { change, use } of changes(project, description, fn)) {
        const { member } = change;
        yield {
          range: hook.range,
          message: `${hook.name} changes ${member} of ${nameOf(description)} anew each time that it runs, and ${use.function} goes by it: a guest that runs on, after a snapshot or a migration that failed, has another value. Send a copy that only the hooks use, or take it back in .post_save.`,
          related: [
            { range: change.range, message: `${change.function} changes it` },
            { range: use.range, message: `${use.function} goes by it` },
          ],
        };
      }
    }
  },
});

function isShown(project: Project, effect: LoadEffect): boolean {
  return effect.chain.length <= longest && !effect.chain.some((step) => step.indirect) && isPossible(project, effect);
}

interface Place {
  readonly function: string;
  readonly range: SourceRange;
}

interface Change extends Place {
  readonly structName: string;
  readonly member: string;
}

/** Each member once. */
function* changes(
  project: Project,
  description: VMStateDescription,
  fn: LocatedFunction,
): Iterable<{ readonly change: Change; readonly use: Place }> {
  const setUp = settingUpIn(project, fn.file);
  const undoing = reachedFrom(project, description.hooks.post_save?.name, fn.file, setUp);
  const seen = new Set<string>();
  for (const name of reachedFrom(project, fn.definition.name, fn.file, setUp)) {
    const own = project.function(name, fn.file);
    for (const change of own === undefined ? [] : changedIn(bodyOf(project, own), name, fn.file)) {
      const { structName, member } = change;
      if (seen.has(member)) continue;
      seen.add(member);
      const members = { structName, members: [member] };
      if (memberWrites(project, fn.file, members, (each) => undoing.has(each)).size > 0) continue;
      const use = useOf(project, change, setUp);
      if (use !== undefined) yield { change, use };
    }
  }
}

/** The function, and those of the file that it comes to and that only hooks and set-up call. */
function reachedFrom(
  project: Project,
  start: string | undefined,
  file: string,
  setUp: ReadonlySet<string>,
): ReadonlySet<string> {
  const found = new Set<string>(start === undefined ? [] : [start]);
  // grows while it is walked
  for (const name of found) {
    const fn = project.function(name, file);
    if (fn?.file !== file) continue;
    for (const { callee, through } of project.calls(fn))
      if (through === undefined && setUp.has(callee)) found.add(callee);
  }
  return found;
}

/** What running code goes by. */
function useOf(project: Project, change: Change, setUp: ReadonlySet<string>): Place | undefined {
  const { file } = change.range;
  for (const fn of functionTexts(project, file)) {
    const start = setUp.has(fn.name) ? undefined : memberUse(project, file, fn, change);
    if (start === undefined) continue;
    const end = start + change.member.length - (change.member.lastIndexOf(".") + 1);
    return { function: fn.name, range: { file, start, end } };
  }
  return undefined;
}

interface Assignment {
  readonly target: Expression;
  /** What the target's own value is changed by; undefined for `++`, and where it is set to something else. */
  readonly amount: Expression | undefined;
  /** The next value is made of the last one. */
  readonly counts: boolean;
}

/** Members of what the function is given whose next value is counted on from their last one. */
function changedIn(body: Body, name: string, file: string): readonly Change[] {
  const assignments = [...nodesIn(body.block)].flatMap((node) => {
    const found = assignmentIn(node, body);
    return found === undefined ? [] : [found];
  });
  const set = new Map<string, Assignment[]>();
  for (const each of assignments)
    for (const key of keysOf(each.target, body)) set.set(key, [...(set.get(key) ?? []), each]);
  /** Hangs on what the function sets: it may come to the same the next time. */
  const isMoving = (expression: Expression, but: Expression): boolean =>
    mentioned(expression, body).some((key) => set.get(key)?.some(({ target }) => target !== but) === true);
  return assignments.flatMap(({ target, amount, counts }): readonly Change[] => {
    if (!counts) return [];
    const keys = keysOf(target, body);
    // counted from a value that the hook sets first
    if (keys.some((key) => set.get(key)?.some((each) => !each.counts) === true)) return [];
    const asked = conditionsAt(body, target.start).map(({ expression }) => expression);
    if (asked.some((each) => mentioned(each, body).some((key) => set.has(key)))) return [];
    if (amount !== undefined && isMoving(amount, target)) return [];
    const place = placesOf(target, body).find(({ parameter, member }) => parameter >= 0 && member !== "");
    if (place === undefined) return [];
    const start = placeStart(target);
    const end = start + place.member.length - (place.member.lastIndexOf(".") + 1);
    return [{ function: name, range: { file, start, end }, structName: place.typeName, member: place.member }];
  });
}

const counting: ReadonlySet<string> = new Set(["+", "-", "*", "/", "<<", ">>", "^"]);

function assignmentIn(node: Node, body: Body): Assignment | undefined {
  if (node.kind === "postfix" || (node.kind === "unary" && (node.operator === "++" || node.operator === "--"))) {
    return isPlace(node.operand) ? { target: node.operand, amount: undefined, counts: true } : undefined;
  }
  if (node.kind !== "binary" || !isAssignment(node.operator) || !isPlace(node.left)) return undefined;
  const { left: target, operator, right } = node;
  if (operator !== "=") return { target, amount: right, counts: counting.has(operator.slice(0, -1)) };
  const own = new Set(keysOf(target, body));
  const hasOwn = (each: Expression): boolean => mentioned(each, body).some((key) => own.has(key));
  const value = plain(right);
  if (value.kind !== "binary" || !counting.has(value.operator)) return { target, amount: undefined, counts: false };
  const { left, right: other } = value;
  const isOwn = (each: Expression): boolean => isPlace(plain(each)) && hasOwn(plain(each));
  // `x - x % 8` is the same the next time
  const amount = isOwn(left) && !hasOwn(other) ? other : isOwn(other) && !hasOwn(left) ? left : undefined;
  return { target, amount, counts: amount !== undefined };
}

function isPlace(expression: Expression): boolean {
  return expression.kind === "member" || expression.kind === "subscript";
}

function plain(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === "cast") inner = inner.operand;
  return inner;
}

function keysOf(place: Expression, body: Body): readonly string[] {
  return placesOf(place, body).map(({ typeName, member }) => `${typeName} ${member}`);
}

const deepest = 4;

/** Members in the expression, and in what its variables were made of. */
function mentioned(expression: Expression, body: Body, depth = 0): readonly string[] {
  const found: string[] = [];
  for (const node of nodesIn(expression)) {
    if (node.kind === "member" || node.kind === "subscript") found.push(...keysOf(node, body));
    if (node.kind !== "identifier" || depth === deepest) continue;
    for (const value of localsOf(body).at(node.name, node.start)?.values ?? [])
      if (value !== undefined) found.push(...mentioned(value, body, depth + 1));
  }
  return found;
}
