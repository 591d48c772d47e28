import { dependenciesIn } from "../../../order/dependencies";
import { levelWithWord } from "../../../order/levels";
import { reportDependencies } from "../../dependencyReport";
import { rule } from "../../rule";

export const dmaBeforeIommu = rule({
  code: "dma-before-iommu",
  group: "order",
  severity: "error",
  default: "on",
  title: "A device does DMA while it loads, before its IOMMU is loaded",
  summary: "A device does DMA while it loads, and the IOMMU that translates it is not sure to be loaded by then.",
  check: (context) =>
    reportDependencies(
      context,
      dependenciesIn(context.project, context.path).filter((d) => d.kind === "dma"),
      {
        code: "dma-before-iommu",
        equal: "error",
        inverted: "error",
        onConsumers: true,
        standard: () => levelWithWord(context.project, "iommu"),
        service: "translates the DMA of PCI devices",
        need: "does DMA",
      },
    ),
});
