/** Typedefs that a macro at top level makes: QOM's declaration macros introduce most device structs so. */
import type { MakerIndex } from "./definitions";
import type { ConditionIndex, FileFacts, TypedefDeclaration } from "./facts";
import type { Located } from "./scope";
import type { Token } from "./token";

export interface MadeTypedefSource {
  paths(): Iterable<string>;
  facts(path: string): FileFacts | undefined;
  makers(): MakerIndex;
  tokens(file: string, start: number, end: number): readonly Token[];
  excluded(file: string, condition: ConditionIndex): boolean;
}

const typedefWord: ReadonlySet<string> = new Set(["typedef"]);

export function madeTypedefs(source: MadeTypedefSource): ReadonlyMap<string, readonly Located<TypedefDeclaration>[]> {
  const found = new Map<string, Located<TypedefDeclaration>[]>();
  const makers = source.makers();
  for (const file of source.paths()) {
    for (const declaration of source.facts(file)?.declarations ?? []) {
      if (declaration.kind !== "invocation" || !makers.makes(declaration.name, typedefWord)) continue;
      if (source.excluded(file, declaration.condition)) continue;
      const { start, end, condition } = declaration;
      for (const name of typedefNames(source.tokens(file, start, end))) {
        const made: TypedefDeclaration = { kind: "typedef", names: [name], start, end, condition };
        const list = found.get(name);
        if (list === undefined) found.set(name, [{ file, declaration: made }]);
        else list.push({ file, declaration: made });
      }
    }
  }
  return found;
}

/** Name before the `;` of each `typedef … name;` outside braces. */
function typedefNames(tokens: readonly Token[]): string[] {
  const names: string[] = [];
  let depth = 0;
  let inTypedef = false;
  let last = "";
  for (const token of tokens) {
    if (token.text === "{" || token.text === "(") depth++;
    else if (token.text === "}" || token.text === ")") depth--;
    else if (depth === 0 && token.text === "typedef") inTypedef = true;
    else if (depth === 0 && token.text === ";") {
      if (inTypedef && last !== "") names.push(last);
      inTypedef = false;
    } else if (depth === 0 && inTypedef && token.kind === "identifier") last = token.text;
  }
  return names;
}
