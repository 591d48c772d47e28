/** What a condition that is not known leaves: whatever the code under it may set is not known either. */
import { isAssignment } from "../../c/body/locals";
import { leavesHow } from "../../c/body/leaves";
import { type Node, nodesIn } from "../../c/body/walk";
import type { Expression, Statement } from "../../c/syntax";
import type { Code, Compiling } from "./code";
import { complains } from "./decisive";
import { forget } from "./forget";
import type { Frame } from "./host";
import { isAggregate, store } from "./memory";
import { Unknown, type Value } from "./values";

/** For code that was left out, or ran not as often as is known; what only complains is not run by a board that works. */
export function doubtOf(c: Compiling, left: readonly Statement[]): (frame: Frame, condition: Value) => void {
  const later = c.later();
  let codes: readonly Code[] | undefined;
  return (frame, condition) => {
    codes ??= placesIn(left.filter((each) => leavesHow(each) === undefined)).map(later);
    const value = condition instanceof Unknown ? condition : new Unknown("a condition");
    for (const { place, type } of codes) {
      const at = place?.(frame);
      if (at === undefined) continue;
      if (isAggregate(type)) forget(at, undefined, value);
      else store(at, value);
    }
  };
}

/** Places outside of that code that it may write. */
function placesIn(code: readonly Statement[]): readonly Expression[] {
  const places: Expression[] = [];
  const own = new Set<string>();
  for (const root of code) {
    if (saysWhatIsWrong(root)) continue;
    for (const node of nodesIn(root, (each) => each.kind === "if" && saysWhatIsWrong(each.then))) {
      if (node.kind === "declaration") for (const { name } of node.declarators) own.add(name);
      const place = writtenBy(node);
      if (place !== undefined) places.push(place);
    }
  }
  return places.filter((place) => {
    for (const node of nodesIn(place)) {
      if (node.kind === "call" || node.kind === "statements" || writtenBy(node) !== undefined) return false;
      if (node.kind === "identifier" && own.has(node.name)) return false;
    }
    return true;
  });
}

/** Not only under a condition, or in one of many rounds. */
function saysWhatIsWrong(code: Statement): boolean {
  const isInner = ({ kind }: Node): boolean => kind === "if" || kind === "for" || kind === "while" || kind === "switch";
  for (const node of nodesIn(code, isInner))
    if (!isInner(node) && node.kind === "expression" && complains(node)) return true;
  return false;
}

function writtenBy(node: Node): Expression | undefined {
  if (node.kind === "binary") return isAssignment(node.operator) ? node.left : undefined;
  if (node.kind === "postfix") return node.operand;
  return node.kind === "unary" && (node.operator === "++" || node.operator === "--") ? node.operand : undefined;
}
