/** What compiled C consists of, and what the parts of the compiler ask of each other. */
import { type CType, type CTypes, unknownType } from "../../c/ctype";
import type { IntegerType } from "../../c/integer";
import { scalarType } from "../../c/resolve";
import type { CScope } from "../../c/scope";
import type { Context, Expression, Span, Statement, TypeSyntax } from "../../c/syntax";
import type { Frame, Host } from "./host";
import { isAggregate, read } from "./memory";
import { Arguments, Arr, type Ptr, Unknown, type Value } from "./values";

export type Run = (frame: Frame) => Value;

/** An expression that is ready to run. */
export interface Code {
  readonly type: CType;
  readonly run: Run;
  /** A pointer to the place that it is, where it is one. */
  readonly place?: Run;
  /** Of a variable of the call, which needs no pointer to be written. */
  readonly set?: (frame: Frame, value: Value) => void;
}

/** How a statement ends when it does not end at its end. */
export type Leaving = "break" | "continue" | "return" | { readonly goto: string };
export type Step = (frame: Frame) => Leaving | undefined;

export interface CompiledFunction {
  readonly name: string;
  readonly file: string;
  readonly result: CType;
  readonly parameters: readonly CType[];
  readonly size: number;
  /** What a call of it counts for, beyond one. */
  readonly steps: number;
  readonly body: Step;
  readonly leave: ((frame: Frame) => void) | undefined;
}

export interface Variable {
  readonly type: CType;
  readonly place: (frame: Frame) => Ptr;
  /** Of one that each call has: its number. */
  readonly slot?: number;
}

export const intType = scalarType("int", "int");
export const sizeType = scalarType("size_t", "unsigned long");
export const doubleType = scalarType("double", "double");
/** A function while it is compiled: where it stands, and its variables. */
export interface Compiling {
  readonly runner: Host;
  readonly types: CTypes;
  readonly context: Context;
  readonly scope: CScope;
  readonly file: string;
  /** The function's name; "" at top level. */
  readonly owner: string;
  /** The variable that ERRP_GUARD makes. */
  guard: Variable | undefined;
  expression(node: Expression): Code;
  statement(node: Statement): Step;
  resolve(syntax: TypeSyntax): CType;
  integerType(type: CType): IntegerType | undefined;
  /** What an assignment to that type makes of a value. */
  converting(type: CType): (value: Value) => Value;
  declare(name: string, type: CType): Variable;
  /** A variable that outlives the call. */
  keep(name: string, variable: Variable): void;
  find(name: string): Variable | undefined;
  /** Compiles an expression as it is seen from here, once this has been left. */
  later(): (node: Expression) => Code;
  /** In a block of its own. */
  within<T>(work: () => T): T;
}

/** Memory for `count` things of that type, as a pointer to the first. */
export function allocated(type: CType, count?: Value): Value {
  const home = new Arr(type, typeof count === "number" ? count : undefined);
  if (!isAggregate(type)) return home;
  return read(home, 0, type);
}

export function emptyFrame(): Frame {
  return { variables: new Arr(undefined, 0), rest: new Arguments([]), result: 0 };
}

/** A step is no more than so many tokens. */
const tokensOfStep = 64;

export function stepsOf({ start, end }: Span): number {
  return Math.floor((end - start) / tokensOfStep);
}

export function unknownCode(reason: string): Code {
  const value = new Unknown(reason);
  return { type: unknownType(reason), run: () => value };
}

export function pointed(type: CType): CType {
  if (type.kind === "pointer") return type.target();
  if (type.kind === "array") return type.element;
  return type.kind === "unknown" ? type : unknownType("what no pointer points to");
}

export function integerNamed({ bits, signed }: IntegerType): CType {
  const word = bits > 32 ? "long" : "int";
  return scalarType(signed ? word : `unsigned ${word}`, signed ? word : `unsigned ${word}`);
}
