import type { Block, Context, InitialiserList, Span } from "./syntax";
import type { Token } from "./token";

/** Where a parser stands in `tokens[.., end)`. */
export interface Cursor {
  readonly context: Context;
  readonly tokens: readonly Token[];
  readonly end: number;
  index: number;
  depth: number;
  /** Set where a function body is read: tokens are as written, and spans of nodes are offsets of the text. */
  readonly body: BodyReading | undefined;
}

/** What the reader of function bodies adds to the grammar of expressions. */
export interface BodyReading {
  readonly text: string;
  /** For each opening bracket's index, the index behind the bracket; for an unclosed one, of the token that ends its statement. */
  readonly behind: Int32Array;
  /** Reads `{ … }` under the cursor as statements. */
  block(cursor: Cursor): Block;
  /** Reads `{ … }` under the cursor as an initialiser. */
  list(cursor: Cursor): InitialiserList;
  /** Index of the token before which something is missing; -1 without one. */
  missing: number;
}

/** Nesting beyond this is not read; it keeps the recursion bounded on hostile text. */
export const maxDepth = 400;

export function createCursor(context: Context, start: number, end: number): Cursor {
  const { tokens } = context;
  return { context, tokens, index: Math.max(0, start), end: Math.min(end, tokens.length), depth: 0, body: undefined };
}

/** Where a node that starts with the next token starts. */
export function here(cursor: Cursor): number {
  const { index, end, tokens } = cursor;
  if (cursor.body === undefined) return index;
  return (index < end ? tokens[index]?.start : tokens[end - 1]?.end) ?? 0;
}

/** Where a node ends whose last token has been read; never before `start`. Reaches to what is missing there. */
export function upTo(cursor: Cursor, start: number): number {
  const { body, index } = cursor;
  if (body === undefined) return index;
  if (body.missing === index) return here(cursor);
  return Math.max(start, cursor.tokens[index - 1]?.end ?? 0);
}

/** Notes that something should stand before the next token, and gives the place. */
export function missingHere(cursor: Cursor): number {
  if (cursor.body !== undefined) cursor.body.missing = cursor.index;
  return here(cursor);
}

/** Whether the token is the first of its line, of a text whose tokens stand in order. */
export function startsLine(cursor: Cursor, index: number): boolean {
  const { body, tokens } = cursor;
  const before = tokens[index - 1];
  const token = tokens[index];
  if (body === undefined || before === undefined || token === undefined) return true;
  for (let i = before.end; i < token.start; i++) if (body.text[i] === "\n") return true;
  return false;
}

/** Text of the next token, "" at the end. */
export function peek(cursor: Cursor, ahead = 0): string {
  const index = cursor.index + ahead;
  return index < cursor.end ? (cursor.tokens[index]?.text ?? "") : "";
}

export function peekIdentifier(cursor: Cursor): string | undefined {
  const token = cursor.index < cursor.end ? cursor.tokens[cursor.index] : undefined;
  return token?.kind === "identifier" ? token.text : undefined;
}

export function accept(cursor: Cursor, text: string): boolean {
  if (peek(cursor) !== text) return false;
  cursor.index++;
  return true;
}

/** `open` is the index of a bracket; the index behind its partner, or `end`. */
export function behindBracket(tokens: readonly Token[], open: number, end: number): number {
  let depth = 0;
  for (let i = open; i < end; i++) {
    switch (tokens[i]?.text) {
      case "(":
      case "[":
      case "{":
        depth++;
        break;
      case ")":
      case "]":
      case "}":
        if (--depth <= 0) return i + 1;
        break;
    }
  }
  return end;
}

/** Index behind the bracket that opens at the index. */
export function behindOpen(cursor: Cursor, open: number): number {
  if (cursor.body === undefined) return behindBracket(cursor.tokens, open, cursor.end);
  return Math.min(cursor.end, cursor.body.behind[open] ?? open + 1);
}

/** Steps over the bracket under the cursor; the indexes between it and its partner. */
export function bracketed(cursor: Cursor): Span {
  const start = cursor.index + 1;
  const behind = behindOpen(cursor, cursor.index);
  cursor.index = behind;
  const last = cursor.tokens[behind - 1]?.text;
  const closed = last === ")" || last === "]" || last === "}";
  return { start, end: Math.max(start, closed ? behind - 1 : behind) };
}
