/** What running code asks of who runs it. */
import type { CType, CTypes, RecordType } from "../../c/ctype";
import type { Call, Context, Expression, Span, Statement, TypeSyntax } from "../../c/syntax";
import type { Arr, Arguments, Fn, Ptr, Value } from "./values";

/** Values of one call of a function. */
export interface Frame {
  readonly variables: Arr;
  /** What `...` stands for. */
  readonly rest: Arguments;
  result: Value;
  /** The return that it was left by. */
  left?: Return;
}

export interface Return {
  readonly file: string;
  readonly context: Context;
  readonly node: Span;
}

/** Where a call stands. */
export interface Site {
  readonly file: string;
  readonly context: Context;
  readonly node: Call;
  readonly types: readonly CType[];
}

export interface Global {
  readonly type: CType;
  readonly place: (frame: Frame) => Ptr;
}

/** One run of code: what it does, and what its variables hold. */
export interface Run {
  /** Calls that are open, outermost first. */
  readonly sites: readonly Site[];
  /** Whether a function of that name is done without the tree. */
  isNative(name: string): boolean;
  /** Whether it is so because a library has it, and not the tree. */
  isOfLibrary(name: string): boolean;
  /** Where a variable of the tree lies in this run; `begin` gives its value when it is asked for first. */
  placeOf(variable: number, type: CType, begin: () => Value, isConstant: boolean): Ptr;
  /** False where the run has become too long. `steps`: what comes next, of many tokens more than one. */
  goesOn(steps?: number): boolean;
  /** Notes that what stands there ends at a bound. */
  bound(file: string, context: Context, node: Span, reason: string): void;
  /** Notes a bound that was met by an error there; throws what is none. */
  met(error: unknown, file: string, context: Context, node: Span): void;
  call(fn: Fn, values: readonly Value[], site?: Site): Value;
  /** A call of a function that is nowhere. */
  missing(name: string, values: readonly Value[], site: Site): Value;
  /** A call through what is not known. */
  unknownCall(fn: Value, site: Site): Value;
  undecided(file: string, context: Context, condition: Expression, value: Value, whole: Statement | Expression): void;
  /** Runs what an assertion asks: it holds, so that nothing hangs on a condition in there. */
  asserted(run: () => void): void;
  /** ERRP_GUARD: what a function leaves in its own error goes to its caller's. */
  leaveGuard(guard: Value): void;
}

/** What code asks of who runs it: of the run that is going on, and of the tree. */
export interface Host extends Omit<Run, "sites" | "isNative" | "isOfLibrary" | "placeOf"> {
  readonly types: CTypes;
  /** The run that is going on. */
  readonly run: Run;
  /** The C library's `errno`. */
  readonly errorNumber: Global;
  /** A number for a variable, which no other has. */
  nextVariable(): number;
  function(name: string, file: string): Fn | undefined;
  /** Whether a name means the same function for all who come by that file. */
  isSteady(name: string, file: string): boolean;
  global(name: string, file: string): Global | undefined;
  /** A struct of which a file sees no more than its tag, as the target that is built defines it. */
  completed(record: RecordType): RecordType;
  /** The type that a call of that name has. */
  resultOf(name: string, file: string): CType;
  /** A typeof's operand. */
  operandOf(context: Context, span: Span): { readonly type: TypeSyntax } | { readonly expression: Expression };
}

/** A variable that each run has once. Keeps nothing of a run, which would outlive its board. */
export function variableOf(host: Host, type: CType, begin: () => Value, isConstant = false): Global["place"] {
  const number = host.nextVariable();
  return () => host.run.placeOf(number, type, begin, isConstant);
}
