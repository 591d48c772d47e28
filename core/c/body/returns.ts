/** What a function gives back. */
import type { Expression, Return } from "../syntax";
import type { Body } from "./parse";
import { nodesIn } from "./walk";

/** The returns in textual order. */
function returnsOf(body: Body): readonly Return[] {
  const found: Return[] = [];
  for (const node of nodesIn(body.block)) if (node.kind === "return") found.push(node);
  return found;
}

/** The values given back, both arms of `?:` apart; of `x ?: y` both. */
export function returnedValues(body: Body): readonly Expression[] {
  const found: Expression[] = [];
  const pending = returnsOf(body).flatMap(({ value }) => value ?? []);
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (next.kind === "conditional") pending.unshift(next.then ?? next.test, next.otherwise);
    else found.push(next);
  }
  return found;
}
