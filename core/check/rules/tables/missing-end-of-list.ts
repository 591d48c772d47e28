import { blanksAfter } from "../../../c/body";
import type { VMStateDescription } from "../../../vmstate/model";
import type { QuickFix } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { behindComma, member, memberRange, nameOf, textAt } from "../../tables";
import { type Finding, rule } from "../../rule";

/** vmstate_save_state and vmstate_load_state walk a list up to its end mark, whatever lies behind the array. */
export const missingEndOfList = rule({
  code: "missing-end-of-list",
  group: "tables",
  severity: "error",
  default: "on",
  title: "List without an end",
  summary: "A list of fields or of subsections has no end.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (description.fieldsTerminated === false) yield finding(project, description, "fields");
      if (description.subsectionsTerminated === false) yield finding(project, description, "subsections");
    }
  },
});

function finding(project: Project, description: VMStateDescription, list: "fields" | "subsections"): Finding {
  const end = list === "fields" ? "VMSTATE_END_OF_LIST()" : "NULL";
  return {
    range: place(description, list),
    message: `The ${list} of ${nameOf(description)} do not end in ${end}: QEMU reads on into whatever memory follows.`,
    fixes: fix(project, description, list, end),
  };
}

/** The last field, so that the mark stands where the end belongs; else the designator. */
function place(description: VMStateDescription, list: "fields" | "subsections") {
  const last = list === "fields" ? description.fields.at(-1) : description.subsections.at(-1);
  return last?.range.file === description.file ? last.range : memberRange(description, list);
}

function fix(
  project: Project,
  description: VMStateDescription,
  list: "fields" | "subsections",
  end: string,
): readonly QuickFix[] {
  const range = member(description, list)?.range;
  const text = range === undefined ? undefined : textAt(project, range);
  const last = list === "fields" ? description.fields.at(-1)?.range : description.subsections.at(-1)?.range;
  if (range === undefined || text === undefined || range.file !== description.file) return [];
  if (last === undefined || last.file !== range.file || last.end < range.start || last.end > range.end) return [];
  const whole = project.text(range.file) ?? "";
  const lineStart = whole.lastIndexOf("\n", last.start) + 1;
  const indent = whole.slice(lineStart, blanksAfter(whole, lineStart, last.start));
  const behind = behindComma(whole, last.end);
  const at = behind ?? last.end;
  const text2 = `${behind === undefined ? "," : ""}\n${indent}${end}`;
  return [{ title: `Add ${end}`, edits: [{ range: { file: range.file, start: at, end: at }, text: text2 }] }];
}
