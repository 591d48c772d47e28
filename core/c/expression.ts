/**
 * C expressions from expanded tokens. Total: what is no expression becomes an `unknown` node with a reason, and the
 * cursor never stands still in a loop.
 */
import { accept, behindBracket, bracketed, type Cursor, createCursor, maxDepth, peek } from "./cursor";
import { isTypeName, isTypeWord, readTypeName, startsTypeName } from "./declarator";
import { readChar, readInteger, readQuoted } from "./literal";
import type { Context, Designator, Expression, Span, TypeSyntax } from "./syntax";

/** Reads `context.tokens[start, end)` as one expression, comma operator included. */
export function parseExpression(context: Context, start = 0, end: number = context.tokens.length): Expression {
  const cursor = createCursor(context, start, end);
  if (cursor.index >= cursor.end) return unknownAt(cursor, start, "empty expression");
  const expression = readComma(cursor);
  if (cursor.index < cursor.end && expression.kind !== "unknown") {
    return unknownAt(cursor, start, `unexpected \`${peek(cursor)}\` behind an expression`);
  }
  return expression;
}

/** Reads `context.tokens[start, end)` as a type name or an expression, as the operand of typeof may be either. */
export function parseTypeOrExpression(
  context: Context,
  start: number,
  end: number,
): { readonly type: TypeSyntax } | { readonly expression: Expression } {
  const cursor = createCursor(context, start, end);
  if (!startsTypeName(cursor)) return { expression: parseExpression(context, start, end) };
  return { type: readTypeName(cursor) };
}

function unknownAt(cursor: Cursor, start: number, reason: string): Expression {
  return { kind: "unknown", reason, start, end: cursor.index };
}

const binaryPrecedence: ReadonlyMap<string, number> = new Map([
  ["*", 10],
  ["/", 10],
  ["%", 10],
  ["+", 9],
  ["-", 9],
  ["<<", 8],
  [">>", 8],
  ["<", 7],
  [">", 7],
  ["<=", 7],
  [">=", 7],
  ["==", 6],
  ["!=", 6],
  ["&", 5],
  ["^", 4],
  ["|", 3],
  ["&&", 2],
  ["||", 1],
]);

const assignments: ReadonlySet<string> = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="]);

function readComma(cursor: Cursor): Expression {
  let left = readAssignment(cursor);
  while (peek(cursor) === ",") {
    cursor.index++;
    const right = readAssignment(cursor);
    left = { kind: "binary", operator: ",", left, right, start: left.start, end: cursor.index };
  }
  return left;
}

function readAssignment(cursor: Cursor): Expression {
  if (cursor.depth >= maxDepth) return unknownAt(cursor, cursor.index, "nested too deeply");
  cursor.depth++;
  let left = readConditional(cursor);
  const operator = peek(cursor);
  if (assignments.has(operator)) {
    cursor.index++;
    const right = readAssignment(cursor);
    left = { kind: "binary", operator, left, right, start: left.start, end: cursor.index };
  }
  cursor.depth--;
  return left;
}

function readConditional(cursor: Cursor): Expression {
  const test = readBinary(cursor, 1);
  if (peek(cursor) !== "?") return test;
  cursor.index++;
  const then = peek(cursor) === ":" ? undefined : readNested(cursor, readComma);
  if (!accept(cursor, ":")) return unknownAt(cursor, test.start, "`?` without `:`");
  const otherwise = readNested(cursor, readConditional);
  return { kind: "conditional", test, then, otherwise, start: test.start, end: cursor.index };
}

function readNested(cursor: Cursor, read: (cursor: Cursor) => Expression): Expression {
  if (cursor.depth >= maxDepth) return unknownAt(cursor, cursor.index, "nested too deeply");
  cursor.depth++;
  const expression = read(cursor);
  cursor.depth--;
  return expression;
}

function readBinary(cursor: Cursor, minimum: number): Expression {
  let left = readUnary(cursor);
  for (;;) {
    const operator = peek(cursor);
    const precedence = binaryPrecedence.get(operator);
    if (precedence === undefined || precedence < minimum) return left;
    cursor.index++;
    const right = readBinary(cursor, precedence + 1);
    left = { kind: "binary", operator, left, right, start: left.start, end: cursor.index };
  }
}

function readUnary(cursor: Cursor): Expression {
  if (cursor.depth >= maxDepth) return unknownAt(cursor, cursor.index, "nested too deeply");
  const start = cursor.index;
  const text = peek(cursor);
  switch (text) {
    case "+":
    case "-":
    case "!":
    case "~":
    case "*":
    case "&":
    case "++":
    case "--": {
      cursor.index++;
      const operand = readNested(cursor, readUnary);
      return { kind: "unary", operator: text, operand, start, end: cursor.index };
    }
    case "&&":
      cursor.index++;
      return unknownAt(cursor, start, "address of a label");
    case "__extension__":
      cursor.index++;
      return readNested(cursor, readUnary);
    case "sizeof":
      return readQuery(cursor, "sizeof");
    case "_Alignof":
    case "alignof":
    case "__alignof__":
    case "__alignof":
      return readQuery(cursor, "alignof");
    case "(":
      return readParenthesis(cursor);
    default:
      return readSuffixes(cursor, readPrimary(cursor));
  }
}

