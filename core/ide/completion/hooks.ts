/** Functions that a hook of a table may be, and one that is to be written. */
import { stemOf } from "../../check/tables";
import { lex } from "../../c/lex";
import type { FunctionDefinition } from "../../c/facts";
import type { VMStateDescription } from "../../vmstate/model";
import type { Project } from "../../project";
import { findMember } from "../constructs/members";

export interface OfferedHook {
  readonly name: string;
  /** Its parameters are the hook's. */
  readonly fits: boolean;
}

/** The functions of a file, those that fit first. */
export function hooksFor(project: Project, file: string, owner: string, slot: string): readonly OfferedHook[] {
  const wanted = parametersOf(project, file, owner, slot);
  const functions = (project.facts(file)?.declarations ?? []).filter((each) => each.kind === "function");
  const offered = functions.map((each) => ({
    name: each.name,
    fits: wanted !== undefined && same(parameterTypes(textOf(project, file, each)), parameterTypes(wanted)),
  }));
  return offered.sort((a, b) => Number(b.fits) - Number(a.fits));
}

/** A definition with the hook's own signature; undefined where the function is there already. */
export function newHook(
  project: Project,
  table: VMStateDescription,
  slot: string,
): { readonly name: string; readonly text: string } | undefined {
  const name = `${stemOf(table.symbol)}_${slot}`;
  const member = findMember(project, table.file, "VMStateDescription", slot);
  const parameters = parametersOf(project, table.file, "VMStateDescription", slot);
  if (member === undefined || parameters === undefined || project.function(name, table.file) !== undefined)
    return undefined;
  const [result = "int"] = member.text.split("(", 1);
  const value = result.trim() === "bool" ? "true" : "0";
  return { name, text: `static ${result.trim()} ${name}(${parameters})\n{\n    return ${value};\n}\n\n` };
}

/** Of a slot of a struct: `void *opaque, int version_id` of `int (*post_load)(void *opaque, int version_id)`. */
export function parametersOf(project: Project, file: string, owner: string, slot: string): string | undefined {
  const text = findMember(project, file, owner, slot)?.text;
  if (text === undefined) return undefined;
  const open = text.indexOf("(", text.indexOf(")"));
  const close = text.lastIndexOf(")");
  return open === -1 || close <= open ? undefined : text.slice(open + 1, close);
}

function textOf(project: Project, file: string, { parametersStart, parametersEnd }: FunctionDefinition): string {
  return project.text(file)?.slice(parametersStart, parametersEnd) ?? "";
}

/** The types, without the names. */
function parameterTypes(parameters: string): readonly string[] {
  const types: string[] = [];
  let words: string[] = [];
  const end = (): void => {
    const last = words.at(-1);
    if (words.length > 1 && last !== "*") words = words.slice(0, -1);
    types.push(words.filter((word) => word !== "const").join(" "));
    words = [];
  };
  for (const { text } of lex(parameters, "")) {
    if (text === ",") end();
    else words.push(text);
  }
  end();
  return types;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
