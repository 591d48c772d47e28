/**
 * Functions and initialisers after the preprocessor, for whoever runs them: macros are expanded and `#if` arms decided.
 * Positions of nodes are indexes into the tokens, which know where in the file they come from.
 */
import type { Cursor } from "../cursor";
import { readDeclarations } from "../declarator";
import { readAssignment } from "../expression";
import { SourceToken } from "../lex";
import type { CScope } from "../scope";
import type { Block, Context, Expression, TypeSyntax } from "../syntax";
import type { Token } from "../token";
import { readList } from "./declaration";
import { pairBrackets } from "./prepare";
import { readBlock } from "./statements";

export interface ExpandedParameter {
  readonly name: string;
  readonly type: TypeSyntax;
}

export interface ExpandedFunction {
  readonly context: Context;
  /** The function's own type, as its declarator says. */
  readonly type: TypeSyntax | undefined;
  readonly parameters: readonly ExpandedParameter[];
  readonly block: Block;
}

/** The function of that name in the tokens of a definition, or of all that a macro makes; undefined where it is not there. */
export function expandedFunction(tokens: readonly Token[], scope: CScope, name: string): ExpandedFunction | undefined {
  const behind = pairBrackets(tokens);
  let from = 0;
  for (let k = 0; k < tokens.length; k++) {
    const text = tokens[k]?.text;
    if (text === ";") from = k + 1;
    if (text === "{") {
      k = (behind[k] ?? k + 1) - 1;
      from = k + 1;
    }
    if (text !== name || tokens[k + 1]?.text !== "(") continue;
    const close = behind[k + 1] ?? tokens.length;
    if (tokens[close]?.text !== "{") continue;
    const context: Context = { tokens, scope };
    const declared = readDeclarations(context, from, close)[0]?.declarators[0];
    return {
      context,
      type: declared?.type,
      parameters: parametersBetween(context, k + 2, close - 1),
      block: readBlock(cursorOver(context, behind, close)),
    };
  }
  return undefined;
}

/** The variable of that name among what a macro makes. */
export function expandedVariable(
  context: Context,
  name: string,
): { readonly type: TypeSyntax; readonly value: Expression } | undefined {
  const { tokens } = context;
  const behind = pairBrackets(tokens);
  let from = 0;
  for (let k = 0; k < tokens.length; k++) {
    const text = tokens[k]?.text;
    if (text === ";") from = k + 1;
    if (text === "{") {
      k = (behind[k] ?? k + 1) - 1;
      if (tokens[k + 1]?.text !== ";") from = k + 1;
    }
    if (text !== name) continue;
    const next = tokens[k + 1]?.text === "[" ? (behind[k + 1] ?? k + 1) : k + 1;
    if (tokens[next]?.text !== "=") continue;
    const declarator = readDeclarations(context, from, next)[0]?.declarators[0];
    const cursor = cursorOver(context, behind, next + 1);
    const value = tokens[next + 1]?.text === "{" ? readList(cursor) : readAssignment(cursor);
    return declarator === undefined ? undefined : { type: declarator.type, value };
  }
  return undefined;
}

/** The expression or list that the tokens are. */
export function expandedInitialiser(tokens: readonly Token[], scope: CScope): Expression {
  const context: Context = { tokens, scope };
  const cursor = cursorOver(context, pairBrackets(tokens), 0);
  return tokens[0]?.text === "{" ? readList(cursor) : readAssignment(cursor);
}

function cursorOver(context: Context, behind: Int32Array, index: number): Cursor {
  const tokens = context.tokens.map(
    (token, k) =>
      new SourceToken(token.kind, token.text, token.file, k, k + 1, token.space, undefined, undefined, false),
  );
  const body = { text: "", behind, block: readBlock, list: readList, missing: -1 };
  return { context, tokens, end: tokens.length, index, depth: 0, body };
}

function parametersBetween(context: Context, start: number, end: number): readonly ExpandedParameter[] {
  const found: ExpandedParameter[] = [];
  let depth = 0;
  let from = start;
  for (let k = start; k <= end; k++) {
    const text = k === end ? "," : (context.tokens[k]?.text ?? "");
    if (text === "(" || text === "[") depth++;
    else if (text === ")" || text === "]") depth--;
    else if (text === "," && depth === 0) {
      const declarator = readDeclarations(context, from, k)[0]?.declarators[0];
      if (declarator !== undefined) found.push({ name: declarator.name ?? "", type: declarator.type });
      from = k + 1;
    }
  }
  return found;
}
