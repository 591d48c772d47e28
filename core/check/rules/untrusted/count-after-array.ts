import { versionNeverReached } from "../../neverSent";
import { fieldName } from "../../tables";
import { rule } from "../../rule";
import { isCounted, same } from "../../counted";

export const countAfterArray = rule({
  code: "count-after-array",
  group: "untrusted",
  severity: "warning",
  default: "on",
  title: "Count loaded after its array",
  summary: "The count of an array is loaded after the array.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { fields } = description;
      for (const [index, field] of fields.entries()) {
        if (!isCounted(field) || fields.slice(0, index).some((each) => same(each.member, field.numMember))) continue;
        const count = fields.slice(index + 1).find((each) => same(each.member, field.numMember));
        if (
          count === undefined ||
          count.info?.symbol.endsWith("_equal") === true ||
          count.info?.symbol.includes("unused") === true
        )
          continue;
        if ([field, count].some((each) => versionNeverReached(project, description, each) !== undefined)) continue;
        yield {
          range: field.range,
          message: `${fieldName(field)} is loaded with as many elements as ${count.member?.path ?? "its count"} says on the destination: the source's count comes after it.`,
          related: [{ range: count.range, message: "the count is loaded here" }],
        };
      }
    }
  },
});
