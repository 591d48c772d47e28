/**
 * Lists of the destination's own that a load hook compares a loaded list with, element by element: `s->loaded[v] < s->built[i]`. What the
 * own one holds is put there by code (Arm's system registers, by the features of the CPU): tables do not say whether they agree.
 */
import { pathOf } from "../c/body/paths";
import { localsOf } from "../c/body/locals";
import { returnedValues } from "../c/body/returns";
import { nodesIn } from "../c/body/walk";
import type { Expression } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import { type Found, recalled } from "../project/uses";
import type { VMStateDescription } from "../vmstate/model";

export interface OwnList {
  /** Members of the state's struct. */
  readonly loaded: string;
  readonly own: string;
  /** The hook that compares them and can refuse the state. */
  readonly hook: string;
}

const comparisons: ReadonlySet<string> = new Set(["<", ">", "<=", ">=", "==", "!="]);

const listsOf = cachedByRevision(() => new Map<VMStateDescription, Found<readonly OwnList[]>>(), "own");

/** Only of the description's own hooks, in their own bodies. */
export function ownLists(project: Project, description: VMStateDescription): readonly OwnList[] {
  return recalled(listsOf(project), description, () => readLists(project, description));
}

function readLists(project: Project, description: VMStateDescription): readonly OwnList[] {
  const members = new Set(description.fields.flatMap(({ name }) => (name.known ? [name.value] : [])));
  const found = new Map<string, OwnList>();
  for (const slot of ["post_load", "post_load_errp"] as const) {
    const hook = description.hooks[slot];
    const located = hook && project.function(hook.name, description.file);
    if (hook === undefined || located === undefined) continue;
    const body = bodyOf(project, located);
    if (returnedValues(body).length < 2) continue;
    const locals = localsOf(body);
    const listOf = (side: Expression): string | undefined => {
      const steps = side.kind === "subscript" ? pathOf(side, locals)?.steps : undefined;
      const step = steps?.at(-1) === "[]" ? steps.at(-2) : undefined;
      return step?.startsWith(".") === true ? step.slice(1) : undefined;
    };
    for (const node of nodesIn(body.block)) {
      if (node.kind !== "binary" || !comparisons.has(node.operator)) continue;
      const [a, b] = [listOf(node.left), listOf(node.right)];
      if (a === undefined || b === undefined || members.has(a) === members.has(b)) continue;
      const [loaded, own] = members.has(a) ? [a, b] : [b, a];
      const key = `${loaded} ${own}`;
      if (!found.has(key)) found.set(key, { loaded, own, hook: hook.name });
    }
  }
  return [...found.values()];
}
