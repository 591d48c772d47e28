/** What can be written for the struct at a place: a table where it has none, a field for a member that its table leaves out. */
import type { Edit } from "../../check/diagnostic";
import type { SourceRange } from "../../c/range";
import { saveFix, type TableHistory } from "../../check/fixes/saveFix";
import { registerEdit } from "../../check/fixes/registerFix";
import type { VMStateDescription } from "../../vmstate/model";
import type { Project } from "../../project";
import { stateStructs } from "../../project/stateTypes";
import { includeEdit } from "../../check/fixes/includeFix";
import { seesTables, tablesHeader } from "./include";
import type { LeftOut } from "./model";
import { newType } from "./newType";
import { proposeTable } from "./propose";
import { structAt } from "./structAt";
import { fieldLine } from "./text";

/** An edit that a person may look at by itself. Of several in one place, the first comes first. */
export interface ProposedEdit extends Edit {
  /** What it does. */
  readonly label?: string;
  /** What speaks against it: it is not made unless a person asks for it. */
  readonly against?: string;
}

export interface StructAction {
  readonly title: string;
  readonly parts: readonly ProposedEdit[];
}

/** `history`: what the last release has of a table, where that is known. */
export function structActions(
  project: Project,
  path: string,
  offset: number,
  history: (table: VMStateDescription) => TableHistory | undefined = () => undefined,
): readonly StructAction[] {
  const at = structAt(project, path, offset);
  if (at === undefined) return [];
  const { structName } = at;
  if (!seesTables(project, path)) return path.endsWith(".c") ? includeFor(project, path, structName) : [];
  const tables = [...project.descriptions()].filter((each) => stateStructs(each)[0] === structName);
  if (tables.length === 0) return tableFor(project, path, structName, at.end);
  return at.words.flatMap((member) => migrate(project, tables, structName, member, history));
}

function includeFor(project: Project, path: string, structName: string): readonly StructAction[] {
  const header = tablesHeader(project);
  const parts = header === undefined ? undefined : includeEdit(project, path, header);
  return parts === undefined ? [] : [{ title: `Include ${header}, for a table of ${structName}`, parts }];
}

/** Before the class_init that names it; with a new type at the end of the file. */
function tableFor(project: Project, path: string, structName: string, structEnd: number): readonly StructAction[] {
  if (!path.endsWith(".c")) return [];
  const proposal = proposeTable(project, path, structName);
  if (proposal === undefined || proposal.fields.length === 0) return [];
  const { symbol, name, head, tail, leftOut } = proposal;
  const text = project.text(path) ?? "";
  const wiring = registerEdit(project, path, symbol, structName);
  const type = wiring === undefined ? newType(project, proposal) : undefined;
  const start = wiring?.functionStart ?? (type === undefined ? behindLine(text, structEnd) : text.length);
  const range = { file: path, start, end: start };
  const before = wiring === undefined ? (text.endsWith("\n", start) ? "\n" : "\n\n") : "";
  const after = wiring === undefined && type === undefined ? "\n" : "\n\n";
  const label = `Add ${symbol} for ${structName}`;
  const parts: ProposedEdit[] = [
    { range, text: before + head, label },
    ...leftOut.flatMap((each) => addition(each, range)),
    { range, text: tail + after, label },
  ];
  if (wiring !== undefined) parts.push({ ...wiring.edit, label: wiring.title });
  if (type !== undefined) parts.push({ range, text: type, label: `Add the type ${name}, which registers it` });
  return [{ title: `Propose a VMStateDescription for ${structName}`, parts }];
}

/** What a table leaves out, for a person who knows better; where no macro takes it, only what there is to say of it. */
function addition({ member, why, field, range }: LeftOut, list: SourceRange): readonly ProposedEdit[] {
  if (field !== undefined)
    return [{ range: list, text: `${fieldLine(field)}\n`, label: `Save ${member} too`, against: why }];
  const at = range && { ...range, end: range.start };
  return at === undefined ? [] : [{ range: at, text: "", label: `${member} is not saved`, against: why }];
}

function migrate(
  project: Project,
  tables: readonly VMStateDescription[],
  structName: string,
  member: string,
  history: (table: VMStateDescription) => TableHistory | undefined,
): readonly StructAction[] {
  const isSaved = tables.some(({ fields }) =>
    fields.some((field) => [field.member, field.numMember, field.sizeMember].some((each) => each?.path === member)),
  );
  const [main] = tables;
  if (isSaved || main === undefined) return [];
  return saveFix(project, main, structName, [member], history(main)).map(({ title, edits }) => ({
    title: `Migrate ${member}: ${title}`,
    parts: edits,
  }));
}

function behindLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}
