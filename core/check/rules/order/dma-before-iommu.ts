import { dependenciesIn } from "../../../order/dependencies";
import { levelWithWord } from "../../../order/levels";
import { reportDependencies } from "../../dependencyReport";
import type { Rule } from "../../rule";

export const dmaBeforeIommu: Rule = {
  code: "dma-before-iommu",
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
};
