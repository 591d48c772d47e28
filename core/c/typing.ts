/** The type of an expression, as typeof and sizeof need it. */
import { type ArrayType, type CType, type CTypes, type ScalarType, unknownType } from "./ctype";
import { int32, type IntegerType, literalType, promote, commonType } from "./integer";
import { readDeclarations } from "./declarator";
import { type Initialiser, parseInitialiser } from "./initialiser";
import { isSignedEnum } from "./layout";
import { memberType } from "./members";
import { pointerTo, scalarType } from "./resolve";
import type { Context, Expression } from "./syntax";
import type { CScope } from "./scope";
import type { Token } from "./token";
import { known, unknown, type Value } from "./value";

const comparisons: ReadonlySet<string> = new Set(["<", ">", "<=", ">=", "==", "!=", "&&", "||"]);

function builtin(canonical: string): CType {
  return scalarType(canonical, canonical);
}

function arithmetic(type: IntegerType): CType {
  const word = type.bits > 32 ? "long" : "int";
  return builtin(type.signed ? word : `unsigned ${word}`);
}

/** undefined for what is no integer of at most 64 bits. */
export function integerTypeOf(types: CTypes, type: CType): IntegerType | undefined {
  if (type.kind === "enum") return { bits: 32, signed: isSignedEnum(types, type) };
  if (type.kind !== "scalar" || type.floating || type.size > 8) return undefined;
  return { bits: type.size * 8, signed: type.signed };
}

/** Arrays decay to pointers where they are operands. */
function elementOf(type: CType): CType {
  if (type.kind === "array") return type.element;
  if (type.kind === "pointer") return type.target();
  return type.kind === "unknown" ? type : unknownType("dereference of no pointer");
}

export function typeOfExpression(types: CTypes, expression: Expression, context: Context): CType {
  switch (expression.kind) {
    case "integer":
      return arithmetic(literalType(expression.value, expression.unsigned, expression.long, expression.decimal));
    case "float":
      return builtin(expression.text.toLowerCase().endsWith("f") ? "float" : "double");
    case "char":
    case "types-compatible":
      return builtin("int");
    case "string": {
      const element = builtin("char");
      const text: ArrayType = { kind: "array", element, length: known(expression.value.length + 1) };
      return text;
    }
    case "identifier":
      return typeOfName(types, expression.name, context);
    case "sizeof":
    case "alignof":
    case "sizeof-type":
    case "alignof-type":
    case "offsetof":
      return scalarType("size_t", "unsigned long");
    case "cast":
    case "compound":
      return types.resolve(expression.type, context);
    case "member": {
      const object = types.typeOf(expression.object, context);
      return memberType(types, expression.arrow ? elementOf(object) : object, expression.name);
    }
    case "subscript":
      return elementOf(types.typeOf(expression.object, context));
    case "unary":
      return typeOfUnary(types, expression.operator, expression.operand, context);
    case "postfix":
      return types.typeOf(expression.operand, context);
    case "binary":
      return typeOfBinary(types, expression.operator, expression.left, expression.right, context);
    case "conditional": {
      const otherwise = types.typeOf(expression.otherwise, context);
      if (expression.then === undefined) return otherwise;
      return joined(types, types.typeOf(expression.then, context), otherwise);
    }
    case "choose": {
      const test = types.integer(expression.test, context);
      if (!test.known) return unknownType(test.reason);
      return types.typeOf(test.value === 0n ? expression.otherwise : expression.then, context);
    }
    case "call":
      return unknownType("type of a call");
    case "type":
      return types.resolve(expression.type, context);
    case "list":
    case "statements":
    case "omitted":
      return unknownType("no operand");
    case "unknown":
      return unknownType(expression.reason);
  }
}

