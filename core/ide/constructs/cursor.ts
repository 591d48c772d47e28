import { isIdentifierPart, skipNonCode } from "../../c/body";
import { lex, withoutComments } from "../../c/lex";
import { hasName, isName, lastName } from "../../c/words";

/** Where in a table the cursor stands while the text is half typed: by brackets alone, since nothing parses yet. */

export type CursorContext =
  /** A place for a table: `VMSta|` where a line begins. */
  | { readonly kind: "table"; readonly prefix: string }
  /** A place for a designator in a description: `.pri|`. */
  | { readonly kind: "designator"; readonly of: "VMStateDescription" | "VMStateField"; readonly prefix: string }
  /** Behind `.name =` in a description. */
  | { readonly kind: "value"; readonly designator: string; readonly prefix: string }
  /** A place for an element in a list of fields. */
  | { readonly kind: "field"; readonly prefix: string }
  /** A place for an element in a list of subsections. */
  | { readonly kind: "subsection"; readonly prefix: string }
  /** Argument `index` of a macro's use in a list of fields; `args` as far as they are typed. */
  | {
      readonly kind: "argument";
      readonly macro: string;
      readonly index: number;
      readonly args: readonly string[];
      readonly prefix: string;
      /** Offset of the macro's name. */
      readonly start: number;
    };

interface Open {
  readonly bracket: string;
  readonly at: number;
  /** Text from the last comma, brace or semicolon to the bracket. */
  readonly before: string;
  /** Offsets of the commas directly inside. */
  readonly commas: number[];
}

/** undefined outside tables, in comments and in strings. */
export function cursorContext(text: string, offset: number): CursorContext | undefined {
  const start = definitionBefore(text, offset);
  const stack = start === undefined ? undefined : openBrackets(text, start, offset);
  const top = stack?.at(-1);
  if (stack === undefined || top === undefined) return beginsTable(text, offset);
  const prefix = text.slice(wordStart(text, offset), offset);
  // what stands before on a line of its own may be half typed: a word that begins a line begins an element
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset).trim();
  if (top.bracket === "(") {
    const begins =
      isWord(line) && isBeside(text, top.at, offset) && listKind(stack.at(-2), stack.slice(0, -1)) === "fields";
    return begins ? { kind: "field", prefix } : argumentAt(text, stack, top, offset);
  }
  const list = listKind(top, stack);
  const last = top.commas.at(-1) ?? top.at;
  const element = withoutComments(text.slice(last + 1, offset)).trimStart();
  if (list === "fields") return isWord(element) || isWord(line) ? { kind: "field", prefix } : undefined;
  if (list === "subsections") return isReference(element) ? { kind: "subsection", prefix } : undefined;
  if (list === undefined) return undefined;
  const begun = [element, line].map((each) => (each.startsWith(".") ? each.slice(1) : each));
  if (isWord(begun[0] ?? "") || (line.startsWith(".") && isWord(begun[1] ?? "")))
    return { kind: "designator", of: list, prefix };
  const [designator = "", value, ...others] = element.split("=");
  const name = designator.startsWith(".") ? designator.slice(1).trimEnd() : "";
  if (!isName(name) || value === undefined || others.length > 0 || !isReference(value.trimStart())) return undefined;
  return { kind: "value", designator: name, prefix };
}

/** A name that is yet to be typed to its end, with or without `&`. */
function isReference(text: string): boolean {
  return isWord(text.startsWith("&") ? text.slice(1).trimStart() : text);
}

function wordStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && isIdentifierPart(text.charCodeAt(start - 1))) start--;
  return start;
}

/** `VMSta|` and `static const VMSta|` at the start of a line; a table is not begun inside of something. */
function beginsTable(text: string, offset: number): CursorContext | undefined {
  const words = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset).split(" ");
  const prefix = words.pop() ?? "";
  const isBegun = prefix.length > 2 && "vmstatedescription".startsWith(prefix.toLowerCase());
  return isBegun && words.every((word) => word === "static" || word === "const")
    ? { kind: "table", prefix }
    : undefined;
}

