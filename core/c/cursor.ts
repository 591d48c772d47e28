import type { Context, Span } from "./syntax";
import type { Token } from "./token";

/** Where a parser stands in `tokens[.., end)`. */
export interface Cursor {
  readonly context: Context;
  readonly tokens: readonly Token[];
  readonly end: number;
  index: number;
  depth: number;
}

/** Nesting beyond this is not read; it keeps the recursion bounded on hostile text. */
export const maxDepth = 400;

export function createCursor(context: Context, start: number, end: number): Cursor {
  const { tokens } = context;
  return { context, tokens, index: Math.max(0, start), end: Math.min(end, tokens.length), depth: 0 };
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

/** Steps over the bracket under the cursor; the span between it and its partner. */
export function bracketed(cursor: Cursor): Span {
  const start = cursor.index + 1;
  const behind = behindBracket(cursor.tokens, cursor.index, cursor.end);
  cursor.index = behind;
  const last = cursor.tokens[behind - 1]?.text;
  const closed = last === ")" || last === "]" || last === "}";
  return { start, end: Math.max(start, closed ? behind - 1 : behind) };
}
