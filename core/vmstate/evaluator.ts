/** Constant expressions of tables, on the tree's types and layouts. */
import type { CTypes } from "../c/ctype";
import { parseExpression } from "../c/expression";
import type { CScope } from "../c/scope";
import { known, unknown, type Value } from "../c/value";
import type { Evaluator } from "./constants";
import type { MemberReference } from "./model";

export function createEvaluator(types: CTypes): Evaluator {
  return {
    integer(tokens, scope) {
      const context = { tokens, scope };
      const value = types.integer(parseExpression(context), context);
      if (!value.known) return value;
      const number = Number(value.value);
      return Number.isSafeInteger(number) ? known(number) : unknown(`${value.value} is too large`);
    },
    string(tokens, scope) {
      const context = { tokens, scope };
      return types.text(parseExpression(context), context);
    },
  };
}

/** Byte offset of `path` in the struct that a field's macro names. */
export function offsetOfMember(types: CTypes, member: MemberReference, scope: CScope): Value<number> {
  const text = `__builtin_offsetof(${member.structName}, ${member.path})`;
  const context = { tokens: scope.expandText(text), scope };
  const value = types.integer(parseExpression(context), context);
  return value.known ? known(Number(value.value)) : value;
}
