import { lex } from "../../c/lex";
import type { VMStateDescription } from "../../vmstate/model";
import type { Project } from "../../project";

/** What a table sets, but for the designator at the place: by its text, since a half-typed one swallows the next. */
export function designatorsIn(project: Project, { range }: VMStateDescription, offset: number): ReadonlySet<string> {
  const tokens = lex(project.text(range.file) ?? "", range.file, range.start, range.end);
  const found = new Set<string>();
  let depth = 0;
  for (const [index, { text }] of tokens.entries()) {
    if (text === "{") depth++;
    else if (text === "}") depth--;
    const name = tokens[index + 1];
    if (depth !== 1 || text !== "." || name === undefined || tokens[index + 2]?.text !== "=") continue;
    if (offset < name.start || offset > name.end) found.add(name.text);
  }
  return found;
}
