/** What stands at a place of a file, as far as it is about vmstate. Everything else is left to a C language server. */
import { behindPrefix } from "../../c/words";
import { bareName } from "../../project/stateTypes";
import { blanksAfter, isIdentifierPart } from "../../c/body";
import type { LoadableProject, LocatedFunction, PriorityLevel } from "../../project";
import type { MacroDefinition } from "../../c/facts";
import type { SourceRange } from "../../c/range";
import type { Located } from "../../c/scope";
import type { VMStateDescription, VMStateField, VMStateInfo } from "../../vmstate/model";
import { macroSeenFrom } from "../../project/macroRoles";
import { type Word, wordAt } from "./word";

interface Base {
  /** The word or element that was meant. */
  readonly range: SourceRange;
}

/** Inside a table: `owner` is the description, `field` the element of its list if the place lies in one. */
interface Inside extends Base {
  readonly owner: VMStateDescription | undefined;
  readonly field: VMStateField | undefined;
}

export type Construct =
  /** The description's own symbol, where it is defined or where it is used. */
  | (Inside & { readonly kind: "description"; readonly description: VMStateDescription; readonly defines: boolean })
  | (Inside & {
      readonly kind: "callback";
      readonly role: string;
      readonly name: string;
      readonly target: LocatedFunction | undefined;
    })
  | (Inside & { readonly kind: "level"; readonly level: PriorityLevel })
  | (Inside & { readonly kind: "macro"; readonly name: string; readonly definition: Located<MacroDefinition> })
  /** A member of the state struct; `path` ends at the word. */
  | (Inside & { readonly kind: "member"; readonly structName: string; readonly path: string })
  | (Inside & { readonly kind: "struct"; readonly name: string })
  | (Inside & { readonly kind: "info"; readonly info: VMStateInfo })
  /** `.name` of a designated initialiser in a description. */
  | (Inside & { readonly kind: "designator"; readonly name: string })
  | (Inside & { readonly kind: "field"; readonly field: VMStateField });

export function constructAt(project: LoadableProject, path: string, offset: number): Construct | undefined {
  const text = project.text(path);
  if (text === undefined) return undefined;
  const owner = descriptionAround(project, path, offset);
  const field = owner?.fields.find((each) => contains(each.range, path, offset) && !spansTable(each, owner));
  const word = wordAt(text, offset);
  const found = word && constructOfWord(project, path, text, word, owner, field);
  if (found !== undefined) return found;
  return field === undefined ? undefined : { kind: "field", owner, field, range: field.range };
}

/** The innermost description whose text holds the place; for a list of fields that is declared apart, one that uses it. */
export function descriptionAround(
  project: LoadableProject,
  path: string,
  offset: number,
): VMStateDescription | undefined {
  const all = project.descriptionsIn(path);
  let found: VMStateDescription | undefined;
  for (const each of all) {
    if (!contains(each.range, path, offset)) continue;
    if (found === undefined || each.range.end - each.range.start < found.range.end - found.range.start) found = each;
  }
  return found ?? all.find((each) => each.fields.some((field) => contains(field.range, path, offset)));
}

function constructOfWord(
  project: LoadableProject,
  path: string,
  text: string,
  word: Word,
  owner: VMStateDescription | undefined,
  field: VMStateField | undefined,
): Construct | undefined {
  const range = { file: path, start: word.start, end: word.end };
  const inside = { owner, field, range };
  const level = project.priorityLevels().find((each) => each.name === word.text);
  if (level !== undefined) return { kind: "level", level, ...inside };
  const description = project.description(word.text, path);
  if (description !== undefined) {
    const { file, start } = description.nameRange;
    return { kind: "description", description, defines: file === path && start === word.start, ...inside };
  }
  if (owner === undefined) return macroUse(project, path, text, word, inside);
  const callback = callbackNamed(project, path, word, owner, field);
  if (callback !== undefined) return { ...callback, ...inside };
  if (isDesignator(text, word)) return { kind: "designator", name: word.text, ...inside };
  const member = field && memberNamed(field, text, word);
  if (member !== undefined) return { kind: "member", ...member, ...inside };
  if (field !== undefined && isStructOf(field, word.text)) return { kind: "struct", name: word.text, ...inside };
  const info = project.info(word.text, path);
  if (info !== undefined) return { kind: "info", info, ...inside };
  const definition = macroSeenFrom(project, word.text, path);
  return definition === undefined ? undefined : { kind: "macro", name: word.text, definition, ...inside };
}

/** Outside a table only a macro that makes tables or fields is ours, by the name that QEMU's convention gives it. */
function macroUse(
  project: LoadableProject,
  path: string,
  text: string,
  word: Word,
  inside: Inside,
): Construct | undefined {
  if (!word.text.startsWith("VMSTATE_") || text.charAt(word.start - 1) === '"') return undefined;
  const definition = macroSeenFrom(project, word.text, path);
  return definition === undefined ? undefined : { kind: "macro", name: word.text, definition, ...inside };
}

function callbackNamed(
  project: LoadableProject,
  path: string,
  word: Word,
  owner: VMStateDescription,
  field: VMStateField | undefined,
): { readonly kind: "callback"; role: string; name: string; target: LocatedFunction | undefined } | undefined {
  const target = () => project.function(word.text, path);
  for (const [role, reference] of Object.entries(owner.hooks)) {
    if (reference?.name === word.text && contains(reference.range, path, word.start)) {
      return { kind: "callback", role, name: word.text, target: target() };
    }
  }
  if (field?.fieldExists?.name === word.text) {
    return { kind: "callback", role: "field_exists", name: word.text, target: target() };
  }
  return undefined;
}

function isDesignator(text: string, word: Word): boolean {
  return text.charAt(word.start - 1) === "." && text[blanksAfter(text, word.end, text.length)] === "=";
}

/** The member that an argument names: `ring.head[0]` is met word by word. */
function memberNamed(
  field: VMStateField,
  text: string,
  word: Word,
): { readonly structName: string; readonly path: string } | undefined {
  for (const member of [field.member, field.numMember, field.sizeMember]) {
    if (member === undefined) continue;
    let start = word.start;
    while (start > field.range.start && isPathPart(text, start - 1)) start--;
    const before = text.slice(start, word.start);
    const path = before + word.text;
    const whole = member.path;
    if (whole === path || whole.startsWith(`${path}.`) || whole.startsWith(`${path}[`)) {
      return { structName: member.structName, path };
    }
  }
  return undefined;
}

function isStructOf(field: VMStateField, name: string): boolean {
  return [field.member, field.numMember, field.sizeMember].some(
    (member) => member !== undefined && behindPrefix(bareName(member.structName), "union ") === name,
  );
}

/** A field that a macro makes together with the whole table has no place of its own. */
function spansTable(field: VMStateField, owner: VMStateDescription): boolean {
  return field.range.start <= owner.range.start && field.range.end >= owner.range.end;
}

export function contains(range: SourceRange, path: string, offset: number): boolean {
  return range.file === path && range.start <= offset && offset <= range.end;
}

function isPathPart(text: string, at: number): boolean {
  return isIdentifierPart(text.charCodeAt(at)) || ".[]->".includes(text.charAt(at));
}
