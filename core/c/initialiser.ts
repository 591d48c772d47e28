/** Brace initialisers, after expansion, as a tree over token indexes. */
import type { Token } from "./token";

/** Half-open token indexes. */
interface TokenSpan {
  readonly start: number;
  readonly end: number;
}

export interface ListInitialiser extends TokenSpan {
  readonly kind: "list";
  readonly elements: readonly InitialiserElement[];
  /** Type text of a compound literal `(const VMStateField[]) {…}`. */
  readonly literalOf: string | undefined;
  /** The closing brace is there. */
  readonly closed: boolean;
}

export interface ExpressionInitialiser extends TokenSpan {
  readonly kind: "expression";
}

export type Initialiser = ListInitialiser | ExpressionInitialiser;

export interface InitialiserElement extends TokenSpan {
  /** `.a.b` -> ["a", "b"]; `[3]` and other index designators -> ["[3]"]. Empty where positional. */
  readonly designators: readonly string[];
  readonly value: Initialiser;
  /** Undecided `#if` around the element. */
  readonly condition: string | undefined;
}

const maximumDepth = 200;

/** Reads the initialiser that starts at token `start`; the whole span is one initialiser. Total on any tokens. */
export function parseInitialiser(tokens: readonly Token[], start: number, end: number, depth = 0): Initialiser {
  const literal = compoundLiteral(tokens, start, end);
  const open = literal?.open ?? start;
  if (tokens[open]?.text !== "{" || depth > maximumDepth) return { kind: "expression", start, end };
  const elements: InitialiserElement[] = [];
  let k = open + 1;
  let closed = false;
  while (k < end) {
    const token = tokens[k];
    if (token === undefined) break;
    if (token.text === "}") {
      closed = true;
      break;
    }
    if (token.text === ",") {
      k++;
      continue;
    }
    const stop = elementEnd(tokens, k, end);
    if (stop === k) {
      k++;
      continue;
    }
    elements.push(element(tokens, k, stop, depth + 1));
    k = stop;
  }
  return { kind: "list", elements, literalOf: literal?.type, closed, start, end: Math.min(end, k + 1) };
}

function element(tokens: readonly Token[], start: number, end: number, depth: number): InitialiserElement {
  const designators: string[] = [];
  let k = start;
  for (;;) {
    const token = tokens[k];
    if (token?.text === "." && tokens[k + 1]?.kind === "identifier") {
      designators.push(tokens[k + 1]?.text ?? "");
      k += 2;
    } else if (token?.text === "[") {
      const close = matching(tokens, k, end);
      designators.push(spell(tokens, k, Math.min(end, close + 1)));
      k = close + 1;
    } else break;
  }
  if (designators.length > 0 && tokens[k]?.text === "=") k++;
  // GNU's old `name: value`
  if (designators.length === 0 && tokens[k]?.kind === "identifier" && tokens[k + 1]?.text === ":") {
    designators.push(tokens[k]?.text ?? "");
    k += 2;
  }
  const condition = tokens[start]?.condition;
  return { designators, value: parseInitialiser(tokens, k, end, depth), condition, start, end };
}

/** Index of the `,` or `}` that ends the element at `start`. */
function elementEnd(tokens: readonly Token[], start: number, end: number): number {
  let depth = 0;
  for (let k = start; k < end; k++) {
    switch (tokens[k]?.text) {
      case "(":
      case "[":
      case "{":
        if (tokens[k]?.kind === "punctuator") depth++;
        break;
      case ")":
      case "]":
      case "}":
        if (tokens[k]?.kind !== "punctuator") break;
        if (depth === 0) return k;
        depth--;
        break;
      case ",":
        if (depth === 0 && tokens[k]?.kind === "punctuator") return k;
    }
  }
  return end;
}

/** Index of the bracket that closes the one at `open`, or `end`. */
export function matching(tokens: readonly Token[], open: number, end: number): number {
  let depth = 0;
  for (let k = open; k < end; k++) {
    const token = tokens[k];
    if (token?.kind !== "punctuator") continue;
    if (token.text === "(" || token.text === "[" || token.text === "{") depth++;
    else if ((token.text === ")" || token.text === "]" || token.text === "}") && --depth === 0) return k;
  }
  return end;
}

function compoundLiteral(
  tokens: readonly Token[],
  start: number,
  end: number,
): { readonly open: number; readonly type: string } | undefined {
  if (tokens[start]?.text !== "(") return undefined;
  const close = matching(tokens, start, end);
  if (tokens[close + 1]?.text !== "{" || close + 1 >= end) return undefined;
  return { open: close + 1, type: spell(tokens, start + 1, close) };
}

/** The tokens' text with blanks where the source has them. */
export function spell(tokens: readonly Token[], start: number, end: number): string {
  let text = "";
  for (let k = start; k < end; k++) {
    const token = tokens[k];
    if (token === undefined) break;
    text += (k > start && token.space ? " " : "") + token.text;
  }
  return text;
}
