import { lex } from "../../../c/lex";
import type { Project } from "../../../project/project";
import { nameOf, removalEdit } from "../../tables";
import type { InitialisedMember, VMStateDescription } from "../../../vmstate/model";
import { type Finding, rule } from "../../rule";

const lists = new Set(["fields", "subsections"]);

/** C keeps the last value of a designator that is set twice, and says nothing. */
export const setTwice = rule({
  code: "set-twice",
  group: "tables",
  severity: "error",
  varies: "warning for others than `.fields` and `.subsections`",
  default: "on",
  title: "Designator set twice",
  summary: "A designator occurs twice: the first one is lost.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const first = new Map<string, InitialisedMember>();
      for (const each of description.members) {
        const before = first.get(each.name);
        if (before === undefined) first.set(each.name, each);
        else if (!sameText(project, before, each)) yield finding(project, description, before, each);
      }
    }
  },
});

function sameText(project: Project, a: InitialisedMember, b: InitialisedMember): boolean {
  const [one, other] = [a, b].map(({ range }) =>
    lex(project.text(range.file) ?? "", range.file, range.start, range.end)
      .map(({ text }) => text)
      .join(" "),
  );
  return one === other || (a.range.start === b.range.start && a.range.file === b.range.file);
}

function finding(
  project: Project,
  description: VMStateDescription,
  lost: InitialisedMember,
  kept: InitialisedMember,
): Finding {
  const edit = lists.has(lost.name) ? undefined : removalEdit(project, lost.range);
  return {
    severity: lists.has(lost.name) ? "error" : "warning",
    range: lost.range,
    message: `.${lost.name} of ${nameOf(description)} is set again below: what stands here is lost.`,
    related: [{ range: kept.range, message: "the value that counts" }],
    fixes: edit === undefined ? [] : [{ title: `Remove the first .${lost.name}`, edits: [edit] }],
  };
}
