/** A scope over one snippet of C without macros, and shorthands to ask questions about it. */
import type { CTypes } from "../../core/c/ctype";
import { parseExpression } from "../../core/c/expression";
import { lex } from "../../core/c/lex";
import type { CScope } from "../../core/c/scope";
import { skim } from "../../core/c/skim";
import type { Context, Expression } from "../../core/c/syntax";
import { createTypes } from "../../core/c/types";
import type { Value } from "../../core/c/value";

export interface Snippet {
  readonly types: CTypes;
  readonly scope: CScope;
  context(text: string): Context;
  parse(text: string): Expression;
  /** The number, or the reason why there is none. */
  number(text: string): bigint | string;
  text(text: string): string;
}

export function snippet(code = ""): Snippet {
  const file = "snippet.c";
  const { declarations } = skim(file, code);
  const scope: CScope = {
    file,
    target: { name: "x86_64", pointerSize: 8, longSize: 8 },
    tokens: (_file, start, end) => lex(code, file, start, end),
    expandText: (text) => lex(text, ""),
    at: () => scope,
    typedef(name) {
      for (const declaration of declarations) {
        if (declaration.kind === "typedef" && declaration.names.includes(name)) return { file, declaration };
      }
      return undefined;
    },
    record(kind, tag) {
      for (const declaration of declarations) {
        if (declaration.kind === kind && "tag" in declaration && declaration.tag === tag) return { file, declaration };
      }
      return undefined;
    },
    variable(name) {
      for (const declaration of declarations) {
        if (declaration.kind === "variable" && declaration.name === name) return { file, declaration };
      }
      return undefined;
    },
    enumOf(enumerator) {
      for (const declaration of declarations) {
        if (declaration.kind !== "enum") continue;
        if (declaration.enumerators.includes(enumerator)) return { file, declaration };
      }
      return undefined;
    },
  };
  const types = createTypes();
  const context = (text: string): Context => ({ tokens: lex(text, ""), scope });
  const parse = (text: string): Expression => parseExpression(context(text));
  const shown = <T>(value: Value<T>): T | string => (value.known ? value.value : value.reason);
  return {
    types,
    scope,
    context,
    parse,
    number: (text) => shown(types.integer(parse(text), context(text))),
    text: (text) => shown(types.text(parse(text), context(text))),
  };
}
