/** printf's formats, and the text that one of them printed. */
import { lex } from "../c/lex";
import { readQuoted } from "../c/literal";

export type FormatPiece =
  | { readonly kind: "text"; readonly text: string }
  /** `arguments`: how many of the call's it takes, the value's own being the last; `%.*s` takes two. */
  | { readonly kind: "value"; readonly value: "number" | "hex" | "text"; readonly arguments: number };

export interface FormatMatch {
  /** Span in the line; without what a conversion at the end prints. */
  readonly start: number;
  readonly end: number;
  /** What each conversion printed, in order. */
  readonly values: readonly string[];
  /** Letters of the format that stand in the line: how sure it is. */
  readonly letters: number;
}

/** Text of what a macro stands for; undefined where the tree has none of the name. */
export type MacroText = (name: string) => string | undefined;

const deepest = 4;

/** The format that stands in the span: literals, and macros among them as PRIx64 or RAM_ADDR_FMT. */
export function readFormat(source: string, start: number, end: number, macro: MacroText): readonly FormatPiece[] {
  return piecesOf(append("", source, start, end, macro, 0));
}

function append(before: string, source: string, start: number, end: number, macro: MacroText, depth: number): string {
  let text = before;
  for (const token of lex(source, "", start, end)) {
    if (token.kind === "string") text += readQuoted(token.text);
    if (token.kind !== "identifier") continue;
    const body = depth < deepest ? macro(token.text) : undefined;
    if (body?.includes('"') === true) text = append(text, body, 0, body.length, macro, depth + 1);
    // of the C library: it stands for the letters of a conversion that the literal before it has begun
    else text += endsInConversion(text) ? conversionOf(token.text) : "%s";
  }
  return text;
}

function conversionOf(macro: string): string {
  const letter = /^[A-Z_]*?PRI([diouxX])/.exec(macro)?.[1];
  // HWADDR_PRIx, TARGET_FMT_lx and the like: numbers in any case
  return letter ?? "x";
}

const conversion = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:hh|h|ll|l|q|j|z|Z|t|L)?([a-zA-Z%])/y;

function endsInConversion(text: string): boolean {
  const at = text.lastIndexOf("%");
  return at >= 0 && text[at - 1] !== "%" && /^%[-+ #0']*[\d*]*$/.test(text.slice(at));
}

function piecesOf(format: string): readonly FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let held = "";
  const flush = (): void => {
    if (held !== "") pieces.push({ kind: "text", text: held });
    held = "";
  };
  for (let at = 0; at < format.length; ) {
    conversion.lastIndex = at;
    const found = format[at] === "%" ? conversion.exec(format) : null;
    if (found === null) {
      held += format[at++] ?? "";
      continue;
    }
    at = conversion.lastIndex;
    const [, , width, precision, letter = ""] = found;
    if (letter === "%") {
      held += "%";
      continue;
    }
    flush();
    const stars = (width === "*" ? 1 : 0) + (precision === "*" ? 1 : 0);
    const isText = letter === "s" || letter === "m" || letter === "c" || letter === "p";
    const value = isText ? "text" : letter === "x" || letter === "X" ? "hex" : "number";
    pieces.push({ kind: "value", value, arguments: letter === "m" ? 0 : 1 + stars });
  }
  flush();
  return pieces;
}

/** Where the line holds what the format prints; white space at its end does not count. Linear in the line for each place it may begin. */
export function matchFormat(pieces: readonly FormatPiece[], line: string): FormatMatch | undefined {
  const firstText = pieces.findIndex(({ kind }) => kind === "text");
  const first = pieces[firstText];
  if (first?.kind !== "text") return undefined;
  const literal = lettered(first.text, firstText === pieces.length - 1);
  if (literal === "") return undefined;
  for (let at = line.indexOf(literal); at >= 0; at = line.indexOf(literal, at + 1)) {
    const found = matchAt(pieces, firstText, line, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lettered(text: string, isLast: boolean): string {
  return isLast ? text.trimEnd() : text;
}

function matchAt(
  pieces: readonly FormatPiece[],
  firstText: number,
  line: string,
  start: number,
): FormatMatch | undefined {
  const before = valuesBefore(pieces.slice(0, firstText), line.slice(0, start));
  if (before === undefined) return undefined;
  const values = [...before.values];
  let at = start;
  let end = start;
  let letters = 0;
  for (let i = firstText; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece?.kind === "text") {
      const isLast = i === pieces.length - 1;
      const written = lettered(piece.text, isLast);
      // what an older release ends with, a newer one puts before the reason
      const isAlone = isLast && written.endsWith(":") && line.slice(at).trimEnd() === written.slice(0, -1);
      const text = isAlone ? written.slice(0, -1) : written;
      if (!line.startsWith(text, at)) return undefined;
      at += text.length;
      end = at;
      letters += text.replace(/[^A-Za-z]/g, "").length;
      continue;
    }
    if (piece === undefined) break;
    const next = pieces[i + 1];
    const value = piece.value !== "text" ? numberAt(line, at) : textAt(line, at, next, i + 2 === pieces.length);
    if (value === undefined) return undefined;
    values.push(piece.value === "hex" && !value.includes("x") ? `0x${value}` : value);
    at += value.length;
  }
  return { start: before.start, end, values, letters };
}

function numberAt(line: string, at: number): string | undefined {
  const number = /[-+]?(?:0x)?[\da-fA-F]+|\s*-?\d+/y;
  number.lastIndex = at;
  return number.exec(line)?.[0];
}

/** Up to the text that follows; at the end of the format the rest of the line. */
function textAt(line: string, at: number, next: FormatPiece | undefined, isLast: boolean): string | undefined {
  if (next === undefined || (isLast && next.kind === "text" && next.text.trim() === "")) return line.slice(at);
  if (next.kind === "value") return /^\S*/.exec(line.slice(at))?.[0];
  const text = next.text.trimEnd() === "" ? next.text : next.text.trimEnd();
  const end = line.indexOf(text, at);
  if (end >= 0) return line.slice(at, end);
  const bare = isLast && text.trimEnd().endsWith(":") ? text.trimEnd().slice(0, -1) : undefined;
  const rest = line.slice(at).trimEnd();
  return bare !== undefined && rest.endsWith(bare) ? rest.slice(0, rest.length - bare.length) : undefined;
}

/** Values in front of the first text: words, the last of which ends where the text begins. */
function valuesBefore(
  pieces: readonly FormatPiece[],
  line: string,
): { readonly values: readonly string[]; readonly start: number } | undefined {
  if (pieces.length === 0) return { values: [], start: line.length };
  // what stands in front of the message itself ends in a colon and a blank
  const from = line.lastIndexOf(": ") < 0 ? line.lastIndexOf(" ") + 1 : line.lastIndexOf(": ") + 2;
  const value = line.slice(from);
  if (pieces.length > 1 || value === "") return undefined;
  return { values: [value], start: from };
}

const mostNeedles = 40;

/** Two words in a row, as they stand in a line: what a format's text must share with it. */
export function needlesIn(line: string): readonly string[] {
  const words = [...line.matchAll(/[A-Za-z][A-Za-z_'/-]*/g)];
  const needles = new Set<string>();
  for (let i = 0; i + 1 < words.length && needles.size < mostNeedles; i++) {
    const [a, b] = [words[i], words[i + 1]];
    if (a === undefined || b === undefined) continue;
    const between = line.slice(a.index + a[0].length, b.index);
    if (between.length <= 2 && a[0].length + b[0].length >= 5) needles.add(line.slice(a.index, b.index + b[0].length));
  }
  return [...needles];
}