function readQuery(cursor: Cursor, kind: "sizeof" | "alignof"): Expression {
  const start = cursor.index++;
  if (peek(cursor) === "(" && startsType(cursor, true)) {
    const open = cursor.index++;
    const type = readTypeName(cursor);
    if (!accept(cursor, ")")) return recover(cursor, open, start, "a type name that can't be read");
    if (peek(cursor) !== "{") {
      return { kind: kind === "sizeof" ? "sizeof-type" : "alignof-type", type, start, end: cursor.index };
    }
    const literal: Expression = { kind: "compound", type, body: bracketed(cursor), start: open, end: cursor.index };
    return { kind, operand: readSuffixes(cursor, literal), start, end: cursor.index };
  }
  const operand = readNested(cursor, readUnary);
  return { kind, operand, start, end: cursor.index };
}

/** Goes on behind the bracket at `open`, so that one bad part spoils no more than itself. */
function recover(cursor: Cursor, open: number, start: number, reason: string): Expression {
  cursor.index = Math.max(cursor.index, behindBracket(cursor.tokens, open, cursor.end));
  return unknownAt(cursor, start, reason);
}

/** Cast, compound literal, statement expression or a parenthesised expression. */
function readParenthesis(cursor: Cursor): Expression {
  const start = cursor.index;
  if (peek(cursor, 1) === "{") {
    bracketed(cursor);
    return readSuffixes(cursor, unknownAt(cursor, start, "statement expression"));
  }
  if (startsType(cursor, false)) {
    cursor.index++;
    const type = readTypeName(cursor);
    if (!accept(cursor, ")")) return recover(cursor, start, start, "a type name that can't be read");
    if (peek(cursor) === "{") {
      const body = bracketed(cursor);
      return readSuffixes(cursor, { kind: "compound", type, body, start, end: cursor.index });
    }
    const operand = readNested(cursor, readUnary);
    return { kind: "cast", type, operand, start, end: cursor.index };
  }
  cursor.index++;
  const inner = readNested(cursor, readComma);
  if (!accept(cursor, ")")) {
    const reason = inner.kind === "unknown" ? inner.reason : `unexpected \`${peek(cursor)}\` in parentheses`;
    return recover(cursor, start, start, reason);
  }
  return readSuffixes(cursor, inner);
}

/**
 * Whether the `(` under the cursor holds a type name. Syntax decides where it can, so that names are looked up in
 * scope only where `(a) - b`, `(a)(b)` or `(a * (b))` leave no other way.
 */
function startsType(cursor: Cursor, afterSizeof: boolean): boolean {
  const first = cursor.tokens[cursor.index + 1];
  if (first?.kind !== "identifier" || cursor.index + 1 >= cursor.end) return false;
  const name = first.text;
  if (isTypeWord(name)) return true;
  const second = peek(cursor, 2);
  if (second === ")") {
    const third = peek(cursor, 3);
    if (third === "{") return true;
    if (afterSizeof) return isTypeName(cursor.context, name) || !isObject(cursor.context, name);
    const token = cursor.tokens[cursor.index + 3];
    if (cursor.index + 3 >= cursor.end || token === undefined) return false;
    if (token.kind !== "punctuator") return true;
    if (third === "~" || third === "!") return true;
    return (
      (third === "(" || third === "-" || third === "+" || third === "&" || third === "*") &&
      isTypeName(cursor.context, name)
    );
  }
  if (second === "*") {
    for (let ahead = 3; ; ahead++) {
      const text = peek(cursor, ahead);
      if (text === "*" || text === "const" || text === "volatile" || text === "restrict") continue;
      if (text === ")") return true;
      return (text === "(" || text === "[") && isTypeName(cursor.context, name);
    }
  }
  if (second === "(") return peek(cursor, 3) === "*" && (peek(cursor, 4) === ")" || isTypeName(cursor.context, name));
  if (second === "[") return peek(cursor, 3) === "]" || isTypeName(cursor.context, name);
  return cursor.tokens[cursor.index + 2]?.kind === "identifier" && isTypeName(cursor.context, name);
}

function isObject(context: Context, name: string): boolean {
  return context.scope.variable(name) !== undefined || context.scope.enumOf(name) !== undefined;
}

