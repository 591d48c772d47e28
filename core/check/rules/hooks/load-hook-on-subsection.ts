import { lastName, withoutSubscripts } from "../../../c/words";
import { isTest } from "../../../c/paths";
import { accessesIn } from "../../../c/body/accesses";
import type { Expression } from "../../../c/syntax";
import { bodyOf } from "../../../project/bodies";
import type { VMStateDescription } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { type Finding, rule } from "../../rule";

/**
 * vmstate_subsection_load runs a subsection's hooks only when the stream has it. A pre_load that allocates or resets is fine;
 * one that gives a default to a field of the same subsection does so only where the default is overwritten at once.
 */
export const loadHookOnSubsection = rule({
  code: "load-hook-on-subsection",
  group: "hooks",
  severity: "warning",
  default: "on",
  title: "A default in a subsection's pre_load",
  summary: "pre_load of a subsection sets a default that is missing exactly when the subsection is.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const uses = descriptionRoles(project).nested.get(descriptionKey(description));
      if (!uses || uses.length === 0 || uses.some((use) => use.as !== "subsection")) continue;
      if (isTest(description.file)) continue;
      const finding = defaultIn(project, description);
      if (finding) yield finding;
    }
  },
});

function defaultIn(project: Project, description: VMStateDescription): Finding | undefined {
  const hook = description.hooks.pre_load ?? description.hooks.pre_load_errp;
  const fn = hook && project.function(hook.name, description.file);
  if (!hook || !fn) return undefined;
  const saved = new Set(description.fields.map((field) => lastName(withoutSubscripts(field.member?.path ?? ""))));
  // clears what the fields are read into: memory of the state before
  if (project.calls(fn).some((call) => call.callee.startsWith("g_"))) return undefined;
  for (const { place, kind, value } of accessesIn(bodyOf(project, fn).block)) {
    if (kind !== "write" || place.kind !== "member" || !saved.has(place.name)) continue;
    if (value === undefined || !isConstant(value)) continue;
    const range = { file: fn.file, start: place.start, end: value.end };
    return {
      range: hook.range,
      message: `${hook.name} gives ${place.name} its default, but runs only when the stream has this subsection, which then overwrites it. Set the default in the pre_load of the whole description.`,
      related: [{ range, message: "the default" }],
    };
  }
  return undefined;
}

/** A number, or a macro or an enumerator by its spelling. */
function isConstant(value: Expression): boolean {
  if (value.kind === "cast") return isConstant(value.operand);
  if (value.kind === "unary" && value.operator === "-") return isConstant(value.operand);
  if (value.kind !== "identifier") return value.kind === "integer";
  const { name } = value;
  return name === "true" || name === "false" || (name !== "NULL" && name === name.toUpperCase());
}
