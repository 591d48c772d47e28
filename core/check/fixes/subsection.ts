/** A subsection for members that a table does not save where they stand: sent only while they hold something. */
import type { SourceRange } from "../../c/range";
import { asName } from "../../c/words";
import { indentBefore } from "../../c/body";
import { lex } from "../../c/lex";
import type { Project } from "../../project/project";
import { typeOfMember } from "../../project/stateTypes";
import type { MemberReference, VMStateDescription } from "../../vmstate/model";
import type { Edit } from "../diagnostic";
import { memberRange, nameOf, stemOf } from "../tables";
import { includeEdit } from "./includeFix";

export interface SubsectionField {
  readonly member: MemberReference;
  /** `VMSTATE_UINT32(ctl, DemoState)` */
  readonly text: string;
}

/** What a subsection is called after: the first member that it saves. */
export function subsectionWord({ path }: MemberReference): string {
  return asName(path.slice(path.lastIndexOf(".") + 1));
}

/** The definition before the table and its entry there. undefined where the text does not allow it, and for members of several structs. */
export function subsectionEdits(
  project: Project,
  description: VMStateDescription,
  fields: readonly [SubsectionField, ...SubsectionField[]],
): readonly Edit[] | undefined {
  if (!description.name.known) return undefined;
  const [first] = fields;
  const struct = first.member.structName;
  const word = subsectionWord(first.member);
  const symbol = `${description.symbol}_${word}`;
  const tests = fields.map(({ member }) => holdsSomething(project, description, member));
  if (tests.some((test) => test === undefined)) return undefined;
  if (fields.some(({ member }) => member.structName !== struct)) return undefined;
  if (project.descriptionsIn(description.file).some((each) => each.symbol === symbol)) return undefined;
  const listing = listingEdit(project, description, symbol);
  const { file, start } = description.range;
  const header = tests.some((each) => each?.startsWith("!buffer_is_zero"))
    ? includeEdit(project, file, "qemu/cutils.h")
    : [];
  if (listing === undefined || header === undefined) return undefined;
  const texts = fields.map(({ text }) => text);
  const text = definition(project, description, { struct, word, symbol, texts, test: tests.join(" || ") });
  return [...header, { range: { file, start, end: start }, text }, listing];
}

/** An expression that is true where the member differs from zero; undefined for pointers and what is not known. */
function holdsSomething(
  project: Project,
  description: VMStateDescription,
  member: MemberReference,
): string | undefined {
  const type = typeOfMember(project, member, description.file);
  if (type.kind === "scalar" || type.kind === "enum") return `s->${member.path}`;
  const whole = type.kind === "array" || type.kind === "record";
  return whole ? `!buffer_is_zero(&s->${member.path}, sizeof(s->${member.path}))` : undefined;
}

interface Definition {
  readonly struct: string;
  readonly word: string;
  readonly symbol: string;
  readonly texts: readonly string[];
  readonly test: string;
}

function definition(
  project: Project,
  description: VMStateDescription,
  { struct, word, symbol, texts, test }: Definition,
): string {
  const needed = `${stemOf(description.symbol)}_${word}_needed`;
  const isConst = isConstList(project, description.range);
  return [
    `static bool ${needed}(void *opaque)`,
    "{",
    `    ${struct} *s = opaque;`,
    "",
    `    return ${test};`,
    "}",
    "",
    `static const VMStateDescription ${symbol} = {`,
    `    .name = "${nameOf(description)}/${word}",`,
    "    .version_id = 1,",
    "    .minimum_version_id = 1,",
    `    .needed = ${needed},`,
    `    .fields = (${isConst ? "const " : ""}VMStateField[]) {`,
    ...texts.map((text) => `        ${text},`),
    "        VMSTATE_END_OF_LIST()",
    "    },",
    "};",
    "",
    "",
  ].join("\n");
}

/** Whether the list of fields there is cast to one of constants. */
function isConstList(project: Project, range: SourceRange): boolean {
  const tokens = lex(project.text(range.file) ?? "", range.file, range.start, range.end);
  const at = tokens.findIndex(({ text }) => text === "VMStateField");
  return tokens[at - 1]?.text === "const" && tokens[at - 2]?.text === "(";
}

/** Where `NULL` or `{ }` ends the list. */
function endOfList(project: Project, range: SourceRange): number | undefined {
  const tokens = lex(project.text(range.file) ?? "", range.file, range.start, range.end);
  if (tokens.pop()?.text !== "}") return undefined;
  if (tokens.at(-1)?.text === ",") tokens.pop();
  const last = tokens.at(-1);
  if (last?.text === "NULL") return last.start;
  return last?.text === "}" && tokens.at(-2)?.text === "{" ? tokens.at(-2)?.start : undefined;
}

/** `&symbol` in the list of subsections, or a list of its own. */
function listingEdit(project: Project, description: VMStateDescription, symbol: string): Edit | undefined {
  const { file, range } = description;
  const list = description.members.find((each) => each.name === "subsections");
  const text = project.text(file);
  if (text === undefined) return undefined;
  if (list !== undefined) {
    const at = list.range.file === file ? endOfList(project, list.range) : undefined;
    if (at === undefined) return undefined;
    const indent = indentBefore(text, at);
    return { range: { file, start: at, end: at }, text: `&${symbol},\n${indent}` };
  }
  const fields = memberRange(description, "fields");
  const last = Math.max(0, ...description.members.map((each) => each.range.end));
  const [comma] = lex(text, file, last, range.end);
  if (fields.file !== file || last === 0 || comma === undefined) return undefined;
  const isConst = isConstList(project, fields);
  const cast = isConst ? "const VMStateDescription * const []" : "const VMStateDescription*[]";
  const at = comma.text === "," ? comma.end : last;
  return {
    range: { file, start: at, end: at },
    text: `${comma.text === "," ? "" : ","}\n    .subsections = (${cast}) {\n        &${symbol},\n        NULL\n    }`,
  };
}
