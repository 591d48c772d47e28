import { nameOf } from "../../../order/consumers";
import { dependenciesIn, type Dependency } from "../../../order/dependencies";
import { levelNamedLike } from "../../../order/levels";
import type { PriorityLevel, Project } from "../../../project/project";
import { reportDependencies } from "../../dependencyReport";
import { rule } from "../../rule";

/** Only controllers that the tree has a level for: the others are known to rely on the order of creation. */
export const msiBeforeIts = rule({
  code: "msi-before-its",
  group: "order",
  severity: "warning",
  varies: "error where the controller loads later by its level",
  default: "on",
  title: "MSIs may be raised before their controller is loaded",
  summary: "Devices may raise an MSI while they load, and the controller that delivers it has given up its level.",
  check: (context) =>
    reportDependencies(
      context,
      dependenciesIn(context.project, context.path).filter(
        (d) => d.kind === "msi" && ownLevel(context.project, d) !== undefined,
      ),
      {
        code: "msi-before-its",
        equal: "warning",
        inverted: "error",
        onConsumers: false,
        standard: (d) => ownLevel(context.project, d),
        service: "delivers MSIs",
        need: "may raise one",
      },
    ),
});

export function ownLevel(project: Project, { provider }: Dependency): PriorityLevel | undefined {
  return levelNamedLike(project, nameOf(provider));
}
