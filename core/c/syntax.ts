/** Syntax trees of C expressions and type names. Positions are indexes into the token array that was parsed. */
import type { CScope } from "./scope";
import type { Token } from "./token";

/** Tokens with the scope in which their names mean something. */
export interface Context {
  readonly tokens: readonly Token[];
  readonly scope: CScope;
}

/** Half-open range of token indexes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface IntegerLiteral extends Span {
  readonly kind: "integer";
  readonly value: bigint;
  readonly unsigned: boolean;
  /** `L` or `LL` suffix. */
  readonly long: boolean;
  /** Decimal literals without `U` never become unsigned. */
  readonly decimal: boolean;
}

export interface FloatLiteral extends Span {
  readonly kind: "float";
  readonly text: string;
}

export interface CharLiteral extends Span {
  readonly kind: "char";
  readonly value: bigint;
}

/** Adjacent literals are one. */
export interface StringLiteral extends Span {
  readonly kind: "string";
  readonly value: string;
}

export interface Identifier extends Span {
  readonly kind: "identifier";
  readonly name: string;
}

export interface Unary extends Span {
  readonly kind: "unary";
  readonly operator: "+" | "-" | "!" | "~" | "*" | "&" | "++" | "--";
  readonly operand: Expression;
}

export interface Postfix extends Span {
  readonly kind: "postfix";
  readonly operator: "++" | "--";
  readonly operand: Expression;
}

/** Every operator of two operands, assignments and the comma included. */
export interface Binary extends Span {
  readonly kind: "binary";
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Conditional extends Span {
  readonly kind: "conditional";
  readonly test: Expression;
  /** undefined: GNU's `test ?: otherwise`. */
  readonly then: Expression | undefined;
  readonly otherwise: Expression;
}

export interface Cast extends Span {
  readonly kind: "cast";
  readonly type: TypeSyntax;
  readonly operand: Expression;
}

/** `(type){ … }`; `body` is what stands between the braces. */
export interface CompoundLiteral extends Span {
  readonly kind: "compound";
  readonly type: TypeSyntax;
  readonly body: Span;
}

export interface TypeQuery extends Span {
  readonly kind: "sizeof-type" | "alignof-type";
  readonly type: TypeSyntax;
}

export interface ExpressionQuery extends Span {
  readonly kind: "sizeof" | "alignof";
  readonly operand: Expression;
}

export type Designator =
  | { readonly kind: "member"; readonly name: string }
  | { readonly kind: "index"; readonly index: Expression };

export interface OffsetOf extends Span {
  readonly kind: "offsetof";
  readonly type: TypeSyntax;
  readonly path: readonly Designator[];
  readonly pathSpan: Span;
}

export interface Call extends Span {
  readonly kind: "call";
  readonly callee: Expression;
  readonly arguments: readonly Expression[];
}

export interface MemberAccess extends Span {
  readonly kind: "member";
  readonly object: Expression;
  readonly name: string;
  readonly arrow: boolean;
}

export interface Subscript extends Span {
  readonly kind: "subscript";
  readonly object: Expression;
  readonly index: Expression;
}

export interface TypesCompatible extends Span {
  readonly kind: "types-compatible";
  readonly left: TypeSyntax;
  readonly right: TypeSyntax;
}

export interface ChooseExpression extends Span {
  readonly kind: "choose";
  readonly test: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}

export interface UnknownExpression extends Span {
  readonly kind: "unknown";
  readonly reason: string;
}

export type Expression =
  | IntegerLiteral
  | FloatLiteral
  | CharLiteral
  | StringLiteral
  | Identifier
  | Unary
  | Postfix
  | Binary
  | Conditional
  | Cast
  | CompoundLiteral
  | TypeQuery
  | ExpressionQuery
  | OffsetOf
  | Call
  | MemberAccess
  | Subscript
  | TypesCompatible
  | ChooseExpression
  | UnknownExpression;

/** What `__attribute__` and `_Alignas` say about layout. */
export interface Attributes {
  readonly packed: boolean;
  /** Operands of `aligned(…)`; an empty span is `aligned` alone, the largest alignment of the target. */
  readonly aligned: readonly Span[];
  readonly vectorSize: Span | undefined;
  /** An attribute that changes the size in a way we don't follow. */
  readonly unsupported: string | undefined;
}

export interface RecordSpecifier {
  readonly kind: "struct" | "union" | "enum";
  readonly tag: string | undefined;
  /** Between the braces; undefined where only the tag is named. */
  readonly body: Span | undefined;
  readonly attributes: Attributes;
}

export type BaseType =
  /** Words of a built-in type, in any order: `unsigned`, `long`. */
  | { readonly kind: "builtin"; readonly words: readonly string[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "record"; readonly record: RecordSpecifier }
  | { readonly kind: "typeof"; readonly operand: Span }
  | { readonly kind: "unknown"; readonly reason: string };

export type TypePart =
  | { readonly kind: "pointer" }
  /** Empty span: `[]`. */
  | { readonly kind: "array"; readonly length: Span }
  | { readonly kind: "function"; readonly parameters: Span };

/** A type: the base, then what is made of it in order: `int *a[3]` is int, pointer, array. */
export interface TypeSyntax extends Span {
  readonly base: BaseType;
  readonly parts: readonly TypePart[];
  readonly attributes: Attributes;
}

export interface Declarator {
  /** undefined: an anonymous member, a bit-field without name. */
  readonly name: string | undefined;
  /** Token index of the name; -1 without one. */
  readonly nameIndex: number;
  readonly type: TypeSyntax;
  /** Width of a bit-field. */
  readonly bits: Span | undefined;
  /** Attributes behind the declarator: they are the declared thing's, not the type's. */
  readonly attributes: Attributes;
}

export interface DeclarationSyntax extends Span {
  readonly isTypedef: boolean;
  readonly declarators: readonly Declarator[];
  /** Set where the text could not be read to its end. */
  readonly problem: string | undefined;
}
