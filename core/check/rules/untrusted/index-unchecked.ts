/** Indexes that come out of the stream, and that nobody looks at before they are used. */
import type { CType } from "../../../c/ctype";
import { sizeOf } from "../../../c/layout";
import type { SourceRange } from "../../../c/range";
import type { MemberReference, VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { filesBeside } from "../../../project/folders";
import { descriptionRoles, descriptionKey } from "../../../code/registered";
import { typeOfMember } from "../../../project/stateTypes";
import { versionNeverReached } from "../../neverSent";
import { fieldName, has } from "../../tables";
import { type FunctionText, functionTexts } from "../../../project/functionTexts";
import {
  indexUses,
  indexUsesInCallees,
  type IndexUse,
  literal,
  loopUses,
  memberUsesIn,
  usesBesideArray,
} from "../../fromStream";
import { postLoadFix } from "../../fixes/postLoadFix";
import { isPrivate } from "../../../project/privateStructs";
import { type Finding, rule } from "../../rule";

const integers = /^vmstate_info_u?int(?:8|16|32|64)$/;

export const indexUnchecked = rule({
  code: "index-unchecked",
  group: "untrusted",
  severity: "information",
  default: "review",
  title: "Index from the stream, unchecked",
  summary: "A value of the stream is used as an index, and no post_load looks at it.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { indexes, sums, handed, bounds } = memberUsesIn(project, description.file);
      for (const field of description.fields) {
        const { member } = field;
        if (member === undefined || !isPlainInteger(field)) continue;
        const name = lastName(member.path);
        const isUsed = indexes.has(name) || sums.has(name) || handed.has(name) || bounds.has(name);
        const others = isUsed ? [] : filesUsing(project, description.file, member);
        if (!isUsed && others.length === 0) continue;
        const functions = functionTexts(project, description.file);
        if (isChecked(project, description, functions, member)) continue;
        const use = firstUse(project, description, field, member, others);
        if (use !== undefined && versionNeverReached(project, description, field) === undefined) yield use;
      }
    }
  },
});

function isPlainInteger(field: VMStateField): boolean {
  return (
    integers.test(field.info?.symbol ?? "") &&
    !field.flagNames.some((flag) => /ARRAY|BUFFER|POINTER|MUST_EXIST/.test(flag)) &&
    !has(field, "STRUCT")
  );
}

/** post_load of the table, or of one that holds it, or a VMSTATE_VALIDATE of it, names the member. */
function isChecked(
  project: Project,
  description: VMStateDescription,
  functions: readonly FunctionText[],
  { path }: MemberReference,
): boolean {
  const last = lastName(path);
  const roles = descriptionRoles(project);
  const seen = new Set<string>();
  const pending = [description];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = descriptionKey(next);
    if (seen.has(key)) continue;
    seen.add(key);
    const hooks = [next.hooks.post_load, next.hooks.post_load_errp];
    const tests = next.fields.filter((field) => has(field, "MUST_EXIST")).map((field) => field.fieldExists);
    for (const hook of [...hooks, ...tests]) {
      if (hook !== undefined && mentions(project, hook.name, next.file, functions, last, 0)) return true;
    }
    for (const { parent } of roles.nested.get(key) ?? []) pending.push(parent);
  }
  return false;
}

function mentions(
  project: Project,
  name: string,
  file: string,
  functions: readonly FunctionText[],
  member: string,
  depth: number,
): boolean {
  const found = project.function(name, file);
  if (found === undefined) return true;
  const own = functionTexts(project, found.file).find((each) => each.name === name);
  if (own !== undefined && new RegExp(`\\b${literal(member)}\\b`).test(own.body)) return !isIndexedIn(own, member);
  if (depth >= 2) return false;
  return project
    .calls(found)
    .some(
      (call) =>
        call.through === undefined &&
        functionTexts(project, found.file).some((each) => each.name === call.callee) &&
        mentions(project, call.callee, found.file, functions, member, depth + 1),
    );
}

