/** Names in a text, by its characters alone: where a tree or tokens are not worth being made. */
import { isIdentifierPart, isIdentifierStart, skipNonCode } from "./body";

/** Whether all of it is one name. */
export function isName(text: string): boolean {
  if (!isIdentifierStart(text.charCodeAt(0))) return false;
  for (let i = 1; i < text.length; i++) if (!isIdentifierPart(text.charCodeAt(i))) return false;
  return true;
}

/** Whether all of it is decimal digits. */
export function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 48 || text.charCodeAt(i) > 57) return false;
  return text !== "";
}

/** Whether all of it is a decimal number of C that a double holds exactly; one that begins with 0 is octal. */
export function isPlainDecimal(text: string): boolean {
  return isDigits(text) && text.length <= 15 && (text === "0" || text[0] !== "0");
}

/** With one blank for each run of white space, and none at the ends. */
export function oneLine(text: string): string {
  let made = "";
  for (let i = 0; i < text.length; ) {
    if (text.charCodeAt(i) <= 32) {
      i++;
      continue;
    }
    const from = i;
    while (i < text.length && text.charCodeAt(i) > 32) i++;
    made += made === "" ? text.slice(from, i) : ` ${text.slice(from, i)}`;
  }
  return made;
}

/** Where the name stands in the text as a whole, in code, in a comment or in a literal. */
export function* usesOfName(text: string, name: string): Generator<number> {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!isIdentifierPart(text.charCodeAt(at - 1)) && !isIdentifierPart(text.charCodeAt(at + name.length))) yield at;
  }
}

/** Whether it does. */
export function hasName(text: string, name: string): boolean {
  return usesOfName(text, name).next().done === false;
}

/** Letters, digits and underscores in a row, in code, in comments and in literals. */
export function* wordsIn(text: string): Generator<string> {
  for (let i = 0; i < text.length; ) {
    const from = i;
    while (i < text.length && isIdentifierPart(text.charCodeAt(i))) i++;
    if (i > from) yield text.slice(from, i);
    else i++;
  }
}

/** With one underscore for each run of what no name can hold: `fsl_imx6_uart` of `fsl-imx6.uart`. */
export function asName(text: string): string {
  let made = "";
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (isIdentifierPart(c.charCodeAt(0))) made += c;
    else if (i === 0 || isIdentifierPart(text.charCodeAt(i - 1))) made += "_";
  }
  return made;
}

/** The names in the code between two offsets, in textual order. */
export function* namesIn(text: string, start = 0, end = text.length): Generator<string> {
  for (const [from, to] of nameSpans(text, start, end)) yield text.slice(from, to);
}

/** The same by where they start and end. */
export function* nameSpans(text: string, start: number, end: number): Generator<readonly [start: number, end: number]> {
  for (let i = start; i < end; ) {
    const code = text.charCodeAt(i);
    if (isIdentifierPart(code)) {
      const from = i;
      while (i < end && isIdentifierPart(text.charCodeAt(i))) i++;
      if (isIdentifierStart(code)) yield [from, i];
      continue;
    }
    const behind = code === 47 || code === 34 || code === 39 || code === 35 ? skipNonCode(text, i, end) : i;
    i = behind > i ? behind : i + 1;
  }
}

/** The place behind the bracket that closes the one at `open`; `end` where none does. */
export function behindBracket(text: string, open: number, end: number): number {
  let depth = 0;
  for (let i = open; i < end; ) {
    const c = text[i];
    if (c === "(" || c === "[" || c === "{") depth++;
    else if ((c === ")" || c === "]" || c === "}") && --depth === 0) return i + 1;
    const behind = skipNonCode(text, i, end);
    i = behind > i ? behind : i + 1;
  }
  return end;
}

/** The name that a path ends in: `ctl` of `s->regs.ctl`; "" where it ends in something else, as in a subscript. */
export function lastName(path: string): string {
  let start = path.length;
  while (start > 0 && isIdentifierPart(path.charCodeAt(start - 1))) start--;
  const name = path.slice(start);
  return isName(name) ? name : "";
}

/** `s->regs` of `s->regs[2][i]`. */
export function withoutSubscripts(path: string): string {
  let depth = 0;
  for (let i = path.length - 1; i >= 0; i--) {
    if (path[i] === "]") depth++;
    else if (path[i] === "[") depth--;
    else if (depth === 0) return path.slice(0, i + 1);
  }
  return path;
}

/** `regs.ctl` of `regs[2].ctl[i]`: elements of an array count as one. */
export function withoutIndexes(path: string): string {
  let kept = "";
  let depth = 0;
  for (const c of path) {
    if (c === "[") depth++;
    else if (c === "]") depth--;
    else if (depth === 0) kept += c;
  }
  return kept;
}

/** The first member of a path: `regs` of `regs[2].ctl`. */
export function firstName(path: string): string {
  let end = 0;
  while (end < path.length && isIdentifierPart(path.charCodeAt(end))) end++;
  return path.slice(0, end);
}

/** Without the prefix, where it has it. */
export function behindPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

/** `regs[2]` and `i` of `regs[2][i]`; undefined where the path ends in no subscript. */
export function lastIndex(path: string): { readonly array: string; readonly index: string } | undefined {
  const open = path.endsWith("]") ? path.lastIndexOf("[") : -1;
  return open === -1 ? undefined : { array: path.slice(0, open), index: path.slice(open + 1, -1) };
}
