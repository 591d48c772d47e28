import { namesIn } from "../../../c/words";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { memberRange, textAt } from "../../tables";
import { rule } from "../../rule";

/** The type's name is for users, the section's for streams: a rename of one must not rename the other. */
export const nameFromType = rule({
  code: "name-from-type",
  group: "tables",
  severity: "hint",
  default: "review",
  title: "Section name taken from a type's name",
  summary: "A section's name is taken from a QOM type's.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (!descriptionRoles(project).registered.has(descriptionKey(description))) continue;
      const range = memberRange(description, "name");
      const [, macro] = namesIn(textAt(project, range) ?? "");
      if (macro?.startsWith("TYPE_") !== true) continue;
      const spelled = description.name.known ? ` ("${description.name.value}")` : "";
      yield {
        range,
        message: `The section is named by ${macro}${spelled}: whoever renames the type breaks migration.`,
        fixes: description.name.known
          ? [
              {
                title: `Write "${description.name.value}"`,
                edits: [{ range, text: `.name = "${description.name.value}"` }],
              },
            ]
          : [],
      };
    }
  },
});
