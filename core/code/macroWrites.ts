/** Macros that set what they are given: `MASKED_WRITE(s->control, mask, value)`. */
import { isAssignment } from "../c/body/locals";
import type { BodyCall } from "../c/body/calls";
import type { FileFacts } from "../c/facts";
import type { Span } from "../c/syntax";
import type { Token } from "../c/token";
import type { Project } from "../project/project";

const known = new WeakMap<FileFacts, Map<string, readonly number[]>>();
const none: readonly number[] = [];

/** Indexes of the arguments that the expansion assigns, or parts of them; none for what is no macro as the file sees it. */
export function assignedArguments(project: Project, file: string, { name, node }: BodyCall): readonly number[] {
  const facts = project.facts(file);
  if (facts === undefined || name === "") return none;
  let byName = known.get(facts);
  if (byName === undefined) {
    byName = new Map();
    known.set(facts, byName);
  }
  let found = byName.get(name);
  if (found === undefined) {
    const tokens = project.scope(file).tokens(file, node.start, node.end);
    const isMacro = tokens[0]?.use !== undefined;
    found = isMacro ? node.arguments.flatMap((argument, k) => (isAssigned(tokens, file, argument) ? [k] : [])) : none;
    byName.set(name, found);
  }
  return found;
}

/** Somewhere in the expansion the argument, with subscripts and members behind it, stands before an assignment. */
function isAssigned(tokens: readonly Token[], file: string, { start, end }: Span): boolean {
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.file !== file || token.end !== end || token.start < start) continue;
    let depth = 0;
    let k = i + 1;
    for (; k < tokens.length; k++) {
      const text = tokens[k]?.text;
      if (text === "[") depth++;
      else if (text === "]") depth--;
      else if (depth === 0 && text !== ")") break;
      if (depth < 0) break;
    }
    const operator = tokens[k]?.text ?? "";
    if (depth === 0 && tokens[k]?.kind === "punctuator" && (isAssignment(operator) || operator === "++")) return true;
  }
  return false;
}
