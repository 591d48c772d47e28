/** Values that saving works out with one clock and loading works back with another host's. */
import { type Access, accessesIn } from "../../../c/body/accesses";
import { conditionsAt } from "../../../c/body/conditions";
import { nodesIn } from "../../../c/body/walk";
import type { SourceRange } from "../../../c/range";
import { bodyOf } from "../../../project/bodies";
import type { LocatedFunction, Project } from "../../../project/project";
import type { VMStateDescription } from "../../../vmstate/model";
import type { Diagnostic } from "../../diagnostic";
import { fieldName, nameOf } from "../../tables";
import { type Finding, rule } from "../../rule";

/** What `-rtc clock=host` lets run on while no guest runs. */
const clocks: ReadonlySet<string> = new Set(["rtc_clock", "QEMU_CLOCK_HOST", "host_clock"]);

/** A function that reads the clock. */
interface Reader {
  readonly fn: LocatedFunction;
  readonly clock: SourceRange;
}

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
      const before = readerOf(project, description, saving.name);
      const after = before && readerOf(project, description, loading.name);
      if (before === undefined || after === undefined || !isUnconditional(project, after)) continue;
      for (const field of description.fields) {
        const name = field.member?.path ?? "";
        if (!uses(project, before.fn, name, (kind) => kind === "write" || kind === "update")) continue;
        if (uses(project, after.fn, name, () => true)) {
          yield report(description, fieldName(field), { range: field.range, before, after });
        }
      }
    }
  },
});

function readerOf(project: Project, { file }: VMStateDescription, name: string): Reader | undefined {
  const fn = project.function(name, file);
  if (fn?.file !== file) return undefined;
  for (const node of nodesIn(bodyOf(project, fn).block)) {
    if (node.kind !== "identifier" || !clocks.has(node.name)) continue;
    return { fn, clock: { file, start: node.start, end: node.end } };
  }
  return undefined;
}

/** Whether the function names the member of its state. */
function uses(
  project: Project,
  fn: LocatedFunction,
  member: string,
  isWanted: (kind: Access["kind"]) => boolean,
): boolean {
  for (const { place, kind } of accessesIn(bodyOf(project, fn).block)) {
    if (place.kind === "member" && place.arrow && place.name === member && isWanted(kind)) return true;
  }
  return false;
}

/** The clock is read whatever the stream holds: not only where an older one has nothing better. */
function isUnconditional(project: Project, { fn, clock }: Reader): boolean {
  return conditionsAt(bodyOf(project, fn), clock.start).every(
    ({ kind }) => kind === "left" || kind === "failed" || kind === "asserted",
  );
}

function report(
  description: VMStateDescription,
  name: string,
  { range, before, after }: { readonly range: Diagnostic["range"]; readonly before: Reader; readonly after: Reader },
): Finding {
  return {
    range,
    message: `${nameOf(description)} saves ${name} as a time of its own, and ${after.fn.definition.name} takes the destination's clock away from it: with -rtc clock=host the guest's clock loses the time between saving and loading. Save the offset from rtc_clock as it is.`,
    related: [before, after].map(({ fn, clock }) => ({
      range: { ...clock, end: clock.start + 1 },
      message: `${fn.definition.name} reads the clock`,
    })),
  };
}
