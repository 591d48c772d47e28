import { typeText } from "../../../c/ctype";
import type { FunctionReference, HookName, VMStateDescription } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { opaqueStruct } from "../../../code/opaqueStruct";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { bareName, stateStructs, structNamed, taggedOrNamed, unrelated } from "../../../project/stateTypes";
import { nameOf } from "../../tables";
import { type Finding, rule } from "../../rule";

const opaqueHooks: readonly HookName[] = [
  "pre_load",
  "pre_load_errp",
  "post_load",
  "post_load_errp",
  "pre_save",
  "pre_save_errp",
  "post_save",
  "needed",
];

/** Hooks and test functions get the pointer that the fields' offsets count from. */
export const opaqueMismatch = rule({
  code: "opaque-mismatch",
  group: "fields",
  severity: "error",
  default: "on",
  whenSent: true,
  byFile: true,
  title: "Hook for another struct",
  summary: "A hook takes its state for another struct than the fields do.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const structs = stateStructs(description);
      if (structs.length !== 1 || structs[0] === undefined) continue;
      const seen = new Set<string>();
      for (const reference of functionsOf(project, description)) {
        if (seen.has(reference.name)) continue;
        seen.add(reference.name);
        const finding = wrongOpaque(project, description, structs[0], reference);
        if (finding) yield finding;
      }
    }
  },
});

/** Those that QEMU calls: `needed` of a nested description is never read. */
function functionsOf(project: Project, description: VMStateDescription): readonly FunctionReference[] {
  const { registered, insideVirtio, nested } = descriptionRoles(project);
  const key = descriptionKey(description);
  const asks = registered.has(key) || insideVirtio.has(key) || nested.get(key)?.some(({ as }) => as === "subsection");
  const hooks = opaqueHooks.flatMap((hook) =>
    hook === "needed" && asks !== true ? [] : (description.hooks[hook] ?? []),
  );
  return [...hooks, ...description.fields.flatMap((field) => field.fieldExists ?? [])];
}

function wrongOpaque(
  project: Project,
  description: VMStateDescription,
  structName: string,
  reference: FunctionReference,
): Finding | undefined {
  const fn = project.function(reference.name, description.file);
  const taken = fn && opaqueStruct(project, fn)?.name;
  if (fn === undefined || taken === undefined || taken === bareName(structName)) return undefined;
  const state = structNamed(project, structName, description.file);
  const other = taggedOrNamed(project, taken, fn.file);
  if (!unrelated(project, state, other)) return undefined;
  const { nameStart, name } = fn.definition;
  return {
    range: reference.range.file === description.file ? reference.range : description.nameRange,
    message: `${name} takes its state for a ${taken}, but the fields of ${nameOf(description)} are those of ${typeText(state) === "struct {…}" ? structName : typeText(state)}: it works on the wrong memory.`,
    related: [{ range: { file: fn.file, start: nameStart, end: nameStart + name.length }, message: name }],
  };
}
