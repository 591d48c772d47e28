/** What a function that loads may refuse with, by its returns. */
import { nodesIn } from "../../c/body/walk";
import { hasName } from "../../c/words";
import type { Expression } from "../../c/syntax";
import { bodyOf } from "../../project/bodies";
import type { LocatedFunction, Project } from "../../project/project";

export interface Refusing {
  /** It gives false where it refuses, not a negative errno. */
  readonly isBool: boolean;
  /** The offset behind which it refuses nothing; undefined: it never does. */
  readonly last: number | undefined;
}

const known = new WeakMap<object, Refusing>();

export function refusing(project: Project, fn: LocatedFunction): Refusing {
  const before = known.get(fn.definition);
  if (before !== undefined) return before;
  const { start, nameStart } = fn.definition;
  const isBool = hasName((project.text(fn.file) ?? "").slice(start, nameStart), "bool");
  let last: number | undefined;
  for (const node of nodesIn(bodyOf(project, fn).block))
    if (node.kind === "return" && node.value !== undefined && !isFine(node.value, isBool))
      last = Math.max(last ?? -1, node.start);
  const made = { isBool, last };
  known.set(fn.definition, made);
  return made;
}

function isFine(value: Expression, isBool: boolean): boolean {
  if (value.kind === "integer") return isBool ? value.value !== 0n : value.value === 0n;
  return isBool && value.kind === "identifier" && value.name === "true";
}
