import { isName } from "../../../c/words";
import { scheme } from "../../../order/levels";
import { rule } from "../../rule";

/** A number that is no level: QEMU's list has no place for it. */
export const unknownPriority = rule({
  code: "unknown-priority",
  group: "order",
  severity: "error",
  varies: "warning up to `MIG_PRI_MAX`",
  default: "on",
  wholeTree: true,
  title: "No level of the enum",
  summary: "A priority that is no level of the enum.",
  *check({ project, descriptions }) {
    const { levels, maximum } = scheme(project);
    if (levels.length === 0) return;
    for (const { priority, symbol } of descriptions) {
      if (!priority) continue;
      const { value, text, range } = priority;
      if (!value.known) {
        if (!isName(text)) continue;
        yield {
          severity: "warning",
          range,
          message: `${text} is not a level of this tree's MigrationPriority: the order of ${symbol} cannot be checked.`,
        };
      } else if (maximum !== undefined && (value.value > maximum || value.value < 0)) {
        yield {
          range,
          message: `${text} is ${value.value}, beyond MIG_PRI_MAX (${maximum}): QEMU stops with an assertion when ${symbol} is registered.`,
        };
      } else if (!levels.some((l) => l.value === value.value)) {
        yield {
          severity: "warning",
          range,
          message: `${text} is ${value.value}, which is no level of this tree's MigrationPriority.`,
        };
      }
    }
  },
});
