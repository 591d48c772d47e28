/** The grammar of statements, over the tokens of a function body as they are written. */
import {
  accept,
  behindOpen,
  type Cursor,
  here,
  maxDepth,
  missingHere,
  peek,
  peekIdentifier,
  startsLine,
  upTo,
} from "../cursor";
import { readConditional, readExpression } from "../expression";
import type { Block, Expression, Statement } from "../syntax";
import { readLocals, startsDeclaration } from "./declaration";

/** Reads `{ … }` under the cursor; an unclosed one takes the rest. */
export function readBlock(cursor: Cursor): Block {
  const start = here(cursor);
  const statements: Statement[] = [];
  cursor.index++;
  while (cursor.index < cursor.end && !accept(cursor, "}")) statements.push(readStatement(cursor));
  return { kind: "block", statements, start, end: upTo(cursor, start) };
}

/** Reads one statement, or one label. The cursor always moves. */
export function readStatement(cursor: Cursor): Statement {
  const from = cursor.index;
  const start = here(cursor);
  if (cursor.depth >= maxDepth) return skipStatement(cursor, start, "nested too deeply", undefined);
  cursor.depth++;
  const statement = readKnown(cursor, start);
  cursor.depth--;
  if (cursor.index > from) return statement;
  cursor.index++;
  return unknownStatement(cursor, start, `unexpected \`${cursor.tokens[from]?.text ?? ""}\``, undefined);
}

function readKnown(cursor: Cursor, start: number): Statement {
  switch (peek(cursor)) {
    case "{":
      return readBlock(cursor);
    case ";":
      cursor.index++;
      return { kind: "empty", start, end: upTo(cursor, start) };
    case "if":
      return readIf(cursor, start);
    case "while": {
      cursor.index++;
      const condition = readHead(cursor);
      const body = readBody(cursor);
      return { kind: "while", condition, body, start, end: upTo(cursor, start) };
    }
    case "do":
      return readDo(cursor, start);
    case "for":
      return readFor(cursor, start);
    case "switch": {
      cursor.index++;
      const subject = readHead(cursor);
      const body = readBody(cursor);
      return { kind: "switch", subject, body, start, end: upTo(cursor, start) };
    }
    case "case":
      return readCase(cursor, start);
    case "default":
      cursor.index++;
      accept(cursor, ":");
      return { kind: "default", start, end: upTo(cursor, start) };
    case "goto":
      return readGoto(cursor, start);
    case "break":
    case "continue": {
      const kind = peek(cursor) === "break" ? "break" : "continue";
      cursor.index++;
      return finished(cursor, start, (end) => ({ kind, start, end }));
    }
    case "return": {
      cursor.index++;
      const isBare = peek(cursor) === ";" || peek(cursor) === "}" || peek(cursor) === "";
      const value = isBare ? undefined : readExpression(cursor);
      return finished(cursor, start, (end) => ({ kind: "return", value, start, end }), value);
    }
    case "asm":
    case "__asm__":
    case "__asm":
      while (peekIdentifier(cursor) !== undefined) cursor.index++;
      if (peek(cursor) === "(") cursor.index = behindOpen(cursor, cursor.index);
      return finished(cursor, start, (end) => ({ kind: "asm", start, end }));
    case "else":
    case "}":
    case ")":
    case "]":
      cursor.index++;
      return unknownStatement(
        cursor,
        start,
        `\`${cursor.tokens[cursor.index - 1]?.text ?? ""}\` without a beginning`,
        undefined,
      );
  }
  if (peekIdentifier(cursor) !== undefined && peek(cursor, 1) === ":") {
    const name = peek(cursor);
    cursor.index += 2;
    return { kind: "label", name, start, end: upTo(cursor, start) };
  }
  if (!startsDeclaration(cursor)) return readExpressionStatement(cursor, start);
  const declaration = readLocals(cursor);
  return finished(cursor, start, (end) => ({ ...declaration, end }), undefined);
}

/** `( … )` behind `if`, `while` or `switch`. */
function readHead(cursor: Cursor): Expression {
  if (peek(cursor) !== "(") {
    const at = missingHere(cursor);
    return { kind: "unknown", reason: "no condition", start: at, end: at };
  }
  const start = here(cursor);
  const open = cursor.index++;
  const condition = readExpression(cursor);
  if (accept(cursor, ")")) return condition;
  cursor.index = Math.max(cursor.index, behindOpen(cursor, open));
  return { kind: "unknown", reason: "a condition that is no expression", start, end: upTo(cursor, start) };
}

/** What an if, a loop or a switch holds: labels before a statement are in it. */
function readBody(cursor: Cursor): Statement {
  const start = here(cursor);
  if (peek(cursor) === "}" || peek(cursor) === "") {
    const at = missingHere(cursor);
    return { kind: "empty", start: at, end: at };
  }
  const first = readStatement(cursor);
  if (!isLabel(first)) return first;
  const statements = [first];
  while (cursor.index < cursor.end && peek(cursor) !== "}") {
    const next = readStatement(cursor);
    statements.push(next);
    if (!isLabel(next)) break;
  }
  return { kind: "block", statements, start, end: upTo(cursor, start) };
}

function isLabel({ kind }: Statement): boolean {
  return kind === "label" || kind === "case" || kind === "default";
}

function readIf(cursor: Cursor, start: number): Statement {
  cursor.index++;
  const condition = readHead(cursor);
  const then = readBody(cursor);
  const otherwise = accept(cursor, "else") ? readBody(cursor) : undefined;
  return { kind: "if", condition, then, otherwise, start, end: upTo(cursor, start) };
}