function isWord(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isIdentifierPart(text.charCodeAt(at))) return false;
  return true;
}

/** Whether the place stands on a later line than the bracket, no deeper than the bracket's own line: arguments go on deeper. */
function isBeside(text: string, bracket: number, offset: number): boolean {
  const [outer, own] = [bracket, offset].map((at) => text.lastIndexOf("\n", at - 1) + 1);
  return outer !== own && indentAt(text, own ?? 0) <= indentAt(text, outer ?? 0);
}

function indentAt(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === " " || text[at] === "\t") at++;
  return at - lineStart;
}

/** Start of the last definition before `offset`, at the beginning of a line, that has to do with tables. */
function definitionBefore(text: string, offset: number): number | undefined {
  for (let end = offset; end > 0; ) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const lineEnd = text.indexOf("\n", start);
    const line = text.slice(start, lineEnd === -1 ? text.length : lineEnd);
    const begins = !" \t\r#}/*".includes(line.charAt(0)) && line.charAt(0) !== "";
    if (begins && (hasName(line, "VMStateDescription") || hasName(line, "VMStateField"))) return start;
    end = start - 1;
  }
  return undefined;
}

function openBrackets(text: string, start: number, offset: number): readonly Open[] | undefined {
  const stack: Open[] = [];
  let since = start;
  for (let at = start; at < offset; at++) {
    const found = text.charAt(at);
    const behind = found === "/" || found === '"' || found === "'" ? skipNonCode(text, at, text.length) : at;
    if (behind > offset) return undefined;
    if (behind > at) {
      at = behind - 1;
      continue;
    }
    switch (found) {
      case "(":
      case "{":
      case "[":
        stack.push({ bracket: found, at, before: text.slice(since, at), commas: [] });
        if (found === "{") since = at + 1;
        break;
      case ")":
      case "]":
      case "}":
        stack.pop();
        break;
      case ",":
        stack.at(-1)?.commas.push(at);
        if (stack.at(-1)?.bracket === "{") since = at + 1;
        break;
      case ";":
        if (stack.length === 0) return undefined;
        break;
    }
  }
  return stack;
}

function listKind(
  top: Open | undefined,
  stack: readonly Open[],
): "fields" | "subsections" | "VMStateDescription" | "VMStateField" | undefined {
  if (top === undefined) return undefined;
  const { before } = top;
  const words = lex(before, "").map((token) => token.text);
  const fields = words.indexOf("VMStateField");
  if (fields !== -1 && words.indexOf("]", fields) > words.indexOf("[", fields)) return "fields";
  const subsections = words.indexOf("subsections");
  if (words[subsections - 1] === "." && words[subsections + 1] === "=") return "subsections";
  const table = words.lastIndexOf("VMStateDescription");
  if (table !== -1 && words.at(-1) === "=" && !words.includes("*", table)) return "VMStateDescription";
  const outer = stack.at(-2);
  if (outer?.bracket === "{" && listKind(outer, stack.slice(0, -1)) === "fields") return "VMStateField";
  return undefined;
}

function argumentAt(text: string, stack: readonly Open[], top: Open, offset: number): CursorContext | undefined {
  const list = stack.at(-2);
  if (list === undefined || list.bracket !== "{" || listKind(list, stack.slice(0, -1)) !== "fields") return undefined;
  const name = lastName(top.before.trimEnd());
  if (name === "") return undefined;
  const ends = [...top.commas, offset];
  const args = ends.map((end, index) => text.slice((ends[index - 1] ?? top.at) + 1, end).trim());
  const last = args.at(-1) ?? "";
  let from = last.length;
  while (from > 0 && (last[from - 1] === "." || isIdentifierPart(last.charCodeAt(from - 1)))) from--;
  const prefix = last.slice(from);
  const start = top.at - top.before.length + top.before.lastIndexOf(name);
  return { kind: "argument", macro: name, index: top.commas.length, args, prefix, start };
}
