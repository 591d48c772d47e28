/** Rust text -> tokens, with the partner of each bracket. Comments are left out; nothing throws on any text. */
export type RustTokenKind = "identifier" | "lifetime" | "string" | "number" | "punctuator";

export interface RustToken {
  readonly kind: RustTokenKind;
  /** As written; `r#type` without its `r#`. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface RustTokens {
  readonly list: readonly RustToken[];
  /** Index of the closing bracket by that of the opening one; the list's length where it is never closed. */
  readonly closing: ReadonlyMap<number, number>;
}

const token =
  /\s+|\/\/[^\n]*|(?<long>\/\*)|(?<raw>(?:b|c)?r(?<hashes>#*)")|(?<text>[bc]?"(?:[^"\\]|\\[\s\S])*"?)|(?<char>b?'(?:\\(?:[^u]|u\{[^}]*\}?)[^']{0,2}|[^'\\])')|(?<life>'[A-Za-z_]\w*)|(?<word>(?:r#)?[A-Za-z_]\w*)|(?<number>\d[\w]*(?:\.\d\w*)?)|(?<mark>::|->|=>|\.\.=?|&&|\|\||[\s\S])/y;

const partners: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

export function lexRust(text: string): RustTokens {
  const list: RustToken[] = [];
  const closing = new Map<number, number>();
  const open: { readonly at: number; readonly mark: string }[] = [];
  const add = (kind: RustTokenKind, start: number, end: number): void => {
    const word = text.slice(start, end);
    list.push({ kind, text: word.startsWith("r#") && kind === "identifier" ? word.slice(2) : word, start, end });
  };
  for (let at = 0; at < text.length; ) {
    token.lastIndex = at;
    const found = token.exec(text);
    const groups = found?.groups;
    if (found === null || groups === undefined) break;
    let end = token.lastIndex;
    if (groups["long"] !== undefined) end = endOfComment(text, at);
    else if (groups["raw"] !== undefined) {
      const close = text.indexOf(`"${groups["hashes"] ?? ""}`, end);
      end = close === -1 ? text.length : close + 1 + (groups["hashes"] ?? "").length;
      add("string", at, end);
    } else if (groups["text"] !== undefined || groups["char"] !== undefined) {
      add(groups["text"] === undefined ? "number" : "string", at, end);
    } else if (groups["life"] !== undefined) add("lifetime", at, end);
    else if (groups["word"] !== undefined) add("identifier", at, end);
    else if (groups["number"] !== undefined) add("number", at, end);
    else if (groups["mark"] !== undefined) {
      const mark = groups["mark"];
      if (partners[mark] !== undefined) open.push({ at: list.length, mark });
      else if (mark === ")" || mark === "]" || mark === "}") close(open, closing, mark, list.length);
      add("punctuator", at, end);
    }
    at = end;
  }
  for (const { at } of open) closing.set(at, list.length);
  return { list, closing };
}

/** Half-typed text: a bracket closes the nearest of its kind, and those in between with it. */
function close(
  open: { readonly at: number; readonly mark: string }[],
  closing: Map<number, number>,
  mark: string,
  index: number,
): void {
  const from = open.findLastIndex((each) => partners[each.mark] === mark);
  if (from === -1) return;
  for (const each of open.splice(from)) closing.set(each.at, index);
}

function endOfComment(text: string, start: number): number {
  let depth = 0;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

/** What a string literal holds, without the NUL that C strings are given; undefined for one that is not closed. */
export function stringContent(literal: string): string | undefined {
  const raw = /^[bc]?r(#*)"([\s\S]*)"\1$/.exec(literal);
  if (raw !== null) return raw[2];
  const body = /^[bc]?"([\s\S]*)"$/.exec(literal)?.[1];
  return body
    ?.replace(
      /\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|([\s\S]))/g,
      (_, hex?: string, code?: string, c?: string) =>
        hex !== undefined || code !== undefined ? character(Number.parseInt(hex ?? code ?? "0", 16)) : escaped(c ?? ""),
    )
    .replace(/\0$/, "");
}

function character(code: number): string {
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : "";
}

function escaped(c: string): string {
  return { n: "\n", r: "\r", t: "\t", "0": "\0", "\n": "" }[c] ?? c;
}
