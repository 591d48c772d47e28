import { danglingDeclarations } from "../../../order/declared";
import { dependenciesIn } from "../../../order/dependencies";
import { reportDependencies } from "../../dependencyReport";
import { rule } from "../../rule";

export const declaredOrder = rule({
  code: "declared-order",
  group: "order",
  severity: "error",
  varies: "warning where it depends on the creation order",
  default: "on",
  title: "A declared dependency that nothing keeps",
  summary: "A comment or setting declares that a description loads after another one, and the levels do not see to it.",
  check: (context) => [
    ...reportDependencies(
      context,
      dependenciesIn(context.project, context.path).filter((d) => d.kind === "declared"),
      {
        code: "declared-order",
        equal: "warning",
        inverted: "error",
        onConsumers: true,
        standard: () => undefined,
        service: "is declared to load first",
        need: "depends on it",
      },
    ),
    ...danglingDeclarations(context.project).map(({ range, target }) => ({
      severity: "information" as const,
      range,
      message: `No registered description or type is called ${target}: this declaration is not checked.`,
    })),
  ],
});
