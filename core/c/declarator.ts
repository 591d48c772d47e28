/**
 * Reads type names and declarations. Array lengths, operands of typeof and record bodies stay token spans: they are
 * read when somebody asks for them.
 */
import {
  accept,
  behindBracket,
  behindOpen,
  bracketed,
  type Cursor,
  createCursor,
  here,
  maxDepth,
  peek,
  peekIdentifier,
  upTo,
} from "./cursor";
import { isHostType } from "./hosttypes";
import type {
  Attributes,
  BaseType,
  Context,
  DeclarationSyntax,
  Declarator,
  RecordSpecifier,
  Span,
  TypePart,
  TypeSyntax,
} from "./syntax";

export const builtinWords: ReadonlySet<string> = new Set([
  "void",
  "char",
  "short",
  "int",
  "long",
  "float",
  "double",
  "signed",
  "unsigned",
  "_Bool",
  "bool",
  "__int128",
  "__int128_t",
  "__uint128_t",
  "__signed__",
  "__signed",
  "_Complex",
  "_Float128",
  "__float128",
]);

export const qualifiers: ReadonlySet<string> = new Set([
  "const",
  "volatile",
  "restrict",
  "_Atomic",
  "__const",
  "__const__",
  "__volatile__",
  "__volatile",
  "__restrict",
  "__restrict__",
  "__extension__",
]);

export const storage: ReadonlySet<string> = new Set([
  "typedef",
  "extern",
  "static",
  "inline",
  "register",
  "auto",
  "_Thread_local",
  "__thread",
  "__inline__",
  "__inline",
  "_Noreturn",
]);

export const recordWords: ReadonlySet<string> = new Set(["struct", "union", "enum"]);
export const typeofWords: ReadonlySet<string> = new Set(["typeof", "__typeof__", "__typeof", "typeof_unqual"]);
export const attributeWords: ReadonlySet<string> = new Set(["__attribute__", "__attribute", "_Alignas", "alignas"]);

export const noAttributes: Attributes = { packed: false, aligned: [], vectorSize: undefined, unsupported: undefined };

/** Whether the word begins a type wherever it stands. `__extension__` and attributes don't count. */
export function isTypeWord(word: string): boolean {
  return (
    builtinWords.has(word) ||
    recordWords.has(word) ||
    typeofWords.has(word) ||
    (qualifiers.has(word) && word !== "__extension__")
  );
}

export function isTypeName(context: Context, name: string): boolean {
  return isHostType(name) || context.scope.typedef(name) !== undefined;
}

/** The attributes under the cursor, joined with those seen before. */
function readAttributes(cursor: Cursor, before: Attributes): Attributes {
  let found = before;
  for (let word = peek(cursor); attributeWords.has(word); word = peek(cursor)) {
    cursor.index++;
    if (peek(cursor) !== "(") continue;
    const operands = bracketed(cursor);
    if (word === "_Alignas" || word === "alignas") found = { ...found, aligned: [...found.aligned, operands] };
    else found = readAttributeList(cursor, operands, found);
  }
  return found;
}

function readAttributeList(cursor: Cursor, operands: Span, before: Attributes): Attributes {
  let found = before;
  const { tokens } = cursor;
  const inner = tokens[operands.start]?.text === "(" ? operands.start + 1 : operands.start;
  for (let i = inner; i < operands.end; i++) {
    const token = tokens[i];
    if (token?.kind !== "identifier") continue;
    const name = token.text.startsWith("__") ? token.text.slice(2, -2) : token.text;
    let argument: Span = { start: i + 1, end: i + 1 };
    if (tokens[i + 1]?.text === "(") {
      const behind = behindBracket(tokens, i + 1, operands.end);
      argument = { start: i + 2, end: Math.max(i + 2, behind - 1) };
      i = behind - 1;
    }
    if (name === "packed") found = { ...found, packed: true };
    else if (name === "aligned") found = { ...found, aligned: [...found.aligned, argument] };
    else if (name === "vector_size") found = { ...found, vectorSize: argument };
    else if (name === "mode" || name === "ms_struct") found = { ...found, unsupported: name };
  }
  return found;
}

interface Specifiers {
  readonly base: BaseType;
  readonly attributes: Attributes;
  readonly isTypedef: boolean;
}

