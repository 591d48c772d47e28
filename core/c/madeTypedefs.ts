/** Typedefs that a macro at top level makes: QOM's declaration macros introduce most device structs so. */
import { namesIn } from "./words";
import type { MakerIndex } from "./makers";
import type { ConditionIndex, FileFacts, MacroInvocation, TypedefDeclaration } from "./facts";
import type { Located } from "./scope";
import type { Token } from "./token";
import type { Varying } from "./varying";

export interface MadeTypedefSource {
  facts(path: string): FileFacts | undefined;
  text(path: string): string | undefined;
  makers(): MakerIndex;
  tokens(file: string, start: number, end: number): readonly Token[];
  excluded(file: string, condition: ConditionIndex): boolean;
  readonly varying: Pick<Varying, "kept" | "note">;
}

export interface MadeTypedefs {
  /** Those of the tree; `file` is the one that asks, which may have been read since. */
  get(name: string, file: string): readonly Located<TypedefDeclaration>[] | undefined;
}

interface Use {
  readonly file: string;
  readonly invocation: MacroInvocation;
  readonly words: readonly string[];
}

interface Answer {
  readonly found: readonly Located<TypedefDeclaration>[] | undefined;
  /** Whether one of the macros that were expanded for it may make something else for another target. */
  readonly varies: boolean;
}

const typedefWord: ReadonlySet<string> = new Set(["typedef"]);
/** A name shorter than this is no argument that a type's name begins or ends with. */
const shortestWord = 3;

/** A macro's use is expanded when a name is asked for that begins or ends with one of its arguments. */
export function madeTypedefs(source: MadeTypedefSource): MadeTypedefs {
  const byWord = new Map<string, Use[]>();
  const indexed = new Set<string>();
  const namesOf = new Map<MacroInvocation, ReturnType<typeof made>>();
  const answers = new Map<string, Answer>();

  const index = (file: string): void => {
    indexed.add(file);
    for (const use of usesIn(source, file)) {
      for (const word of use.words) {
        const uses = byWord.get(word);
        if (uses === undefined) byWord.set(word, [use]);
        else uses.push(use);
      }
    }
  };
  for (const file of source.makers().filesMaking(typedefWord)) index(file);

  /** None of a macro that the configuration excludes. */
  const made = ({ file, invocation }: Use): { readonly value: readonly string[]; readonly varies: boolean } => {
    let names = namesOf.get(invocation);
    if (names === undefined) {
      const { start, end, condition } = invocation;
      names = source.varying.kept(() =>
        source.excluded(file, condition) ? [] : typedefNames(source.tokens(file, start, end)),
      );
      namesOf.set(invocation, names);
    }
    return names;
  };

  const look = (name: string): Answer => {
    const uses = new Set<Use>();
    for (let length = shortestWord; length <= name.length; length++) {
      for (const use of byWord.get(name.slice(0, length)) ?? []) uses.add(use);
      for (const use of byWord.get(name.slice(-length)) ?? []) uses.add(use);
    }
    const found: Located<TypedefDeclaration>[] = [];
    for (const use of uses) {
      const { start, end, condition } = use.invocation;
      if (!made(use).value.includes(name)) continue;
      found.push({ file: use.file, declaration: { kind: "typedef", names: [name], start, end, condition } });
    }
    const varies = [...uses].some((use) => made(use).varies);
    return { found: found.length === 0 ? undefined : found, varies };
  };

  return {
    get(name, file) {
      if (!indexed.has(file)) {
        index(file);
        answers.clear();
      }
      let answer = answers.get(name);
      if (answer === undefined) {
        answer = look(name);
        answers.set(name, answer);
      }
      if (answer.varies) source.varying.note();
      return answer.found;
    },
  };
}

function usesIn(source: MadeTypedefSource, file: string): readonly Use[] {
  const makers = source.makers();
  const uses: Use[] = [];
  for (const declaration of source.facts(file)?.declarations ?? []) {
    if (declaration.kind !== "invocation" || !makers.makes(declaration.name, typedefWord)) continue;
    const operands = source.text(file)?.slice(declaration.nameStart + declaration.name.length, declaration.end) ?? "";
    uses.push({ file, invocation: declaration, words: [...namesIn(operands)] });
  }
  return uses;
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
