import type { VMStateField } from "../../../vmstate/model";
import { versionNeverReached } from "../../neverSent";
import { fieldName } from "../../tables";
import { rule } from "../../rule";
import { countOf, isCounted, same } from "../../counted";

export const countAfterArray = rule({
  code: "count-after-array",
  group: "untrusted",
  severity: "warning",
  default: "on",
  whenSent: true,
  title: "Count loaded after its array",
  summary: "The count of an array is loaded after the array.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { fields } = description;
      const told = new Set<VMStateField>();
      for (const [index, field] of fields.entries()) {
        const asked = countOf(field);
        if (asked === undefined || fields.slice(0, index).some((each) => same(each.member, asked))) continue;
        const count = fields.slice(index + 1).find((each) => same(each.member, asked));
        if (
          count === undefined ||
          count.info?.symbol.endsWith("_equal") === true ||
          count.info?.symbol.includes("unused") === true ||
          told.has(count)
        )
          continue;
        if ([field, count].some((each) => versionNeverReached(project, description, each) !== undefined)) continue;
        told.add(count);
        yield {
          range: field.range,
          message: `${fieldName(field)} is loaded with as many ${isCounted(field) ? "elements" : "bytes"} as ${count.member?.path ?? "its count"} says on the destination: the source's count comes after it.`,
          related: [{ range: count.range, message: "the count is loaded here" }],
        };
      }
    }
  },
});
