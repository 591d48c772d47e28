import { compatibleTypes } from "./compatible";
import {
  type Constant,
  type CTypes,
  type CType,
  type EnumType,
  type Enumerators,
  type RecordLayout,
  type RecordMembers,
  unknownType,
} from "./ctype";
import { evaluate } from "./evaluate";
import { parseExpression } from "./expression";
import { layOut } from "./layout";
import { type OpenEnumerators, readEnumerators, readMembers } from "./members";
import { createTypeCache, definedRecord, resolveName, resolveTag, resolveType } from "./resolve";
import type { CScope } from "./scope";
import { typeOfExpression } from "./typing";
import { known, unknown, type Value } from "./value";

/** Types and expressions inside each other beyond this are unknown; the stack of a worker holds several times as much. */
const deepestNesting = 600;

/** Nothing is read before it is asked for, and nothing twice. */
export function createTypes(): CTypes {
  const cache = createTypeCache();
  const memberLists = new WeakMap<object, Value<RecordMembers>>();
  const layouts = new WeakMap<object, RecordLayout>();
  const enums = new WeakMap<object, OpenEnumerators>();
  let depth = 0;

  function nested<T>(work: () => T, tooDeep: (reason: string) => T): T {
    if (depth >= deepestNesting) return tooDeep("types or expressions nested too deeply");
    depth++;
    try {
      return work();
    } finally {
      depth--;
    }
  }

  function enumerators(type: EnumType): Enumerators {
    const before = enums.get(type.identity);
    if (before !== undefined) return before;
    const found: OpenEnumerators = { values: new Map(), incalculable: undefined };
    enums.set(type.identity, found);
    nested(
      () => readEnumerators(types, type, found),
      () => undefined,
    );
    return found;
  }

  const types: CTypes = {
    nested,
    enumerators,
    resolve: (syntax, context, via = context.scope) =>
      nested<CType>(() => resolveType(types, cache, syntax, context, via), unknownType),
    named: (name, scope, via = scope) => nested<CType>(() => resolveName(types, cache, name, scope, via), unknownType),
    tagged: (kind, tag, scope, via = scope) => resolveTag(cache, kind, tag, scope, via),
    members(record) {
      const before = memberLists.get(record.identity);
      if (before !== undefined) return before;
      memberLists.set(
        record.identity,
        unknown(`members of ${record.recordKind} ${record.tag ?? "{…}"} inside themselves`),
      );
      const members = nested<Value<RecordMembers>>(() => readMembers(types, record), unknown);
      memberLists.set(record.identity, members);
      return members;
    },
    layout(record) {
      const before = layouts.get(record.identity);
      if (before !== undefined) return before;
      const cyclic = unknown(`${record.recordKind} ${record.tag ?? "{…}"} contains itself`);
      layouts.set(record.identity, { size: cyclic, align: cyclic, offsets: [] });
      const layout = nested<RecordLayout>(
        () => layOut(types, record),
        (reason) => ({ size: unknown(reason), align: unknown(reason), offsets: [] }),
      );
      layouts.set(record.identity, layout);
      return layout;
    },
    enumerator(name: string, scope: CScope) {
      const located = scope.enumOf(name);
      if (located === undefined) return undefined;
      const type = definedRecord(cache, located, scope);
      if (type.kind !== "enum") return undefined;
      return enumerators(type).values.get(name) ?? unknown(`enumerator \`${name}\` can't be read`);
    },
    compatible: (a, b) => compatibleTypes(types, a, b),
    typeOf: (expression, context) => nested<CType>(() => typeOfExpression(types, expression, context), unknownType),
    constant: (expression, context) => nested<Value<Constant>>(() => evaluate(types, expression, context), unknown),
    integer(expression, context) {
      const value = types.constant(expression, context);
      if (!value.known) return value;
      return value.value.kind === "text" ? unknown("a string, not a number") : known(value.value.value);
    },
    text(expression, context) {
      const value = types.constant(expression, context);
      if (!value.known) return value;
      return value.value.kind === "text" ? known(value.value.value) : unknown("a number, not a string");
    },
    integerIn: (context, span) => types.integer(parseExpression(context, span.start, span.end), context),
  };
  return types;
}
