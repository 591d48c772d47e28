/**
 * Function bodies as trees of statements. Total: any text gives a tree, what is no statement becomes an
 * `unknown-statement`, and nesting beyond maxDepth is not read, so that no text overflows the stack. Linear: no token is
 * read more than a few times.
 */
import { type Cursor, peek, upTo } from "../cursor";
import type { CScope } from "../scope";
import type { Block, LocalDeclarator, Span, Statement } from "../syntax";
import { readList, readParameters } from "./declaration";
import { type Arm, prepare } from "./prepare";
import { readBlock, readStatement } from "./statements";

/** Offsets of a function definition in its file; a FunctionDefinition is one. */
export interface FunctionSpan {
  readonly parametersStart: number;
  readonly parametersEnd: number;
  /** Offsets of `{` and of the place behind `}`. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** A function's tree. All positions are offsets of the file's text. */
export interface Body extends Span {
  readonly file: string;
  readonly parameters: readonly LocalDeclarator[];
  readonly block: Block;
  /** The `#if` arms inside the body, in textual order. */
  readonly arms: readonly Arm[];
}

/** Whether a name is a type's: it decides what `(name)(x)` and `(name) - x` are. */
export type IsType = (name: string) => boolean;

const none: IsType = () => false;

/** Reads a function. The tree depends on the text and on `isType` alone. */
export function parseBody(text: string, file: string, fn: FunctionSpan, isType: IsType = none): Body {
  const scope = scopeOfNames(file, isType);
  const { cursor, arms } = open(text, scope, fn.bodyStart, fn.bodyEnd);
  const block = readWhole(cursor, fn.bodyStart);
  const parameters = readParameters(open(text, scope, fn.parametersStart, fn.parametersEnd).cursor);
  return { file, parameters, block, arms, start: fn.bodyStart, end: Math.max(fn.bodyStart, fn.bodyEnd) };
}

function open(
  text: string,
  scope: CScope,
  start: number,
  end: number,
): { readonly cursor: Cursor; readonly arms: readonly Arm[] } {
  const { tokens, behind, arms } = prepare(text, scope.file, start, end);
  const body = { text, behind, block: readBlock, list: readList, missing: -1 };
  return { cursor: { context: { tokens, scope }, tokens, end: tokens.length, index: 0, depth: 0, body }, arms };
}

/** All that the grammar asks a scope for is which names are types. */
function scopeOfNames(file: string, isType: IsType): CScope {
  const nothing = (): undefined => undefined;
  const scope: CScope = {
    file,
    tokens: () => [],
    expandText: () => [],
    at: () => scope,
    typedef: (name) => {
      if (!isType(name)) return undefined;
      return { file, declaration: { kind: "typedef", names: [name], start: 0, end: 0, condition: -1 } };
    },
    record: nothing,
    enumOf: nothing,
    variable: nothing,
    target: { name: "", pointerSize: 8, longSize: 8 },
  };
  return scope;
}

/** A body's block is all its tokens, also where braces don't match. */
function readWhole(cursor: Cursor, start: number): Block {
  const statements: Statement[] = [];
  while (cursor.index < cursor.end) {
    if (cursor.index > 0 || peek(cursor) !== "{") statements.push(readStatement(cursor));
    else {
      const first = readBlock(cursor);
      if (cursor.index >= cursor.end) return first;
      statements.push(...first.statements);
    }
  }
  return { kind: "block", statements, start, end: upTo(cursor, start) };
}
