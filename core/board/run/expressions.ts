/** Expressions -> closures: constants, names, sizes, and which file answers the others. */
import { type CType, unknownType } from "../../c/ctype";
import { hostConstant } from "../../c/hosttypes";
import { commonType, literalType } from "../../c/integer";
import { sizeOf } from "../../c/layout";
import { readInteger } from "../../c/literal";
import { pointerTo, scalarType } from "../../c/resolve";
import type { Expression, Statement } from "../../c/syntax";
import { callOf } from "./calls";
import {
  type Code,
  type Compiling,
  doubleType,
  emptyFrame,
  integerNamed,
  intType,
  type Run,
  sizeType,
  unknownCode,
} from "./code";
import type { Frame } from "./host";
import { listOf } from "./initialisers";
import { placeOfMember } from "./members";
import { binaryOf, steppingOf, unaryOf } from "./operators";
import { memberOf, subscriptOf, variableCode } from "./places";
import { Arr, fromBigint, isTrue, objectKinds, Offset, type OffsetStep, Unknown, type Value } from "./values";

/** Sizes that are not known still tell types apart, and count elements. */
const unknownSize = 4096;
export function expressionOf(c: Compiling, node: Expression): Code {
  switch (node.kind) {
    case "integer": {
      const value = Number(node.value);
      const constant = Number.isSafeInteger(value) ? value : node.value;
      const own = literalType(node.value, node.unsigned, node.long, node.decimal);
      return { type: integerNamed(own), run: () => constant };
    }
    case "float": {
      const value = Number.parseFloat(node.text);
      return { type: doubleType, run: () => value };
    }
    case "char": {
      const value = Number(node.value);
      return { type: intType, run: () => value };
    }
    case "string": {
      const { value } = node;
      const type = pointerTo(c.scope, scalarType("char", "char"));
      return { type, run: () => value };
    }
    case "identifier":
      return nameOf(c, node.name);
    case "member":
      return memberOf(c, node);
    case "subscript":
      return subscriptOf(c, node);
    case "unary":
      return unaryOf(c, node);
    case "postfix":
      return steppingOf(c, node.operand, node.operator === "++" ? 1 : -1, false);
    case "binary":
      return binaryOf(c, node);
    case "conditional":
      return conditionalOf(c, node);
    case "cast": {
      const type = c.resolve(node.type);
      const { run } = c.expression(node.operand);
      const converted = c.converting(type);
      return { type, run: (frame) => converted(run(frame)) };
    }
    case "compound": {
      const type = c.resolve(node.type);
      if (node.list === undefined) return unknownCode("a literal that can't be read");
      const code = listOf(c, type, node.list, false);
      return { type: code.type, run: code.run, place: code.run };
    }
    case "sizeof-type": {
      const { base, parts } = node.type;
      // a variable hides a type of its name
      const name = base.kind === "name" && parts.length === 0 ? base.name : undefined;
      const isLocal = name !== undefined && c.find(name) !== undefined;
      const type = isLocal ? intType : c.resolve(node.type);
      const isVariable = isLocal || (type.kind === "unknown" && name !== undefined && isGlobal(c, name));
      if (name === undefined || !isVariable) return sizeCode(c, type);
      return sizeOfOperand(c, { kind: "identifier", name, start: node.start, end: node.end });
    }
    case "sizeof":
      return sizeOfOperand(c, node.operand);
    case "alignof":
    case "alignof-type":
      return { type: sizeType, run: () => 8 };
    case "offsetof":
      return offsetOf(c, node);
    case "call":
      return callOf(c, node);
    case "statements":
      return statementsOf(c, node.block.statements);
    case "types-compatible": {
      const left = c.resolve(node.left);
      const compatible = c.types.compatible(left, c.resolve(node.right));
      const value = compatible.known ? (compatible.value ? 1 : 0) : new Unknown(compatible.reason);
      return { type: intType, run: () => value };
    }
    case "choose": {
      const test = isTrue(c.expression(node.test).run(emptyFrame()));
      return c.expression(test === false ? node.otherwise : node.then);
    }
    case "list":
      return unknownCode("a list");
    case "type":
      return { type: c.resolve(node.type), run: () => 0 };
    case "omitted":
      return { type: intType, run: () => 0 };
    case "unknown":
      return unknownCode(node.reason);
  }
}

function statementsOf(c: Compiling, statements: readonly Statement[]): Code {
  return c.within(() => {
    const last = statements.at(-1);
    const before = statements.slice(0, last?.kind === "expression" ? -1 : undefined).map((each) => c.statement(each));
    const result = last?.kind === "expression" ? c.expression(last.expression) : undefined;
    return {
      type: result?.type ?? { kind: "void" },
      run: (frame: Frame) => {
        for (const step of before) step(frame);
        return result?.run(frame) ?? 0;
      },
    };
  });
}

function isGlobal(c: Compiling, name: string): boolean {
  return c.runner.global(name, c.file) !== undefined;
}

function sizeCode(c: Compiling, type: CType): Code {
  const value = bytesOf(c, type);
  return { type: sizeType, run: () => value };
}

