/** The C of a proposed table. */
import { asName } from "../../c/words";
import { type CheckedIndex, postLoadName, postLoadText } from "../../check/fixes/postLoadFix";
import { arrayBeside, unheldUse } from "../../check/unheldUse";
import { lex } from "../../c/lex";
import type { Project } from "../../project/project";
import { bareName } from "../../project/stateTypes";
import { findMember } from "../constructs/members";
import type { ProposedTable, TableText } from "./model";

/** The section is called after the type whose instances the struct is; else after the struct. */
export function namesFor(
  project: Project,
  file: string,
  structName: string,
): { readonly symbol: string; readonly name: string } {
  const bare = bareName(structName);
  const types = [...project.types()].filter(
    (type) => type.file === file && type.instanceStruct === bare && !type.abstract,
  );
  const words = inWords(bare.endsWith("State") ? bare.slice(0, -"State".length) : bare);
  const name = types.length === 1 ? (types[0]?.name ?? words) : words.replaceAll("_", "-");
  const symbol = `vmstate_${asName(types.length === 1 ? name : words).toLowerCase()}`;
  return { symbol: project.description(symbol, file)?.file === file ? `${symbol}_new` : symbol, name };
}

export function tableText(
  project: Project,
  file: string,
  { symbol, name, fields }: Pick<ProposedTable, "symbol" | "name" | "fields">,
): TableText {
  const [first, ...others] = fields.flatMap(({ text }) => uncheckedIndex(project, file, text));
  const hook = first === undefined ? undefined : postLoadName(project, symbol, file);
  const lines = [
    ...(first === undefined || hook === undefined ? [] : [postLoadText(hook, [first, ...others]), ""]),
    `static const VMStateDescription ${symbol} = {`,
    `    .name = "${name}",`,
    "    .version_id = 1,",
    "    .minimum_version_id = 1,",
    ...(hook === undefined ? [] : [`    .post_load = ${hook},`]),
    `    .fields = (${listType(project, file, "fields")}) {`,
    ...fields.map(({ text }) => fieldLine(text)),
  ];
  return { head: `${lines.join("\n")}\n`, tail: "        VMSTATE_END_OF_LIST()\n    },\n};" };
}

/** Of a field that goes into an index as it comes, and of an array in the same struct. */
function uncheckedIndex(project: Project, file: string, text: string): readonly CheckedIndex[] {
  const field = project.field(text, file)?.field;
  const found = field && unheldUse(project, file, field);
  if (found?.use.kind !== "index") return [];
  const { member, isSigned: signed } = found.streamed;
  const array = arrayBeside(project, file, member, found.use.array);
  return array === undefined ? [] : [{ member, array, signed }];
}

export function fieldLine(text: string): string {
  return `        ${text},`;
}

/** Of the list behind `.fields` or `.subsections`, as this tree's struct takes it: `const VMStateField[]`. */
export function listType(project: Project, file: string, slot: string): string {
  const text = findMember(project, file, "VMStateDescription", slot)?.text ?? "";
  const isConst = lex(text, "").filter(({ text: word }) => word === "const").length;
  if (slot === "fields") return isConst === 0 ? "VMStateField[]" : "const VMStateField[]";
  return isConst === 2 ? "const VMStateDescription * const []" : "const VMStateDescription *[]";
}

/** `demo_timer` of `DemoTimer`. */
function inWords(name: string): string {
  let made = "";
  for (const [i, c] of Array.from(name).entries()) {
    const before = name.charAt(i - 1);
    const startsWord = c !== c.toLowerCase() && before !== "" && before !== "_" && before === before.toLowerCase();
    made += startsWord ? `_${c}` : c;
  }
  return made.toLowerCase();
}
