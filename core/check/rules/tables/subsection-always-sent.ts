import { rule } from "../../rule";
import { subsectionsOf } from "../../subsections";

/** Without `.needed` a subsection is sent always, so that a destination without it refuses every stream. */
export const subsectionAlwaysSent = rule({
  code: "subsection-always-sent",
  group: "tables",
  severity: "warning",
  default: "review",
  title: "Subsection that is always sent",
  summary: "A subsection has no needed function.",
  *check({ project, descriptions }) {
    for (const parent of descriptions) {
      for (const { reference, child } of subsectionsOf(project, parent)) {
        if ((child.hooks.needed ?? reference.needed) !== undefined || child.unknowns.length > 0) continue;
        yield {
          range: reference.range,
          message: `${child.symbol} has no .needed: it is always sent, and a QEMU that does not know it refuses the stream.`,
          related: [{ range: child.nameRange, message: child.symbol }],
        };
      }
    }
  },
});
