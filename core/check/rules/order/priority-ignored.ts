import { usesOfName } from "../../../c/words";
import type { VMStateDescription } from "../../../vmstate/model";
import type { Related } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { removePriorityFix } from "../../fixes/priorityFix";
import { type Finding, rule, wants } from "../../rule";

/** save_state_priority in QEMU's migration/savevm.c reads the registered description only. */
export const priorityIgnored = rule({
  code: "priority-ignored",
  group: "order",
  severity: "information",
  default: "on",
  title: "A priority where QEMU never reads it",
  summary: "A priority is set on a description that QEMU never reads it from.",
  *check({ project, descriptions, path }) {
    for (const description of descriptions) {
      if (!description.priority || !wants({ project, descriptions, path }, description.file)) continue;
      const finding = ignored(project, description);
      if (finding) yield finding;
    }
  },
});

function ignored(project: Project, description: VMStateDescription): Finding | undefined {
  const { priority } = description;
  const roles = descriptionRoles(project);
  const key = descriptionKey(description);
  if (!priority || roles.registered.has(key)) return undefined;
  const why = reason(project, description);
  if (!why) return undefined;
  return {
    range: priority.range,
    message: `This priority has no effect: ${why.text}. QEMU reads the priority of the description that is registered, nowhere else.`,
    related: why.related,
    fixes: removePriorityFix(project, description),
  };
}

function reason(project: Project, description: VMStateDescription): { text: string; related: Related[] } | undefined {
  const roles = descriptionRoles(project);
  const key = descriptionKey(description);
  const { symbol } = description;
  const inside = roles.insideVirtio.get(key);
  if (inside) {
    return { text: `${symbol} is loaded inside the section of ${inside[0] ?? "its virtio device"}`, related: [] };
  }
  const use = roles.nested.get(key)?.[0];
  const otherUses = project.has(description.file) ? referencesBesideTables(project, description) : true;
  if (use && !otherUses) {
    const as = use.as === "subsection" ? "a subsection" : "a nested part";
    return {
      text: `${symbol} is ${as} of ${use.parent.symbol}`,
      related: [{ range: use.parent.nameRange, message: `${use.parent.symbol} holds it` }],
    };
  }
  if (!use && !otherUses && isStatic(project, description)) {
    return { text: `${symbol} is never registered`, related: [] };
  }
  return undefined;
}

/** `&symbol` or `symbol` outside of tables: in a function, where it may be registered in a way we do not see. */
function referencesBesideTables(project: Project, description: VMStateDescription): boolean {
  const text = project.text(description.file) ?? "";
  const functions = (project.facts(description.file)?.declarations ?? []).filter((d) => d.kind === "function");
  for (const at of usesOfName(text, description.symbol)) {
    if (functions.some((f) => f.kind === "function" && f.bodyStart <= at && at < f.bodyEnd)) return true;
  }
  return false;
}

function isStatic(project: Project, description: VMStateDescription): boolean {
  return (project.facts(description.file)?.declarations ?? []).some(
    (d) => d.kind === "variable" && d.name === description.symbol && d.isStatic,
  );
}
