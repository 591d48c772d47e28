/** Members that hold an address space without an IOMMU before it. */
import { accessesIn } from "../c/body/accesses";
import type { FileFacts } from "../c/facts";
import { bodyOf } from "../project/bodies";
import type { Project } from "../project/project";
import { namesSystem, systemNames } from "./arguments";

type Assigned = "system" | "other" | "nothing";

const known = new WeakMap<FileFacts, Map<string, Assigned>>();

/** Whether the files put the machine's own address space into the member, and nothing else. */
export function isSystemMember(project: Project, files: readonly string[], member: string): boolean {
  const naming = files.filter((file) => systemNames.some((name) => project.text(file)?.includes(name)));
  return (
    naming.some((file) => assignedIn(project, file, member) === "system") &&
    files.every((file) => assignedIn(project, file, member) !== "other")
  );
}

function assignedIn(project: Project, file: string, member: string): Assigned {
  const facts = project.facts(file);
  if (facts === undefined) return "nothing";
  let answers = known.get(facts);
  if (answers === undefined) {
    answers = new Map();
    known.set(facts, answers);
  }
  let answer = answers.get(member);
  if (answer === undefined) {
    answer = readAssigned(project, facts, member);
    answers.set(member, answer);
  }
  return answer;
}

function readAssigned(project: Project, { path, declarations }: FileFacts, member: string): Assigned {
  const text = project.text(path) ?? "";
  let answer: Assigned = "nothing";
  for (const definition of declarations) {
    if (definition.kind !== "function") continue;
    if (!text.slice(definition.bodyStart, definition.bodyEnd).includes(member)) continue;
    for (const { place, kind, value } of accessesIn(bodyOf(project, { file: path, definition }).block)) {
      if (kind !== "write" || value === undefined || place.kind !== "member" || place.name !== member) continue;
      if (!namesSystem(value)) return "other";
      answer = "system";
    }
  }
  return answer;
}
