/** Pointers that a table loads to, and that nothing in sight ever points anywhere. */
import { isTest } from "../../../c/paths";
import type { FileFacts } from "../../../c/facts";
import type { Project } from "../../../project/project";
import { fieldName, has } from "../../tables";
import { isPrivate } from "../../../project/privateStructs";
import { rule } from "../../rule";

/** vmstate_load_state asserts that a pointer of a field without VMS_ALLOC is not NULL where there is something to load. */
export const pointerNeverSet = rule({
  code: "pointer-never-set",
  group: "fields",
  severity: "warning",
  default: "on",
  byFile: true,
  wholeTree: true,
  title: "Pointer that nobody sets",
  summary: "A field loads to where a pointer points, and no code sets the pointer.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const { member } = field;
        if (!has(field, "POINTER") || has(field, "ALLOC") || member === undefined) continue;
        const name = /(\w+)(?:\[[^\]]*\])?$/.exec(member.path)?.[1];
        if (isTest(description.file) || member.path.includes(".")) continue;
        if (name === undefined || !isPrivate(project, description.file, member.structName)) continue;
        if (setsIn(project, description.file, name)) continue;
        yield {
          range: field.range,
          message: `${fieldName(field)} is loaded to where ${member.path} points, and no code here lets it point anywhere: allocate it before, or use a field with VMS_ALLOC.`,
        };
      }
    }
  },
});

const perFile = new WeakMap<FileFacts, Map<string, boolean>>();

function setsIn(project: Project, file: string, name: string): boolean {
  const facts = project.facts(file);
  if (facts === undefined) return false;
  let known = perFile.get(facts);
  if (known === undefined) {
    known = new Map();
    perFile.set(facts, known);
  }
  const before = known.get(name);
  if (before !== undefined) return before;
  const text = project.text(file) ?? "";
  const found = new RegExp(`\\b${name}\\s*(?:\\[[^\\]]*\\]\\s*)?=(?!=)|&[\\w\\s>.()-]*\\b${name}\\b`).test(text);
  known.set(name, found);
  return found;
}
