/** Tables that leave their minimum to C's zero. */
import { isTest } from "../../../c/paths";
import type { QuickFix } from "../../diagnostic";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { isUnmigratable, member, nameOf } from "../../tables";
import type { VMStateDescription } from "../../../vmstate/model";
import { rule } from "../../rule";

/** vmstate_load_state: a minimum of 0 lets every older version in, read by fields that have no version of their own. */
export const versionMissing = rule({
  code: "version-missing",
  group: "tables",
  severity: "warning",
  default: "on",
  title: "Raised version without a minimum",
  summary: "A description of a raised version accepts every older one, because it sets no minimum.",
  *check({ project, descriptions }) {
    const { registered } = descriptionRoles(project);
    for (const description of descriptions) {
      if (!registered.has(descriptionKey(description)) || isTest(description.file)) continue;
      if (isUnmigratable(description) || description.fields.length === 0 || description.unknowns.length > 0) continue;
      if (member(description, "minimum_version_id") !== undefined || !readsOlder(description)) continue;
      yield {
        range: description.nameRange,
        message: `${nameOf(description)} sets no minimum_version_id: streams of every older version are accepted, and fields without a version of their own are read from them.`,
        fixes: minimumFix(description),
      };
    }
  },
});

function readsOlder({ versionId, fields }: VMStateDescription): boolean {
  if (!versionId.known || versionId.value < 2) return false;
  const versions = fields.flatMap((field) => (field.versionId.known ? field.versionId.value : []));
  return versions.every((version) => version === 0);
}

function minimumFix(description: VMStateDescription): readonly QuickFix[] {
  const version = member(description, "version_id")?.range;
  if (version === undefined || !description.versionId.known || version.file !== description.file) return [];
  const text = `,\n    .minimum_version_id = ${description.versionId.value}`;
  return [{ title: "Accept this version only", edits: [{ range: { ...version, start: version.end }, text }] }];
}
