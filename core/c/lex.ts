import type { MacroUse, Token, TokenKind } from "./token";

/** Character classes of ASCII; everything above counts as part of an identifier, as compilers take UTF-8 there. */
export enum CharClass {
  Space = 1,
  Identifier = 2,
  Digit = 3,
}

const charClass: Uint8Array = (() => {
  const table = new Uint8Array(128);
  for (const c of " \t\r\n\v\f") table[c.charCodeAt(0)] = CharClass.Space;
  for (let c = 48; c <= 57; c++) table[c] = CharClass.Digit;
  for (let c = 65; c <= 90; c++) table[c] = table[c + 32] = CharClass.Identifier;
  table[95] = table[36] = CharClass.Identifier;
  return table;
})();

export function classOf(code: number): number {
  return code < 128 ? (charClass[code] ?? 0) : CharClass.Identifier;
}

/** Same shape for every token, so that the hot loops of expansion stay monomorphic. */
export class SourceToken implements Token {
  constructor(
    readonly kind: TokenKind,
    readonly text: string,
    readonly file: string,
    readonly start: number,
    readonly end: number,
    readonly space: boolean,
    readonly use: MacroUse | undefined,
    readonly condition: string | undefined,
    readonly painted: boolean,
  ) {}
}

/**
 * Preprocessing tokens of a span of C text; a directive line is one token. Total: any text gives tokens, an unclosed
 * string ends at its line, an unclosed comment at `end`.
 */
export function lex(text: string, file: string, start = 0, end = text.length, condition?: string): SourceToken[] {
  const tokens: SourceToken[] = [];
  let i = start;
  let space = false;
  let lineStart = start === 0 || text.charCodeAt(start - 1) === 10;
  const push = (kind: TokenKind, to: number, spelling = text.slice(i, to)): void => {
    tokens.push(new SourceToken(kind, spelling, file, i, to, space, undefined, condition, false));
    space = false;
    lineStart = false;
    i = to;
  };
  while (i < end) {
    const code = text.charCodeAt(i);
    const cls = classOf(code);
    if (cls === CharClass.Space) {
      space = true;
      if (code === 10) lineStart = true;
      i++;
    } else if (cls === CharClass.Identifier) {
      let to = i + 1;
      let hash = code | 0;
      for (let part = text.charCodeAt(to); to < end && classOf(part) >= CharClass.Identifier; ) {
        hash = (hash * 31 + part) | 0;
        part = text.charCodeAt(++to);
      }
      const next = text.charCodeAt(to);
      if ((next === 34 || next === 39) && to - i <= 2 && isEncodingPrefix(text, i, to) && to < end) {
        push(next === 34 ? "string" : "char", endOfQuoted(text, to, end));
      } else push("identifier", to, spelledOnce(text, i, to, hash));
    } else if (cls === CharClass.Digit || (code === 46 && isDigit(text.charCodeAt(i + 1)))) {
      push("number", endOfNumber(text, i, end));
    } else if (code === 34 || code === 39) {
      push(code === 34 ? "string" : "char", endOfQuoted(text, i, end));
    } else if (code === 47 && text.charCodeAt(i + 1) === 47) {
      i = endOfLineComment(text, i, end);
      space = true;
    } else if (code === 47 && text.charCodeAt(i + 1) === 42) {
      i = endOfBlockComment(text, i, end);
      space = true;
    } else if (code === 92 && isLineContinuation(text, i)) {
      i = text.charCodeAt(i + 1) === 13 ? i + 3 : i + 2;
      space = true;
    } else if (code === 35 && lineStart) {
      push("directive", endOfDirective(text, i, end));
    } else {
      push("punctuator", Math.min(end, i + punctuatorLength(text, i, code)));
    }
  }
  return tokens;
}

/** A power of two; what else falls on a place takes it over, so that no text makes the table grow. */
const spellingPlaces = 1 << 15;
const longestSpelling = 64;
const spellings: string[] = new Array<string>(spellingPlaces).fill("");