function readSuffixes(cursor: Cursor, primary: Expression): Expression {
  let object = primary;
  const { start } = primary;
  for (;;) {
    const text = peek(cursor);
    if (text === "." || text === "->") {
      const token = cursor.tokens[cursor.index + 1];
      if (token?.kind !== "identifier" || cursor.index + 1 >= cursor.end) return object;
      cursor.index += 2;
      object = { kind: "member", object, name: token.text, arrow: text === "->", start, end: cursor.index };
    } else if (text === "[") {
      const open = cursor.index++;
      const index = readNested(cursor, readComma);
      if (!accept(cursor, "]")) return recover(cursor, open, start, "a subscript that can't be read");
      object = { kind: "subscript", object, index, start, end: cursor.index };
    } else if (text === "(") {
      const open = cursor.index;
      const operands = readArguments(cursor);
      if (operands === undefined) return recover(cursor, open, start, "arguments that can't be read");
      object = { kind: "call", callee: object, arguments: operands, start, end: cursor.index };
    } else if (text === "++" || text === "--") {
      cursor.index++;
      object = { kind: "postfix", operator: text, operand: object, start, end: cursor.index };
    } else {
      return object;
    }
  }
}

function readArguments(cursor: Cursor): readonly Expression[] | undefined {
  cursor.index++;
  const operands: Expression[] = [];
  if (accept(cursor, ")")) return operands;
  for (;;) {
    operands.push(readAssignment(cursor));
    if (accept(cursor, ")")) return operands;
    if (!accept(cursor, ",")) return undefined;
  }
}

function readPrimary(cursor: Cursor): Expression {
  const start = cursor.index;
  const token = start < cursor.end ? cursor.tokens[start] : undefined;
  if (token === undefined) return unknownAt(cursor, start, "an expression that ends too early");
  switch (token.kind) {
    case "number": {
      cursor.index++;
      const number = readInteger(token.text);
      if (number !== undefined) return { kind: "integer", ...number, start, end: cursor.index };
      return { kind: "float", text: token.text, start, end: cursor.index };
    }
    case "char":
      cursor.index++;
      return { kind: "char", value: readChar(token.text), start, end: cursor.index };
    case "string": {
      let value = "";
      for (let next = cursor.tokens[cursor.index]; cursor.index < cursor.end; next = cursor.tokens[cursor.index]) {
        if (next?.kind !== "string") break;
        value += readQuoted(next.text);
        cursor.index++;
      }
      return { kind: "string", value, start, end: cursor.index };
    }
    case "identifier":
      cursor.index++;
      return readWord(cursor, token.text, start);
    case "punctuator":
    case "directive":
      return unknownAt(cursor, start, `unexpected \`${token.text.slice(0, 20)}\``);
  }
}

function readWord(cursor: Cursor, name: string, start: number): Expression {
  switch (name) {
    case "offsetof":
    case "__builtin_offsetof":
      return readOffsetOf(cursor, start);
    case "__builtin_types_compatible_p": {
      const open = cursor.index;
      if (!accept(cursor, "(")) break;
      const left = readTypeName(cursor);
      const comma = accept(cursor, ",");
      const right = readTypeName(cursor);
      if (!comma || !accept(cursor, ")")) return recover(cursor, open, start, "type names that can't be read");
      return { kind: "types-compatible", left, right, start, end: cursor.index };
    }
    case "__builtin_choose_expr": {
      const operands = peek(cursor) === "(" ? readArguments(cursor) : undefined;
      const [test, then, otherwise] = operands ?? [];
      if (test === undefined || then === undefined || otherwise === undefined) {
        return unknownAt(cursor, start, "__builtin_choose_expr that can't be read");
      }
      return { kind: "choose", test, then, otherwise, start, end: cursor.index };
    }
    case "_Generic":
    case "__builtin_va_arg":
      if (peek(cursor) === "(") bracketed(cursor);
      return unknownAt(cursor, start, name);
  }
  return { kind: "identifier", name, start, end: cursor.index };
}

function readOffsetOf(cursor: Cursor, start: number): Expression {
  const open = cursor.index;
  if (!accept(cursor, "(")) return { kind: "identifier", name: "offsetof", start, end: cursor.index };
  const type = readTypeName(cursor);
  if (!accept(cursor, ",")) return recover(cursor, open, start, "offsetof that can't be read");
  const pathStart = cursor.index;
  const path = readDesignators(cursor);
  const pathSpan: Span = { start: pathStart, end: cursor.index };
  if (path === undefined || !accept(cursor, ")")) {
    return recover(cursor, open, start, "offsetof with a member that can't be read");
  }
  return { kind: "offsetof", type, path, pathSpan, start, end: cursor.index };
}

/** `member.member[index]`, a leading dot allowed. undefined where it begins otherwise. */
function readDesignators(cursor: Cursor): readonly Designator[] | undefined {
  const path: Designator[] = [];
  accept(cursor, ".");
  for (;;) {
    const token = cursor.index < cursor.end ? cursor.tokens[cursor.index] : undefined;
    if (token?.kind !== "identifier") return undefined;
    path.push({ kind: "member", name: token.text });
    cursor.index++;
    while (accept(cursor, "[")) {
      path.push({ kind: "index", index: readNested(cursor, readComma) });
      if (!accept(cursor, "]")) return undefined;
    }
    if (peek(cursor) !== "." && peek(cursor) !== "->") return path;
    cursor.index++;
  }
}
