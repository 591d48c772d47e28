/** What rules about unchecked values share: uses of a value as an index or a length, in the text of C functions. */
import type { FileFacts } from "../../c/facts";
import type { FunctionText } from "../functionTexts";
import type { Project } from "../project";
import { isBounded } from "./bounded";

const indexNames = new WeakMap<FileFacts, ReadonlySet<string>>();

/** Names of members that occur between brackets, or as an argument, anywhere in a file: most have none that a table saves. */
export function membersInBrackets(project: Project, file: string): ReadonlySet<string> {
  const facts = project.facts(file);
  if (facts === undefined) return new Set();
  const known = indexNames.get(facts);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const [, index = ""] of (project.text(file) ?? "").matchAll(/\[([^[\];]{3,80})\]/g)) {
    for (const [, name = ""] of index.matchAll(/(?:->|\.)\s*(\w+)/g)) found.add(name);
  }
  // `s->buf + s->pos`, where both are of one struct
  for (const [, name = ""] of (project.text(file) ?? "").matchAll(/\+\s*\w+\s*(?:->|\.)\s*(\w+)\b(?!\s*[*(.-])/g))
    found.add(name);
  // a function may be handed the index
  for (const [, name = ""] of (project.text(file) ?? "").matchAll(/,\s*\w+(?:->|\.)(\w+)\s*(?=[,)])/g)) found.add(name);
  indexNames.set(facts, found);
  return found;
}

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
  const compared = new RegExp(`${value}\\s*(?:[<>]=?(?![<>])|!=)|(?:[^<>-][<>]=?|!=)\\s*${value}`);
  const narrowed = new RegExp(`${value}\\s*(?:[&%]=|=(?!=))`);
  return compared.test(before) || narrowed.test(before);
}

/**
 * Places of a file where `value` (a pattern) is an index as it is: alone, counted up, or in a sum. Not where a mask, a
 * remainder or a function bounds it, nor behind a comparison of it in the same function.
 */
export function* indexUses(functions: readonly FunctionText[], value: string): Iterable<IndexUse> {
  const use = new RegExp(`((?:\\b\\w+\\s*(?:->|\\.)\\s*)*\\b\\w+)\\s*\\[([^\\[\\];]*${value}[^\\[\\];]*)\\]`, "g");
  for (const { name, start, body } of functions) {
    for (const match of body.matchAll(use)) {
      const [all, array = "", index = ""] = match;
      if (!/^[\w\s.>+*-]*$/.test(index) || /-(?!>)(?!-)/.test(index) || /\w\s*\(/.test(index)) continue;
      if (isGuarded(body.slice(0, match.index), value)) continue;
      yield { functionName: name, start: start + match.index, end: start + match.index + all.length, array };
    }
  }
}

/**
 * The same where `value` is handed as it is to a function of the file, and is an index there by the parameter's name.
 * The array is one of the function's own.
 */
export function* indexUsesInCallees(functions: readonly FunctionText[], value: string): Iterable<IndexUse> {
  const handed = new RegExp(`\\b(\\w+)\\s*\\(([^();]*?)(?<=,\\s*)${value}\\s*(?=[,)])`, "g");
  const seen = new Set<string>();
  for (const { body } of functions) {
    for (const match of body.matchAll(handed)) {
      const [, callee = "", before = ""] = match;
      const position = before.split(",").length - 1;
      if (seen.has(`${callee} ${position}`) || isGuarded(body.slice(0, match.index), value)) continue;
      seen.add(`${callee} ${position}`);
      const target = functions.find(({ name }) => name === callee);
      const parameter = target && /(\w+)\s*\)?$/.exec(target.parameters.split(",")[position] ?? "")?.[1];
      if (target !== undefined && parameter !== undefined) yield* indexUses([target], `\\b${parameter}\\b`);
    }
  }
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
      if (isBounded(body.slice(0, match.index), value)) continue;
      yield { functionName, start: start + match.index, end: start + match.index + all.length, array: base + array };
    }
  }
}
