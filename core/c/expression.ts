/**
 * C expressions from expanded tokens. Total: what is no expression becomes an `unknown` node with a reason, and the
 * cursor never stands still in a loop.
 */
import {
  accept,
  behindOpen,
  bracketed,
  type BodyReading,
  type Cursor,
  createCursor,
  here,
  maxDepth,
  missingHere,
  peek,
  upTo,
} from "./cursor";
import { isTypeName, isTypeWord, readTypeName, startsTypeName } from "./declarator";
import { readChar, readInteger, readQuoted } from "./literal";
import type { Context, Designator, Expression, Span, TypeSyntax } from "./syntax";

/** Reads `context.tokens[start, end)` as one expression, comma operator included. */
export function parseExpression(context: Context, start = 0, end: number = context.tokens.length): Expression {
  const cursor = createCursor(context, start, end);
  if (cursor.index >= cursor.end) return unknownAt(cursor, start, "empty expression");
  const expression = readExpression(cursor);
  if (cursor.index < cursor.end && expression.kind !== "unknown") {
    return unknownAt(cursor, start, `unexpected \`${peek(cursor)}\` behind an expression`);
  }
  return expression;
}

/** Reads the expression under the cursor, comma operator included, as far as it goes. */
export function readExpression(cursor: Cursor): Expression {
  return readComma(cursor);
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
  if (start === here(cursor)) missingHere(cursor);
  return { kind: "unknown", reason, start, end: upTo(cursor, start) };
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
  const start = here(cursor);
  let left = readAssignment(cursor);
  while (peek(cursor) === ",") {
    cursor.index++;
    const right = readAssignment(cursor);
    left = { kind: "binary", operator: ",", left, right, start, end: upTo(cursor, start) };
  }
  return left;
}

export function readAssignment(cursor: Cursor): Expression {
  const start = here(cursor);
  if (cursor.depth >= maxDepth) return unknownAt(cursor, start, "nested too deeply");
  cursor.depth++;
  let left = readConditional(cursor);
  const operator = peek(cursor);
  if (assignments.has(operator)) {
    cursor.index++;
    const right = readAssignment(cursor);
    left = { kind: "binary", operator, left, right, start, end: upTo(cursor, start) };
  }
  cursor.depth--;
  return left;
}

export function readConditional(cursor: Cursor): Expression {
  const start = here(cursor);
  const test = readBinary(cursor, 1);
  if (peek(cursor) !== "?") return test;
  cursor.index++;
  const then = peek(cursor) === ":" ? undefined : readNested(cursor, readComma);
  if (!accept(cursor, ":")) return unknownAt(cursor, start, "`?` without `:`");
  const otherwise = readNested(cursor, readConditional);
  return { kind: "conditional", test, then, otherwise, start, end: upTo(cursor, start) };
}

function readNested(cursor: Cursor, read: (cursor: Cursor) => Expression): Expression {
  if (cursor.depth >= maxDepth) return unknownAt(cursor, here(cursor), "nested too deeply");
  cursor.depth++;
  const expression = read(cursor);
  cursor.depth--;
  return expression;
}

function readBinary(cursor: Cursor, minimum: number): Expression {
  const start = here(cursor);
  let left = readUnary(cursor);
  for (;;) {
    const operator = peek(cursor);
    const precedence = binaryPrecedence.get(operator);
    if (precedence === undefined || precedence < minimum) return left;
    cursor.index++;
    const right = readBinary(cursor, precedence + 1);
    left = { kind: "binary", operator, left, right, start, end: upTo(cursor, start) };
  }
}

function readUnary(cursor: Cursor): Expression {
  if (cursor.depth >= maxDepth) return unknownAt(cursor, here(cursor), "nested too deeply");
  const start = here(cursor);
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
      return { kind: "unary", operator: text, operand, start, end: upTo(cursor, start) };
    }
    case "&&":
      cursor.index++;
      if (cursor.body !== undefined && cursor.tokens[cursor.index]?.kind === "identifier") cursor.index++;
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
      return readSuffixes(cursor, readPrimary(cursor), start);
  }
}

function readQuery(cursor: Cursor, kind: "sizeof" | "alignof"): Expression {
  const start = here(cursor);
  cursor.index++;
  if (peek(cursor) === "(" && startsType(cursor, true)) {
    const open = cursor.index++;
    const type = readTypeName(cursor);
    if (!accept(cursor, ")")) return recover(cursor, open, start, "a type name that can't be read");
    if (peek(cursor) !== "{") {
      return { kind: kind === "sizeof" ? "sizeof-type" : "alignof-type", type, start, end: upTo(cursor, start) };
    }
    const literal = readCompound(cursor, type, cursor.body === undefined ? open : start);
    return { kind, operand: readSuffixes(cursor, literal, literal.start), start, end: upTo(cursor, start) };
  }
  const operand = readNested(cursor, readUnary);
  return { kind, operand, start, end: upTo(cursor, start) };
}

