/** What `vmstate confirm check --format json` says of findings. */
import * as v from "valibot";
import type { JudgedFinding } from "../../server/protocol";

const report = v.object({
  findings: v.array(
    v.object({
      file: v.string(),
      code: v.string(),
      message: v.string(),
      verdict: v.object({
        kind: v.picklist(["confirmed", "not seen", "cannot be shown"]),
        ground: v.string(),
        messages: v.array(v.string()),
        binary: v.string(),
        target: v.string(),
      }),
    }),
  ),
});

/** Undefined where it is no such report. */
export function readJudged(json: string): readonly JudgedFinding[] | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), report), json);
  return parsed.success ? parsed.output.findings : undefined;
}