function readDo(cursor: Cursor, start: number): Statement {
  cursor.index++;
  const body = readBody(cursor);
  const condition = accept(cursor, "while") ? readHead(cursor) : undefined;
  accept(cursor, ";");
  return { kind: "do", body, condition, start, end: upTo(cursor, start) };
}

function readFor(cursor: Cursor, start: number): Statement {
  cursor.index++;
  const open = cursor.index;
  if (!accept(cursor, "(")) return skipStatement(cursor, start, "`for` without `(`", undefined);
  const behind = behindOpen(cursor, open);
  const initial = peek(cursor) === ";" ? undefined : readInitial(cursor);
  let isRead = accept(cursor, ";");
  const condition = !isRead || peek(cursor) === ";" ? undefined : readExpression(cursor);
  isRead = isRead && accept(cursor, ";");
  const step = !isRead || peek(cursor) === ")" ? undefined : readExpression(cursor);
  isRead = isRead && accept(cursor, ")");
  if (!isRead) {
    cursor.index = Math.max(cursor.index, behind);
    const head = unknownStatement(cursor, start, "`for` that can't be read", step ?? condition);
    const body = readBody(cursor);
    return { kind: "block", statements: [head, body], start, end: upTo(cursor, start) };
  }
  const body = readBody(cursor);
  return { kind: "for", initial, condition, step, body, start, end: upTo(cursor, start) };
}

function readInitial(cursor: Cursor): Statement {
  if (startsDeclaration(cursor)) return readLocals(cursor);
  const expression = readExpression(cursor);
  return { kind: "expression", expression, closed: true, start: expression.start, end: expression.end };
}

function readCase(cursor: Cursor, start: number): Statement {
  cursor.index++;
  const value = readConditional(cursor);
  const last = accept(cursor, "...") ? readConditional(cursor) : undefined;
  if (!accept(cursor, ":")) return unknownStatement(cursor, start, "`case` without `:`", value);
  return { kind: "case", value, last, start, end: upTo(cursor, start) };
}

function readGoto(cursor: Cursor, start: number): Statement {
  cursor.index++;
  const name = peekIdentifier(cursor);
  const value = name === undefined && peek(cursor) !== ";" ? readExpression(cursor) : undefined;
  if (name !== undefined) cursor.index++;
  return finished(cursor, start, (end) => ({ kind: "goto", name, start, end }), value);
}

/** Takes the `;`. Where none stands, the statement ends with its line, or what follows makes it unknown. */
function finished(
  cursor: Cursor,
  start: number,
  make: (end: number) => Statement,
  expression: Expression | undefined = undefined,
): Statement {
  if (accept(cursor, ";") || endsHere(cursor)) return make(upTo(cursor, start));
  return skipStatement(cursor, start, `unexpected \`${peek(cursor)}\``, expression);
}

/** Half-typed text, and macros that bring their own `;`: the block ends here, or the line does. */
function endsHere(cursor: Cursor): boolean {
  const text = peek(cursor);
  return text === "" || text === "}" || startsLine(cursor, cursor.index);
}

/** A macro's call that a statement follows without `;`: in braces, or further in on the next line. */
function holdsStatement(cursor: Cursor, start: number): boolean {
  const next = peek(cursor);
  if (next === "{") return true;
  if (next === "" || next === "}" || !startsLine(cursor, cursor.index)) return false;
  return column(cursor, here(cursor)) > column(cursor, start);
}

/** How far in an offset stands in its line. */
function column(cursor: Cursor, offset: number): number {
  return offset - (cursor.body?.text.lastIndexOf("\n", offset - 1) ?? 0);
}

function readExpressionStatement(cursor: Cursor, start: number): Statement {
  const expression = readExpression(cursor);
  if (accept(cursor, ";")) return { kind: "expression", expression, closed: true, start, end: upTo(cursor, start) };
  if (expression.kind === "unknown") return skipStatement(cursor, start, expression.reason, undefined);
  if (expression.kind === "call" && holdsStatement(cursor, start)) {
    const body = readBody(cursor);
    return { kind: "macro", head: expression, body, start, end: upTo(cursor, start) };
  }
  // a macro that says `case` itself
  if (expression.kind === "call" && accept(cursor, ":")) {
    return { kind: "case", value: expression, last: undefined, start, end: upTo(cursor, start) };
  }
  if (endsHere(cursor)) return { kind: "expression", expression, closed: false, start, end: upTo(cursor, start) };
  return skipStatement(cursor, start, `unexpected \`${peek(cursor)}\``, expression);
}

/** Goes on behind the next `;` of the same block. */
function skipStatement(cursor: Cursor, start: number, reason: string, expression: Expression | undefined): Statement {
  const from = cursor.index;
  while (cursor.index < cursor.end) {
    const text = peek(cursor);
    if (text === "}" || (text === "{" && cursor.index > from)) break;
    cursor.index = text === "(" || text === "[" || text === "{" ? behindOpen(cursor, cursor.index) : cursor.index + 1;
    if (text === ";" || text === "{") break;
  }
  return unknownStatement(cursor, start, reason, expression);
}

function unknownStatement(
  cursor: Cursor,
  start: number,
  reason: string,
  expression: Expression | undefined,
): Statement {
  return { kind: "unknown-statement", reason, expression, start, end: upTo(cursor, start) };
}
