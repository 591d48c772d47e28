/** Functions and variables that a macro at top level makes: QOM's declaration macros make the casts of most types so. */
import type { ConditionIndex, FileFacts, FunctionDefinition, MacroInvocation } from "./facts";
import type { MakerIndex } from "./makers";
import type { Token } from "./token";
import type { Varying } from "./varying";

export interface MadeFunctionSource {
  facts(path: string): FileFacts | undefined;
  /** Functions with a macro for a head. */
  headed(): Iterable<{ readonly file: string; readonly declaration: FunctionDefinition }>;
  text(path: string): string | undefined;
  makers(): MakerIndex;
  tokens(file: string, start: number, end: number): readonly Token[];
  excluded(file: string, condition: ConditionIndex): boolean;
  readonly varying: Pick<Varying, "kept" | "note">;
}

/** A use of a macro that defines the function, among other things. */
export interface MadeFunction {
  readonly file: string;
  readonly invocation: MacroInvocation;
}

interface Use extends MadeFunction {
  /** None where the configuration excludes it. */
  names: { readonly value: ReadonlySet<string>; readonly varies: boolean } | undefined;
}

const functionWords: ReadonlySet<string> = new Set(["inline", "void"]);
const shortestWord = 3;

/**
 * The uses that make a function of that name, in the order of the files. A use is expanded when a name is asked for that holds one of
 * its arguments at an end or between two underscores, or from its own file.
 */
export function madeFunctions(source: MadeFunctionSource): (name: string, file: string) => readonly MadeFunction[] {
  const byWord = new Map<string, Use[]>();
  const byFile = new Map<string, Use[]>();
  const answers = new Map<string, readonly MadeFunction[]>();
  /** Names that another target may make in other places. */
  const varied = new Set<string>();
  const makers = source.makers();
  const add = (file: string, invocation: MacroInvocation, end: number): void => {
    const use: Use = { file, invocation, names: undefined };
    const own = byFile.get(file);
    if (own === undefined) byFile.set(file, [use]);
    else own.push(use);
    const text = source.text(file) ?? "";
    for (const word of new Set(wordsIn(text, invocation.nameStart + invocation.name.length, end))) {
      const uses = byWord.get(word);
      if (uses === undefined) byWord.set(word, [use]);
      else uses.push(use);
    }
  };
  for (const file of makers.filesMaking(functionWords)) {
    for (const declaration of source.facts(file)?.declarations ?? []) {
      if (declaration.kind !== "invocation" || !makers.makes(declaration.name, functionWords)) continue;
      add(file, declaration, declaration.end);
    }
  }
  for (const { file, declaration } of source.headed()) {
    const { name, nameStart, start, end, condition, parametersStart } = declaration;
    const macro = name.slice(0, name.indexOf("("));
    add(file, { kind: "invocation", name: macro, nameStart, start, end, condition }, parametersStart);
  }
  const making = (name: string, uses: Iterable<Use>): readonly MadeFunction[] => {
    const found: MadeFunction[] = [];
    for (const use of uses) {
      const { file, invocation } = use;
      const { start, end, condition } = invocation;
      use.names ??= source.varying.kept(() =>
        source.excluded(file, condition) ? new Set<string>() : definedNames(source.tokens(file, start, end)),
      );
      if (use.names.value.has(name)) found.push({ file, invocation });
    }
    return found;
  };
  const byEnds = (name: string): readonly MadeFunction[] => {
    const before = answers.get(name);
    if (before !== undefined) return before;
    const uses = new Set<Use>();
    for (let length = shortestWord; length <= name.length; length++) {
      for (const use of byWord.get(name.slice(0, length)) ?? []) uses.add(use);
      for (const use of byWord.get(name.slice(-length)) ?? []) uses.add(use);
    }
    for (const part of insideParts(name)) for (const use of byWord.get(part) ?? []) uses.add(use);
    const found = making(name, uses);
    answers.set(name, found);
    if ([...uses].some(({ names }) => names?.varies)) varied.add(name);
    return found;
  };
  return (name, file) => {
    const found = byEnds(name);
    if (varied.has(name)) source.varying.note();
    return found.length > 0 ? found : making(name, byFile.get(file) ?? []);
  };
}

const mostParts = 12;

/** `b` and `b_c` of `a_b_c_d`, and so on: what stands between two underscores. */
function* insideParts(name: string): Generator<string> {
  const parts = name.split("_", mostParts);
  for (let from = 1; from < parts.length - 1; from++) {
    for (let to = from + 1; to < parts.length; to++) yield parts.slice(from, to).join("_");
  }
}

function* wordsIn(text: string, start: number, end: number): Generator<string> {
  let from = -1;
  for (let k = start; k <= end; k++) {
    const code = k < end ? text.charCodeAt(k) : 0;
    const isWord =
      (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
    if (isWord && from < 0) from = k;
    if (!isWord && from >= 0) {
      if (k - from >= shortestWord) yield text.slice(from, k);
      from = -1;
    }
  }
}

/** The name before `=`, with or without `[…]`. */
function declaredBefore(tokens: readonly Token[], at: number): string | undefined {
  let k = at - 1;
  if (tokens[k]?.text === "]") while (k > 0 && tokens[k]?.text !== "[") k--;
  if (tokens[k]?.text === "[") k--;
  const token = tokens[k];
  return token?.kind === "identifier" ? token.text : undefined;
}

/** Names before `( … ) {` and before `=`, outside braces. */
function definedNames(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  let depth = 0;
  let parentheses = 0;
  let candidate = "";
  for (let k = 0; k < tokens.length; k++) {
    const text = tokens[k]?.text;
    if (text === "{") {
      if (depth === 0 && parentheses === 0 && candidate !== "" && tokens[k - 1]?.text === ")") names.add(candidate);
      depth++;
    } else if (text === "}") depth--;
    else if (depth > 0) continue;
    else if (text === "(") {
      if (parentheses === 0 && tokens[k - 1]?.kind === "identifier") candidate = tokens[k - 1]?.text ?? "";
      parentheses++;
    } else if (text === ")") parentheses--;
    else if (text === "=" && parentheses === 0) {
      const name = declaredBefore(tokens, k);
      if (name !== undefined) names.add(name);
    } else if (text === ";") candidate = "";
  }
  return names;
}
