import { dependenciesIn } from "../../../order/dependencies";
import { reportDependencies } from "../../dependencyReport";
import { ownLevel } from "./msi-before-its";
import { rule } from "../../rule";

export const interruptControllerOrder = rule({
  code: "interrupt-controller-order",
  group: "order",
  severity: "error",
  varies: "warning where it depends on the creation order",
  default: "on",
  title: "Interrupt controllers in the wrong order",
  summary: "Two interrupt controllers load in another order than the priority enum states.",
  check: (context) =>
    reportDependencies(
      context,
      dependenciesIn(context.project, context.path).filter((d) => d.kind === "interrupt-controller"),
      {
        code: "interrupt-controller-order",
        equal: "warning",
        inverted: "error",
        onConsumers: false,
        standard: (d) => ownLevel(context.project, d),
        service: "must load first, as the priority enum states",
        need: "depends on it",
      },
    ),
});
