/** MigrationPriority as the workspace declares it. */
import { isIdentifierPart, isIdentifierStart } from "../c/body";
import { endOfBlockComment, endOfDirective, endOfLineComment } from "../c/lex";
import type { SourceRange } from "../c/range";
import { oneLine } from "../c/words";

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
  let pending = "";
  /** Where the line begins, and up to where it was looked at; whether there are only blanks so far. */
  const line = { start, end: start, isBlank: true };
  const lookAt = (to: number): void => {
    for (; line.end < to; line.end++) {
      const code = text.charCodeAt(line.end);
      if (code === 10) Object.assign(line, { start: line.end + 1, isBlank: true });
      else if (code > 32) line.isBlank = false;
    }
  };
  for (let at = start; at < end; ) {
    const behind = commentEnd(text, at, end);
    if (text[at] === "#") {
      at = endOfDirective(text, at, end);
      continue;
    }
    if (behind === at) {
      let next = at + 1;
      if (isIdentifierStart(text.charCodeAt(at))) {
        while (next < end && isIdentifierPart(text.charCodeAt(next))) next++;
        const range = { file, start: at, end: next };
        const stop = valueEnd(text, next, end);
        const [, value] = text.slice(next, stop).split("=", 2);
        found.push({ name: text.slice(at, next), expression: value?.trim(), comment: pending, range });
        pending = "";
        next = stop;
      }
      at = next;
      continue;
    }
    const comment = plain(text.slice(at, behind));
    const last = found[found.length - 1];
    lookAt(at);
    const { isBlank: alone, start: lineStart } = line;
    // an indented comment line of its own goes on with the enumerator above; one at the left stands before the next
    const continues = alone && last !== undefined && last.comment !== "" && at - lineStart > 12;
    if (last !== undefined && (!alone || continues))
      last.comment = last.comment === "" ? comment : `${last.comment} ${comment}`;
    else pending = pending === "" ? comment : `${pending} ${comment}`;
    at = behind;
  }
  return found;
}

/** Behind the comment that stands there; the same place where none does. */
function commentEnd(text: string, at: number, end: number): number {
  if (text.startsWith("/*", at)) return endOfBlockComment(text, at, end);
  return text.startsWith("//", at) ? endOfLineComment(text, at, end) : at;
}

/** Where what an enumerator is set to ends: at a comma, a brace or a comment. */
function valueEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text[at] !== "," && text[at] !== "}" && commentEnd(text, at, end) === at) at++;
  return at;
}

/** Its lines without the marks at both ends. */
function plain(comment: string): string {
  const lines = comment.split("\n").map((line) => {
    let [from, to] = [0, line.length];
    const isMark = (at: number): boolean => "/* \t\r".includes(line.charAt(at));
    while (from < to && isMark(from)) from++;
    while (to > from && isMark(to - 1)) to--;
    return line.slice(from, to);
  });
  return oneLine(lines.join(" "));
}
