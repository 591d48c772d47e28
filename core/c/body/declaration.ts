/** Declarations of local variables and parameters, and initialisers in braces, as they are written in a body. */
import { accept, behindOpen, type Cursor, here, maxDepth, peek, peekIdentifier, startsLine, upTo } from "../cursor";
import { attributeWords, builtinWords, isTypeWord, qualifiers, recordWords, storage, typeofWords } from "../declarator";
import { readAssignment, readConditional, readExpression } from "../expression";
import type {
  Designator,
  Expression,
  InitialiserItem,
  InitialiserList,
  LocalDeclaration,
  LocalDeclarator,
} from "../syntax";

function isName(cursor: Cursor, ahead: number): boolean {
  const index = cursor.index + ahead;
  return index < cursor.end && cursor.tokens[index]?.kind === "identifier";
}

function isMacroLike(word: string): boolean {
  return word === word.toUpperCase();
}

/** Words that begin statements and expressions, but no declaration. */
const notTypes: ReadonlySet<string> = new Set([
  "return",
  "goto",
  "case",
  "default",
  "else",
  "do",
  "if",
  "while",
  "for",
  "switch",
  "break",
  "continue",
  "sizeof",
]);

/** Whether the statement under the cursor declares something: by its syntax alone, as a statement `a * b;` says nothing. */
export function startsDeclaration(cursor: Cursor): boolean {
  const word = peekIdentifier(cursor);
  if (word === undefined || notTypes.has(word)) return false;
  if (isTypeWord(word) || storage.has(word)) return true;
  let ahead = 1;
  if (peek(cursor, ahead) === "(") {
    // g_autoptr(Error) err = …, QTAILQ_HEAD(, Part) parts;
    const behind = behindOpen(cursor, cursor.index + ahead) - cursor.index;
    if (startsLine(cursor, cursor.index + behind)) return false;
    return isName(cursor, behind) && isDeclaratorEnd(peek(cursor, behind + 1)) && !notTypes.has(peek(cursor, behind));
  }
  const isPointer = peek(cursor, ahead) === "*";
  while (peek(cursor, ahead) === "*" || qualifiers.has(peek(cursor, ahead))) ahead++;
  if (!isName(cursor, ahead) || notTypes.has(peek(cursor, ahead))) return false;
  if (isPointer) return isDeclaratorEnd(peek(cursor, ahead + 1)) || isName(cursor, ahead + 1);
  // a macro without `;` before a call, on the next line
  return peek(cursor, ahead + 1) !== "(" || !startsLine(cursor, cursor.index + ahead);
}

function isDeclaratorEnd(text: string): boolean {
  return text === "=" || text === ";" || text === "," || text === "[" || text === "";
}

interface Specifiers {
  readonly typeName: string;
  readonly stars: number;
  readonly isStatic: boolean;
}

function readSpecifiers(cursor: Cursor): Specifiers {
  let typeName = "";
  let stars = 0;
  let isStatic = false;
  let hasBase = false;
  for (;;) {
    const word = peekIdentifier(cursor);
    if (word === undefined || notTypes.has(word)) break;
    const next = peek(cursor, 1);
    if (qualifiers.has(word) || storage.has(word)) {
      isStatic ||= word === "static";
      cursor.index++;
    } else if (attributeWords.has(word) || typeofWords.has(word)) {
      hasBase ||= typeofWords.has(word);
      cursor.index = next === "(" ? behindOpen(cursor, cursor.index + 1) : cursor.index + 1;
    } else if (builtinWords.has(word)) {
      typeName = word === "unsigned" || word === "signed" || (word === "long" && typeName !== "") ? "int" : word;
      hasBase = true;
      cursor.index++;
    } else if (recordWords.has(word)) {
      cursor.index++;
      hasBase = true;
      while (attributeWords.has(peek(cursor)) && peek(cursor, 1) === "(") {
        cursor.index = behindOpen(cursor, cursor.index + 1);
      }
      if (isName(cursor, 0)) {
        typeName = peek(cursor);
        cursor.index++;
      }
      if (peek(cursor) === "{") cursor.index = behindOpen(cursor, cursor.index);
    } else if (next === "(" && !hasBase) {
      if (word.startsWith("g_auto")) {
        typeName = cursor.tokens[cursor.index + 2]?.text ?? "";
        stars = word === "g_autoptr" ? 1 : 0;
      }
      hasBase = true;
      cursor.index = behindOpen(cursor, cursor.index + 1);
    } else if (next === "(" && isAttribute(cursor)) {
      cursor.index = behindOpen(cursor, cursor.index + 1);
    } else if (hasBase && !isPartOfType(cursor)) {
      break;
    } else {
      typeName = word;
      hasBase = true;
      cursor.index++;
    }
  }
  return { typeName, stars, isStatic };
}

/** `QEMU_ALIGNED(16)` between a type and what is declared. */
function isAttribute(cursor: Cursor): boolean {
  const behind = cursor.tokens[behindOpen(cursor, cursor.index + 1)];
  return behind?.text === "*" || behind?.kind === "identifier";
}

/** A word behind a type that is no declarator yet: what stood before was an attribute's macro. */
function isPartOfType(cursor: Cursor): boolean {
  const next = peek(cursor, 1);
  return next === "*" || (isName(cursor, 1) && !isMacroLike(next) && !attributeWords.has(next));
}

/** Steps over `G_GNUC_UNUSED`, `QEMU_ALIGNED(16)`, `__attribute__((…))`. */
function skipAttributes(cursor: Cursor): void {
  while (isName(cursor, 0)) {
    cursor.index++;
    if (peek(cursor) === "(") cursor.index = behindOpen(cursor, cursor.index);
  }
}