function typeOfName(types: CTypes, name: string, context: Context): CType {
  if (name === "true" || name === "false") return builtin("int");
  if (name === "NULL") return pointerTo(context.scope, { kind: "void" });
  if (context.scope.enumOf(name) === undefined) return variableType(types, name, context.scope);
  const value = types.integer({ kind: "identifier", name, start: 0, end: 0 }, context);
  return value.known ? arithmetic(enumeratorType(value.value)) : builtin("int");
}

/** Type of a variable with an initialiser, which gives `[]` its length. */
export function variableType(types: CTypes, name: string, scope: CScope): CType {
  const located = scope.variable(name);
  if (located === undefined) return unknownType(`type of \`${name}\``);
  const { file, declaration } = located;
  const home = scope.at(file);
  const context: Context = { tokens: home.tokens(file, declaration.start, declaration.end), scope: home };
  for (const { declarators } of readDeclarations(context, 0, context.tokens.length)) {
    const declarator = declarators.find((candidate) => candidate.name === name);
    if (declarator === undefined) continue;
    const type = types.resolve(declarator.type, context);
    if (type.kind !== "array" || type.length !== undefined) return type;
    const initialiser = initialiserOf(home.tokens(file, declaration.initStart, declaration.initEnd));
    return { ...type, length: lengthOf(initialiser) };
  }
  return unknownType(`type of \`${name}\``);
}

function initialiserOf(tokens: readonly Token[]): Initialiser {
  return parseInitialiser(tokens, 0, tokens.length);
}

function lengthOf(initialiser: Initialiser): Value<number> {
  if (initialiser.kind !== "list") return unknown("array with an initialiser that is no list");
  const indexed = initialiser.elements.some((element) => element.designators[0]?.startsWith("[") === true);
  const undecided = initialiser.elements.some((element) => element.condition !== undefined);
  if (indexed || undecided) return unknown("array with an initialiser that can't be counted");
  return known(initialiser.elements.length);
}

export function enumeratorType(value: bigint): IntegerType {
  if (value >= -0x80000000n && value <= 0x7fffffffn) return int32;
  return literalType(value < 0n ? -value : value, false, value < 0n, false);
}

function typeOfUnary(types: CTypes, operator: string, operand: Expression, context: Context): CType {
  if (operator === "!") return builtin("int");
  const type = types.typeOf(operand, context);
  switch (operator) {
    case "&":
      return pointerTo(context.scope, type);
    case "*":
      return elementOf(type);
    case "++":
    case "--":
      return type;
    default:
      return promoted(types, type);
  }
}

function promoted(types: CTypes, type: CType): CType {
  const integer = integerTypeOf(types, type);
  return integer === undefined ? type : arithmetic(promote(integer));
}

function typeOfBinary(types: CTypes, operator: string, left: Expression, right: Expression, context: Context): CType {
  if (comparisons.has(operator)) return builtin("int");
  if (operator === ",") return types.typeOf(right, context);
  const a = types.typeOf(left, context);
  if (operator.endsWith("=")) return a;
  if (operator === "<<" || operator === ">>") return promoted(types, a);
  const b = types.typeOf(right, context);
  const leftPoints = a.kind === "pointer" || a.kind === "array";
  const rightPoints = b.kind === "pointer" || b.kind === "array";
  if (operator === "-" && leftPoints && rightPoints) return scalarType("ptrdiff_t", "long");
  if (leftPoints) return pointerTo(context.scope, elementOf(a));
  if (rightPoints) return pointerTo(context.scope, elementOf(b));
  return joined(types, a, b);
}

function joined(types: CTypes, a: CType, b: CType): CType {
  const left = integerTypeOf(types, a);
  const right = integerTypeOf(types, b);
  if (left !== undefined && right !== undefined) return arithmetic(commonType(left, right));
  if (isFloating(a) && isFloating(b)) return a.size >= b.size ? a : b;
  if (isFloating(a)) return a;
  return isFloating(b) ? b : a;
}

function isFloating(type: CType): type is ScalarType {
  return type.kind === "scalar" && type.floating;
}
