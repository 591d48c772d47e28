import type { SourceRange } from "../c/range";
import type { Token } from "../c/token";

/** Where tokens stand in the read file: their own place, or the macro use that brought them. */
export function rangeOf(tokens: readonly Token[], start: number, end: number, fallback: SourceRange): SourceRange {
  const file = fallback.file;
  let from = Number.POSITIVE_INFINITY;
  let to = -1;
  for (const at of [start, end - 1]) {
    const token = tokens[at];
    if (token === undefined) continue;
    const place = placeIn(token, file);
    if (place === undefined) continue;
    from = Math.min(from, place.start);
    to = Math.max(to, place.end);
  }
  return to < 0 ? fallback : { file, start: from, end: to };
}

/** Where one token stands in `file`: spelled there, even as a macro's argument, or brought by a macro used there. */
export function tokenRange(token: Token, fallback: SourceRange): SourceRange {
  if (token.file === fallback.file && token.file !== "")
    return { file: token.file, start: token.start, end: token.end };
  const use = token.use;
  return use?.file === fallback.file ? { file: use.file, start: use.start, end: use.end } : fallback;
}

function placeIn(token: Token, file: string): { readonly start: number; readonly end: number } | undefined {
  if (token.use !== undefined) return token.use.file === file ? token.use : undefined;
  return token.file === file ? token : undefined;
}
