/**
 * What one file's text says by itself: its includes, macros and top-level declarations, before any expansion.
 *
 * Invariant: facts depend on the text alone, so an edit re-reads one file. All offsets are into that text.
 */
export interface FileFacts {
  readonly path: string;
  readonly includes: readonly IncludeDirective[];
  /** In textual order; a name may occur several times. */
  readonly macros: readonly MacroDefinition[];
  readonly declarations: readonly Declaration[];
  /** All `#if` arms, indexed by the `condition` numbers below. */
  readonly conditions: readonly Condition[];
}

/** Index into FileFacts.conditions of the innermost arm; -1 where no `#if` encloses. */
export type ConditionIndex = number;

/** One arm of an `#if` group. It is active when `parent` is, no arm of `previous` is, and its own expression holds. */
export interface Condition {
  readonly kind: "if" | "ifdef" | "ifndef" | "elif" | "else";
  /** The text behind the directive's name, comments removed. Empty for `else`. */
  readonly expression: string;
  readonly parent: ConditionIndex;
  /** The arm before this one in the same group, or -1. */
  readonly previous: ConditionIndex;
  /** Offset of the directive's `#`. */
  readonly start: number;
}

export interface IncludeDirective {
  readonly name: string;
  readonly system: boolean;
  readonly start: number;
  readonly condition: ConditionIndex;
}

export interface MacroDefinition {
  readonly name: string;
  /** undefined: object-like. A last parameter `...` is kept as written (`...` or `args...`). */
  readonly parameters: readonly string[] | undefined;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly nameStart: number;
  readonly condition: ConditionIndex;
  /** An `#undef` of the name: parameters and body are empty. */
  readonly undefined?: true;
}

interface DeclarationBase {
  readonly start: number;
  readonly end: number;
  readonly condition: ConditionIndex;
}

export interface FunctionDefinition extends DeclarationBase {
  readonly kind: "function";
  readonly name: string;
  readonly nameStart: number;
  readonly isStatic: boolean;
  /** Text span of the parameter list between the parentheses. */
  readonly parametersStart: number;
  readonly parametersEnd: number;
  /** Offsets of `{` and of the place behind `}`. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

export interface VariableDefinition extends DeclarationBase {
  readonly kind: "variable";
  readonly name: string;
  readonly nameStart: number;
  readonly isStatic: boolean;
  /** Last type word before the name: `VMStateDescription` in `static const VMStateDescription vmstate_x`. */
  readonly typeName: string;
  /** `*` between type and name. */
  readonly pointer: boolean;
  /** `[…]` behind the name. */
  readonly array: boolean;
  /** Span of the initialiser behind `=`; equal offsets where there is none. */
  readonly initStart: number;
  readonly initEnd: number;
}

export interface RecordDefinition extends DeclarationBase {
  readonly kind: "struct" | "union" | "enum";
  /** Tag, or undefined for an anonymous one. */
  readonly tag: string | undefined;
  /** Span between the braces. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Names of an enum's enumerators; empty for a struct or union. */
  readonly enumerators: readonly string[];
}

/** `typedef …;` the names it introduces. The record defined inside it, if any, is a declaration of its own. */
export interface TypedefDeclaration extends DeclarationBase {
  readonly kind: "typedef";
  readonly names: readonly string[];
}

/** `int f(void);` and `struct X;` and `extern …`: seen, with the name, not read further. */
export interface PrototypeDeclaration extends DeclarationBase {
  readonly kind: "prototype";
  readonly name: string;
}

/** A macro used at top level: `type_init(x)`, `OBJECT_DEFINE_TYPE(…)`. */
export interface MacroInvocation extends DeclarationBase {
  readonly kind: "invocation";
  readonly name: string;
  readonly nameStart: number;
}

export type Declaration =
  | FunctionDefinition
  | VariableDefinition
  | RecordDefinition
  | TypedefDeclaration
  | PrototypeDeclaration
  | MacroInvocation;
