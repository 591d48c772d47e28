import { typeText } from "../../../c/ctype";
import { coverageOf } from "../../../code/coverage";
import type { Project } from "../../../project/project";
import { typeOfMember } from "../../../project/stateTypes";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import { fieldName, nameOf } from "../../tables";
import { rule } from "../../rule";

/** Loading puts the last copy into the member (vmstate_load_state goes by the list), so that the others say nothing. */
export const memberTwice = rule({
  code: "member-twice",
  group: "fields",
  severity: "information",
  varies: "warning where a member of the same type is in no field",
  default: "on",
  byFile: true,
  title: "The same member twice in a table",
  summary: "A table saves the same bytes of its struct twice, and maybe not what was meant.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const lists = copies(description.fields);
      const unsaved = lists.length === 0 ? [] : unsavedIn(project, description);
      for (const [first, second, ...more] of lists) {
        if (first === undefined || second === undefined) continue;
        const name = fieldName(first);
        const times = more.length === 0 ? "twice" : `${more.length + 2} times`;
        const says = `${nameOf(description)} saves ${name} ${times}, each time the same bytes`;
        const missing = alike(project, description, first, unsaved);
        const isMeant = missing.length > 0;
        yield {
          range: second.range,
          severity: isMeant ? "warning" : "information",
          message: isMeant
            ? `${says}, and ${missing.join(", ")}, of the same type, not at all: after a migration that is as after reset. Save what was meant; where guests of a release send the copy, leave it and use a subsection.`
            : `${says}: was another member meant? In a table that a release has the copy stays, as guests send it, and what was meant goes into a subsection.`,
          related: [{ range: first.range, message: `${name} is saved here` }],
        };
      }
    }
  },
});

/** Fields that send the same place in the same way, whatever the stream's version; each list in their order. */
function copies(fields: readonly VMStateField[]): readonly (readonly VMStateField[])[] {
  const found = new Map<string, VMStateField[]>();
  for (const field of fields) {
    const key = keyOf(field);
    if (key === undefined) continue;
    const list = found.get(key);
    if (list === undefined) found.set(key, [field]);
    else list.push(field);
  }
  return [...found.values()].filter((list) => list.length > 1);
}

/** undefined where something decides that the field is not always there, or its bytes are not known. */
function keyOf(field: VMStateField): string | undefined {
  const { member, fieldExists, condition, offset, size, num, start, flags, versionId, info, inlineInfo, vmsd } = field;
  if (member === undefined || fieldExists !== undefined || condition !== undefined || inlineInfo !== undefined)
    return undefined;
  const numbers = [offset, size, num, start, flags, versionId].map((each) => (each.known ? each.value : undefined));
  if (numbers.includes(undefined)) return undefined;
  return [member.structName, member.path, info?.symbol, vmsd?.symbol, ...numbers].join(" ");
}

const mostNames = 3;

interface Unsaved {
  readonly name: string;
  readonly type: string;
}

/** Members that code changes and that no table of the struct saves. */
function unsavedIn(project: Project, description: VMStateDescription): readonly Unsaved[] {
  const coverage = coverageOf(project, description);
  return (coverage?.unsaved ?? []).map(({ name, typeName }) => ({ name, type: typeName }));
}

/** Those of the type of the field's member; none where there are so many that nobody can tell. */
function alike(
  project: Project,
  { file }: VMStateDescription,
  { member }: VMStateField,
  unsaved: readonly Unsaved[],
): readonly string[] {
  if (member === undefined || unsaved.length === 0) return [];
  const type = typeText(typeOfMember(project, member, file));
  const names = unsaved.filter((each) => each.type === type).map(({ name }) => name);
  return names.length > mostNames ? [] : names;
}
