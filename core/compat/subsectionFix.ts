/** Moves fields that came into a subsection that is sent only when they hold something. */
import type { Edit, QuickFix } from "../check/diagnostic";
import { subsectionEdits, type SubsectionField, subsectionWord } from "../check/fixes/subsection";
import type { Project } from "../project/project";
import { nameOf, removalEdit, textAt } from "../check/tables";
import type { Origin } from "./layout";

export function subsectionFix(project: Project, added: readonly Origin[]): readonly QuickFix[] {
  const [first] = added;
  const description = first && project.description(first.description.symbol, first.description.file);
  if (first === undefined || description === undefined) return [];
  if (added.some((item) => item.description.symbol !== description.symbol)) return [];
  const fields: SubsectionField[] = [];
  const removals: Edit[] = [];
  for (const item of added) {
    const field = description.fields[item.field.index];
    const text = field && textAt(project, field.range);
    const removal = field && removalEdit(project, field.range);
    if (text === undefined || removal === undefined || field?.member === undefined) return [];
    if (field.range.file !== description.file) return [];
    fields.push({ member: field.member, text });
    removals.push(removal);
  }
  const [one, ...others] = fields;
  const edits = one && subsectionEdits(project, description, [one, ...others]);
  if (one === undefined || edits === undefined) return [];
  const title = `Move to a subsection ${nameOf(description)}/${subsectionWord(one.member)}`;
  return [{ title, edits: [...edits, ...removals] }];
}
