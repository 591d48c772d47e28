/** What only looks like a call: the compiler's builtins and macros whose argument is a type. */
import { nodesIn } from "../../c/body/walk";
import { type CType, unknownType } from "../../c/ctype";
import { constantMacro } from "../../c/hosttypes";
import { pointerTo, scalarType } from "../../c/resolve";
import type { Call, Expression } from "../../c/syntax";
import { computed } from "./arithmetic";
import { allocated, type Code, type Compiling, intType, pointed, sizeType } from "./code";
import type { Frame } from "./host";
import { load, store } from "./memory";
import { Arguments, Arr, Unknown, type Value } from "./values";

/** What only looks like a call. */
export function specialOf(c: Compiling, name: string, node: Call): Code | undefined {
  const [first, second] = node.arguments;
  switch (name) {
    case "va_start":
    case "__builtin_va_start": {
      const list = first === undefined ? undefined : c.expression(first).place;
      return {
        type: { kind: "void" },
        run: (frame) => {
          if (list !== undefined) store(list(frame), new Arguments(frame.rest.values));
          return 0;
        },
      };
    }
    case "va_copy": {
      const to = first === undefined ? undefined : c.expression(first).place;
      const from = second === undefined ? undefined : c.expression(second);
      return {
        type: { kind: "void" },
        run: (frame) => {
          const list = from?.run(frame);
          if (to !== undefined && list instanceof Arguments) {
            const made = new Arguments(list.values);
            made.at = list.at;
            store(to(frame), made);
          }
          return 0;
        },
      };
    }
    case "va_end":
      return { type: { kind: "void" }, run: () => 0 };
    case "va_arg":
    case "__builtin_va_arg": {
      const list = first === undefined ? undefined : c.expression(first);
      const type =
        second?.kind === "type"
          ? c.resolve(second.type)
          : second?.kind === "identifier"
            ? c.types.named(second.name, c.scope)
            : unknownType("an argument");
      return {
        type,
        run: (frame) => {
          const from = list?.run(frame);
          if (!(from instanceof Arguments)) return new Unknown("an argument of a list that is not known");
          return from.values[from.at++] ?? 0;
        },
      };
    }
    case "__builtin_expect":
    case "likely":
    case "unlikely":
      return first === undefined ? undefined : c.expression(first);
    case "__builtin_constant_p": {
      const constant = first !== undefined && isConstant(c, first) ? 1 : 0;
      return { type: intType, run: () => constant };
    }
    case "INT8_C":
    case "INT16_C":
    case "INT32_C":
    case "INT64_C":
    case "INTMAX_C":
    case "UINT8_C":
    case "UINT16_C":
    case "UINT32_C":
    case "UINT64_C":
    case "UINTMAX_C": {
      if (first === undefined) return undefined;
      const code = c.expression(first);
      const type = scalarType(constantMacro(name) ?? "long", constantMacro(name) ?? "long");
      const converted = c.converting(type);
      return { type, run: (frame) => converted(code.run(frame)) };
    }
    case "__atomic_load_n":
    case "__atomic_exchange_n":
    case "__atomic_fetch_add":
    case "__atomic_fetch_sub":
    case "__atomic_fetch_and":
    case "__atomic_fetch_or":
    case "__atomic_load":
    case "__atomic_store_n":
    case "__atomic_store":
      return atomicOf(c, name, node);
    case "g_new":
    case "g_new0":
    case "g_try_new":
    case "g_try_new0":
    case "g_slice_new":
    case "g_slice_new0":
    case "g_renew": {
      const type = typeArgument(c, first);
      const target = type ?? unknownType("an allocation");
      if (name === "g_renew") {
        const old = second === undefined ? undefined : c.expression(second);
        return {
          type: pointerTo(c.scope, target),
          run: (frame) => {
            const before = old?.run(frame) ?? 0;
            return before === 0 ? allocated(target) : before;
          },
        };
      }
      const count = second === undefined ? undefined : c.expression(second);
      return {
        type: pointerTo(c.scope, target),
        run: (frame) => {
          const made = allocated(target, count?.run(frame));
          if (made instanceof Arr) made.isCleared = name.endsWith("0");
          return made;
        },
      };
    }
    case "G_N_ELEMENTS": {
      const code = first === undefined ? undefined : c.expression(first);
      const length =
        code?.type.kind === "array" && code.type.length?.known === true ? code.type.length.value : undefined;
      if (length !== undefined) return { type: sizeType, run: () => length };
      return {
        type: sizeType,
        run: (frame) => {
          const array = code?.run(frame);
          return array instanceof Arr ? (array.length ?? array.items.length) : new Unknown("the length of an array");
        },
      };
    }
    case "g_steal_pointer": {
      const code = first?.kind === "unary" && first.operator === "&" ? c.expression(first.operand) : undefined;
      if (code?.place === undefined) return undefined;
      const { place, type } = code;
      return {
        type,
        run: (frame) => {
          const at = place(frame);
          const value = load(at, type);
          store(at, 0);
          return value;
        },
      };
    }
    case "g_assert":
    case "assert":
    case "g_assert_true":
    case "g_assert_false":
    case "g_assert_nonnull":
    case "g_assert_cmpint":
    case "g_assert_cmpuint":
    case "g_warn_if_fail":
      return assertionOf(c, node);
    case "_Static_assert":
    case "static_assert":
      return { type: { kind: "void" }, run: () => 0 };
  }
  return undefined;
}

/** It holds, and what it calls is done. */
function assertionOf(c: Compiling, { arguments: operands }: Call): Code {
  const calling = operands.filter((each) => [...nodesIn(each)].some(({ kind }) => kind === "call"));
  const codes = calling.map((each) => c.expression(each));
  return {
    type: { kind: "void" },
    run: (frame) => {
      c.runner.asserted(() => {
        for (const { run } of codes) run(frame);
      });
      return 0;
    },
  };
}

/** One thread runs: nothing stands in between. */
function atomicOf(c: Compiling, name: string, { arguments: operands }: Call): Code | undefined {
  const [pointer, operand] = operands.map((each) => c.expression(each));
  if (pointer === undefined) return undefined;
  const type = pointed(pointer.type);
  const run = (frame: Frame): Value => {
    const at = pointer.run(frame);
    const value = operand?.run(frame) ?? 0;
    const old = load(at, type);
    switch (name) {
      case "__atomic_load_n":
        return old;
      case "__atomic_load":
        store(value, old);
        return 0;
      case "__atomic_store":
        store(at, load(value, type));
        return 0;
      case "__atomic_store_n":
      case "__atomic_exchange_n":
        store(at, value);
        return old;
      default: {
        const operator = name.endsWith("add") ? "+" : name.endsWith("sub") ? "-" : name.endsWith("and") ? "&" : "|";
        store(at, computed(operator, old, value, 64));
        return old;
      }
    }
  };
  return { type, run };
}

function typeArgument(c: Compiling, node: Expression | undefined): CType | undefined {
  if (node?.kind === "type") return c.resolve(node.type);
  if (node?.kind === "identifier") {
    const named = c.types.named(node.name, c.scope);
    return named.kind === "unknown" ? undefined : named;
  }
  return undefined;
}

/** Whether nothing in it is computed while the code runs. */
function isConstant(c: Compiling, node: Expression): boolean {
  for (const each of nodesIn(node)) {
    if (each.kind === "call") return false;
    if (each.kind !== "identifier") continue;
    if (c.find(each.name) !== undefined || c.runner.global(each.name, c.file) !== undefined) return false;
  }
  return true;
}
