/** Types and constants of expressions inside a function, with its variables, by the types of core/c. */
import { type CType, type CTypes, unknownType } from "../ctype";
import { evaluate } from "../evaluate";
import { parseExpression } from "../expression";
import { createCursor } from "../cursor";
import { readTypeName } from "../declarator";
import { isHostType } from "../hosttypes";
import { findMember } from "../members";
import { pointerTo } from "../resolve";
import type { CScope } from "../scope";
import type { Context, Expression, LocalDeclarator, Span, TypeSyntax } from "../syntax";
import { typeOfExpression, variableType } from "../typing";
import { unknown, type Value } from "../value";
import { type Local, localsOf } from "./locals";
import type { Body } from "./parse";

/** What calling a function or a macro by that name gives: `STATE(obj)`. undefined where nobody knows. */
export type ResultOf = (name: string) => CType | undefined;

export interface BodyTypes {
  typeOf(expression: Expression): CType;
  /** The value of a constant expression: macros, enumerators, sizeof, ARRAY_SIZE(s->buf). */
  integer(expression: Expression): Value<bigint>;
  /** The struct or union in which `object.name` is found; through anonymous ones the outermost. */
  ownerOf(expression: Expression): CType;
}

export function bodyTypes(body: Body, types: CTypes, scope: CScope, resultOf: ResultOf = () => undefined): BodyTypes {
  const locals = localsOf(body);
  const localTypes = new Map<Local, CType>();
  const typeOf = new Map<Expression, CType>();
  const integers = new Map<Expression, Value<bigint>>();
  const noMacros = new Set<string>();
  /** Where the expression stands that is being read: names are looked up from there. */
  let place = body.start;

  const at = <T>(node: Expression, work: () => T): T => {
    const before = place;
    place = node.start;
    try {
      return work();
    } finally {
      place = before;
    }
  };

  const inFunction: CScope = {
    ...scope,
    variable(name) {
      const local = locals.at(name, place);
      if (local === undefined) return scope.variable(name);
      const { start, end, declarator } = local;
      const { nameStart, typeName } = declarator;
      const declaration = { kind: "variable", name, nameStart, isStatic: false, typeName, start, end } as const;
      const rest = { pointer: declarator.stars > 0, array: declarator.lengths.length > 0, condition: -1 };
      return { file: body.file, declaration: { ...declaration, ...rest, initStart: end, initEnd: end } };
    },
  };
  /** The context of nodes of the body: they bring no tokens. */
  const written: Context = { tokens: [], scope: inFunction };

  const expanded = ({ start, end }: Span): Context => ({
    tokens: scope.tokens(body.file, start, end),
    scope: inFunction,
  });

  /** Most declarations name a typedef and need no reading of their tokens. */
  function namedType({ typeName, stars, lengths, isFunction }: LocalDeclarator): CType | undefined {
    if (isFunction || lengths.length > 0 || typeName === "") return undefined;
    if (!isHostType(typeName) && scope.typedef(typeName) === undefined) return undefined;
    let type = types.named(typeName, scope);
    if (type.kind === "unknown") return undefined;
    for (let i = 0; i < stars; i++) type = pointerTo(scope, type);
    return type;
  }

  function localType(local: Local): CType {
    const before = localTypes.get(local);
    if (before !== undefined) return before;
    localTypes.set(local, unknownType("a variable's type inside itself"));
    const { declarator } = local;
    const name = identifier(declarator.name, declarator.nameStart);
    let type = namedType(declarator) ?? at(name, () => variableType(own, name.name, inFunction));
    if (type.kind === "unknown" && declarator.typeName !== "") {
      type = types.named(declarator.typeName, scope);
      for (let i = 0; i < declarator.stars; i++) type = pointerTo(scope, type);
    }
    if (local.isParameter && type.kind === "array") type = pointerTo(scope, type.element);
    localTypes.set(local, type);
    return type;
  }

  /** What a macro's name or call stands for; undefined where it is none. */
  function expansion(node: Expression & { readonly kind: "identifier" | "call" }): Context | undefined {
    const name = node.kind === "identifier" ? node.name : node.callee.kind === "identifier" ? node.callee.name : "";
    if (name === "" || noMacros.has(name)) return undefined;
    const context = expanded(node);
    const [first] = context.tokens;
    if (first?.text !== name || first.use !== undefined) return context;
    noMacros.add(name);
    return undefined;
  }

  function ownType(node: Expression): CType {
    switch (node.kind) {
      case "identifier": {
        const local = locals.at(node.name, node.start);
        if (local !== undefined) return localType(local);
        const context = expansion(node);
        return context === undefined
          ? typeOfExpression(own, node, written)
          : types.typeOf(parseExpression(context), context);
      }
      case "call": {
        const name = node.callee.kind === "identifier" ? node.callee.name : "";
        const result = resultOf(name);
        if (result !== undefined) return result;
        const context = expansion(node);
        if (context !== undefined) return types.typeOf(parseExpression(context), context);
        const callee = own.typeOf(node.callee, written);
        const fn = callee.kind === "pointer" ? callee.target() : callee;
        return fn.kind === "function" ? fn.result() : unknownType("type of a call");
      }
      case "binary":
        if (node.operator === "=") return own.typeOf(node.left, written);
        return typeOfExpression(own, node, written);
      default:
        return typeOfExpression(own, node, written);
    }
  }

  function ownConstant(node: Expression): ReturnType<CTypes["constant"]> {
    if (node.kind !== "identifier" && node.kind !== "call") return evaluate(own, node, written);
    if (node.kind === "identifier" && locals.at(node.name, node.start) !== undefined) return unknown("a variable");
    const context = expansion(node);
    return context === undefined ? evaluate(own, node, written) : types.constant(parseExpression(context), context);
  }

  const own: CTypes = {
    ...types,
    resolve(syntax: TypeSyntax, context, via) {
      if (context !== written) return types.resolve(syntax, context, via);
      const again = expanded(syntax);
      return types.resolve(readTypeName(createCursor(again, 0, again.tokens.length)), again);
    },
    typeOf: (node, context) =>
      context === written ? types.nested<CType>(() => ownType(node), unknownType) : types.typeOf(node, context),
    constant: (node, context) =>
      context === written
        ? types.nested<ReturnType<CTypes["constant"]>>(() => ownConstant(node), unknown)
        : types.constant(node, context),
    integer(node, context) {
      const value = own.constant(node, context);
      if (!value.known) return value;
      return value.value.kind === "text"
        ? unknown("a string, not a number")
        : { known: true, value: value.value.value };
    },
  };

  return {
    typeOf: (node) => kept(typeOf, node, () => at(node, () => own.typeOf(node, written))),
    integer: (node) => kept(integers, node, () => at(node, () => own.integer(node, written))),
    ownerOf(node) {
      if (node.kind !== "member") return unknownType("no member");
      const object = at(node, () => own.typeOf(node.object, written));
      const record = node.arrow && object.kind === "pointer" ? object.target() : object;
      if (record.kind !== "record") return record.kind === "unknown" ? record : unknownType("a member of no struct");
      return findMember(types, record, node.name).known ? record : unknownType(`no member \`${node.name}\``);
    },
  };
}

function kept<T>(known: Map<Expression, T>, node: Expression, make: () => T): T {
  const before = known.get(node);
  if (before !== undefined) return before;
  const made = make();
  known.set(node, made);
  return made;
}

function identifier(name: string, start: number): Extract<Expression, { kind: "identifier" }> {
  return { kind: "identifier", name, start, end: start + name.length };
}
