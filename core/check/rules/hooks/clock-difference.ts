/** Values that saving works out with one clock and loading works back with another host's. */
import type { VMStateDescription } from "../../../vmstate/model";
import type { Diagnostic } from "../../diagnostic";
import { type FunctionText, functionTexts } from "../../../project/functionTexts";
import type { Project } from "../../../project/project";
import { fieldName, nameOf } from "../../tables";
import { type Finding, rule } from "../../rule";

/** What `-rtc clock=host` lets run on while no guest runs. */
const clock = /\brtc_clock\b|\bQEMU_CLOCK_HOST\b|\bhost_clock\b/;

export const clockDifference = rule({
  code: "clock-difference",
  group: "hooks",
  severity: "information",
  default: "on",
  byFile: true,
  title: "Time worked out with the RTC's clock",
  summary: "pre_save adds the RTC's clock to a saved value, and post_load takes the destination's away again.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { hooks } = description;
      const [saving, loading] = [hooks.pre_save, hooks.post_load ?? hooks.post_load_errp];
      if (saving === undefined || loading === undefined) continue;
      const before = bodyOf(project, description, saving.name);
      const after = bodyOf(project, description, loading.name);
      if (before === undefined || after === undefined || !clock.test(before.body) || !isUnconditional(after)) continue;
      for (const field of description.fields) {
        const name = field.member?.path ?? "";
        // a plain member: what stands in the path of an element is no pattern
        if (!/^\w+$/.test(name) || !new RegExp(`->\\s*${name}\\s*[+-]?=(?!=)`).test(before.body)) continue;
        if (new RegExp(`->\\s*${name}\\b`).test(after.body)) {
          yield report(description, fieldName(field), { range: field.range, before, after });
        }
      }
    }
  },
});

function bodyOf(project: Project, { file }: VMStateDescription, name: string): FunctionText | undefined {
  return functionTexts(project, file).find((each) => each.name === name);
}

/** The clock is read in the function's own block: not only where an older stream has nothing better. */
function isUnconditional({ body }: FunctionText): boolean {
  const at = body.search(clock);
  if (at < 0) return false;
  const before = body.slice(0, at);
  const depth = (before.match(/\{/g)?.length ?? 0) - (before.match(/\}/g)?.length ?? 0);
  return depth === 1 && !/\bif\s*\([^;{}]{0,500}$/.test(before);
}

function report(
  description: VMStateDescription,
  name: string,
  {
    range,
    before,
    after,
  }: { readonly range: Diagnostic["range"]; readonly before: FunctionText; readonly after: FunctionText },
): Finding {
  const { file } = description;
  return {
    range,
    message: `${nameOf(description)} saves ${name} as a time of its own, and ${after.name} takes the destination's clock away from it: with -rtc clock=host the guest's clock loses the time between saving and loading. Save the offset from rtc_clock as it is.`,
    related: [before, after].map(({ name: hook, start, body }) => ({
      range: { file, start: start + body.search(clock), end: start + body.search(clock) + 1 },
      message: `${hook} reads the clock`,
    })),
  };
}
