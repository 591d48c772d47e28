/** Class slots of a tree's types, as put functions ask for them. */
import { type FunctionSpan, parseBody } from "../c/body/parse";
import { parseExpression } from "../c/expression";
import { isHostType } from "../c/hosttypes";
import { lex } from "../c/lex";
import type { CScope } from "../c/scope";
import type { Value } from "../c/value";
import type { QomType } from "../qom/model";
import type { DescriptionReference, VMStateDescription } from "../vmstate/model";
import type { PutOwner, SlotDescription, SlotFunction, SlotName } from "../wire/values/owner";
import type { PutFunction, PutSource, Written } from "./index";

/** Parts of core/project's Project. */
export interface ClassTree {
  types(): Iterable<QomType>;
  ancestry(name: string): readonly QomType[];
  resolve(reference: DescriptionReference): VMStateDescription | undefined;
  text(path: string): string | undefined;
  evaluate(expression: string, file: string): Value<number>;
  scope(file: string): CScope;
  function(name: string, file: string): { readonly file: string; readonly definition: FunctionSpan } | undefined;
}

export interface Classes {
  readonly source: PutSource;
  /** The type that registers `description` for its class. */
  owner(description: VMStateDescription): PutOwner | undefined;
}

/** What target-info.c answers since 11.0 for code that is built once: as the macro of the target was. */
const ofTarget: ReadonlyMap<string, string> = new Map([["target_long_bits()", "TARGET_LONG_BITS"]]);

export function readClasses(tree: ClassTree): Classes {
  const functions = new Map<string, { structName: string; fn: SlotFunction }[]>();
  const descriptions = new Map<string, { structName: string; description: SlotDescription }[]>();
  const owners = new Map<string, string>();
  let indexed = false;

  function index(): void {
    if (indexed) return;
    indexed = true;
    for (const type of tree.types()) {
      for (const { classStruct, slot, value } of type.classSlots) {
        add(functions, slot, { structName: classStruct, fn: { name: value.name, file: value.range.file } });
      }
      for (const { classStruct, slot, reference } of type.descriptions) {
        const description = { symbol: reference.symbol, file: reference.range.file };
        add(descriptions, slot, { structName: classStruct, description });
        const resolved = tree.resolve(reference);
        if (resolved !== undefined) owners.set(keyOf(resolved), owners.get(keyOf(resolved)) ?? type.name);
      }
    }
  }

  const read = new Map<string, PutFunction | undefined>();
  const aliases = new Map<string, string | undefined>();
  const expansions = new Map<string, Written | undefined>();
  const constants = new Map<string, number | undefined>();

  /** Searching asks the same again and again. */
  function once<T>(cache: Map<string, T>, key: string, make: () => T): T {
    const known = cache.get(key);
    if (known !== undefined || cache.has(key)) return known as T;
    const made = make();
    cache.set(key, made);
    return made;
  }

  const source: PutSource = {
    function: (name, file) =>
      once(read, `${file} ${name}`, () => {
        const found = tree.function(name, file);
        const text = found && tree.text(found.file);
        if (found === undefined || text === undefined) return undefined;
        const scope = tree.scope(found.file);
        const isType = (word: string): boolean => isHostType(word) || scope.typedef(word) !== undefined;
        return { name, file: found.file, text, body: parseBody(text, found.file, found.definition, isType) };
      }),
    alias: (name, file) =>
      once(aliases, `${file} ${name}`, () => {
        const [only, more] = tree.scope(file).expandText(name);
        return only === undefined || more !== undefined || only.text === name ? undefined : only.text;
      }),
    expanded: (call, file) =>
      once(expansions, `${file} ${call}`, () => {
        const scope = tree.scope(file);
        const words = lex(call, "");
        const tokens = scope.expandText(call);
        if (tokens.length === 0 || (tokens.length === words.length && tokens[0]?.text === words[0]?.text))
          return undefined;
        const text = tokens.map((token) => token.text).join(" ");
        return { node: parseExpression({ tokens: lex(text, file), scope }), text };
      }),
    evaluate: (expression, file) =>
      once(constants, `${file} ${expression}`, () => {
        const value = tree.evaluate(ofTarget.get(expression) ?? expression, file);
        return value.known ? value.value : undefined;
      }),
    slotFunctions(slot) {
      index();
      return distinct((functions.get(slot.slot) ?? []).filter(ofStruct(slot)).map((each) => each.fn));
    },
    slotDescriptions(slot) {
      index();
      return distinct((descriptions.get(slot.slot) ?? []).filter(ofStruct(slot)).map((each) => each.description));
    },
  };

  return {
    source,
    owner(description) {
      index();
      const type = owners.get(keyOf(description));
      return type === undefined ? undefined : ownerOf(tree.ancestry(type));
    },
  };
}

function ownerOf(ancestry: readonly QomType[]): PutOwner {
  const isOf = (structName: string): boolean =>
    ancestry.some(
      (type) =>
        type.classSlots.some((slot) => slot.classStruct === structName) ||
        type.descriptions.some((description) => description.classStruct === structName),
    );
  return {
    slotFunctions({ structName, slot }) {
      if (!isOf(structName)) return undefined;
      for (const type of ancestry) {
        const found = type.classSlots.find((each) => each.classStruct === structName && each.slot === slot);
        if (found !== undefined) return [{ name: found.value.name, file: found.value.range.file }];
      }
      return [];
    },
    slotDescriptions({ structName, slot }) {
      if (!isOf(structName)) return undefined;
      for (const type of ancestry) {
        const found = type.descriptions.find((each) => each.classStruct === structName && each.slot === slot);
        if (found !== undefined) return [{ symbol: found.reference.symbol, file: found.reference.range.file }];
      }
      return [];
    },
  };
}

function keyOf(description: VMStateDescription): string {
  return `${description.file} ${description.symbol}`;
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function ofStruct(slot: SlotName): (each: { structName: string }) => boolean {
  return ({ structName }) => slot.structName === "" || structName === "" || structName === slot.structName;
}

function distinct<T extends SlotFunction | SlotDescription>(list: readonly T[]): T[] {
  const seen = new Map(list.map((each) => [JSON.stringify(each), each]));
  return [...seen.values()];
}
