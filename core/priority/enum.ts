/** MigrationPriority as the workspace declares it. */
import type { SourceRange } from "../c/range";

export interface Enumerator {
  readonly name: string;
  /** Text behind `=`, or undefined: one more than the one before. */
  readonly expression: string | undefined;
  /** The comment behind it, or that alone before it, without comment marks; lines joined by a blank. */
  readonly comment: string;
  readonly range: SourceRange;
}

/** Reads an enum's body, `text[start, end)`, with the comments that explain its enumerators. */
export function enumeratorsWithComments(file: string, text: string, start: number, end: number): Enumerator[] {
  const found: { name: string; expression: string | undefined; comment: string; range: SourceRange }[] = [];
  const pattern = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|,|([A-Za-z_]\w*)\s*(?:=\s*([^,/}]+))?/g;
  const body = text.slice(start, end);
  let pending = "";
  for (let match = pattern.exec(body); match !== null; match = pattern.exec(body)) {
    const [whole, name, expression] = match;
    if (whole === ",") continue;
    if (name !== undefined) {
      const at = start + match.index;
      const range = { file, start: at, end: at + name.length };
      found.push({ name, expression: expression?.trim(), comment: pending, range });
      pending = "";
      continue;
    }
    const comment = plain(whole);
    const last = found[found.length - 1];
    const lineStart = body.lastIndexOf("\n", match.index) + 1;
    const alone = body.slice(lineStart, match.index).trim() === "";
    // an indented comment line of its own goes on with the enumerator above; one at the left stands before the next
    const continues = alone && last !== undefined && last.comment !== "" && match.index - lineStart > 12;
    if (last !== undefined && (!alone || continues))
      last.comment = last.comment === "" ? comment : `${last.comment} ${comment}`;
    else pending = pending === "" ? comment : `${pending} ${comment}`;
  }
  return found;
}

function plain(comment: string): string {
  return comment
    .replace(/^\/\*+|\*+\/$|^\/\/+/g, "")
    .replace(/\n\s*\*?/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