/** Where an element's size is not known, that many of them are still so many times as large as one. */
function bytesOf(c: Compiling, type: CType): number {
  const size = sizeOf(c.types, type);
  if (size.known) return size.value;
  return type.kind === "array" && type.length?.known === true
    ? type.length.value * bytesOf(c, type.element)
    : unknownSize;
}

function sizeOfOperand(c: Compiling, operand: Expression): Code {
  const code = c.expression(operand);
  const { type } = code;
  if (operand.kind === "string") return { type: sizeType, run: () => operand.value.length + 1 };
  if (type.kind !== "array" || type.length?.known === true) return sizeCode(c, type);
  const element = sizeOf(c.types, type.element);
  const each = element.known && element.value > 0 ? element.value : unknownSize;
  return {
    type: sizeType,
    run: (frame) => {
      const array = code.run(frame);
      if (!(array instanceof Arr)) return new Unknown("the length of an array");
      return each * (array.length ?? array.items.length);
    },
  };
}

function offsetOf(c: Compiling, node: Extract<Expression, { kind: "offsetof" }>): Code {
  let type = c.resolve(node.type);
  const steps: (OffsetStep | { readonly index: Run; readonly type: CType })[] = [];
  for (const designator of node.path) {
    if (designator.kind === "member") {
      const places = type.kind === "record" ? placeOfMember(c.types, type, designator.name) : undefined;
      const last = places?.at(-1);
      if (places === undefined || last === undefined) return unknownCode(`offset of \`${designator.name}\``);
      steps.push(...places);
      type = last.type;
    } else {
      if (type.kind !== "array") return unknownCode("an index into no array");
      type = type.element;
      steps.push({ index: c.expression(designator.index).run, type });
    }
  }
  return {
    type: sizeType,
    run: (frame) => {
      const made: OffsetStep[] = [];
      for (const step of steps) {
        if (!("index" in step)) {
          made.push(step);
          continue;
        }
        const index = step.index(frame);
        if (typeof index !== "number") return new Unknown("an index that is not known");
        made.push({ key: index, type: step.type });
      }
      return new Offset(made);
    },
  };
}

function nameOf(c: Compiling, name: string): Code {
  const local = c.find(name);
  if (local !== undefined) return variableCode(local);
  if (name === "NULL") return { type: pointerTo(c.scope, { kind: "void" }), run: () => 0 };
  if (name === "true" || name === "false") return { type: intType, run: () => (name === "true" ? 1 : 0) };
  if (name === "__func__" || name === "__FUNCTION__") return { type: intType, run: () => c.owner };
  const global = c.runner.global(name, c.file);
  if (global !== undefined) return variableCode(global);
  // an enumerator of other files is none where the file has a function of the name
  const own = c.runner.function(name, c.file);
  const enumerator = own?.located?.file === c.file ? undefined : c.types.enumerator(name, c.scope);
  if (enumerator !== undefined) {
    if (!enumerator.known) return unknownCode(enumerator.reason);
    return enumeratorOf(BigInt(enumerator.value));
  }
  const kind = objectKinds.indexOf(name);
  if (kind !== -1) return { type: intType, run: () => kind };
  // the host is the one whose layouts core/c knows: x86_64
  if (name === "HOST_BIG_ENDIAN") return { type: intType, run: () => 0 };
  if (name === "errno") return variableCode(c.runner.errorNumber);
  const host = readInteger(hostConstant(name) ?? "");
  if (host !== undefined) {
    const value = Number(host.value);
    const constant = Number.isSafeInteger(value) ? value : host.value;
    return {
      type: integerNamed(literalType(host.value, host.unsigned, host.long, host.decimal)),
      run: () => constant,
    };
  }
  let fn: Value | undefined;
  return {
    type: { kind: "pointer", size: 8, target: () => ({ kind: "function", result: () => unknownType("a result") }) },
    run: () => (fn ??= c.runner.function(name, c.file) ?? new Unknown(`\`${name}\``)),
  };
}

/** An int where it fits, as GCC has it. */
function enumeratorOf(value: bigint): Code {
  const bits = BigInt.asIntN(32, value) === value || BigInt.asUintN(32, value) === value ? 32 : 64;
  const constant = fromBigint(value);
  return { type: integerNamed({ bits, signed: BigInt.asIntN(bits, value) === value }), run: () => constant };
}

function conditionalOf(c: Compiling, node: Extract<Expression, { kind: "conditional" }>): Code {
  const test = c.expression(node.test);
  const then = node.then === undefined ? test : c.expression(node.then);
  const otherwise = c.expression(node.otherwise);
  const a = c.integerType(then.type);
  const b = c.integerType(otherwise.type);
  const type =
    a !== undefined && b !== undefined
      ? integerNamed(commonType(a, b))
      : then.type.kind === "unknown" || (a !== undefined && otherwise.type.kind === "pointer")
        ? otherwise.type
        : then.type;
  const isVoid = then.type.kind === "pointer" && then.type.target().kind === "void";
  return {
    type: isVoid && otherwise.type.kind === "pointer" ? otherwise.type : type,
    run: (frame) => {
      const value = test.run(frame);
      const truth = isTrue(value);
      if (truth === undefined) return value;
      if (!truth) return otherwise.run(frame);
      return then === test ? value : then.run(frame);
    },
  };
}
