import { keyOf, nameOf, nameRangeOf } from "../../../order/consumers";
import { dependenciesIn, type Dependency } from "../../../order/dependencies";
import { nameOfLevel } from "../../../order/levels";
import type { Project } from "../../../project/project";
import { descriptionRoles } from "../../../code/registered";
import { groupBy } from "../../dependencyReport";
import { ownLevel } from "./msi-before-its";
import { type Finding, rule, wants } from "../../rule";

export const orderByCreation = rule({
  code: "order-by-creation",
  group: "order",
  severity: "hint",
  default: "review",
  title: "Holds only by the order of creation",
  summary: "A dependency holds only because the provider is created first; no level sees to it.",
  *check(context) {
    const { project } = context;
    const silent = dependenciesIn(project, context.path).filter(
      (d) => d.providerLevel === d.consumerLevel && isAccepted(project, d),
    );
    for (const group of groupBy(silent, (d) => keyOf(d.provider)).values()) {
      const [first] = group;
      if (first && wants(context, first.provider.description.file) && isOwn(project, first))
        yield finding(project, group, first);
    }
  },
});

function isAccepted(project: Project, d: Dependency): boolean {
  if (d.kind === "dma") return d.createdFirst;
  return d.kind === "msi" && ownLevel(project, d) === undefined;
}

/** A description that many devices share says nothing about one of them. */
function isOwn(project: Project, { provider }: Dependency): boolean {
  return provider.types.length <= 4 && !descriptionRoles(project).nested.has(keyOf(provider));
}

function finding(project: Project, group: readonly Dependency[], first: Dependency): Finding {
  const service = first.kind === "dma" ? "translates the DMA of what sits on its bus" : "delivers MSIs";
  return {
    range: first.provider.description.nameRange,
    message: `${nameOf(first.provider)} ${service}, which others need while they load, at the same level ${nameOfLevel(project, first.providerLevel)}: it loads first only because it is created first.`,
    related: group.slice(0, 20).map((d) => ({ range: nameRangeOf(d.consumer), message: d.reason })),
  };
}
