import { blanksAfter } from "../../c/body";
import { levelName, levelScheme } from "../../priority";
import type { VMStateDescription } from "../../vmstate/model";
import type { Edit, QuickFix } from "../diagnostic";
import type { Project } from "../../project/project";

/** Sets or replaces `.priority` of a description. Nothing where the text does not allow it, such as a table made by a macro. */
export function priorityFix(project: Project, description: VMStateDescription, level: string): readonly QuickFix[] {
  const title = `Set .priority = ${level}`;
  if (description.priority) {
    const { range } = description.priority;
    if (range.file !== description.file) return [];
    return [{ title, edits: [{ range, text: `.priority = ${level}` }] }];
  }
  const anchor = anchorOf(description);
  const text = project.text(description.file);
  if (!anchor || text === undefined || anchor.range.file !== description.file) return [];
  const lineStart = text.lastIndexOf("\n", anchor.range.start) + 1;
  const indent = text.slice(lineStart, blanksAfter(text, lineStart, anchor.range.start));
  const comma = text[anchor.range.end] === "," ? "" : ",";
  const end = anchor.range.end + (comma === "" ? 1 : 0);
  const range = { file: description.file, start: end, end };
  const priority = `.priority = ${level}`;
  return [{ title, edits: [{ range, text: comma === "" ? `\n${indent}${priority},` : `,\n${indent}${priority}` }] }];
}

/** What puts a description at a level; at the level of those that set none, its priority goes. Empty where the text does not allow it. */
export function priorityEdits(project: Project, description: VMStateDescription, level: string): readonly Edit[] {
  const scheme = levelScheme(project.priorityLevels());
  const fixes =
    description.priority && level === levelName(scheme.unset, scheme)
      ? removePriorityFix(project, description)
      : priorityFix(project, description, level);
  return fixes.flatMap((fix) => fix.edits);
}

/** Behind the versions, where QEMU's tables have it; else behind the name. */
function anchorOf(description: VMStateDescription) {
  for (const name of ["minimum_version_id", "version_id", "name"]) {
    const member = description.members.find((m) => m.name === name);
    if (member) return member;
  }
  return undefined;
}

/** Takes `.priority = X,` out, with its line where nothing else stands there. */
export function removePriorityFix(project: Project, description: VMStateDescription): readonly QuickFix[] {
  const range = description.priority?.range;
  const text = project.text(description.file);
  if (!range || text === undefined || range.file !== description.file) return [];
  let start = range.start;
  let end = range.end;
  if (text[end] === ",") end++;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const newline = text.indexOf("\n", end);
  const lineEnd = newline === -1 ? text.length : newline;
  if (text.slice(lineStart, start).trim() === "" && text.slice(end, lineEnd).trim() === "") {
    start = lineStart;
    end = Math.min(text.length, lineEnd + 1);
  }
  return [{ title: "Remove the priority", edits: [{ range: { file: range.file, start, end }, text: "" }] }];
}
