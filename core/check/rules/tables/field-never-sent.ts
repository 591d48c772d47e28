import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import { cachedByRevision } from "../../../project/cache";
import type { Project } from "../../../project/project";
import { descriptionKey } from "../../../code/registered";
import { fieldName, has, isUnmigratable, memberRange, nameOf, nestedOf, setNumberFix } from "../../tables";
import { type Finding, rule } from "../../rule";

/** Highest version at which each description is saved: its own, or what VMS_VSTRUCT fields ask for. */
const savedVersions = cachedByRevision((project): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const parent of project.descriptions()) {
    for (const field of parent.fields) {
      if (!has(field, "VSTRUCT")) continue;
      const nested = nestedOf(project, field);
      if (nested === undefined) continue;
      const asked = field.structVersionId.known ? field.structVersionId.value : Number.MAX_SAFE_INTEGER;
      const key = descriptionKey(nested);
      found.set(key, Math.max(asked, found.get(key) ?? 0));
    }
  }
  return found;
});

/** vmstate_field_exists compares the field's version with the one that is saved. */
export const fieldNeverSent = rule({
  code: "field-never-sent",
  group: "tables",
  severity: "error",
  default: "on",
  wholeTree: true,
  title: "Field that is never sent",
  summary: "A field of a version that its description never reaches.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { versionId } = description;
      if (!versionId.known || isUnmigratable(description)) continue;
      for (const field of description.fields) {
        if (field.fieldExists !== undefined || !field.versionId.known) continue;
        if (field.versionId.value <= versionId.value || field.info?.symbol === "vmstate_info_unused_buffer") continue;
        if (field.versionId.value <= (savedVersions(project).get(descriptionKey(description)) ?? 0)) continue;
        yield neverSent(project, description, field, field.versionId.value, versionId.value);
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
