/** What Rust's bindings to C are: constants, strings and layouts of the tree's own C. */
import type { CTypes } from "../c/ctype";
import { parseExpression } from "../c/expression";
import type { CScope } from "../c/scope";
import { known, unknown, type Value } from "../c/value";
import type { Evaluator } from "../vmstate/constants";
import type { CSide } from "./evaluate";

export interface BoundC {
  /** Where the name is defined, or any place for what all places share. */
  scopeFor(name: string): CScope;
  readonly ctypes: CTypes;
  readonly evaluator: Evaluator;
}

/** `current`: asked each time, as an edit replaces all of them. */
export function boundTypes(current: () => BoundC): CSide {
  const integer = (text: string, name: string): Value<number> => {
    const { scopeFor, ctypes } = current();
    const scope = scopeFor(name);
    const context = { tokens: scope.expandText(text), scope };
    const value = ctypes.integer(parseExpression(context), context);
    return value.known ? known(Number(value.value)) : value;
  };
  const word = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);
  return {
    integer: (name) => (word(name) ? integer(name, name) : unknown(`${name} is no name of C`)),
    string(name) {
      const { scopeFor, evaluator } = current();
      const scope = scopeFor(name);
      const tokens = word(name) ? scope.expandText(name) : [];
      return tokens.length === 0 ? unknown(`${name} is no name of C`) : evaluator.string(tokens, scope);
    },
    layout(typeName) {
      if (!word(typeName)) return unknown(`${typeName} is no type of C`);
      const size = integer(`sizeof(${typeName})`, typeName);
      const align = integer(`_Alignof(${typeName})`, typeName);
      if (!size.known) return size;
      return align.known ? known({ size: size.value, align: align.value }) : align;
    },
  };
}
