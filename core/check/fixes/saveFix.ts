/** Adds a member to a table as a field of the next version. */
import { indentBefore } from "../../c/body";
import type { CType } from "../../c/ctype";
import type { VMStateDescription } from "../../vmstate/model";
import type { QuickFix } from "../diagnostic";
import type { Project } from "../../project/project";
import { descriptionKey, descriptionRoles } from "../../code/registered";
import { typeOfMember } from "../../project/stateTypes";
import { hasVmstateMacro, member as designator, textAt } from "../tables";

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
  const macro = macroFor(typeOfMember(project, { structName, path: member }, description.file));
  const version = designator(description, "version_id")?.range;
  const list = designator(description, "fields")?.range;
  if (macro === undefined || !hasVmstateMacro(project, macro.name) || version === undefined || list === undefined)
    return [];
  const { file } = description;
  const end = list.start + (textAt(project, list) ?? "").lastIndexOf("VMSTATE_END_OF_LIST");
  if (list.file !== file || version.file !== file || end < list.start) return [];
  if (!/^\.\s*version_id\s*=\s*\d+$/.test(textAt(project, version) ?? "")) return [];
  const text = project.text(file) ?? "";
  const indent = indentBefore(text, end);
  const field = `${macro.name}(${[member, structName.replace(/^struct\s+/, ""), ...macro.count, next].join(", ")})`;
  const edits = [
    { range: version, text: `.version_id = ${next}` },
    { range: { file, start: end, end }, text: `${field},\n${indent}` },
  ];
  return [{ title: `Save it from version ${next} on (older QEMU will refuse the stream)`, edits }];
}

function macroFor(type: CType): { readonly name: string; readonly count: readonly string[] } | undefined {
  if (type.kind === "array") {
    const element = macroFor(type.element);
    const length = type.length?.known === true ? String(type.length.value) : undefined;
    if (element === undefined || element.count.length > 0 || length === undefined) return undefined;
    return { name: element.name.replace(/_V$/, "_ARRAY_V"), count: [length] };
  }
  if (type.kind !== "scalar") return undefined;
  const kind = /^u?int(?:8|16|32|64)_t$/.test(type.name) ? type.name.slice(0, -2).toUpperCase() : undefined;
  if (kind !== undefined) return { name: `VMSTATE_${kind}_V`, count: [] };
  return type.name === "_Bool" || type.name === "bool" ? { name: "VMSTATE_BOOL_V", count: [] } : undefined;
}
