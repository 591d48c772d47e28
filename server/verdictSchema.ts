/** What a verdict and its finding look like where they come from elsewhere. */
import * as v from "valibot";

export const verdictSchema = v.object({
  kind: v.picklist(["confirmed", "not seen", "cannot be shown"]),
  ground: v.string(),
  messages: v.array(v.string()),
  binary: v.string(),
  target: v.string(),
});

export const findingKey = { code: v.string(), file: v.string(), message: v.string() };
