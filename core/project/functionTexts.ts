/** Bodies of a file's functions, as text to search in. */
import { skipNonCode } from "../c/body";
import type { FunctionDefinition } from "../c/facts";
import type { Project } from "./project";

export interface FunctionText {
  readonly name: string;
  readonly definition: FunctionDefinition;
  /** Offset of `body` in the file. */
  readonly start: number;
  readonly parameters: string;
  /** Comments and strings blanked, offsets kept. */
  readonly body: string;
}

const perDefinition = new WeakMap<FunctionDefinition, FunctionText>();

export function functionTexts(project: Project, file: string): readonly FunctionText[] {
  const text = project.text(file);
  const facts = project.facts(file);
  if (text === undefined || facts === undefined) return [];
  return facts.declarations.flatMap((each) => {
    if (each.kind !== "function") return [];
    const known = perDefinition.get(each);
    if (known !== undefined) return known;
    const made = {
      name: each.name,
      definition: each,
      start: each.bodyStart,
      parameters: text.slice(each.parametersStart, each.parametersEnd),
      body: blanked(text.slice(each.bodyStart, each.bodyEnd)),
    };
    perDefinition.set(each, made);
    return made;
  });
}

function blanked(text: string): string {
  let out = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const behind = c === 47 || c === 34 || c === 39 ? skipNonCode(text, i, text.length) : i;
    if (behind === i) continue;
    if (c !== 39) {
      const blank = text
        .slice(i, behind)
        .split("\n")
        .map(({ length }) => " ".repeat(length));
      out += text.slice(from, i) + blank.join("\n");
      from = behind;
    }
    i = behind - 1;
  }
  return out + text.slice(from);
}
