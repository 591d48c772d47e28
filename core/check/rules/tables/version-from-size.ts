import { hasName } from "../../../c/words";
import { member, nameOf, textAt } from "../../tables";
import { rule } from "../../rule";

/** The number that a stream carries must mean one layout for ever; a size is another one in each build. */
export const versionFromSize = rule({
  code: "version-from-size",
  group: "tables",
  severity: "warning",
  default: "on",
  byFile: true,
  title: "Version taken from a size",
  summary: "A description's version is the size of something.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const set = ["version_id", "minimum_version_id"].flatMap((name) => member(description, name) ?? []);
      const sized = set.find(({ range }) => hasName(textAt(project, range) ?? "", "sizeof"));
      if (sized === undefined) continue;
      yield {
        range: sized.range,
        message: `The version of ${nameOf(description)} is a size: it changes with the struct and with the host it is built for, and each build refuses the others' streams. Write a number; one above all sizes so far lets older streams in.`,
      };
    }
  },
});
