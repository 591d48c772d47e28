/** What rules about unchecked values share: uses of a value as an index or a length, in the text of C functions. */
import type { FileFacts } from "../c/facts";
import type { FunctionText } from "../project/functionTexts";
import type { Project } from "../project/project";
import { isBounded } from "./bounded";

/** Names of members by how a file uses them: most that a table saves are in none of these. */
export interface MemberUses {
  /** `[… s->name …]` */
  readonly indexes: ReadonlySet<string>;
  /** `… + s->name` */
  readonly sums: ReadonlySet<string>;
  /** `f(s, s->name)`, where `f` is a function of the file that has the parameter between brackets. */
  readonly handed: ReadonlySet<string>;
  /** `for (i = 0; i < s->name; …)` */
  readonly bounds: ReadonlySet<string>;
}

const memberUses = new WeakMap<FileFacts, MemberUses>();
const nothing: MemberUses = { indexes: new Set(), sums: new Set(), handed: new Set(), bounds: new Set() };

export function memberUsesIn(project: Project, file: string): MemberUses {
  const facts = project.facts(file);
  if (facts === undefined) return nothing;
  const known = memberUses.get(facts);
  if (known !== undefined) return known;
  const text = project.text(file) ?? "";
  const indexes = new Set<string>();
  for (const [, index = ""] of text.matchAll(/\[([^[\];]{3,80})\]/g)) {
    for (const [, name = ""] of index.matchAll(/(?:->|\.)\s*(\w+)/g)) indexes.add(name);
  }
  const sums = new Set<string>();
  for (const [, name = ""] of text.matchAll(/\+\s*\w+\s*(?:->|\.)\s*(\w+)\b(?!\s*[*(.-])/g)) sums.add(name);
  const bounds = new Set<string>();
  for (const [, name = ""] of text.matchAll(/;\s*\w+\s*<\s*\w+\s*(?:->|\.)\s*(\w+)\s*;/g)) bounds.add(name);
  const found = { indexes, sums, handed: handedIn(facts, text), bounds };
  memberUses.set(facts, found);
  return found;
}

/** A call of which no argument is a call. */
const plainCall = /\b(\w+)\s*\(([^();]*)\)/g;

function handedIn(facts: FileFacts, text: string): ReadonlySet<string> {
  const parameters = new Map<string, readonly (string | undefined)[]>();
  for (const each of facts.declarations) {
    if (each.kind !== "function") continue;
    const body = text.slice(each.bodyStart, each.bodyEnd);
    const indexed = new Set([...body.matchAll(/\[\s*(\w+)\s*\]/g)].map(([, name = ""]) => name));
    if (indexed.size === 0) continue;
    const names = text.slice(each.parametersStart, each.parametersEnd).split(",").map(lastWord);
    const kept = names.map((name) => (name !== undefined && indexed.has(name) ? name : undefined));
    if (kept.some((name) => name !== undefined)) parameters.set(each.name, kept);
  }
  const handed = new Set<string>();
  for (const [, callee = "", list = ""] of parameters.size === 0 ? [] : text.matchAll(plainCall)) {
    const kept = parameters.get(callee);
    for (const [k, one] of kept === undefined ? [] : list.split(",").entries()) {
      const name = kept?.[k] === undefined ? undefined : /^\s*\w+\s*(?:->|\.)\s*(\w+)\s*$/.exec(one)?.[1];
      if (name !== undefined) handed.add(name);
    }
  }
  return handed;
}

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

/** Loops that `value` ends, and whose counter is an index into an array of a struct. */
export function* loopUses(functions: readonly FunctionText[], value: string): Iterable<IndexUse> {
  const loop = new RegExp(`\\bfor\\s*\\([^;]{0,200};\\s*(\\w+)\\s*<\\s*${value}\\s*;[^;{}]{0,200}\\)`, "g");
  for (const { name, start, body } of functions) {
    for (const match of body.matchAll(loop)) {
      const [all, counter = ""] = match;
      const before = body.slice(0, match.index);
      const after = body.slice(match.index + all.length);
      const inside = /^\s*\{/.test(after) ? after.slice(0, blockEnd(after)) : after.slice(0, after.indexOf(";") + 1);
      const used = new RegExp(`(\\b\\w+(?:\\s*(?:->|\\.)\\s*\\w+){1,8})\\s*\\[\\s*${counter}\\s*\\]`).exec(inside);
      if (used?.[1] === undefined || isBounded(before, value) || isNarrowed(before, value)) continue;
      // left by another condition
      if (/\bbreak\s*;|\breturn\b|\bif\s*\(/.test(inside.slice(0, used.index))) continue;
      yield { functionName: name, start: start + match.index, end: start + match.index + all.length, array: used[1] };
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

/** Places where a member of a struct is an index into another member of the same one: `s->a[s->name]`, `s->a + s->name`. */
export function* usesBesideArray(functions: readonly FunctionText[], name: string): Iterable<IndexUse> {
  const member = `\\s*(?:->|\\.)\\s*`;
  const own = `\\1${member}${literal(name)}\\b(?!\\s*(?:->|\\.|\\(|\\*))`;
  const use = new RegExp(`\\b(\\w+)(${member}\\w+)\\s*(?:\\[\\s*${own}\\s*\\]|\\+\\s*${own})`, "g");
  const value = `\\b\\w+${member}${literal(name)}\\b`;
  for (const { name: functionName, start, body } of functions) {
    for (const match of body.matchAll(use)) {
      const [all, base = "", array = ""] = match;
      const before = body.slice(0, match.index);
      if (isBounded(before, value) || isNarrowed(before, value)) continue;
      yield { functionName, start: start + match.index, end: start + match.index + all.length, array: base + array };
    }
  }
}
