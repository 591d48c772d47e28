/** Which names decide sizes, counts and conditions: only values of those are worth remembering while reading. */
import type { Expression } from "../c/syntax";
import type { Put } from "./model";
import { namesIn } from "./spelled";

const found = new WeakMap<Put, readonly string[]>();

export function namesAsked(put: Put): readonly string[] {
  const known = found.get(put);
  if (known !== undefined) return known;
  const names = new Set<string>();
  collect(put, names);
  const list = [...names];
  found.set(put, list);
  return list;
}

function collect(put: Put, names: Set<string>): void {
  const add = (node: Expression | undefined) => {
    for (const name of node === undefined ? [] : namesIn(node)) names.add(name);
  };
  switch (put.kind) {
    case "sequence":
      for (const part of put.parts) collect(part, names);
      break;
    case "bytes":
      add(put.size);
      break;
    case "if":
      add(put.condition);
      collect(put.then, names);
      collect(put.otherwise, names);
      break;
    case "either":
      for (const arm of put.arms) collect(arm, names);
      break;
    case "loop":
      add(put.count);
      if (put.variable !== undefined) names.add(put.variable);
      for (const counter of put.counters) names.add(counter);
      collect(put.body, names);
      break;
    case "assign":
      add(put.value);
      break;
    case "call":
      for (const arg of put.args) add(arg);
      collect(put.body, names);
      break;
    default:
      break;
  }
}
