/**
 * Facts of many files as one array of numbers and one table of strings: small to keep, and quick to read again.
 *
 * Invariant: `unpack` gives what `pack` was given, letter for letter. The numbers hold nothing but what a file's facts say:
 * who keeps them says of which text they are.
 */
import type { Condition, Declaration, FileFacts, IncludeDirective, MacroDefinition } from "./facts";
import { createPacking, createUnpacking, type Packed } from "./packing";

interface FactsPacker {
  /** Answers the place in `numbers` at which `unpack` finds them. */
  add(facts: FileFacts): number;
  packed(): Packed;
}

const conditionKinds = ["if", "ifdef", "ifndef", "elif", "else"] as const;
const declarationKinds = [
  "function",
  "variable",
  "struct",
  "union",
  "enum",
  "typedef",
  "prototype",
  "invocation",
] as const;

const isStatic = 1;
const isPointer = 2;
const isArray = 4;

export function createFactsPacker(): FactsPacker {
  const { put, say, length, packed } = createPacking();
  /** A list that may be absent, or a name that may: 0 stands for that. */
  const list = (texts: readonly string[] | undefined): void => {
    put(texts === undefined ? 0 : texts.length + 1);
    for (const text of texts ?? []) say(text);
  };

  const declaration = (each: Declaration): void => {
    put(declarationKinds.indexOf(each.kind));
    put(each.start);
    put(each.end);
    put(each.condition);
    switch (each.kind) {
      case "function":
        say(each.name);
        put(each.nameStart);
        put(each.isStatic ? isStatic : 0);
        put(each.parametersStart);
        put(each.parametersEnd);
        put(each.bodyStart);
        put(each.bodyEnd);
        return;
      case "variable":
        say(each.name);
        put(each.nameStart);
        put((each.isStatic ? isStatic : 0) | (each.pointer ? isPointer : 0) | (each.array ? isArray : 0));
        say(each.typeName);
        put(each.initStart);
        put(each.initEnd);
        return;
      case "struct":
      case "union":
      case "enum":
        list(each.tag === undefined ? undefined : [each.tag]);
        put(each.bodyStart);
        put(each.bodyEnd);
        list(each.enumerators);
        return;
      case "typedef":
        list(each.names);
        return;
      case "prototype":
        say(each.name);
        return;
      case "invocation":
        say(each.name);
        put(each.nameStart);
    }
  };

  return {
    add(facts) {
      const at = length();
      put(facts.includes.length);
      for (const { name, system, start, condition } of facts.includes) {
        say(name);
        put(system ? 1 : 0);
        put(start);
        put(condition);
      }
      put(facts.macros.length);
      for (const macro of facts.macros) {
        say(macro.name);
        put(macro.nameStart);
        put(macro.bodyStart);
        put(macro.bodyEnd);
        put(macro.condition);
        put(macro.undefined === true ? 1 : 0);
        list(macro.parameters);
      }
      put(facts.conditions.length);
      for (const { kind, expression, parent, previous, start } of facts.conditions) {
        put(conditionKinds.indexOf(kind));
        say(expression);
        put(parent);
        put(previous);
        put(start);
      }
      put(facts.declarations.length);
      for (const each of facts.declarations) declaration(each);
      return at;
    },
    packed,
  };
}

/** Throws where the numbers are no facts. */
export function unpackFacts(packed: Packed, place: number, path: string): FileFacts {
  const { next, text } = createUnpacking(packed, place);
  const list = (): string[] | undefined => {
    const length = next();
    if (length === 0) return undefined;
    const found: string[] = [];
    for (let k = 1; k < length; k++) found.push(text());
    return found;
  };
  const many = <T>(read: () => T): T[] => {
    const found: T[] = [];
    for (let count = next(); count > 0; count--) found.push(read());
    return found;
  };
  const declaration = (): Declaration => {
    const kind = declarationKinds[next()];
    const start = next();
    const end = next();
    const condition = next();
    switch (kind) {
      case "function": {
        const name = text();
        const nameStart = next();
        const flags = next();
        return {
          kind,
          name,
          nameStart,
          isStatic: (flags & isStatic) !== 0,
          parametersStart: next(),
          parametersEnd: next(),
          bodyStart: next(),
          bodyEnd: next(),
          start,
          end,
          condition,
        };
      }
      case "variable": {
        const name = text();
        const nameStart = next();
        const flags = next();
        return {
          kind,
          name,
          nameStart,
          isStatic: (flags & isStatic) !== 0,
          typeName: text(),
          pointer: (flags & isPointer) !== 0,
          array: (flags & isArray) !== 0,
          initStart: next(),
          initEnd: next(),
          start,
          end,
          condition,
        };
      }
      case "struct":
      case "union":
      case "enum":
        return {
          kind,
          tag: list()?.[0],
          bodyStart: next(),
          bodyEnd: next(),
          enumerators: list() ?? [],
          start,
          end,
          condition,
        };
      case "typedef":
        return { kind, names: list() ?? [], start, end, condition };
      case "prototype":
        return { kind, name: text(), start, end, condition };
      case "invocation":
        return { kind, name: text(), nameStart: next(), start, end, condition };
      default:
        throw new RangeError("packed facts hold no such declaration");
    }
  };
  const includes = many(
    (): IncludeDirective => ({ name: text(), system: next() === 1, start: next(), condition: next() }),
  );
  const macros = many((): MacroDefinition => {
    const name = text();
    const nameStart = next();
    const bodyStart = next();
    const bodyEnd = next();
    const condition = next();
    const isUndefined = next() === 1;
    const parameters = list();
    const macro = { name, parameters, bodyStart, bodyEnd, nameStart, condition };
    return isUndefined ? { ...macro, undefined: true } : macro;
  });
  const conditions = many((): Condition => {
    const kind = conditionKinds[next()];
    if (kind === undefined) throw new RangeError("packed facts hold no such condition");
    return { kind, expression: text(), parent: next(), previous: next(), start: next() };
  });
  return { path, includes, macros, declarations: many(declaration), conditions };
}
