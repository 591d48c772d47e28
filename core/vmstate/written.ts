/** A field as its text says it to the compiler: beside its values, the type checks that QEMU's macros put into offsets. */
import type { CType, CTypes } from "../c/ctype";
import { parseExpression } from "../c/expression";
import { parseInitialiser } from "../c/initialiser";
import { describeOffset } from "../c/offset";
import type { CScope } from "../c/scope";
import type { Token } from "../c/token";
import type { Value } from "../c/value";
import { type FieldContext, readField } from "./field";
import type { VMStateField } from "./model";

export interface WrittenField {
  /** Its ranges are those of the text given, in no file. */
  readonly field: VMStateField;
  readonly checks: readonly TypeCheck[];
}

/** `((wanted *)0 - (actual *)0)`: the compiler refuses it where the two are not one type. */
export interface TypeCheck {
  /** What the macro is for. */
  readonly wanted: CType;
  /** What the member is. */
  readonly actual: CType;
  readonly holds: Value<boolean>;
  /** Which of the field's designators it stands in: `offset`, `num_offset`, `size`. */
  readonly designator: string;
}

const checked: ReadonlySet<string> = new Set(["offset", "num_offset", "size_offset", "size"]);

export function readWrittenField(
  text: string,
  context: Pick<FieldContext, "scope" | "evaluator" | "flags" | "offsetOf">,
  types: CTypes,
): WrittenField | undefined {
  const { scope } = context;
  const tokens = scope.expandText(`{ ${text} }`);
  const list = parseInitialiser(tokens, 0, tokens.length);
  const [element, ...others] = list.kind === "list" ? list.elements : [];
  if (element?.value.kind !== "list" || others.length > 0) return undefined;
  const table = { file: "", start: 0, end: text.length };
  const checks = element.value.elements.flatMap(({ designators: [designator = ""], value: { start, end } }) =>
    checked.has(designator) ? checksIn(tokens.slice(start, end), designator, scope, types) : [],
  );
  return { field: readField(element, element.value, { ...context, tokens, table }), checks };
}

function checksIn(tokens: readonly Token[], designator: string, scope: CScope, types: CTypes): readonly TypeCheck[] {
  const context = { tokens, scope };
  return describeOffset(parseExpression(context), context).checks.map(({ declared, actual }) => {
    const wanted = types.resolve(declared, context);
    const found = types.resolve(actual, context);
    return { wanted, actual: found, holds: types.compatible(wanted, found), designator };
  });
}
