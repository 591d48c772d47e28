/**
 * Syntax trees of C expressions, type names and statements. Positions are indexes into the token array that was parsed;
 * in the tree of a function body (./body) they are offsets of the file's text.
 */
import type { CScope } from "./scope";
import type { Token } from "./token";

/** Tokens with the scope in which their names mean something. */
export interface Context {
  readonly tokens: readonly Token[];
  readonly scope: CScope;
}

/** Half-open range of token indexes; in a function body, of offsets. */
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
  /** Names of macros stand among the literals, in a function body: what they say is not in `value`. */
  readonly partial?: true;
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
  /** Read in a function body only. */
  readonly list?: InitialiserList;
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

/** `{ .a = 1, [2] = x }` as an initialiser inside a function body. */
export interface InitialiserList extends Span {
  readonly kind: "list";
  readonly items: readonly InitialiserItem[];
}

export interface InitialiserItem extends Span {
  readonly designators: readonly Designator[];
  readonly value: Expression;
}

/** GNU's `({ … })`, in a function body. */
export interface StatementExpression extends Span {
  readonly kind: "statements";
  readonly block: Block;
}

/** A type as an argument of a macro, in a function body: `va_arg(ap, unsigned int)`. */
export interface TypeArgument extends Span {
  readonly kind: "type";
  readonly type: TypeSyntax;
}

/** Nothing, where a macro's argument may stand, in a function body. */
export interface OmittedArgument extends Span {
  readonly kind: "omitted";
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
  | InitialiserList
  | StatementExpression
  | TypeArgument
  | OmittedArgument
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

export interface Block extends Span {
  readonly kind: "block";
  readonly statements: readonly Statement[];
}

export interface If extends Span {
  readonly kind: "if";
  readonly condition: Expression;
  readonly then: Statement;
  readonly otherwise: Statement | undefined;
}

export interface While extends Span {
  readonly kind: "while";
  readonly condition: Expression;
  readonly body: Statement;
}

/** The condition is undefined where the text ends before it. */
export interface DoWhile extends Span {
  readonly kind: "do";
  readonly body: Statement;
  readonly condition: Expression | undefined;
}

export interface For extends Span {
  readonly kind: "for";
  readonly initial: Statement | undefined;
  readonly condition: Expression | undefined;
  readonly step: Expression | undefined;
  readonly body: Statement;
}

export interface Switch extends Span {
  readonly kind: "switch";
  readonly subject: Expression;
  readonly body: Statement;
}

/** A macro that is followed by a statement: `QLIST_FOREACH(e, &s->list, next) { … }`, `WITH_RCU_READ_LOCK_GUARD() { … }`. */
export interface MacroStatement extends Span {
  readonly kind: "macro";
  readonly head: Call;
  readonly body: Statement;
}

/** `case value:`, or GNU's `case value ... last:`. Labels stand beside the statements that they are before. */
export interface CaseLabel extends Span {
  readonly kind: "case";
  readonly value: Expression;
  readonly last: Expression | undefined;
}

export interface DefaultLabel extends Span {
  readonly kind: "default";
}

export interface Label extends Span {
  readonly kind: "label";
  readonly name: string;
}

/** Name undefined: `goto *place;` */
export interface Goto extends Span {
  readonly kind: "goto";
  readonly name: string | undefined;
}

export interface Jump extends Span {
  readonly kind: "break" | "continue";
}

export interface Return extends Span {
  readonly kind: "return";
  readonly value: Expression | undefined;
}

export interface ExpressionStatement extends Span {
  readonly kind: "expression";
  readonly expression: Expression;
  /** A `;` ends it: not behind a macro that brings its own, nor in half-typed text. */
  readonly closed: boolean;
}

/** One declared name inside a function, or a parameter. */
export interface LocalDeclarator extends Span {
  /** "" for a parameter without a name. */
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Last word of the type, without struct or qualifiers: `DeviceClass`; what stands in g_autoptr(…). */
  readonly typeName: string;
  /** How many `*` stand before the name; one more for g_autoptr. */
  readonly stars: number;
  /** Lengths between `[` and `]`; `omitted` for an empty pair. */
  readonly lengths: readonly Expression[];
  /** `(…)` behind the name or around it: a function or a pointer to one. */
  readonly isFunction: boolean;
  readonly value: Expression | undefined;
}

export interface LocalDeclaration extends Span {
  readonly kind: "declaration";
  readonly isStatic: boolean;
  readonly declarators: readonly LocalDeclarator[];
}

export interface AsmStatement extends Span {
  readonly kind: "asm";
}

export interface EmptyStatement extends Span {
  readonly kind: "empty";
}

/** Text that is no statement; `expression` is what could be read of it. */
export interface UnknownStatement extends Span {
  readonly kind: "unknown-statement";
  readonly reason: string;
  readonly expression: Expression | undefined;
}

export type Statement =
  | Block
  | If
  | While
  | DoWhile
  | For
  | Switch
  | MacroStatement
  | CaseLabel
  | DefaultLabel
  | Label
  | Goto
  | Jump
  | Return
  | ExpressionStatement
  | LocalDeclaration
  | AsmStatement
  | EmptyStatement
  | UnknownStatement;
