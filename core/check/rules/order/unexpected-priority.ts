import type { VMStateDescription } from "../../../vmstate/model";
import type { Diagnostic } from "../../diagnostic";
import { level, levelNamedLike, levelWithWord, nameOfLevel, scheme } from "../../../order/levels";
import type { PriorityLevel, Project } from "../../../project/project";
import { providers } from "../../../order/providers";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { priorityFix } from "../../fixes/priorityFix";
import type { Rule } from "../../rule";

/** Nothing breaks yet: the level in use still keeps what is known. But the enum has one made for the device. */
export const unexpectedPriority: Rule = {
  code: "unexpected-priority",
  summary: "A description uses another level than the one that the enum has for it.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const own = madeFor(project, description);
      const used = level(project, description);
      if (!own || !description.priority || used === undefined || used === own.value) continue;
      if (!descriptionRoles(project).registered.has(descriptionKey(description))) continue;
      yield finding(project, description, own, used);
    }
  },
};

function madeFor(project: Project, description: VMStateDescription): PriorityLevel | undefined {
  const key = descriptionKey(description);
  if (providers(project).has("iommu", key)) return levelWithWord(project, "iommu");
  if (providers(project).has("bridge", key)) return levelWithWord(project, "bus");
  return description.name.known ? levelNamedLike(project, description.name.value) : undefined;
}

function finding(project: Project, description: VMStateDescription, own: PriorityLevel, used: number): Diagnostic {
  const name = description.name.known ? description.name.value : description.symbol;
  return {
    code: "unexpected-priority",
    severity: "warning",
    range: description.priority?.range ?? description.nameRange,
    message: `${name} is at ${nameOfLevel(project, used)}, but the enum has ${own.name} for it${own.comment === "" ? "" : ` (${own.comment})`}.`,
    related: [{ range: { file: own.file, start: own.start, end: own.start + own.name.length }, message: own.name }],
    fixes: priorityFix(project, description, own.name),
  };
}

/** A number that is no level: QEMU's list has no place for it. */
export const unknownPriority: Rule = {
  code: "unknown-priority",
  summary: "A priority that is no level of the enum.",
  *check({ project, descriptions }) {
    const { levels, maximum } = scheme(project);
    if (levels.length === 0) return;
    for (const { priority, symbol } of descriptions) {
      if (!priority) continue;
      const { value, text, range } = priority;
      if (!value.known) {
        if (!/^[A-Za-z_]\w*$/.test(text)) continue;
        yield {
          code: "unknown-priority",
          severity: "warning",
          range,
          message: `${text} is not a level of this tree's MigrationPriority: the order of ${symbol} cannot be checked.`,
          related: [],
          fixes: [],
        };
      } else if (maximum !== undefined && (value.value > maximum || value.value < 0)) {
        yield {
          code: "unknown-priority",
          severity: "error",
          range,
          message: `${text} is ${value.value}, beyond MIG_PRI_MAX (${maximum}): QEMU stops with an assertion when ${symbol} is registered.`,
          related: [],
          fixes: [],
        };
      } else if (!levels.some((l) => l.value === value.value)) {
        yield {
          code: "unknown-priority",
          severity: "warning",
          range,
          message: `${text} is ${value.value}, which is no level of this tree's MigrationPriority.`,
          related: [],
          fixes: [],
        };
      }
    }
  },
};