function readDeclarator(cursor: Cursor, { typeName, stars: before }: Specifiers): LocalDeclarator {
  const start = here(cursor);
  let stars = before;
  let isFunction = false;
  for (;;) {
    const text = peek(cursor);
    if (text === "*") stars++;
    else if (attributeWords.has(text) && peek(cursor, 1) === "(") {
      cursor.index = behindOpen(cursor, cursor.index + 1);
      continue;
    } else if (!qualifiers.has(text)) break;
    cursor.index++;
  }
  let nameIndex = -1;
  if (peek(cursor) === "(") {
    const behind = behindOpen(cursor, cursor.index);
    for (let i = cursor.index; i < behind && nameIndex === -1; i++) {
      const token = cursor.tokens[i];
      if (token?.kind === "identifier" && !qualifiers.has(token.text)) nameIndex = i;
    }
    cursor.index = behind;
    isFunction = true;
  } else if (isName(cursor, 0)) nameIndex = cursor.index++;
  const lengths: Expression[] = [];
  for (let text = peek(cursor); text === "[" || text === "("; text = peek(cursor)) {
    const open = cursor.index++;
    if (text === "(") isFunction = true;
    else if (peek(cursor) === "]") lengths.push({ kind: "omitted", start: here(cursor), end: here(cursor) });
    else lengths.push(readExpression(cursor));
    cursor.index = Math.max(cursor.index, behindOpen(cursor, open));
  }
  skipAttributes(cursor);
  let value: Expression | undefined;
  if (accept(cursor, "=")) value = peek(cursor) === "{" ? readList(cursor) : readAssignment(cursor);
  const name = cursor.tokens[nameIndex];
  return {
    name: name?.text ?? "",
    nameStart: name?.start ?? start,
    nameEnd: name?.end ?? start,
    typeName,
    stars,
    lengths,
    isFunction,
    value,
    start,
    end: upTo(cursor, start),
  };
}

/** Reads a declaration without its `;`. The cursor may stand before text that is none of it. */
export function readLocals(cursor: Cursor): LocalDeclaration {
  const start = here(cursor);
  const specifiers = readSpecifiers(cursor);
  const declarators: LocalDeclarator[] = [];
  while (cursor.index < cursor.end && peek(cursor) !== ";" && peek(cursor) !== "}") {
    const from = cursor.index;
    const declarator = readDeclarator(cursor, specifiers);
    if (cursor.index === from) break;
    declarators.push(declarator);
    if (!accept(cursor, ",")) break;
  }
  return { kind: "declaration", isStatic: specifiers.isStatic, declarators, start, end: upTo(cursor, start) };
}

/** The parameters between two indexes of tokens; `void` alone and `…` are none. */
export function readParameters(cursor: Cursor): readonly LocalDeclarator[] {
  const found: LocalDeclarator[] = [];
  while (cursor.index < cursor.end) {
    const from = cursor.index;
    const start = here(cursor);
    const specifiers = readSpecifiers(cursor);
    const declarator = readDeclarator(cursor, specifiers);
    if (declarator.name !== "" || declarator.stars > 0 || (specifiers.typeName !== "void" && cursor.index > from)) {
      found.push({ ...declarator, start });
    }
    while (cursor.index < cursor.end && !accept(cursor, ",")) {
      const text = peek(cursor);
      cursor.index = text === "(" || text === "[" || text === "{" ? behindOpen(cursor, cursor.index) : cursor.index + 1;
    }
  }
  return found;
}

/** Reads `{ … }` under the cursor as an initialiser. */
export function readList(cursor: Cursor): InitialiserList {
  const open = cursor.index;
  const start = here(cursor);
  const behind = behindOpen(cursor, open);
  const items: InitialiserItem[] = [];
  cursor.index++;
  if (cursor.depth >= maxDepth) cursor.index = behind;
  cursor.depth++;
  while (cursor.index < behind) {
    const text = peek(cursor);
    if (text === "}") {
      cursor.index++;
      break;
    }
    if (text === ",") cursor.index++;
    else items.push(readItem(cursor, behind));
  }
  cursor.depth--;
  return { kind: "list", items, start, end: upTo(cursor, start) };
}

function readItem(cursor: Cursor, behind: number): InitialiserItem {
  const start = here(cursor);
  const from = cursor.index;
  const designators = readDesignators(cursor);
  const value: Expression = peek(cursor) === "{" ? readList(cursor) : readAssignment(cursor);
  while (cursor.index < behind && peek(cursor) !== "," && peek(cursor) !== "}") {
    // DEFINE_ITEM(x) brings its own comma
    if (value.kind === "call" && cursor.index > from && isName(cursor, 0)) break;
    const text = peek(cursor);
    cursor.index = text === "(" || text === "[" || text === "{" ? behindOpen(cursor, cursor.index) : cursor.index + 1;
  }
  if (cursor.index === from) cursor.index++;
  return { designators, value, start, end: upTo(cursor, start) };
}

function readDesignators(cursor: Cursor): readonly Designator[] {
  const found: Designator[] = [];
  if (isName(cursor, 0) && peek(cursor, 1) === ":") {
    found.push({ kind: "member", name: peek(cursor) });
    cursor.index += 2;
    return found;
  }
  for (;;) {
    if (peek(cursor) === "." && isName(cursor, 1)) {
      found.push({ kind: "member", name: peek(cursor, 1) });
      cursor.index += 2;
    } else if (peek(cursor) === "[") {
      const open = cursor.index++;
      found.push({ kind: "index", index: readConditional(cursor) });
      cursor.index = Math.max(cursor.index, behindOpen(cursor, open));
    } else break;
  }
  if (found.length > 0) accept(cursor, "=");
  return found;
}
