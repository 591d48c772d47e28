import { fieldName, has } from "../../tables";
import { rule } from "../../rule";
import { fixedSizes } from "../../memberType";

export const infoSizeMismatch = rule({
  code: "info-size-mismatch",
  group: "fields",
  severity: "error",
  default: "on",
  whenSent: true,
  byFile: true,
  title: "Size of the field and of its type differ",
  summary: "A field is of another size than its VMStateInfo moves.",
  *check({ descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const moved = field.info === undefined ? undefined : fixedSizes.get(field.info.symbol);
        if (
          moved === undefined ||
          !field.size.known ||
          has(field, "VBUFFER", "MULTIPLY", "MUST_EXIST", "ARRAY_OF_POINTER")
        )
          continue;
        const size = field.size.value;
        if (size === moved) continue;
        yield {
          range: field.range,
          message: `${fieldName(field)} is of ${size} bytes, but ${field.info?.symbol ?? ""} saves and loads ${moved}: ${size > moved ? "the rest is lost" : "what lies behind it is overwritten"}.`,
        };
      }
    }
  },
});
