/** Variables of a given struct type with their initialisers: written out, or made by a macro at top level. */
import type { FileFacts, MacroInvocation, VariableDefinition } from "./facts";
import { type Initialiser, matching, parseInitialiser } from "./initialiser";
import { lex } from "./lex";
import type { MakerIndex } from "./makers";
import type { SourceRange } from "./range";
import type { Located } from "./scope";
import type { Scopes } from "./scopes";
import type { Token } from "./token";

export interface InitialisedVariable {
  /** Name; an element of an array is `name[index]` with the index as written, else its number. */
  readonly symbol: string;
  readonly isStatic: boolean;
  readonly typeName: string;
  readonly tokens: readonly Token[];
  readonly initialiser: Initialiser;
  readonly range: SourceRange;
  readonly nameRange: SourceRange;
  readonly condition: string | undefined;
}

/** Those of `facts` whose type is one of `typeNames`, in textual order; arms that the configuration excludes left out. */
export function* variablesOf(
  facts: FileFacts,
  typeNames: ReadonlySet<string>,
  scopes: Scopes,
  makers: MakerIndex,
): Generator<InitialisedVariable> {
  for (const declaration of facts.declarations) {
    if (declaration.kind === "variable") {
      if (!typeNames.has(declaration.typeName) || declaration.initEnd <= declaration.initStart) continue;
      if (declaration.pointer || scopes.condition(facts.path, declaration.condition) === "false") continue;
      yield* written(facts.path, declaration, scopes);
    } else if (declaration.kind === "invocation" && makers.makes(declaration.name, typeNames)) {
      if (scopes.condition(facts.path, declaration.condition) === "false") continue;
      yield* made(facts.path, declaration, typeNames, scopes);
    }
  }
}

function written(file: string, variable: VariableDefinition, scopes: Scopes): InitialisedVariable[] {
  const tokens = scopes.of(file).tokens(file, variable.initStart, variable.initEnd);
  const initialiser = parseInitialiser(tokens, 0, tokens.length);
  const base = {
    isStatic: variable.isStatic,
    typeName: variable.typeName,
    tokens,
    nameRange: { file, start: variable.nameStart, end: variable.nameStart + variable.name.length },
    condition: scopes.conditionText(file, variable.condition),
  };
  const range = { file, start: variable.start, end: variable.end };
  if (!variable.array || initialiser.kind !== "list") return [{ symbol: variable.name, initialiser, range, ...base }];
  return initialiser.elements.map((element, k) => ({
    symbol: `${variable.name}${element.designators[0] ?? `[${k}]`}`,
    initialiser: element.value,
    ...base,
    range: spanOf(tokens, element.start, element.end, range),
    condition: element.condition ?? base.condition,
  }));
}

/**
 * Tokens of what a struct variable's initialiser gives one member, when the text names it outright. The rest of the
 * initialiser is not expanded: a table of hundreds of registers may stand beside the name that is asked for.
 */
export function writtenMember(
  variable: Located<VariableDefinition>,
  member: string,
  text: (file: string) => string | undefined,
  scopes: Scopes,
): readonly Token[] | undefined {
  const { file, declaration } = variable;
  if (declaration.array || declaration.pointer) return undefined;
  const raw = lex(text(file) ?? "", file, declaration.initStart, declaration.initEnd);
  const initialiser = parseInitialiser(raw, 0, raw.length);
  if (initialiser.kind !== "list") return undefined;
  let found: readonly Token[] | undefined;
  for (const { designators, start, value } of initialiser.elements) {
    if (raw[start]?.kind === "directive") return undefined;
    const first = raw[value.start];
    const last = raw[value.end - 1];
    if (designators.length !== 1 || designators[0] !== member || first === undefined || last === undefined) continue;
    found ??= scopes.of(file).tokens(file, first.start, last.end);
  }
  return found;
}

function spanOf(tokens: readonly Token[], start: number, end: number, fallback: SourceRange): SourceRange {
  const first = tokens[start];
  const last = tokens[end - 1];
  const from = first?.use ?? first;
  const to = last?.use ?? last;
  if (from?.file !== fallback.file || to?.file !== fallback.file || to.end < from.start) return fallback;
  return { file: fallback.file, start: from.start, end: to.end };
}

function made(
  file: string,
  invocation: MacroInvocation,
  typeNames: ReadonlySet<string>,
  scopes: Scopes,
): InitialisedVariable[] {
  const tokens = scopes.of(file).tokens(file, invocation.start, invocation.end);
  const found: InitialisedVariable[] = [];
  const range = { file, start: invocation.start, end: invocation.end };
  for (let k = 0; k < tokens.length; k++) {
    const type = tokens[k];
    if (type?.kind !== "identifier" || !typeNames.has(type.text)) continue;
    let nameAt = k + 1;
    while (tokens[nameAt]?.text === "const") nameAt++;
    const name = tokens[nameAt];
    if (name?.kind !== "identifier") continue;
    let at = nameAt + 1;
    const array = tokens[at]?.text === "[";
    if (array) at = matching(tokens, at, tokens.length) + 1;
    if (tokens[at]?.text !== "=") continue;
    const stop = statementEnd(tokens, at + 1);
    const initialiser = parseInitialiser(tokens, at + 1, stop);
    const inUse =
      name.file === file && name.use !== undefined && name.start >= invocation.start && name.end <= invocation.end;
    const base = {
      isStatic: tokens.slice(Math.max(0, k - 3), k).some((t) => t.text === "static"),
      typeName: type.text,
      tokens,
      range,
      nameRange: inUse ? { file, start: name.start, end: name.end } : range,
      condition: scopes.conditionText(file, invocation.condition),
    };
    if (array && initialiser.kind === "list") {
      initialiser.elements.forEach((element, n) => {
        const symbol = `${name.text}${element.designators[0] ?? `[${n}]`}`;
        found.push({ symbol, initialiser: element.value, ...base });
      });
    } else found.push({ symbol: name.text, initialiser, ...base });
    k = stop;
  }
  return found;
}

function statementEnd(tokens: readonly Token[], start: number): number {
  for (let k = start; k < tokens.length; k++) {
    const text = tokens[k]?.text;
    if (text === ";") return k;
    if (text === "{" || text === "(" || text === "[") k = matching(tokens, k, tokens.length);
  }
  return tokens.length;
}