/** One string for all occurrences of a word, so that tables of names find it by identity. `hash`: as `own` makes it. */
function spelledOnce(text: string, start: number, end: number, hash: number): string {
  const length = end - start;
  const place = (hash ^ (hash >>> 15)) & (spellingPlaces - 1);
  const known = spellings[place] ?? "";
  if (known.length === length) {
    let k = 0;
    while (k < length && known.charCodeAt(k) === text.charCodeAt(start + k)) k++;
    if (k === length) return known;
  }
  const part = text.slice(start, end);
  const made = length > longestCopied ? ` ${part}`.slice(1) : part;
  if (length <= longestSpelling) spellings[place] = made;
  return made;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isEncodingPrefix(text: string, start: number, end: number): boolean {
  const prefix = text.slice(start, end);
  return prefix === "L" || prefix === "u8" || prefix === "u" || prefix === "U";
}

export function isLineContinuation(text: string, i: number): boolean {
  const next = text.charCodeAt(i + 1);
  return next === 10 || (next === 13 && text.charCodeAt(i + 2) === 10);
}

function endOfNumber(text: string, start: number, end: number): number {
  let i = start + 1;
  while (i < end) {
    const code = text.charCodeAt(i);
    const previous = text.charCodeAt(i - 1) | 32;
    if (classOf(code) >= CharClass.Identifier || code === 46) i++;
    else if ((code === 43 || code === 45) && (previous === 101 || previous === 112) && !isHex(text, start)) i++;
    else break;
  }
  return i;
}

function isHex(text: string, start: number): boolean {
  return text.charCodeAt(start) === 48 && (text.charCodeAt(start + 1) | 32) === 120;
}

/** Place behind a quoted literal that starts (its quote) at `start`; an unclosed one ends with its line. */
export function endOfQuoted(text: string, start: number, end: number): number {
  const quote = text.charCodeAt(start);
  let i = start + 1;
  while (i < end) {
    const code = text.charCodeAt(i);
    if (code === quote) return i + 1;
    if (code === 92) i += 2;
    else if (code === 10) return i;
    else i++;
  }
  return end;
}

export function endOfLineComment(text: string, start: number, end: number): number {
  let i = text.indexOf("\n", start);
  while (i !== -1 && i < end && text.charCodeAt(i - 1) === 92) i = text.indexOf("\n", i + 1);
  return i === -1 || i > end ? end : i;
}

export function endOfBlockComment(text: string, start: number, end: number): number {
  const i = text.indexOf("*/", start + 2);
  return i === -1 || i + 2 > end ? end : i + 2;
}

/** Place of the newline that ends the logical line of the directive at `start`; continuations and comments belong to it. */
export function endOfDirective(text: string, start: number, end: number): number {
  let i = start + 1;
  while (i < end) {
    const code = text.charCodeAt(i);
    if (code === 10) {
      const before = text.charCodeAt(i - 1);
      if (before !== 92 && !(before === 13 && text.charCodeAt(i - 2) === 92)) return i;
      i++;
    } else if (code === 47 && text.charCodeAt(i + 1) === 42) i = endOfBlockComment(text, i, end);
    else if (code === 47 && text.charCodeAt(i + 1) === 47) i = endOfLineComment(text, i, end);
    else if (code === 34) i = Math.max(endOfQuoted(text, i, end), i + 1);
    else i++;
  }
  return end;
}

/** V8 makes longer substrings views that keep the whole text alive. */
const longestCopied = 12;

/** A string of its own, so that a name does not keep the whole file's text alive; mostly the one that stands for all its occurrences. */
export function own(text: string, start: number, end: number): string {
  let hash = 0;
  for (let k = start; k < end; k++) hash = (hash * 31 + text.charCodeAt(k)) | 0;
  return spelledOnce(text, start, end, hash);
}

/** A directive's operand without comments and continuations. */
export function directiveText(text: string, start: number, end: number): string {
  const raw = text.slice(start, end);
  if (!raw.includes("/") && !raw.includes("\\")) {
    const operand = raw.trim();
    return own(operand, 0, operand.length);
  }
  return withoutComments(joined(raw)).trim();
}

/** Logical lines: a blank for each backslash that continues a line. */
export function joined(text: string): string {
  return text.replaceAll("\\\n", " ").replaceAll("\\\r\n", " ");
}

/** The text with a blank for each comment; an unclosed one takes the rest. Linear, on hostile text too. */
export function withoutComments(text: string): string {
  let out = "";
  let from = 0;
  for (let at = text.indexOf("/"); at !== -1; ) {
    const next = text.charCodeAt(at + 1);
    if (next !== 42 && next !== 47) {
      at = text.indexOf("/", at + 1);
      continue;
    }
    const behind = next === 42 ? endOfBlockComment(text, at, text.length) : endOfLineComment(text, at, text.length);
    out += `${text.slice(from, at)} `;
    from = behind;
    at = text.indexOf("/", behind);
  }
  return out + text.slice(from);
}

function punctuatorLength(text: string, i: number, code: number): number {
  const next = text.charCodeAt(i + 1);
  switch (code) {
    case 45: // - -> -- -=
      return next === 62 || next === 45 || next === 61 ? 2 : 1;
    case 43: // +
    case 38: // &
    case 124: // |
      return next === code || next === 61 ? 2 : 1;
    case 60: // <
    case 62: // >
      if (next === code) return text.charCodeAt(i + 2) === 61 ? 3 : 2;
      return next === 61 ? 2 : 1;
    case 61: // =
    case 33: // !
    case 42: // *
    case 47: // /
    case 37: // %
    case 94: // ^
      return next === 61 ? 2 : 1;
    case 35: // #
      return next === 35 ? 2 : 1;
    case 46: // .
      return next === 46 && text.charCodeAt(i + 2) === 46 ? 3 : 1;
    default:
      return 1;
  }
}
