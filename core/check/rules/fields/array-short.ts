import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { typeOfMember } from "../../../project/stateTypes";
import { fieldName, has } from "../../tables";
import { failedCheck } from "../../memberType";
import { isOtherTarget } from "../../otherTarget";
import { rule } from "../../rule";

export const arrayShort = rule({
  code: "array-short",
  group: "fields",
  severity: "information",
  default: "on",
  byFile: true,
  title: "Part of an array",
  summary: "An array field saves fewer elements than the member has.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (isOtherTarget(project, description.file)) continue;
      for (const field of description.fields) {
        const length = lengthOf(project, description, field);
        if (length === undefined || !field.num.known || field.num.value >= length) continue;
        // type-mismatch says it
        if (failedCheck(project, description, field) !== undefined) continue;
        yield {
          range: field.range,
          message: `${fieldName(field)} saves ${field.num.value} elements, and ${field.member?.path ?? "the member"} has ${length}: the rest stays as the destination has it.`,
        };
      }
    }
  },
});

/** Elements of a member that is saved from its start; a part that is chosen on purpose names its first element. */
function lengthOf(project: Project, { file }: VMStateDescription, field: VMStateField): number | undefined {
  const { member, macro } = field;
  if (member === undefined || !has(field, "ARRAY") || has(field, "POINTER", "MUST_EXIST")) return undefined;
  if (member.path.endsWith("]") || macro?.includes("SUB_ARRAY") === true || macro?.includes("2DARRAY") === true)
    return undefined;
  const type = typeOfMember(project, member, file);
  return type.kind === "array" && type.element.kind !== "array" && type.length?.known === true
    ? type.length.value
    : undefined;
}
