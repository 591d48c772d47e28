/** Which members properties set, by the text of the arrays that declare them. */
import type { FileFacts } from "../c/facts";
import type { Project } from "../project/project";

const perFile = new WeakMap<FileFacts, string>();

/** Whether a property that the file declares names the member. */
export function propertySetters(project: Project, file: string, member: string): boolean {
  const facts = project.facts(file);
  if (facts === undefined) return false;
  let text = perFile.get(facts);
  if (text === undefined) {
    const whole = project.text(file) ?? "";
    text = facts.declarations
      .map((each) =>
        each.kind === "variable" && each.typeName === "Property" ? whole.slice(each.initStart, each.initEnd) : "",
      )
      .join("\n");
    perFile.set(facts, text);
  }
  return new RegExp(`\\b${member}\\b`).test(text);
}
