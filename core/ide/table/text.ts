/** The C of a proposed table. */
import type { Project } from "../../project/project";
import { structNamed } from "../../project/stateTypes";
import { membersOf } from "../constructs/members";
import type { ProposedTable, TableText } from "./model";

/** The section is called after the type whose instances the struct is; else after the struct. */
export function namesFor(
  project: Project,
  file: string,
  structName: string,
): { readonly symbol: string; readonly name: string } {
  const bare = structName.replace(/^struct /, "");
  const types = [...project.types()].filter(
    (type) => type.file === file && type.instanceStruct === bare && !type.abstract,
  );
  const words = bare
    .replace(/State$/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase();
  const name = types.length === 1 ? (types[0]?.name ?? words) : words.replaceAll("_", "-");
  const symbol = `vmstate_${(types.length === 1 ? name : words).replace(/\W+/g, "_").toLowerCase()}`;
  return { symbol: project.description(symbol, file)?.file === file ? `${symbol}_new` : symbol, name };
}

export function tableText(
  project: Project,
  file: string,
  { symbol, name, fields }: Pick<ProposedTable, "symbol" | "name" | "fields">,
): TableText {
  const lines = [
    `static const VMStateDescription ${symbol} = {`,
    `    .name = "${name}",`,
    "    .version_id = 1,",
    "    .minimum_version_id = 1,",
    `    .fields = (${fieldListType(project, file)}[]) {`,
    ...fields.map(({ text }) => fieldLine(text)),
  ];
  return { head: `${lines.join("\n")}\n`, tail: "        VMSTATE_END_OF_LIST()\n    },\n};" };
}

export function fieldLine(text: string): string {
  return `        ${text},`;
}

/** `const VMStateField`, or without const in trees whose struct takes no const list. */
export function fieldListType(project: Project, file: string): string {
  const struct = structNamed(project, "VMStateDescription", file);
  const { token } = membersOf(project, struct).find(({ name }) => name === "fields") ?? {};
  if (token === undefined) return "const VMStateField";
  const text = project.text(token.file) ?? "";
  const line = text.slice(text.lastIndexOf("\n", token.start) + 1, token.start);
  return line.includes("const") ? "const VMStateField" : "VMStateField";
}
