/** Comparisons on load of what the destination works out by itself. */
import { namesInProperties, propertySetters } from "../../../code/propertyMembers";
import { fieldName } from "../../tables";
import { rule } from "../../rule";

/** vmstate_info_*_equal refuses a stream whose value differs from the destination's own. */
export const equalOnState = rule({
  code: "equal-on-state",
  group: "fields",
  severity: "hint",
  default: "review",
  title: "Equal by luck",
  summary: "A value that no property sets must be equal on both sides.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const { member } = field;
        if (member === undefined || field.info?.symbol.endsWith("_equal") !== true) continue;
        if (propertySetters(project, description.file, member.path)) continue;
        // of another type that embeds the struct
        if (namesInProperties(project, description.file, member.path.slice(member.path.lastIndexOf(".") + 1))) continue;
        yield {
          range: field.range,
          message: `${fieldName(field)} must be equal on both sides, and no property of the device sets it: a QEMU that works it out another way refuses every stream.`,
        };
      }
    }
  },
});
