import type { CType } from "../../../c/ctype";
import { typeText } from "../../../c/ctype";
import type { VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { stateStructs, structNamed } from "../../../project/stateTypes";
import { fieldName, has } from "../../tables";
import { rule } from "../../rule";
import { failedCheck, isRaw, memberType } from "../../memberType";

/** Without VMS_POINTER, vmstate_save_state takes the member's own bytes: an address of this process, and what stands behind it. */
export const pointerSaved = rule({
  code: "pointer-saved",
  group: "fields",
  severity: "error",
  default: "on",
  whenSent: true,
  byFile: true,
  title: "Pointer saved instead of data",
  summary: "A field saves a pointer instead of what it points to.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        if (has(field, "POINTER", "ARRAY_OF_POINTER")) continue;
        const type = memberType(project, description, field);
        if (type?.kind !== "pointer" || !(isRaw(field) || isTableOf(project, field, type.target()))) continue;
        // it does not build: type-mismatch says it
        if (failedCheck(project, description, field) !== undefined) continue;
        const what = isRaw(field)
          ? "that is saved as if it were the data: the destination overwrites it with an address of the source"
          : "and its table is applied to the pointer itself and what lies behind it: loading writes over both";
        yield {
          range: field.range,
          message: `${fieldName(field)} is a pointer (${typeText(type)}) ${what}.`,
        };
      }
    }
  },
});

/** Whether the field's table is one of the struct that is pointed to; some tables are made for a pointer. */
function isTableOf(project: Project, field: VMStateField, target: CType): boolean {
  const nested = field.vmsd === undefined ? undefined : project.resolve(field.vmsd);
  if (nested === undefined || target.kind !== "record" || !has(field, "STRUCT", "VSTRUCT")) return false;
  return stateStructs(nested).some((name) => {
    const state = structNamed(project, name, nested.file);
    return state.kind === "record" && state.identity === target.identity;
  });
}
