import { isIdentifierPart } from "../../c/body";
import type { LoadableProject } from "../../project";
import type { Construct } from "../constructs/construct";
import { describeField } from "./field";
import { code, codeBlock } from "./markdown";

const longest = 1600;

/** The field it makes, and the initialiser that comes out of it. */
export function describeMacro(
  project: LoadableProject,
  construct: Extract<Construct, { kind: "macro" }>,
  path: string,
): string {
  const { name, definition, owner, field, range } = construct;
  const { parameters } = definition.declaration;
  const head = codeBlock(`#define ${name}${parameters === undefined ? "" : `(${parameters.join(", ")})`}`);
  const parts = [head];
  if (owner !== undefined && field !== undefined && field.macro === name) {
    parts.push(describeField(project, owner, field) ?? "");
    const expansion = expansionOf(project, path, range.start, field.range.end);
    if (expansion !== undefined) parts.push(codeBlock(expansion));
  }
  parts.push(`Defined in ${code(definition.file)}`);
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Tokens of a use after expansion, one designator a line. */
export function expansionOf(project: LoadableProject, path: string, start: number, end: number): string | undefined {
  const tokens = project.scope(path).tokens(path, start, end);
  if (tokens.length === 0) return undefined;
  let text = "";
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const { text: word } = token;
    if (word === "{" || word === "(" || word === "[") depth++;
    if (word === "}" || word === ")" || word === "]") depth--;
    if (word === "." && depth === 1 && opensLine(text)) text = `${text.trimEnd()}\n    `;
    else if (word === "}" && depth === 0) text = `${text.trimEnd()}\n`;
    else if (index > 0 && needsSpace(text, word)) text += " ";
    text += word;
    if (text.length > longest) return `${text.slice(0, longest)}…`;
  }
  return text;
}

function opensLine(text: string): boolean {
  const trimmed = text.trimEnd();
  return trimmed.endsWith("{") || trimmed.endsWith(",");
}

const closing: ReadonlySet<string> = new Set([")", ",", ";", ".", "[", "]"]);

function needsSpace(before: string, word: string): boolean {
  const last = before.at(-1) ?? "";
  if (last.trim() === "" || "([.&!".includes(last)) return false;
  if (before.endsWith("->") || word === "->") return false;
  return !closing.has(word) && !(word === "(" && isIdentifierPart(last.charCodeAt(0)));
}
