import { lex } from "../../../c/lex";
import type { VMStateDescription } from "../../../vmstate/model";
import type { QuickFix } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { memberRange } from "../../tables";
import { rule } from "../../rule";
import { subsectionsOf } from "../../subsections";

/** vmstate_subsection_load compares as many bytes as the parent's name has; the separator is custom, not rule. */
export const subsectionPrefix = rule({
  code: "subsection-prefix",
  group: "tables",
  severity: "error",
  default: "on",
  title: "Subsection named without its parent's name",
  summary: "A subsection's name does not begin with its parent's.",
  *check({ project, descriptions }) {
    for (const parent of descriptions) {
      if (!parent.name.known) continue;
      const prefix = parent.name.value;
      for (const { reference, child } of subsectionsOf(project, parent)) {
        if (!child.name.known) continue;
        const name = child.name.value;
        if (name.startsWith(prefix) && name.length > prefix.length) continue;
        const right = `${prefix}/${name.slice(name.lastIndexOf("/") + 1)}`;
        yield {
          range: reference.range,
          message: `A stream with "${name}" does not load: QEMU takes a subsection for one of "${prefix}" only if its name begins so, as in "${right}".`,
          related: [{ range: memberRange(child, "name"), message: `${child.symbol} is named here` }],
          fixes: rename(project, parent, child, right),
        };
      }
    }
  },
});

/** Where the name is written as a plain string, and the right one is free. */
function rename(
  project: Project,
  parent: VMStateDescription,
  child: VMStateDescription,
  right: string,
): readonly QuickFix[] {
  const isTaken = subsectionsOf(project, parent).some(
    (pair) => pair.child.name.known && pair.child.name.value === right,
  );
  const range = memberRange(child, "name");
  const tokens = lex(project.text(range.file) ?? "", range.file, range.start, range.end);
  const literal = tokens.find(({ kind }) => kind === "string");
  if (isTaken || literal === undefined || !child.name.known) return [];
  if (literal.text !== `"${child.name.value}"`) return [];
  const edit = { range: { file: range.file, start: literal.start, end: literal.end }, text: `"${right}"` };
  return [{ title: `Name it "${right}"`, edits: [edit] }];
}
