/** Statements as they run, as far as their conditions are decided. */
import type { Expression, Statement } from "../c/syntax";
import { bind } from "./substituted";

export interface Following<T> {
  /** What local names stand for; undefined: not known. */
  readonly bindings: Map<string, Expression | undefined>;
  /** undefined: not known. */
  truth(condition: Expression): boolean | undefined;
  act(expression: Expression): void;
  returned(value: Expression | undefined): T;
  /** What comes of a condition that is not known, and of a statement that is not followed. */
  lost(): T;
}

/** What is returned; undefined where the statements run to their end. */
export function follow<T>(statements: readonly Statement[], following: Following<T>): T | undefined {
  for (const statement of statements) {
    const result = one(statement, following);
    if (result !== undefined) return result;
  }
  return undefined;
}

function one<T>(statement: Statement, following: Following<T>): T | undefined {
  switch (statement.kind) {
    case "block":
      return follow(statement.statements, following);
    case "if": {
      const truth = following.truth(statement.condition);
      if (truth === undefined) return following.lost();
      const branch = truth ? statement.then : statement.otherwise;
      return branch && one(branch, following);
    }
    case "return":
      return following.returned(statement.value);
    case "declaration":
      for (const { name, value } of statement.declarators) bind(following.bindings, name, value);
      return undefined;
    case "expression":
      following.act(statement.expression);
      return undefined;
    case "empty":
      return undefined;
    default:
      return following.lost();
  }
}
