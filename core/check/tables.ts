/** What rules about tables share: names in messages, nested descriptions, and edits inside an initialiser. */
import { isDigits } from "../c/words";
import { lex } from "../c/lex";
import { blanksAfter } from "../c/body";
import type { SourceRange } from "../c/range";
import type { InitialisedMember, VMStateDescription, VMStateField } from "../vmstate/model";
import type { Edit, QuickFix } from "./diagnostic";
import type { Project } from "../project/project";

/** The name as the stream has it, else the C symbol. */
export function nameOf(description: VMStateDescription): string {
  return description.name.known ? description.name.value : description.symbol;
}

/** What functions of a table are called after: `demo` of `vmstate_demo` and `demo_vmstate`. */
export function stemOf(symbol: string): string {
  if (symbol.startsWith("vmstate_")) return symbol.slice("vmstate_".length);
  return symbol.endsWith("_vmstate") ? symbol.slice(0, -"_vmstate".length) : symbol;
}

export function fieldName(field: VMStateField): string {
  return field.name.known ? field.name.value : (field.member?.path ?? "a field");
}

export function has(field: VMStateField, ...flags: readonly string[]): boolean {
  return flags.some((flag) => field.flagNames.includes(flag));
}

/** Kinds of containers whose get function loads elements by a description of the field. */
const containerInfos: ReadonlyMap<string, "tmp" | "list" | "tree"> = new Map([
  ["vmstate_info_tmp", "tmp"],
  ["vmstate_info_qtailq", "list"],
  ["vmstate_info_qlist", "list"],
  ["vmstate_info_gtree", "tree"],
]);

export function containerOf(field: VMStateField): "tmp" | "list" | "tree" | undefined {
  return field.info === undefined ? undefined : containerInfos.get(field.info.symbol);
}

/** The description that a field's elements are saved by. */
export function nestedOf(project: Project, field: VMStateField): VMStateDescription | undefined {
  return field.vmsd === undefined ? undefined : project.resolve(field.vmsd);
}

export function isUnmigratable({ unmigratable }: VMStateDescription): boolean {
  return unmigratable.known && unmigratable.value;
}

export function member(description: VMStateDescription, name: string): InitialisedMember | undefined {
  return description.members.find((each) => each.name === name);
}

/** Where a finding about one designator goes; the table's name where it is not set. */
export function memberRange(description: VMStateDescription, name: string): SourceRange {
  return member(description, name)?.range ?? description.nameRange;
}

/** The text of a range, or undefined where its file is not read. */
export function textAt(project: Project, range: SourceRange): string | undefined {
  return project.text(range.file)?.slice(range.start, range.end);
}

/** Puts another number behind `.version_id =`, where the text holds a plain one. */
export function setNumberFix(
  project: Project,
  description: VMStateDescription,
  name: string,
  value: number,
  title: string,
): readonly QuickFix[] {
  const found = member(description, name);
  if (found === undefined || found.range.file !== description.file) return [];
  const number = plainNumber(project, found);
  return number === undefined ? [] : [{ title, edits: [{ range: number, text: String(value) }] }];
}

/** Where a designator's value stands that is written as one decimal number: `2` of `.version_id = 2`. */
export function plainNumber(project: Project, { range }: InitialisedMember): SourceRange | undefined {
  const [dot, name, equals, number, ...others] = lex(
    project.text(range.file) ?? "",
    range.file,
    range.start,
    range.end,
  );
  if (dot?.text !== "." || name?.kind !== "identifier" || equals?.text !== "=" || others.length > 0) return undefined;
  if (number === undefined || !isDigits(number.text)) return undefined;
  return { file: range.file, start: number.start, end: number.end };
}

/** The place behind the comma that follows; undefined where none does. */
export function behindComma(text: string, end: number): number | undefined {
  const at = blanksAfter(text, end, text.length);
  return text[at] === "," ? at + 1 : undefined;
}

/** Takes an element of a list or a designator out, with its comma, and its line where nothing else stands there. */
export function removalEdit(project: Project, range: SourceRange): Edit | undefined {
  const text = project.text(range.file);
  if (text === undefined) return undefined;
  let { start, end } = range;
  end = behindComma(text, end) ?? end;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const newline = text.indexOf("\n", end);
  const lineEnd = newline === -1 ? text.length : newline;
  if (text.slice(lineStart, start).trim() === "" && text.slice(end, lineEnd).trim() === "") {
    start = lineStart;
    end = Math.min(text.length, lineEnd + 1);
  }
  return { range: { file: range.file, start, end }, text: "" };
}

/** Whether the tree's own headers define a macro for fields. */
export function hasVmstateMacro(project: Project, name: string): boolean {
  for (const path of ["include/migration/vmstate.h", "hw/hw.h", "include/hw/hw.h"]) {
    if (project.facts(path)?.macros.some((each) => each.name === name) === true) return true;
  }
  return false;
}
