import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { containerOf, fieldName, has, nestedOf } from "../../tables";
import { rule } from "../../rule";

/** vmstate_save_state calls itself for nested descriptions until the stack is used up. */
export const nestedInItself = rule({
  code: "nested-in-itself",
  group: "tables",
  severity: "error",
  default: "on",
  title: "Description nested in itself",
  summary: "A description is nested in itself without an end.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        if (!always(field)) continue;
        const path = wayBack(project, description, field);
        if (path === undefined) continue;
        const via = path.length === 0 ? "" : ` (through ${path.join(", ")})`;
        yield {
          range: field.vmsd?.range.file === description.file ? field.range : description.nameRange,
          message: `${fieldName(field)} nests ${description.symbol} in itself${via}: saving it never ends.`,
        };
      }
    }
  },
});

/** A nested struct that is there whenever its parent is. */
function always(field: VMStateField): boolean {
  if (field.fieldExists !== undefined || containerOf(field) !== undefined) return false;
  if (!has(field, "STRUCT", "VSTRUCT")) return false;
  if (has(field, "ARRAY_OF_POINTER")) return false;
  return !field.flagNames.some((flag) => flag.startsWith("VARRAY"));
}

function wayBack(project: Project, start: VMStateDescription, first: VMStateField): readonly string[] | undefined {
  const seen = new Set<VMStateDescription>();
  const walk = (field: VMStateField, path: readonly string[]): readonly string[] | undefined => {
    const nested = nestedOf(project, field);
    if (nested === undefined) return undefined;
    if (nested === start) return path;
    if (seen.has(nested) || path.length > 20) return undefined;
    seen.add(nested);
    for (const each of nested.fields) {
      const found = always(each) ? walk(each, [...path, nested.symbol]) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(first, []);
}
