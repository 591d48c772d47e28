/** Macros that set what they are given, or a member of it: `MASKED_WRITE(s->control, mask, value)`, `SET_MODE(s, mode)`. */
import type { BodyCall } from "../c/body/calls";
import { isAssignment } from "../c/body/locals";
import type { FileFacts } from "../c/facts";
import type { Expression, Span } from "../c/syntax";
import type { Token } from "../c/token";
import type { Project } from "../project/project";

interface Assigned {
  /** Index of the argument. */
  readonly argument: number;
  /** Members behind it: none where it is set itself. */
  readonly path: readonly { readonly name: string; readonly arrow: boolean }[];
}

export interface AssignedPlace {
  readonly argument: number;
  /** The argument, or a member of it; then it stands where the macro's name does. */
  readonly place: Expression;
}

const known = new WeakMap<FileFacts, Map<string, readonly Assigned[]>>();

/** What the expansion of a call assigns of its arguments; nothing for what is no macro as the file sees it. */
export function assignedPlaces(project: Project, file: string, call: BodyCall): readonly AssignedPlace[] {
  const { name, node, nameStart } = call;
  return assignedBy(project, file, call).flatMap(({ argument, path }) => {
    let place = node.arguments[argument];
    if (place === undefined) return [];
    for (const each of path) {
      const end = nameStart + name.length;
      place = { kind: "member", object: place, name: each.name, arrow: each.arrow, start: nameStart, end };
    }
    return [{ argument, place }];
  });
}

function assignedBy(project: Project, file: string, { name, node }: BodyCall): readonly Assigned[] {
  const facts = project.facts(file);
  if (facts === undefined || name === "") return [];
  let byName = known.get(facts);
  if (byName === undefined) {
    byName = new Map();
    known.set(facts, byName);
  }
  let found = byName.get(name);
  if (found === undefined) {
    const tokens = project.scope(file).tokens(file, node.start, node.end);
    const isMacro = tokens[0]?.use !== undefined;
    found = isMacro ? node.arguments.flatMap((argument, k) => assignments(tokens, file, argument, k)) : [];
    byName.set(name, found);
  }
  return found;
}

/** Where in the expansion the argument, with subscripts and members behind it, stands before an assignment. */
function assignments(tokens: readonly Token[], file: string, { start, end }: Span, argument: number): Assigned[] {
  const found: Assigned[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.file !== file || token.end !== end || token.start < start) continue;
    const path: { name: string; arrow: boolean }[] = [];
    let depth = 0;
    let k = i + 1;
    for (; k < tokens.length; k++) {
      const text = tokens[k]?.text ?? "";
      if (text === "[") depth++;
      else if (text === "]") depth--;
      else if (depth === 0 && (text === "->" || text === "."))
        path.push({ name: tokens[++k]?.text ?? "", arrow: text === "->" });
      else if (depth === 0 && text !== ")") break;
      if (depth < 0) break;
    }
    const operator = tokens[k]?.text ?? "";
    const isSet = tokens[k]?.kind === "punctuator" && (isAssignment(operator) || operator === "++");
    if (depth === 0 && isSet) found.push({ argument, path });
  }
  return found;
}