function readSpecifiers(cursor: Cursor): Specifiers {
  let base: BaseType | undefined;
  let words: string[] | undefined;
  let attributes = noAttributes;
  let isTypedef = false;
  for (;;) {
    const word = peekIdentifier(cursor);
    if (word === undefined) break;
    if (attributeWords.has(word)) {
      attributes = readAttributes(cursor, attributes);
    } else if (storage.has(word)) {
      if (word === "typedef") isTypedef = true;
      cursor.index++;
    } else if (word === "_Atomic" && peek(cursor, 1) === "(" && base === undefined && words === undefined) {
      cursor.index++;
      base = { kind: "typeof", operand: bracketed(cursor) };
    } else if (qualifiers.has(word)) {
      cursor.index++;
    } else if (builtinWords.has(word)) {
      if (base !== undefined) break;
      words ??= [];
      words.push(word);
      cursor.index++;
    } else if (base !== undefined || words !== undefined) {
      break;
    } else if (recordWords.has(word)) {
      base = {
        kind: "record",
        record: readRecord(cursor, word === "struct" ? "struct" : word === "union" ? "union" : "enum"),
      };
    } else if (typeofWords.has(word)) {
      cursor.index++;
      base =
        peek(cursor) === "("
          ? { kind: "typeof", operand: bracketed(cursor) }
          : { kind: "unknown", reason: "typeof without operand" };
    } else {
      base = { kind: "name", name: word };
      cursor.index++;
    }
  }
  if (words !== undefined) base = { kind: "builtin", words };
  return {
    base: base ?? { kind: "unknown", reason: `\`${peek(cursor)}\` where a type should stand` },
    attributes,
    isTypedef,
  };
}

function readRecord(cursor: Cursor, kind: "struct" | "union" | "enum"): RecordSpecifier {
  cursor.index++;
  let attributes = readAttributes(cursor, noAttributes);
  const tag = peekIdentifier(cursor);
  if (tag !== undefined) cursor.index++;
  attributes = readAttributes(cursor, attributes);
  if (peek(cursor) !== "{") return { kind, tag, body: undefined, attributes };
  const body = bracketed(cursor);
  return { kind, tag, body, attributes: readAttributes(cursor, attributes) };
}

interface Derivation {
  readonly parts: readonly TypePart[];
  readonly name: string | undefined;
  readonly nameIndex: number;
  readonly attributes: Attributes;
}

/** `(` opens a nested declarator rather than a parameter list. */
function opensDeclarator(cursor: Cursor): boolean {
  const next = peek(cursor, 1);
  if (next === "*" || next === "(" || next === "[" || attributeWords.has(next)) return true;
  const token = cursor.tokens[cursor.index + 1];
  if (token?.kind !== "identifier" || cursor.index + 1 >= cursor.end) return false;
  return !isTypeWord(next) && !storage.has(next) && next !== "__extension__" && !isTypeName(cursor.context, next);
}

function readDeclarator(cursor: Cursor): Derivation {
  const outer: TypePart[] = [];
  let attributes = noAttributes;
  for (;;) {
    const text = peek(cursor);
    if (text === "*") outer.push({ kind: "pointer" });
    else if (attributeWords.has(text)) {
      attributes = readAttributes(cursor, attributes);
      continue;
    } else if (!qualifiers.has(text)) break;
    cursor.index++;
  }
  let inner: readonly TypePart[] = [];
  let name: string | undefined;
  let nameIndex = -1;
  if (peek(cursor) === "(" && cursor.depth < maxDepth && opensDeclarator(cursor)) {
    const behind = behindOpen(cursor, cursor.index);
    cursor.index++;
    cursor.depth++;
    const nested = readDeclarator(cursor);
    cursor.depth--;
    cursor.index = behind;
    inner = nested.parts;
    name = nested.name;
    nameIndex = nested.nameIndex;
  } else {
    name = peekIdentifier(cursor);
    if (name !== undefined) nameIndex = cursor.index++;
  }
  const suffixes: TypePart[] = [];
  for (let text = peek(cursor); text === "[" || text === "("; text = peek(cursor)) {
    const span = bracketed(cursor);
    suffixes.push(text === "[" ? { kind: "array", length: span } : { kind: "function", parameters: span });
  }
  if (outer.length === 0 && inner.length === 0 && suffixes.length <= 1) {
    return { parts: suffixes, name, nameIndex, attributes };
  }
  return { parts: [...outer, ...suffixes.reverse(), ...inner], name, nameIndex, attributes };
}

/** Reads a type name at the cursor: `const uint8_t *`, `t1 (*)[n]`. Stops at the first token that is none of it. */
export function readTypeName(cursor: Cursor): TypeSyntax {
  const start = here(cursor);
  const { base, attributes } = readSpecifiers(cursor);
  const text = peek(cursor);
  if (text === ")" || text === "," || text === "") {
    return { base, parts: [], attributes, start, end: upTo(cursor, start) };
  }
  const { parts } = readDeclarator(cursor);
  return { base, parts, attributes, start, end: upTo(cursor, start) };
}

