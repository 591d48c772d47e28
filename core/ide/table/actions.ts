/** What can be written for the struct at a place: a table where it has none, a field for a member that its table leaves out. */
import type { QuickFix } from "../../check/diagnostic";
import { saveFix } from "../../check/fixes/saveFix";
import { registerEdit } from "../../check/fixes/registerFix";
import type { VMStateDescription } from "../../vmstate/model";
import type { Project } from "../../project";
import { stateStructs } from "../../project/stateTypes";
import { proposeTable } from "./propose";
import { structAt } from "./structAt";

export function structActions(project: Project, path: string, offset: number): readonly QuickFix[] {
  const at = structAt(project, path, offset);
  if (at === undefined) return [];
  const { structName } = at;
  const tables = [...project.descriptions()].filter((each) => stateStructs(each)[0] === structName);
  if (tables.length === 0) return tableFor(project, path, structName, at.end);
  return at.words.flatMap((member) => migrate(project, tables, structName, member));
}

/** Before the first function or variable that would name it, so that it is declared there. */
function tableFor(project: Project, path: string, structName: string, structEnd: number): readonly QuickFix[] {
  if (!path.endsWith(".c")) return [];
  const proposal = proposeTable(project, path, structName);
  if (proposal === undefined || proposal.fields.length === 0) return [];
  const wiring = registerEdit(project, path, proposal.symbol);
  const text = project.text(path) ?? "";
  const start = wiring === undefined ? behindLine(text, structEnd) : wiring.functionStart;
  const table = wiring === undefined ? `\n${proposal.text}\n` : `${proposal.text}\n\n`;
  const edits = [{ range: { file: path, start, end: start }, text: table }];
  if (wiring !== undefined) edits.push(wiring.edit);
  return [{ title: `Propose a VMStateDescription for ${structName}`, edits }];
}

function migrate(
  project: Project,
  tables: readonly VMStateDescription[],
  structName: string,
  member: string,
): readonly QuickFix[] {
  const isSaved = tables.some(({ fields }) =>
    fields.some((field) => [field.member, field.numMember, field.sizeMember].some((each) => each?.path === member)),
  );
  const [main] = tables;
  if (isSaved || main === undefined) return [];
  return saveFix(project, main, structName, member).map((fix) => ({
    ...fix,
    title: `Migrate ${member}: ${fix.title}`,
  }));
}

function behindLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}