/** The hook itself relies on what the stream says. */
function isIndexedIn(hook: FunctionText, member: string): boolean {
  const value = valueOf(member);
  for (const uses of [indexUses([hook], value), loopUses([hook], value)]) for (const _ of uses) return true;
  return false;
}

/** A pattern of the member of whatever struct. */
function valueOf(name: string): string {
  return `\\b\\w+\\s*(?:->|\\.)\\s*(?:\\w+\\s*(?:->|\\.)\\s*)*${literal(name)}\\b(?!\\s*(?:->|\\.|\\())`;
}

function lastName(path: string): string {
  return /(\w+)$/.exec(path)?.[1] ?? path;
}

/** Other files of the folder that use the member of a struct that they can see beside an array. */
function filesUsing(project: Project, file: string, { structName, path }: MemberReference): readonly string[] {
  if (path !== lastName(path) || isPrivate(project, file, structName)) return [];
  return filesBeside(project, file).filter((each) => {
    if (each === file) return false;
    const { indexes, sums } = memberUsesIn(project, each);
    return indexes.has(path) || sums.has(path);
  });
}

interface FileUse extends IndexUse {
  readonly file: string;
  /** It says where a loop over the array ends. */
  readonly isBound?: true;
}

function* usesOf(project: Project, file: string, others: readonly string[], path: string): Iterable<FileUse> {
  const name = lastName(path);
  const value = valueOf(name);
  const own = functionTexts(project, file);
  const { indexes, sums, handed, bounds } = memberUsesIn(project, file);
  if (indexes.has(name)) for (const use of indexUses(own, value)) yield { ...use, file };
  if (handed.has(name)) for (const use of indexUsesInCallees(own, value)) yield { ...use, file };
  for (const each of sums.has(name) ? [file, ...others] : others) {
    for (const use of usesBesideArray(functionTexts(project, each), name)) yield { ...use, file: each };
  }
  if (bounds.has(name)) for (const use of loopUses(own, value)) yield { ...use, file, isBound: true };
}

function firstUse(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  member: MemberReference,
  others: readonly string[],
): Finding | undefined {
  const type = typeOfMember(project, member, description.file);
  const bytes = sizeOf(project.ctypes(), type);
  if (!bytes.known) return undefined;
  const largest = 2 ** (8 * Math.min(bytes.value, field.size.known ? field.size.value : bytes.value)) - 1;
  for (const use of usesOf(project, description.file, others, member.path)) {
    const array = arrayOf(project, description, member, use);
    // a count of one of the table's arrays is count-unchecked's
    const isCount = use.isBound === true && description.fields.some((each) => each.numMember?.path === member.path);
    if (array === undefined || isCount || largest < array.length + (use.isBound === true ? 1 : 0)) continue;
    const signed = type.kind === "scalar" && type.signed;
    const fixes = use.isBound === true ? [] : postLoadFix(project, description, { member, array: array.path, signed });
    return { ...finding(field, member, use, array.length), fixes };
  }
  return undefined;
}

/** The array that is indexed and how many elements it has, where it is a member of the same struct. */
function arrayOf(
  project: Project,
  { file }: VMStateDescription,
  { structName, path }: MemberReference,
  { array }: IndexUse,
): { readonly path: string; readonly length: number } | undefined {
  const name = lastName(array);
  if (name === array) return undefined;
  const prefix = path.slice(0, path.length - lastName(path).length);
  for (const candidate of [`${prefix}${name}`, name]) {
    const type: CType = typeOfMember(project, { structName, path: candidate }, file);
    if (type.kind === "array" && type.length?.known === true) return { path: candidate, length: type.length.value };
  }
  return undefined;
}

function finding(field: VMStateField, { path }: MemberReference, use: FileUse, length: number): Finding {
  const { file, start, end } = use;
  const range: SourceRange = { file, start, end };
  return {
    range: field.range,
    message: `${fieldName(field)} is ${use.isBound === true ? "the end of a loop over" : "an index into"} ${lastName(use.array)}, which has ${length} elements, and nothing checks what the stream puts into ${path}: let post_load refuse what is out of range.`,
    related: [{ range, message: `${use.functionName} uses it as it is` }],
  };
}
