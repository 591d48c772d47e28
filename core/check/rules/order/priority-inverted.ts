import { dependenciesIn } from "../../../order/dependencies";
import { levelConstraints, nameOfLevel, scheme } from "../../../order/levels";
import type { Project } from "../../../project/project";
import { reportDependencies } from "../../dependencyReport";
import { ownLevel } from "./msi-before-its";
import { type Finding, rule } from "../../rule";

export const priorityInverted = rule({
  code: "priority-inverted",
  group: "order",
  severity: "warning",
  default: "on",
  title: "The enum's order is not the one that it states",
  summary: "The priority enum states an order that its own numbers, or the levels in use, do not keep.",
  check: (context) => [
    ...enumFindings(context.project),
    ...reportDependencies(
      context,
      dependenciesIn(context.project, context.path).filter((d) => d.kind === "memory"),
      {
        code: "priority-inverted",
        equal: "warning",
        inverted: "warning",
        onConsumers: false,
        standard: (d) => ownLevel(context.project, d),
        service: "must load first, as the priority enum states",
        need: "depends on it",
      },
    ),
  ],
});

/** A level whose comment says before (or after) another one's, while its number says otherwise. */
function* enumFindings(project: Project): Iterable<Finding> {
  const { unset } = scheme(project);
  for (const { level, relation, what, comment } of levelConstraints(project)) {
    const other = what.kind === "level" ? what.level.value : unset;
    const kept = relation === "before" ? level.value > other : level.value < other;
    if (kept) continue;
    const name = what.kind === "level" ? what.level.name : nameOfLevel(project, unset);
    const range = { file: level.file, start: level.start, end: level.start + level.name.length };
    yield {
      range,
      message: `${level.name} says “${comment}”, but its number ${level.value} puts it ${other === level.value ? "beside" : relation === "before" ? "behind" : "before"} ${name} (${other}): higher numbers load first.`,
      related:
        what.kind === "level"
          ? [
              {
                range: { file: what.level.file, start: what.level.start, end: what.level.start + name.length },
                message: name,
              },
            ]
          : [],
    };
  }
}
