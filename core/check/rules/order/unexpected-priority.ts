import type { VMStateDescription } from "../../../vmstate/model";
import { level, nameOfLevel } from "../../../order/levels";
import type { PriorityLevel, Project } from "../../../project/project";
import { levelMadeFor } from "../../../order/madeFor";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { priorityFix } from "../../fixes/priorityFix";
import { type Finding, rule } from "../../rule";

/** Nothing breaks yet: the level in use still keeps what is known. But the enum has one made for the device. */
export const unexpectedPriority = rule({
  code: "unexpected-priority",
  group: "order",
  severity: "warning",
  default: "on",
  title: "Another level than the one made for it",
  summary: "A description uses another level than the one that the enum has for it.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const own = levelMadeFor(project, description);
      const used = level(project, description);
      if (!own || !description.priority || used === undefined || used === own.value) continue;
      if (!descriptionRoles(project).registered.has(descriptionKey(description))) continue;
      yield finding(project, description, own, used);
    }
  },
});

function finding(project: Project, description: VMStateDescription, own: PriorityLevel, used: number): Finding {
  const name = description.name.known ? description.name.value : description.symbol;
  return {
    range: description.priority?.range ?? description.nameRange,
    message: `${name} is at ${nameOfLevel(project, used)}, but the enum has ${own.name} for it${own.comment === "" ? "" : ` (${own.comment})`}.`,
    related: [{ range: { file: own.file, start: own.start, end: own.start + own.name.length }, message: own.name }],
    fixes: priorityFix(project, description, own.name),
  };
}
