import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { versionNeverReached } from "../../neverSent";
import { fieldName, isUnmigratable, memberRange, nameOf, setNumberFix } from "../../tables";
import { type Finding, rule } from "../../rule";

/** vmstate_field_exists compares the field's version with the one that is saved. */
export const fieldNeverSent = rule({
  code: "field-never-sent",
  group: "tables",
  severity: "error",
  default: "on",
  whenSent: true,
  byFile: true,
  wholeTree: true,
  title: "Field that is never sent",
  summary: "A field of a version that its description never reaches.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { versionId } = description;
      if (!versionId.known || isUnmigratable(description)) continue;
      for (const field of description.fields) {
        if (field.info?.symbol === "vmstate_info_unused_buffer") continue;
        const needed = versionNeverReached(project, description, field);
        if (needed !== undefined) yield neverSent(project, description, field, needed, versionId.value);
      }
    }
  },
});

function neverSent(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  needed: number,
  version: number,
): Finding {
  return {
    range: field.range,
    message: `${fieldName(field)} is neither saved nor loaded: it is there from version ${needed} on, and ${nameOf(description)} is at version ${version}.`,
    related: [{ range: memberRange(description, "version_id"), message: `version ${version}` }],
    fixes: setNumberFix(project, description, "version_id", needed, `Set .version_id = ${needed}`),
  };
}
