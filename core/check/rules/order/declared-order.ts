import { danglingDeclarations } from "../../../order/declared";
import { dependenciesIn } from "../../../order/dependencies";
import { reportDependencies } from "../../dependencyReport";
import type { Rule } from "../../rule";

export const declaredOrder: Rule = {
  code: "declared-order",
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
      code: "declared-order",
      severity: "information" as const,
      range,
      message: `No registered description or type is called ${target}: this declaration is not checked.`,
      related: [],
      fixes: [],
    })),
  ],
};
