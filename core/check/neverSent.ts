/** Fields of a version that their description never reaches: vmstate_field_exists compares it with the one that is saved. */
import type { VMStateDescription, VMStateField } from "../vmstate/model";
import { descriptionKey } from "../code/registered";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import { has, nestedOf } from "./tables";

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
}, "tables");

/** The version that the field asks for and that no stream has; undefined where the field may be sent. */
export function versionNeverReached(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
): number | undefined {
  const { versionId } = description;
  if (!versionId.known || field.fieldExists !== undefined || !field.versionId.known) return undefined;
  const needed = field.versionId.value;
  if (needed <= versionId.value) return undefined;
  return needed <= (savedVersions(project).get(descriptionKey(description)) ?? 0) ? undefined : needed;
}
