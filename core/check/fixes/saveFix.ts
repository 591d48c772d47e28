/** Adds a member to a table as a field of the next version. */
import { indentBefore } from "../../c/body";
import type { VMStateDescription } from "../../vmstate/model";
import type { QuickFix } from "../diagnostic";
import { bareName } from "../../project/stateTypes";
import type { Project } from "../../project/project";
import { descriptionKey, descriptionRoles } from "../../code/registered";
import { macroFor } from "../../project/fieldMacros";
import { member as designator, textAt } from "../tables";

/** Only for a table whose version is on the wire: one that nothing nests. */
export function saveFix(
  project: Project,
  description: VMStateDescription,
  structName: string,
  member: string,
): readonly QuickFix[] {
  const { registered, nested } = descriptionRoles(project);
  const key = descriptionKey(description);
  if (!registered.has(key) || (nested.get(key) ?? []).length > 0 || !description.versionId.known) return [];
  const next = description.versionId.value + 1;
  const version = designator(description, "version_id")?.range;
  const list = designator(description, "fields")?.range;
  if (version === undefined || list === undefined) return [];
  const { file } = description;
  const name = bareName(structName);
  const typed = project.scope(file).typedef(name) === undefined ? structName : name;
  const field = macroFor(project, typed, member, file, { version: String(next) });
  if (field === undefined) return [];
  const end = list.start + (textAt(project, list) ?? "").lastIndexOf("VMSTATE_END_OF_LIST");
  if (list.file !== file || version.file !== file || end < list.start) return [];
  if (!/^\.\s*version_id\s*=\s*\d+$/.test(textAt(project, version) ?? "")) return [];
  const text = project.text(file) ?? "";
  const indent = indentBefore(text, end);
  const edits = [
    { range: version, text: `.version_id = ${next}` },
    { range: { file, start: end, end }, text: `${field.text},\n${indent}` },
  ];
  return [{ title: `Save it from version ${next} on (older QEMU will refuse the stream)`, edits }];
}
