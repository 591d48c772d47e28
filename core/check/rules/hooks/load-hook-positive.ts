/** Load hooks that refuse with a number that QEMU takes for success. */
import { originOf } from "../../../c/body/carried";
import { isTruth } from "../../../c/body/comparison";
import { localsOf } from "../../../c/body/locals";
import type { Body } from "../../../c/body/parse";
import { returnedValues } from "../../../c/body/returns";
import { nodesIn } from "../../../c/body/walk";
import type { SourceRange } from "../../../c/range";
import type { Expression } from "../../../c/syntax";
import { bodyOf, typesIn } from "../../../project/bodies";
import type { LocatedFunction, Project } from "../../../project/project";
import type { QuickFix } from "../../diagnostic";
import { rule } from "../../rule";
import { isUnmigratable, nameOf } from "../../tables";

/** vmstate_load_state in migration/vmstate.c asks whether what post_load gives back is below zero. */
export const loadHookPositive = rule({
  code: "load-hook-positive",
  group: "hooks",
  severity: "warning",
  default: "on",
  byFile: true,
  title: "A post_load refuses with a positive number",
  summary: "A post_load returns a positive number, and QEMU takes only a negative one for a failure.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const hook = description.hooks.post_load;
      const fn =
        hook === undefined || isUnmigratable(description)
          ? undefined
          : project.function(hook.name, hook.range.file || description.file);
      if (hook === undefined || fn === undefined) continue;
      const [first, ...others] = positives(project, fn);
      if (first === undefined) continue;
      const places = [first, ...others].map(({ start, end }): SourceRange => ({ file: fn.file, start, end }));
      yield {
        range: hook.range,
        message: `${hook.name} returns ${project.text(fn.file)?.slice(first.start, first.end) ?? "a positive number"} to refuse the state of ${nameOf(description)}, and QEMU takes only a negative number for a failure: what was to be refused is loaded. Return -EINVAL.`,
        related: places.map((range) => ({ range, message: `${hook.name} returns this` })),
        fixes: [negativeFix(fn, [first, ...others])],
      };
    }
  },
});

/** What the function gives back that is a constant above zero, or the truth of a condition; in a `return`, or in a variable on its way there. */
function positives(project: Project, fn: LocatedFunction): readonly Expression[] {
  const body = bodyOf(project, fn);
  const types = typesIn(project, fn);
  const isPositive = (value: Expression): boolean => {
    if (value.kind === "identifier" && errorNumbers.has(value.name)) return true;
    if (originOf(value, localsOf(body)) !== value) return false;
    const number = types.integer(value);
    return number.known ? number.value > 0n : isTruth(value);
  };
  const returned = returnedValues(body);
  const names = new Set(returned.flatMap((value) => (value.kind === "identifier" ? value.name : [])));
  return [...returned, ...setOnTheWayOut(body, names)].filter(isPositive).sort((a, b) => a.start - b.start);
}

/** `x` of `ret = x; goto out;` where `ret` is what is given back. */
function* setOnTheWayOut(body: Body, names: ReadonlySet<string>): Iterable<Expression> {
  for (const block of nodesIn(body.block)) {
    if (block.kind !== "block") continue;
    for (const [k, statement] of block.statements.entries()) {
      const set = statement.kind === "expression" ? statement.expression : undefined;
      if (set?.kind !== "binary" || set.operator !== "=" || block.statements[k + 1]?.kind !== "goto") continue;
      if (set.left.kind === "identifier" && names.has(set.left.name)) yield set.right;
    }
  }
}

/** Of errno.h, which is the host's: as a tree's own names they are not to be seen. */
const errorNumbers: ReadonlySet<string> = new Set([
  "EINVAL",
  "EIO",
  "ENOMEM",
  "EPERM",
  "ENOENT",
  "ENODEV",
  "EBUSY",
  "ERANGE",
  "ENOSPC",
  "ENOTSUP",
  "EOPNOTSUPP",
  "EFAULT",
  "EAGAIN",
  "E2BIG",
  "EFBIG",
  "ENOSYS",
]);

function negativeFix({ file }: LocatedFunction, values: readonly Expression[]): QuickFix {
  const edits = values.map((value) => {
    const { start, end } = value;
    return isTruth(value)
      ? { range: { file, start: end, end }, text: " ? -EINVAL : 0" }
      : { range: { file, start, end }, text: "-EINVAL" };
  });
  return { title: "Return -EINVAL", edits };
}
