import { isUnmigratable, memberRange, nameOf, setNumberFix } from "../../tables";
import { rule } from "../../rule";

/** vmstate_load_state refuses what is older than the minimum, so also what this very tree saves. */
export const minimumAboveVersion = rule({
  code: "minimum-above-version",
  group: "tables",
  severity: "error",
  default: "on",
  title: "Minimum version above the version",
  summary: "A description refuses the version that it saves itself.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { versionId, minimumVersionId } = description;
      if (!versionId.known || !minimumVersionId.known || minimumVersionId.value <= versionId.value) continue;
      if (isUnmigratable(description)) continue;
      const [minimum, version] = [minimumVersionId.value, versionId.value];
      yield {
        range: memberRange(description, "minimum_version_id"),
        message: `${nameOf(description)} saves version ${version} but accepts ${minimum} and later only: no stream of this tree can be loaded.`,
        fixes: setNumberFix(
          project,
          description,
          "minimum_version_id",
          version,
          `Set .minimum_version_id = ${version}`,
        ),
      };
    }
  },
});
