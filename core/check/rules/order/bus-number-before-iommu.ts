import { dependenciesIn } from "../../../order/dependencies";
import { levelWithWord } from "../../../order/levels";
import { reportDependencies } from "../../dependencyReport";
import { rule } from "../../rule";

export const busNumberBeforeIommu = rule({
  code: "bus-number-before-iommu",
  group: "order",
  severity: "error",
  default: "on",
  title: "An IOMMU looks up bus numbers before the bridges are loaded",
  summary: "An IOMMU looks up bus numbers while it loads, and the bridge that holds them does not load first.",
  check: (context) =>
    reportDependencies(
      context,
      dependenciesIn(context.project, context.path).filter((d) => d.kind === "bus-number" && !d.createdFirst),
      {
        code: "bus-number-before-iommu",
        equal: "error",
        inverted: "error",
        onConsumers: false,
        standard: () => levelWithWord(context.project, "bus"),
        service: "holds the bus number of what is behind it",
        need: "looks it up",
      },
    ),
});