/** Whether a type name begins at the cursor. `(name)` alone is decided by what the name is. */
export function startsTypeName(cursor: Cursor): boolean {
  const word = peekIdentifier(cursor);
  if (word === undefined) return false;
  return isTypeWord(word) || attributeWords.has(word) || isTypeName(cursor.context, word);
}

function skipToSemicolon(cursor: Cursor): void {
  while (cursor.index < cursor.end) {
    const text = peek(cursor);
    if (text === ";") return;
    if (text === "(" || text === "[" || text === "{") bracketed(cursor);
    else cursor.index++;
  }
}

function readBits(cursor: Cursor): Span {
  const start = cursor.index;
  while (cursor.index < cursor.end) {
    const text = peek(cursor);
    if (text === ";" || text === "," || attributeWords.has(text)) break;
    if (text === "(" || text === "[" || text === "{") bracketed(cursor);
    else cursor.index++;
  }
  return { start, end: cursor.index };
}

function joinAttributes(a: Attributes, b: Attributes): Attributes {
  if (a === noAttributes) return b;
  if (b === noAttributes) return a;
  return {
    packed: a.packed || b.packed,
    aligned: [...a.aligned, ...b.aligned],
    vectorSize: b.vectorSize ?? a.vectorSize,
    unsupported: b.unsupported ?? a.unsupported,
  };
}

/** Reads one declaration up to and including its `;`. The cursor always moves. */
function readDeclaration(cursor: Cursor): DeclarationSyntax {
  const start = cursor.index;
  const specifiers = readSpecifiers(cursor);
  const { base, isTypedef } = specifiers;
  const declarators: Declarator[] = [];
  let problem: string | undefined = base.kind === "unknown" ? base.reason : undefined;
  while (problem === undefined && cursor.index < cursor.end && peek(cursor) !== ";") {
    const from = cursor.index;
    const derived = readDeclarator(cursor);
    const bits = accept(cursor, ":") ? readBits(cursor) : undefined;
    if (accept(cursor, "asm") || accept(cursor, "__asm__")) {
      if (peek(cursor) === "(") bracketed(cursor);
    }
    const attributes = readAttributes(cursor, derived.attributes);
    const type: TypeSyntax = {
      base,
      parts: derived.parts,
      attributes: specifiers.attributes,
      start,
      end: cursor.index,
    };
    declarators.push({ name: derived.name, nameIndex: derived.nameIndex, type, bits, attributes });
    if (peek(cursor) === "=") {
      while (cursor.index < cursor.end && peek(cursor) !== "," && peek(cursor) !== ";") {
        const text = peek(cursor);
        if (text === "(" || text === "[" || text === "{") bracketed(cursor);
        else cursor.index++;
      }
    }
    if (accept(cursor, ",")) continue;
    if (peek(cursor) !== ";" && cursor.index < cursor.end) problem = `unexpected \`${peek(cursor)}\` in a declaration`;
    else if (cursor.index === from) break;
  }
  if (problem === undefined && declarators.length === 0 && base.kind === "record" && base.record.body !== undefined) {
    const type: TypeSyntax = { base, parts: [], attributes: specifiers.attributes, start, end: cursor.index };
    declarators.push({ name: undefined, nameIndex: -1, type, bits: undefined, attributes: noAttributes });
  }
  skipToSemicolon(cursor);
  accept(cursor, ";");
  if (cursor.index === start) cursor.index++;
  return { isTypedef, declarators, problem, start, end: cursor.index };
}

/** All declarations of a span: a struct's body, or one top-level declaration. */
export function readDeclarations(context: Context, start: number, end: number): readonly DeclarationSyntax[] {
  const cursor = createCursor(context, start, end);
  const declarations: DeclarationSyntax[] = [];
  while (cursor.index < cursor.end) {
    const text = peek(cursor);
    if (text === ";") {
      cursor.index++;
    } else if (text === "_Static_assert" || text === "static_assert") {
      skipToSemicolon(cursor);
    } else {
      declarations.push(readDeclaration(cursor));
    }
  }
  return declarations;
}

/** The specifiers' and the declarator's attributes as one. */
export function attributesOf(declarator: Declarator): Attributes {
  return joinAttributes(declarator.type.attributes, declarator.attributes);
}
