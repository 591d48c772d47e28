import { fieldName, has } from "../../tables";
import { rule } from "../../rule";

/** VMS_MUST_EXIST without a function: vmstate_field_exists finds the field by its version, so nothing is checked. */
export const validateWithoutTest = rule({
  code: "validate-without-test",
  group: "tables",
  severity: "warning",
  default: "on",
  title: "Validation without a function",
  summary: "A validation without a function checks nothing.",
  *check({ descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        if (!has(field, "MUST_EXIST") || field.fieldExists !== undefined) continue;
        yield {
          range: field.range,
          message: `${fieldName(field)} is meant to validate what was loaded, but has no function: nothing is checked.`,
        };
      }
    }
  },
});
