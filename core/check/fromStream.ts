/** What rules about unchecked values share: uses of a value as an index or a length, in the text of C functions. */
import type { FunctionText } from "../project/functionTexts";

/** A call of which no argument is a call. */
const plainCall = /\b(\w+)\s*\(([^();]*)\)/g;

/** The name of a parameter. */
function lastWord(parameter: string): string | undefined {
  return /(\w+)\s*\)?$/.exec(parameter.slice(-longestName))?.[1];
}

/** Of half-typed code no more is read for a name. */
const longestName = 100;

export interface IndexUse {
  readonly functionName: string;
  /** In the file. */
  readonly start: number;
  readonly end: number;
  /** `s->rx_fifo`, `resolution`. */
  readonly array: string;
}

/** Escapes what a C expression has that a pattern would take for its own. */
export function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s*");
}

/** Compared, or narrowed by a mask, a remainder or an assignment. */
function isGuarded(before: string, value: string): boolean {
  if (isNarrowed(before, value)) return true;
  const compared = new RegExp(`${value}\\s*(?:[<>]=?(?![<>])|!=)|(?:[^<>-][<>]=?|!=)\\s*${value}`);
  return compared.test(before);
}

/** What an arm of a switch sets counts in that arm. */
function isNarrowed(before: string, value: string): boolean {
  if (new RegExp(`${value}\\s*[&%]=`).test(before)) return true;
  const last = [...before.matchAll(new RegExp(`${value}\\s*=(?!=)`, "g"))].at(-1);
  if (last === undefined) return false;
  const [next] = /\bswitch\s*\(|\bbreak\s*;|\bcase\b[^;{}]{0,200}:|\bdefault\s*:/.exec(before.slice(last.index)) ?? [];
  return next === undefined || next.startsWith("switch");
}

/** In an arm of a switch over the value it is what the arm says. */
function isNamedByCase(before: string, value: string): boolean {
  const over = [...before.matchAll(new RegExp(`\\bswitch\\s*\\(\\s*${value}\\s*\\)`, "g"))].at(-1);
  if (over === undefined) return false;
  const labels = before.slice(over.index).match(/\bcase\b[^;{}]{0,200}?:|\bdefault\s*:/g);
  return labels?.at(-1)?.startsWith("case") === true;
}

/**
 * Places of a file where `value` (a pattern) is an index as it is: alone, counted up, or in a sum. Not where a mask, a
 * remainder or a function bounds it, nor behind a comparison of it in the same function.
 */
export function* indexUses(functions: readonly FunctionText[], value: string): Iterable<IndexUse> {
  const use = new RegExp(
    `((?:\\b\\w+\\s*(?:->|\\.)\\s*){0,8}\\b\\w+)\\s*\\[([^\\[\\];]{0,200}${value}[^\\[\\];]{0,200})\\]`,
    "g",
  );
  for (const { name, start, body } of functions) {
    for (const match of body.matchAll(use)) {
      const [all, array = "", index = ""] = match;
      if (!/^[\w\s.>+*-]*$/.test(index) || /-(?!>)(?!-)/.test(index) || /\w\s*\(/.test(index)) continue;
      const before = body.slice(0, match.index);
      if (isGuarded(before, value) || isNamedByCase(before, value)) continue;
      yield { functionName: name, start: start + match.index, end: start + match.index + all.length, array };
    }
  }
}

/**
 * The same where `value` is handed as it is to a function of the file, and is an index there by the parameter's name.
 * The array is one of the function's own.
 */
export function* indexUsesInCallees(functions: readonly FunctionText[], value: string): Iterable<IndexUse> {
  const alone = new RegExp(`^\\s*${value}\\s*$`);
  const byName = new Map(functions.map((each) => [each.name, each]));
  const seen = new Set<string>();
  for (const { body } of functions) {
    for (const { 1: callee = "", 2: list = "", index } of body.matchAll(plainCall)) {
      const target = byName.get(callee);
      const position = target === undefined ? -1 : list.split(",").findIndex((each) => alone.test(each));
      if (target === undefined || position < 0) continue;
      const key = `${callee} ${position}`;
      if (seen.has(key) || isGuarded(body.slice(0, index), value)) continue;
      seen.add(key);
      const parameter = lastWord(target.parameters.split(",")[position] ?? "");
      if (parameter !== undefined) yield* indexUses([target], `\\b${parameter}\\b`);
    }
  }
}

/** Behind the brace that closes the one that the text begins with. */
export function blockEnd(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i + 1;
  }
  return text.length;
}
