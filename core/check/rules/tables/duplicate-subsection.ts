import { blanksBefore } from "../../../c/body";
import type { SourceRange } from "../../../c/range";
import type { Project } from "../../../project/project";
import { descriptionKey } from "../../../code/registered";
import { memberRange, removalEdit } from "../../tables";
import { type Finding, rule } from "../../rule";
import { type Pair, subsectionsOf } from "../../subsections";

/** vmstate_get_subsection takes the first one of the name. */
export const duplicateSubsection = rule({
  code: "duplicate-subsection",
  group: "tables",
  severity: "error",
  varies: "warning where one is listed twice",
  default: "on",
  title: "Two subsections of one name",
  summary: "Two subsections of one description have the same name.",
  *check({ project, descriptions }) {
    for (const parent of descriptions) {
      const first = new Map<string, Pair>();
      for (const pair of subsectionsOf(project, parent)) {
        if (!pair.child.name.known) continue;
        const name = pair.child.name.value;
        const before = first.get(name);
        if (before === undefined) first.set(name, pair);
        else yield duplicate(project, name, before, pair);
      }
    }
  },
});

/** A reference's range is that of the symbol. */
function withAmpersand(project: Project, range: SourceRange): SourceRange {
  const text = project.text(range.file) ?? "";
  const before = blanksBefore(text, range.start, 0);
  return { ...range, start: text[before - 1] === "&" ? before - 1 : range.start };
}

function duplicate(project: Project, name: string, before: Pair, pair: Pair): Finding {
  const same = descriptionKey(before.child) === descriptionKey(pair.child);
  const removal = same ? removalEdit(project, withAmpersand(project, pair.reference.range)) : undefined;
  return {
    severity: same ? "warning" : "error",
    range: pair.reference.range,
    message: same
      ? `${pair.child.symbol} is listed twice: it is saved and loaded twice.`
      : `"${name}" is also the name of ${before.child.symbol}, which comes first: what ${pair.child.symbol} saves is loaded by ${before.child.symbol}.`,
    related: [
      { range: memberRange(pair.child, "name"), message: `${pair.child.symbol} is named here` },
      { range: memberRange(before.child, "name"), message: `${before.child.symbol} is named here` },
    ],
    fixes: removal === undefined ? [] : [{ title: "List it once", edits: [removal] }],
  };
}
