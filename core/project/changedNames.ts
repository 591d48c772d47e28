/** Which names an edit of a file changes for other files. */
import type { ConditionIndex, Declaration, FileFacts, RecordDefinition } from "../c/facts";
import { CharClass, classOf, lex } from "../c/lex";
import { armsAround } from "./change";
import { isCalledThrough } from "./known";

/** A file of C as it is, or as it was. */
export interface FileState {
  readonly facts: FileFacts;
  readonly text: string;
}

/**
 * Names that other files may know and that came, went, or are declared otherwise: macros, types, enumerators, functions and
 * variables; neither what bodies and initialisers say nor what is in structs, which counts for who sees the file. undefined
 * where that reaches further: a macro at top level may declare what it does not name, a table of functions is called through.
 */
export function changedNames(before: FileState, after: FileState): ReadonlySet<string> | undefined {
  const [was, is] = [declaredBy(before), declaredBy(after)];
  if (was.unnamed.join("\n") !== is.unnamed.join("\n")) return undefined;
  const found = new Set<string>();
  for (const name of [...was.names.keys(), ...is.names.keys()]) {
    if (was.names.get(name) !== is.names.get(name)) found.add(name);
  }
  return found;
}

interface Declared {
  /** How each name is declared, with the conditions around it. */
  readonly names: ReadonlyMap<string, string>;
  /** What reaches further than a name. */
  readonly unnamed: readonly string[];
}

function declaredBy({ facts, text }: FileState): Declared {
  const names = new Map<string, string>();
  const unnamed: string[] = [];
  const note = (name: string, condition: ConditionIndex, ...said: readonly string[]): void => {
    const all = [names.get(name) ?? "", ...said, ...armsAround(facts, condition)];
    names.set(name, all.join("\0"));
  };
  for (const { name, nameStart, bodyEnd, condition } of facts.macros)
    note(name, condition, "macro", text.slice(nameStart, bodyEnd));
  const isSource = facts.path.endsWith(".c");
  for (const each of facts.declarations) {
    const { kind, condition } = each;
    if (kind === "invocation" || (kind === "variable" && isCalledThrough(each)))
      unnamed.push([text.slice(each.start, each.end), ...armsAround(facts, condition)].join("\0"));
    // nobody else sees it
    if (isSource && (kind === "function" || kind === "variable") && each.isStatic) continue;
    for (const name of namesOf(each)) note(name, condition, kind, ...saidOf(each, text));
    if (kind !== "enum") continue;
    for (const [name, said] of enumeratorsOf(each, text)) note(name, condition, kind, said);
  }
  return { names, unnamed };
}

function namesOf(declaration: Declaration): readonly string[] {
  switch (declaration.kind) {
    case "typedef":
      return declaration.names;
    case "struct":
    case "union":
      return declaration.tag === undefined ? [] : [declaration.tag];
    case "enum":
      return declaration.tag === undefined ? [] : [declaration.tag];
    case "invocation":
      return [];
    default:
      return [declaration.name];
  }
}

/** Each with the words up to the next one: what comes later changes no value before it. */
function* enumeratorsOf(declared: RecordDefinition, text: string): Iterable<readonly [name: string, said: string]> {
  const words = lex(text, "", declared.start, declared.bodyEnd).map((token) => token.text);
  let end = words.indexOf("{");
  for (const [k, name] of declared.enumerators.entries()) {
    const next = declared.enumerators[k + 1];
    const found = next === undefined ? -1 : words.indexOf(next, end + 1);
    end = found === -1 ? words.length : found;
    const said = words.slice(0, end);
    yield [name, (said.at(-1) === "," ? said.slice(0, -1) : said).join(" ")];
  }
}

/** What decides which of several of a name is meant, and what it is; a type's own definition is for who sees it. */
function saidOf(declaration: Declaration, text: string): readonly string[] {
  switch (declaration.kind) {
    case "enum":
    case "typedef":
      return [text.slice(declaration.start, declaration.end)];
    case "function":
      return [String(declaration.isStatic), text.slice(declaration.start, declaration.bodyStart)];
    case "variable": {
      const { isStatic, typeName, pointer, array, initStart, initEnd } = declaration;
      return [[isStatic, typeName, pointer, array, initEnd > initStart].join(" ")];
    }
    default:
      return [];
  }
}

/** Words up to which a text is searched for each before it is gone through. */
const fewWords = 8;

/** Whether one of the words stands in a text, comments and strings included. */
export function mentioning(words: ReadonlySet<string>): (text: string) => boolean {
  const lengths = new Set(Array.from(words, (word) => word.length));
  const few = words.size <= fewWords ? [...words] : undefined;
  return (text) => few?.some((word) => text.includes(word)) !== false && mentionsAny(text, words, lengths);
}

function mentionsAny(text: string, words: ReadonlySet<string>, lengths: ReadonlySet<number>): boolean {
  for (let at = 0; at < text.length; at++) {
    if (classOf(text.charCodeAt(at)) < CharClass.Identifier) continue;
    const start = at;
    while (at < text.length && classOf(text.charCodeAt(at)) >= CharClass.Identifier) at++;
    if (lengths.has(at - start) && words.has(text.slice(start, at))) return true;
  }
  return false;
}
