/** What a configuration leaves out by itself, before a name of the tree is looked up: headers of other hosts. */
import { evaluateArm, type Lookup, type Truth } from "./conditions";
import type { Configuration } from "./configuration";
import type { ConditionIndex, FileFacts } from "./facts";
import { lex } from "./lex";

/** Whether what stands under an `#if` arm of a file is left out, whatever the tree defines. */
export function excludedBy({
  defined,
  fallback,
  undefined: absent,
}: Configuration): (facts: FileFacts, index: ConditionIndex) => boolean {
  const memos = new WeakMap<FileFacts, Map<ConditionIndex, Truth>>();
  const lookup: Lookup = (name) => {
    if (fallback.has(name)) return { kind: "unknown" };
    if (absent.has(name)) return { kind: "undefined" };
    const body = defined.get(name);
    return body === undefined ? { kind: "unknown" } : { kind: "defined", body: lex(body, "") };
  };
  return (facts, index) => {
    if (index < 0) return false;
    let memo = memos.get(facts);
    if (memo === undefined) {
      memo = new Map();
      memos.set(facts, memo);
    }
    return evaluateArm(facts, index, lookup, memo) === "false";
  };
}