/** Goes on behind the bracket at `open`, so that one bad part spoils no more than itself. */
function recover(cursor: Cursor, open: number, start: number, reason: string): Expression {
  cursor.index = Math.max(cursor.index, behindOpen(cursor, open));
  return unknownAt(cursor, start, reason);
}

/** Cast, compound literal, statement expression or a parenthesised expression. */
function readParenthesis(cursor: Cursor): Expression {
  const open = cursor.index;
  const start = here(cursor);
  if (peek(cursor, 1) === "{") {
    if (cursor.body !== undefined) return readStatements(cursor, cursor.body, open);
    bracketed(cursor);
    return readSuffixes(cursor, unknownAt(cursor, start, "statement expression"), start);
  }
  if (startsType(cursor, false)) {
    cursor.index++;
    const type = readTypeName(cursor);
    if (!accept(cursor, ")")) return recover(cursor, open, start, "a type name that can't be read");
    if (peek(cursor) === "{") return readSuffixes(cursor, readCompound(cursor, type, start), start);
    const operand = readNested(cursor, readUnary);
    return { kind: "cast", type, operand, start, end: upTo(cursor, start) };
  }
  cursor.index++;
  const inner = readNested(cursor, readComma);
  if (!accept(cursor, ")")) {
    const reason = inner.kind === "unknown" ? inner.reason : `unexpected \`${peek(cursor)}\` in parentheses`;
    return recover(cursor, open, start, reason);
  }
  return readSuffixes(cursor, inner, start);
}

function readCompound(cursor: Cursor, type: TypeSyntax, start: number): Expression {
  if (cursor.body === undefined) {
    const body = bracketed(cursor);
    return { kind: "compound", type, body, start, end: upTo(cursor, start) };
  }
  const list = cursor.body.list(cursor);
  return { kind: "compound", type, body: { start: list.start, end: list.end }, list, start, end: upTo(cursor, start) };
}

