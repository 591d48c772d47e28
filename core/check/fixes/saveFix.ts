/** Adds members to a table, as its past allows: among its fields, as fields of a version, or in a subsection. */
import { firstName } from "../../c/words";
import { indentBefore } from "../../c/body";
import { descriptionKey, descriptionRoles } from "../../code/registered";
import { macroFor } from "../../project/fieldMacros";
import type { Project } from "../../project/project";
import { bareName, structNamed } from "../../project/stateTypes";
import type { VMStateDescription } from "../../vmstate/model";
import type { SourceRange } from "../../c/range";
import type { Edit, QuickFix } from "../diagnostic";
import { member as designator, nameOf, plainNumber, textAt } from "../tables";
import { subsectionEdits, subsectionWord } from "./subsection";

/** What a release has of a table. */
export interface TableHistory {
  /**
   * - new: the release has no such table.
   * - raised: it has it at a lower version, so that the version that is there takes more fields.
   * - released: it has it at this version.
   */
  readonly kind: "new" | "raised" | "released";
  /** The release: `v10.2.0`. */
  readonly label: string;
}

/** What adds the members, best first. Without a history what guests of older QEMU can load comes first. */
export function saveFix(
  project: Project,
  description: VMStateDescription,
  structName: string,
  members: readonly string[],
  history?: TableHistory,
): readonly QuickFix[] {
  const it = members.length === 1 ? "it" : "them";
  const versioned = versionedFields(project, description, structName, members, history);
  if (history?.kind === "new" && versioned !== undefined)
    return [{ title: `Save ${it}: ${history.label} has no ${description.symbol}`, edits: versioned.edits }];
  const { version = 0, edits = [] } = versioned ?? {};
  const title =
    history?.kind === "raised"
      ? `Save ${it} in version ${version}, which ${history.label} does not have yet`
      : `Save ${it} from version ${version} on (older QEMU will refuse the stream)`;
  const fields = edits.length === 0 ? [] : [{ title, edits }];
  const subsection = inSubsection(project, description, structName, members);
  return history?.kind === "raised" ? [...fields, ...subsection] : [...subsection, ...fields];
}

export interface VersionedFields {
  /** Of the table, with the fields. */
  readonly version: number;
  readonly texts: readonly string[];
  /** The new version, where it is raised. */
  readonly raise: readonly Edit[];
  readonly edits: readonly Edit[];
}

/** Only for a table whose version is in the stream: one that nothing nests; a new one may be nested. */
export function versionedFields(
  project: Project,
  description: VMStateDescription,
  structName: string,
  members: readonly string[],
  history?: TableHistory,
): VersionedFields | undefined {
  const { file } = description;
  const isNew = history?.kind === "new";
  if (!description.versionId.known || (!isNew && !isTopLevel(project, description))) return undefined;
  const version = description.versionId.value + (isNew || history?.kind === "raised" ? 0 : 1);
  const name = bareName(structName);
  const typed = project.scope(file).typedef(name) === undefined ? structName : name;
  const given = isNew ? {} : { version: String(version) };
  const texts = members.flatMap((each) => macroFor(project, typed, each, file, given)?.text ?? []);
  const list = designator(description, "fields")?.range;
  const raised = designator(description, "version_id");
  if (list === undefined || raised === undefined || texts.length < members.length) return undefined;
  const end = list.start + (textAt(project, list) ?? "").lastIndexOf("VMSTATE_END_OF_LIST");
  if (list.file !== file || raised.range.file !== file || end < list.start) return undefined;
  const isRaised = version !== description.versionId.value;
  if (isRaised && plainNumber(project, raised) === undefined) return undefined;
  const raise = isRaised ? [{ range: raised.range, text: `.version_id = ${version}` }] : [];
  const own = project.text(file) ?? "";
  const indent = indentBefore(own, end);
  const before = isNew ? fieldBefore(project, description, typed, members[0] ?? "") : undefined;
  const start = before === undefined ? end : before.end + (own[before.end] === "," ? 1 : 0);
  const text = texts.map((each) => (before === undefined ? `${each},\n${indent}` : `\n${indent}${each},`)).join("");
  return { version, texts, raise, edits: [...raise, { range: { file, start, end: start }, text }] };
}

/** The field of what the struct declares last before the member: where a field stands that has no past. */
function fieldBefore(
  project: Project,
  { fields, file }: VMStateDescription,
  structName: string,
  member: string,
): SourceRange | undefined {
  const struct = structNamed(project, structName, file);
  const members = struct.kind === "record" ? project.ctypes().members(struct) : undefined;
  if (members?.known !== true) return undefined;
  const placeOf = (path: string): number => members.value.byName.get(firstName(path)) ?? -1;
  const place = placeOf(member);
  const earlier = fields.filter(
    (field) =>
      field.range.file === file && field.member?.structName === structName && placeOf(field.member.path) < place,
  );
  const nearest = Math.max(...earlier.map((field) => placeOf(field.member?.path ?? "")));
  return earlier.findLast((field) => placeOf(field.member?.path ?? "") === nearest)?.range;
}

function isTopLevel(project: Project, description: VMStateDescription): boolean {
  const { registered, nested } = descriptionRoles(project);
  const key = descriptionKey(description);
  return registered.has(key) && (nested.get(key) ?? []).length === 0;
}

function inSubsection(
  project: Project,
  description: VMStateDescription,
  structName: string,
  members: readonly string[],
): readonly QuickFix[] {
  const { file } = description;
  const name = bareName(structName);
  const typed = project.scope(file).typedef(name) === undefined ? structName : name;
  const [first, ...others] = members.flatMap((path) => {
    const text = macroFor(project, typed, path, file)?.text;
    return text === undefined ? [] : [{ member: { structName: typed, path }, text }];
  });
  if (first === undefined || others.length + 1 < members.length) return [];
  const edits = subsectionEdits(project, description, [first, ...others]);
  const title = `Save ${members.length === 1 ? "it" : "them"} in a subsection ${nameOf(description)}/${subsectionWord(first.member)}, sent while not 0`;
  return edits === undefined ? [] : [{ title, edits }];
}
