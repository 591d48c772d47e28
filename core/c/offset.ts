/** What QEMU's `.offset` initialisers say beside the number: which member, and of what type it is meant to be. */
import type { Binary, Cast, Context, Expression, Span, TypeSyntax } from "./syntax";

/** `((declared *)0 - (actual *)0)`: it compiles only where both are one type. Resolve with CTypes.resolve. */
export interface TypeCheck {
  readonly declared: TypeSyntax;
  readonly actual: TypeSyntax;
}

export interface OffsetDescription {
  /** From `offsetof(state, path)`. */
  readonly member:
    | {
        /** As written: `IOAPICState`, `struct PCIBus`. */
        readonly structName: string;
        /** Without spaces: `regs[0].value`. */
        readonly path: string;
        readonly type: TypeSyntax;
        readonly span: Span;
      }
    | undefined;
  readonly checks: readonly TypeCheck[];
  /** Operands of `sizeof(struct { int : (x) ? -1 : 1; })`-like terms: sums that are 0 if the code compiles. */
  readonly assertions: readonly Expression[];
}

/** Walks a sum. Terms of another form are passed over. */
export function describeOffset(expression: Expression, context: Context): OffsetDescription {
  const checks: TypeCheck[] = [];
  const assertions: Expression[] = [];
  let member: OffsetDescription["member"];
  const open: Expression[] = [expression];
  for (let term = open.pop(); term !== undefined; term = open.pop()) {
    if (term.kind === "binary" && term.operator === "+") {
      open.push(term.right, term.left);
    } else if (term.kind === "binary" && term.operator === "-") {
      const check = typeCheck(term);
      if (check !== undefined) checks.push(check);
      else if (term.left.kind === "sizeof-type" && term.right.kind === "sizeof-type") assertions.push(term);
      else open.push(term.left);
    } else if (term.kind === "cast") {
      open.push(term.operand);
    } else if (term.kind === "offsetof") {
      const { type, pathSpan } = term;
      member ??= { structName: joinTokens(context, type), path: joinTokens(context, pathSpan), type, span: term };
    }
  }
  return { member, checks, assertions };
}

function typeCheck(difference: Binary): TypeCheck | undefined {
  const declared = nullCast(difference.left);
  const actual = nullCast(difference.right);
  return declared === undefined || actual === undefined ? undefined : { declared, actual };
}

/** What `(T *)0` points to. */
function nullCast(expression: Expression): TypeSyntax | undefined {
  if (expression.kind !== "cast" || !isNull(expression)) return undefined;
  const { type } = expression;
  if (type.parts[type.parts.length - 1]?.kind !== "pointer") return undefined;
  return { ...type, parts: type.parts.slice(0, -1) };
}

function isNull(cast: Cast): boolean {
  return cast.operand.kind === "integer" && cast.operand.value === 0n;
}

/** Tokens as text, with a space only between two words. */
function joinTokens(context: Context, span: Span): string {
  let text = "";
  let afterWord = false;
  for (let i = span.start; i < span.end; i++) {
    const token = context.tokens[i];
    if (token === undefined) break;
    const word = token.kind === "identifier" || token.kind === "number";
    text += word && afterWord ? ` ${token.text}` : token.text;
    afterWord = word;
  }
  return text;
}
