/**
 * What meson.build gives Kconfig from the options that a user may set: a library or feature that is off unless asked for
 * is no part of the default configuration. Follows `host_kconfig` of QEMU's meson.build.
 */
import type { SourceTree } from "../tree";
import { type MesonWord, mesonWords } from "./mesonWords";

type ReadText = SourceTree["read"];
type Words = readonly MesonWord[];

/** Symbols without `CONFIG_` that the options' defaults keep from the configuration. */
export function symbolsOffByDefault(read: ReadText): ReadonlySet<string> {
  const assigned = firstValues(mesonWords(read("meson.build") ?? ""));
  const gifts = assigned.get("host_kconfig");
  if (gifts === undefined) return new Set();
  const off = optionsOffByDefault(mesonWords(read("meson_options.txt") ?? ""));
  const found = new Set<string>();
  for (const { condition, symbol } of giftsIn(gifts)) {
    if (optionsOf(condition, assigned).some((name) => off.has(name))) found.add(symbol);
  }
  return found;
}

/** `option('x', …, value : false)`, or `'disabled'`. */
function optionsOffByDefault(words: Words): ReadonlySet<string> {
  const off = new Set<string>();
  let option: string | undefined;
  for (const [k, word] of words.entries()) {
    if (word.kind !== "name") continue;
    const [next, second] = behind(words, k + 1);
    if (word.text === "option" && next?.text === "(") option = second?.kind === "string" ? second.text : undefined;
    if (word.text !== "value" || next?.text !== ":" || option === undefined) continue;
    if (second?.text === (second?.kind === "string" ? "disabled" : "false")) off.add(option);
  }
  return off;
}

/** The next two words, whatever lines they stand in. */
function behind(words: Words, from: number): Words {
  const found: MesonWord[] = [];
  for (let k = from; k < words.length && found.length < 2; k++) {
    const word = words[k];
    if (word !== undefined && word.kind !== "line") found.push(word);
    else if (k > from + 4) break;
  }
  return found;
}

/** What each variable is first set to at the begin of a line: up to the end of the line in which all brackets are closed. */
function firstValues(words: Words): ReadonlyMap<string, Words> {
  const values = new Map<string, Words>();
  for (let k = 0; k < words.length; k++) {
    const name = words[k];
    const isFirst = k === 0 || words[k - 1]?.kind === "line";
    if (!isFirst || name?.kind !== "name" || words[k + 1]?.text !== "=" || words[k + 2]?.text === "=") continue;
    const end = statementEnd(words, k + 2);
    if (!values.has(name.text)) values.set(name.text, words.slice(k + 2, end));
    k = end - 1;
  }
  return values;
}

function statementEnd(words: Words, from: number): number {
  let depth = 0;
  for (let k = from; k < words.length; k++) {
    const word = words[k];
    if (word?.kind === "line" && depth <= 0 && words[k - 1]?.text !== "\\") return k;
    if (word?.kind !== "punctuator") continue;
    if (word.text === "(" || word.text === "[") depth++;
    else if (word.text === ")" || word.text === "]") depth--;
  }
  return words.length;
}

interface Gift {
  readonly condition: Words;
  readonly symbol: string;
}

/** `(condition ? ['CONFIG_X=y'] : [])`, one behind the other. */
function* giftsIn(words: Words): Iterable<Gift> {
  let start = 0;
  let depth = 0;
  for (const [k, word] of words.entries()) {
    if (word.kind !== "punctuator") continue;
    if (word.text === "(" && depth++ === 0) start = k + 1;
    else if (word.text === ")") depth = Math.max(0, depth - 1);
    else if (depth === 1 && (word.text === "?" || word.text === ":")) {
      const given = word.text === "?" ? givenAt(words, k + 1) : undefined;
      if (given !== undefined) yield { condition: words.slice(start, k), symbol: given };
      start = k + 1;
    }
  }
}

/** `X` of `['CONFIG_X=y']` */
function givenAt(words: Words, at: number): string | undefined {
  const [open, given, close] = words.slice(at, at + 3);
  if (open?.text !== "[" || given?.kind !== "string" || close?.text !== "]") return undefined;
  const isGiven = given.text.startsWith("CONFIG_") && given.text.endsWith("=y");
  return isGiven ? given.text.slice("CONFIG_".length, -"=y".length) : undefined;
}

/** Options in a condition, or in what its variable is first set to: all that follows there only takes away. */
function optionsOf(condition: Words, assigned: ReadonlyMap<string, Words>): readonly string[] {
  if (isName(condition, "not") || isName(condition, "or")) return [];
  const direct = optionsAskedIn(condition);
  const [variable, ...rest] = condition;
  const isPlain =
    rest.length === 0 ||
    (rest.length === 4 &&
      rest
        .map(({ text }) => text)
        .join("")
        .endsWith("()"));
  if (direct.length > 0 || variable?.kind !== "name" || !isPlain) return direct;
  const value = assigned.get(variable.text) ?? [];
  return isName(value, "or") ? [] : optionsAskedIn(value);
}

function isName(words: Words, name: string): boolean {
  return words.some(({ kind, text }) => kind === "name" && text === name);
}

/** `get_option('x')` */
function optionsAskedIn(words: Words): readonly string[] {
  return words.flatMap(({ kind, text }, k) => {
    const option = words[k + 2];
    return kind === "name" && text === "get_option" && option?.kind === "string" ? [option.text] : [];
  });
}
