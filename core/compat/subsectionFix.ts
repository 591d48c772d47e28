/** Moves fields that came into a subsection that is sent only when they hold something. */
import { indentBefore } from "../c/body";
import type { Edit, QuickFix } from "../check/diagnostic";
import { includeEdit } from "../check/fixes/includeFix";
import type { Project } from "../project/project";
import { typeOfMember } from "../project/stateTypes";
import { memberRange, nameOf, removalEdit, stemOf, textAt } from "../check/tables";
import type { VMStateDescription, VMStateField } from "../vmstate/model";
import type { Origin } from "./layout";

export function subsectionFix(project: Project, added: readonly Origin[]): readonly QuickFix[] {
  const [first] = added;
  const description = first && project.description(first.description.symbol, first.description.file);
  if (first === undefined || description === undefined || !description.name.known) return [];
  if (added.some((item) => item.description.symbol !== description.symbol)) return [];
  const fields = added.map((item) => description.fields[item.field.index]);
  const texts: string[] = [];
  const tests: string[] = [];
  const removals: Edit[] = [];
  for (const field of fields) {
    const text = field && textAt(project, field.range);
    const test = field && holdsSomething(project, description, field);
    const removal = field && removalEdit(project, field.range);
    if (text === undefined || test === undefined || removal === undefined || field?.range.file !== description.file)
      return [];
    texts.push(text);
    tests.push(test);
    removals.push(removal);
  }
  const struct = fields[0]?.member?.structName ?? "";
  if (fields.some((field) => field?.member?.structName !== struct)) return [];
  const listing = listingEdit(project, description, `${description.symbol}_${wordOf(first.name)}`);
  if (listing === undefined) return [];
  const text = definition(project, description, struct, wordOf(first.name), texts, tests);
  const { file, start } = description.range;
  const header = tests.some((each) => each.startsWith("!buffer_is_zero"))
    ? includeEdit(project, file, "qemu/cutils.h")
    : [];
  if (header === undefined) return [];
  const edits = [...header, { range: { file, start, end: start }, text }, ...removals, listing];
  return [{ title: `Move to a subsection ${nameOf(description)}/${wordOf(first.name)}`, edits }];
}

function wordOf(name: string): string {
  return name.replace(/^.*[.>]/, "").replace(/\W+/g, "_");
}

/** An expression that is true where the member differs from zero; undefined for pointers and what is not known. */
function holdsSomething(
  project: Project,
  description: VMStateDescription,
  { member }: VMStateField,
): string | undefined {
  const type = member && typeOfMember(project, member, description.file);
  if (member === undefined || type === undefined) return undefined;
  if (type.kind === "scalar" || type.kind === "enum") return `s->${member.path}`;
  const whole = type.kind === "array" || type.kind === "record";
  return whole ? `!buffer_is_zero(&s->${member.path}, sizeof(s->${member.path}))` : undefined;
}

function definition(
  project: Project,
  description: VMStateDescription,
  struct: string,
  name: string,
  fields: readonly string[],
  tests: readonly string[],
): string {
  const base = stemOf(description.symbol);
  const isConst = /\(\s*const\s+VMStateField/.test(textAt(project, description.range) ?? "");
  return [
    `static bool ${base}_${name}_needed(void *opaque)`,
    "{",
    `    ${struct} *s = opaque;`,
    "",
    `    return ${tests.join(" || ")};`,
    "}",
    "",
    `static const VMStateDescription ${description.symbol}_${name} = {`,
    `    .name = "${nameOf(description)}/${name}",`,
    "    .version_id = 1,",
    "    .minimum_version_id = 1,",
    `    .needed = ${base}_${name}_needed,`,
    `    .fields = (${isConst ? "const " : ""}VMStateField[]) {`,
    ...fields.map((field) => `        ${field},`),
    "        VMSTATE_END_OF_LIST()",
    "    },",
    "};",
    "",
    "",
  ].join("\n");
}

/** `&symbol` in the list of subsections, or a list of its own. */
function listingEdit(project: Project, description: VMStateDescription, symbol: string): Edit | undefined {
  const { file, range } = description;
  const list = description.members.find((each) => each.name === "subsections");
  const text = project.text(file);
  if (text === undefined) return undefined;
  if (list !== undefined) {
    const end = /\b(?:NULL|\{\s*\/\*[^*]*\*\/\s*\}|\{\s*\})\s*,?\s*\}\s*$/.exec(
      text.slice(list.range.start, list.range.end),
    );
    if (end === null || list.range.file !== file) return undefined;
    const at = list.range.start + end.index;
    const indent = indentBefore(text, at);
    return { range: { file, start: at, end: at }, text: `&${symbol},\n${indent}` };
  }
  const fields = memberRange(description, "fields");
  const close = text.lastIndexOf("}", range.end);
  if (close < fields.end) return undefined;
  const isConst = /\(\s*const\s+VMStateField/.test(text.slice(fields.start, fields.end));
  const comma = /^\s*,/.test(text.slice(fields.end, close)) || fields.end < close ? "" : ",";
  const cast = isConst ? "const VMStateDescription * const []" : "const VMStateDescription*[]";
  return {
    range: { file, start: close, end: close },
    text: `${comma}    .subsections = (${cast}) {\n        &${symbol},\n        NULL\n    }\n`,
  };
}