function readStatements(cursor: Cursor, body: BodyReading, open: number): Expression {
  const start = here(cursor);
  if (cursor.depth >= maxDepth) return recover(cursor, open, start, "nested too deeply");
  cursor.index++;
  cursor.depth++;
  const block = body.block(cursor);
  cursor.depth--;
  if (!accept(cursor, ")")) return recover(cursor, open, start, "statements in an expression without an end");
  return readSuffixes(cursor, { kind: "statements", block, start, end: upTo(cursor, start) }, start);
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

/** `start`: of the primary expression, its parentheses included. */
function readSuffixes(cursor: Cursor, primary: Expression, start: number): Expression {
  let object = primary;
  for (;;) {
    const text = peek(cursor);
    if (text === "." || text === "->") {
      const token = cursor.tokens[cursor.index + 1];
      if (token?.kind !== "identifier" || cursor.index + 1 >= cursor.end) return object;
      cursor.index += 2;
      object = { kind: "member", object, name: token.text, arrow: text === "->", start, end: upTo(cursor, start) };
    } else if (text === "[") {
      const open = cursor.index++;
      const index = readNested(cursor, readComma);
      if (!accept(cursor, "]")) return recover(cursor, open, start, "a subscript that can't be read");
      object = { kind: "subscript", object, index, start, end: upTo(cursor, start) };
    } else if (text === "(") {
      const open = cursor.index;
      const operands = readArguments(cursor);
      if (operands === undefined) return recover(cursor, open, start, "arguments that can't be read");
      object = { kind: "call", callee: object, arguments: operands, start, end: upTo(cursor, start) };
    } else if (text === "++" || text === "--") {
      cursor.index++;
      object = { kind: "postfix", operator: text, operand: object, start, end: upTo(cursor, start) };
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
    operands.push(cursor.body === undefined ? readAssignment(cursor) : readWritten(cursor));
    if (accept(cursor, ")")) return operands;
    if (!accept(cursor, ",")) return undefined;
  }
}

/** An argument as it is written in a body, where the callee may be a macro that takes types, operators or nothing. */
function readWritten(cursor: Cursor): Expression {
  const start = here(cursor);
  const from = cursor.index;
  const isEnd = (): boolean => peek(cursor) === "," || peek(cursor) === ")";
  if (isEnd()) return { kind: "omitted", start, end: start };
  if (peek(cursor) === "{" && cursor.body !== undefined && cursor.depth < maxDepth) {
    cursor.depth++;
    const block = cursor.body.block(cursor);
    cursor.depth--;
    if (isEnd()) return { kind: "statements", block, start, end: block.end };
  }
  if (startsTypeArgument(cursor)) {
    const type = readTypeName(cursor);
    if (isEnd()) return { kind: "type", type, start, end: upTo(cursor, start) };
    cursor.index = from;
  }
  const operand = readAssignment(cursor);
  if (isEnd()) return operand;
  while (cursor.index < cursor.end && !isEnd()) {
    const text = peek(cursor);
    if (text === ";" || text === "}") break;
    cursor.index = text === "(" || text === "[" || text === "{" ? behindOpen(cursor, cursor.index) : cursor.index + 1;
  }
  return unknownAt(cursor, start, "an argument that is no expression");
}

function startsTypeArgument(cursor: Cursor): boolean {
  const token = cursor.tokens[cursor.index];
  if (token?.kind !== "identifier") return false;
  if (isTypeWord(token.text)) return true;
  let ahead = 1;
  while (peek(cursor, ahead) === "*") ahead++;
  const next = peek(cursor, ahead);
  return ahead > 1 && (next === "," || next === ")");
}

function readPrimary(cursor: Cursor): Expression {
  const start = here(cursor);
  const token = cursor.index < cursor.end ? cursor.tokens[cursor.index] : undefined;
  if (token === undefined) return unknownAt(cursor, start, "an expression that ends too early");
  switch (token.kind) {
    case "number": {
      cursor.index++;
      const number = readInteger(token.text);
      if (number !== undefined) return { kind: "integer", ...number, start, end: upTo(cursor, start) };
      return { kind: "float", text: token.text, start, end: upTo(cursor, start) };
    }
    case "char":
      cursor.index++;
      return { kind: "char", value: readChar(token.text), start, end: upTo(cursor, start) };
    case "string":
      return readString(cursor, start);
    case "identifier":
      if (cursor.body !== undefined && cursor.tokens[cursor.index + 1]?.kind === "string") {
        return readString(cursor, start);
      }
      cursor.index++;
      return readWord(cursor, token.text, start);
    case "punctuator":
    case "directive":
      return unknownAt(cursor, start, `unexpected \`${token.text.slice(0, 20)}\``);
  }
}

/** In a body macros stand among the literals: `"%" PRIx64 "\n"`, `TYPE_X "-device"`. */
function readString(cursor: Cursor, start: number): Expression {
  let value = "";
  let partial = false;
  for (let next = cursor.tokens[cursor.index]; cursor.index < cursor.end; next = cursor.tokens[cursor.index]) {
    if (next?.kind === "string") value += readQuoted(next.text);
    else if (cursor.body !== undefined && next?.kind === "identifier") partial = true;
    else break;
    cursor.index++;
    if (next.kind === "identifier" && peek(cursor) === "(") cursor.index = behindOpen(cursor, cursor.index);
  }
  const end = upTo(cursor, start);
  return partial ? { kind: "string", value, partial, start, end } : { kind: "string", value, start, end };
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
      return { kind: "types-compatible", left, right, start, end: upTo(cursor, start) };
    }
    case "__builtin_choose_expr": {
      const operands = peek(cursor) === "(" ? readArguments(cursor) : undefined;
      const [test, then, otherwise] = operands ?? [];
      if (test === undefined || then === undefined || otherwise === undefined) {
        return unknownAt(cursor, start, "__builtin_choose_expr that can't be read");
      }
      return { kind: "choose", test, then, otherwise, start, end: upTo(cursor, start) };
    }
    case "_Generic":
    case "__builtin_va_arg":
      if (cursor.body !== undefined) break;
      if (peek(cursor) === "(") bracketed(cursor);
      return unknownAt(cursor, start, name);
  }
  return { kind: "identifier", name, start, end: upTo(cursor, start) };
}

function readOffsetOf(cursor: Cursor, start: number): Expression {
  const open = cursor.index;
  if (!accept(cursor, "(")) return { kind: "identifier", name: "offsetof", start, end: upTo(cursor, start) };
  const type = readTypeName(cursor);
  if (!accept(cursor, ",")) return recover(cursor, open, start, "offsetof that can't be read");
  const pathStart = cursor.index;
  const path = readDesignators(cursor);
  const pathSpan: Span = { start: pathStart, end: upTo(cursor, start) };
  if (path === undefined || !accept(cursor, ")")) {
    return recover(cursor, open, start, "offsetof with a member that can't be read");
  }
  return { kind: "offsetof", type, path, pathSpan, start, end: upTo(cursor, start) };
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
    // MMX_B(n) stands for a member and an index
    if (cursor.body !== undefined && peek(cursor) === "(") cursor.index = behindOpen(cursor, cursor.index);
    while (accept(cursor, "[")) {
      path.push({ kind: "index", index: readNested(cursor, readComma) });
      if (!accept(cursor, "]")) return undefined;
    }
    if (peek(cursor) !== "." && peek(cursor) !== "->") return path;
    cursor.index++;
  }
}
