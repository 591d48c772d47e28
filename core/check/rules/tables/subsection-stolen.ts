import { has, isUnmigratable, nameOf, nestedOf } from "../../tables";
import { rule } from "../../rule";
import { subsectionsOf } from "../../subsections";

/**
 * A nested struct as the last thing before the parent's subsections looks for its own first: vmstate_subsection_load
 * takes every name that begins with the nested description's, and fails on those it does not know.
 */
export const subsectionStolen = rule({
  code: "subsection-stolen",
  group: "tables",
  severity: "error",
  default: "on",
  title: "Subsection taken by a nested description",
  summary: "A nested description takes its parent's subsection for its own.",
  *check({ project, descriptions }) {
    for (const parent of descriptions) {
      const last = parent.fields.at(-1);
      if (last === undefined || !has(last, "STRUCT", "VSTRUCT") || isUnmigratable(parent)) continue;
      const nested = nestedOf(project, last);
      if (!nested?.name.known || nested.unknowns.length > 0) continue;
      const prefix = nested.name.value;
      const own = new Set(subsectionsOf(project, nested).map(({ child }) => nameOf(child)));
      for (const { reference, child } of subsectionsOf(project, parent)) {
        if (!child.name.known || !child.name.value.startsWith(prefix) || child.name.value.length === prefix.length)
          continue;
        if (own.has(child.name.value)) continue;
        yield {
          range: reference.range,
          message: `"${child.name.value}" follows ${nested.symbol} ("${prefix}") in the stream, which takes it for its own by its name, does not know it, and refuses the stream.`,
          related: [{ range: last.range, message: `${nested.symbol} is loaded last here` }],
        };
      }
    }
  },
});
