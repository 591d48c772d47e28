/** Values of initialiser members: quick for the plain forms that tables are made of, whole expressions otherwise. */
import { isPlainDecimal } from "../c/words";
import { type Value, known, unknown } from "../c/value";
import type { CScope } from "../c/scope";
import type { Token } from "../c/token";

/** Evaluates tokens that are no plain literal. Supplied by the project, which owns types and their layouts. */
export interface Evaluator {
  integer(tokens: readonly Token[], scope: CScope): Value<number>;
  string(tokens: readonly Token[], scope: CScope): Value<string>;
}

export interface TokenRange {
  readonly start: number;
  readonly end: number;
}

/** Without the parentheses and `&` around: `(&(x))` -> `x`. */
export function stripped(tokens: readonly Token[], start: number, end: number): TokenRange {
  let from = start;
  let to = end;
  for (;;) {
    const first = tokens[from];
    if (first === undefined || from >= to) break;
    if (first.text === "&" && first.kind === "punctuator") from++;
    else if (first.text === "(" && closesAt(tokens, from, to)) {
      from++;
      to--;
    } else break;
  }
  return { start: from, end: to };
}

function closesAt(tokens: readonly Token[], from: number, to: number): boolean {
  if (tokens[to - 1]?.text !== ")") return false;
  let depth = 0;
  for (let k = from; k < to; k++) {
    const token = tokens[k];
    if (token?.kind !== "punctuator") continue;
    if (token.text === "(") depth++;
    else if (token.text === ")" && --depth === 0) return k === to - 1;
  }
  return false;
}

export function integerValue(
  tokens: readonly Token[],
  start: number,
  end: number,
  scope: CScope,
  evaluator: Evaluator,
): Value<number> {
  const inner = stripped(tokens, start, end);
  const only = inner.end - inner.start === 1 ? tokens[inner.start] : undefined;
  if (only?.kind === "number" && isPlainDecimal(only.text)) return known(Number(only.text));
  if (only?.text === "true") return known(1);
  if (only?.text === "false") return known(0);
  return evaluator.integer(tokens.slice(start, end), scope);
}

export function stringValue(
  tokens: readonly Token[],
  start: number,
  end: number,
  scope: CScope,
  evaluator: Evaluator,
): Value<string> {
  const inner = stripped(tokens, start, end);
  let text = "";
  for (let k = inner.start; k < inner.end; k++) {
    const token = tokens[k];
    if (token?.kind !== "string" || token.text.includes("\\")) return evaluator.string(tokens.slice(start, end), scope);
    text += token.text.slice(token.text.indexOf('"') + 1, -1);
  }
  return inner.end > inner.start ? known(text) : unknown("no value");
}

/** The identifier that an initialiser names: `fn`, `&fn`, `(fn)`, `(cast)fn`; undefined for NULL and 0. */
export function namedSymbol(tokens: readonly Token[], start: number, end: number): Token | undefined {
  const inner = stripped(tokens, start, end);
  let { start: from } = inner;
  // a cast in front: `(void *)fn`
  while (tokens[from]?.text === "(" && from < inner.end - 1) {
    const close = closeOf(tokens, from, inner.end);
    if (close >= inner.end - 1) break;
    from = close + 1;
  }
  const rest = stripped(tokens, from, inner.end);
  const token = tokens[rest.start];
  if (token?.kind !== "identifier" || token.text === "NULL" || rest.end - rest.start !== 1) return undefined;
  return token;
}

function closeOf(tokens: readonly Token[], open: number, end: number): number {
  let depth = 0;
  for (let k = open; k < end; k++) {
    if (tokens[k]?.text === "(") depth++;
    else if (tokens[k]?.text === ")" && --depth === 0) return k;
  }
  return end;
}
