/** Members that a target's translator hands to the code it generates, by their offset. What that code does with them is not read. */
import { callsOf } from "../c/body/calls";
import { nodesIn } from "../c/body/walk";
import type { FileFacts } from "../c/facts";
import type { Designator } from "../c/syntax";
import { bodyOf, functionsWith } from "../project/bodies";
import { filesBelow } from "../project/folders";
import type { Project } from "../project/project";
import { noteFile } from "../project/uses";

/** By what the functions begin with that make such code (include/tcg/tcg-op-common.h, tcg_global_mem_new). */
const generating = "tcg_";

/**
 * Whether a function of the file's folder, or below, hands the member's offset to generated code: `env.cc_op`, where
 * `offsetof(CPUDemoState, cc_op)` is an argument. Elements of an array are not told apart.
 */
export function isInGeneratedCode(project: Project, file: string, member: string): boolean {
  return filesBelow(project, file).some((each) => {
    noteFile(each);
    return [...offsetsIn(project, each)].some((path) => member === path || member.endsWith(`.${path}`));
  });
}

const perFile = new WeakMap<FileFacts, ReadonlySet<string>>();

function offsetsIn(project: Project, file: string): ReadonlySet<string> {
  const facts = project.facts(file);
  const known = facts && perFile.get(facts);
  if (facts === undefined || known !== undefined) return known ?? new Set();
  const found = new Set<string>();
  const isWanted = (text: string): boolean => text.includes(generating) && text.includes("offsetof");
  for (const fn of functionsWith(project, file, generating, isWanted)) {
    for (const { name, node } of callsOf(bodyOf(project, fn))) {
      if (!name.startsWith(generating)) continue;
      for (const argument of node.arguments) {
        for (const each of nodesIn(argument)) if (each.kind === "offsetof") found.add(spelled(each.path));
      }
    }
  }
  perFile.set(facts, found);
  return found;
}

function spelled(path: readonly Designator[]): string {
  return path.flatMap((each) => (each.kind === "member" ? [each.name] : [])).join(".");
}
