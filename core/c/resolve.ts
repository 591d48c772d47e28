/** From a type name's syntax to the type it means. */
import { type Body, type CType, type CTypes, type PointerType, unknownType } from "./ctype";
import { attributesOf, noAttributes, readDeclarations } from "./declarator";
import { parseTypeOrExpression } from "./expression";
import { builtinScalars, floatScalars, foreignType, hostBodies, hostRecords, standardType } from "./hosttypes";
import { lex } from "./lex";
import type { CScope, Located } from "./scope";
import type { RecordDefinition } from "./facts";
import type { Attributes, BaseType, Context, RecordSpecifier, Span, TypePart, TypeSyntax } from "./syntax";
import { known, unknown, type Value } from "./value";

type RecordKind = RecordSpecifier["kind"];

export interface TypeCache {
  /** Typedefs by name, for each scope of use. */
  readonly names: WeakMap<CScope, Map<string, CType>>;
  /** Records and enums by target, file and offset behind the `{`. */
  readonly records: Map<string, CType>;
}

export function createTypeCache(): TypeCache {
  return { names: new WeakMap(), records: new Map() };
}

export function resolveType(types: CTypes, cache: TypeCache, syntax: TypeSyntax, context: Context, via: CScope): CType {
  let type = resolveBase(types, cache, syntax.base, context, via);
  if (syntax.attributes !== noAttributes) type = withVector(types, type, syntax.attributes, context);
  for (const part of syntax.parts) type = derive(types, type, part, context);
  return type;
}

function derive(types: CTypes, type: CType, part: TypePart, context: Context): CType {
  switch (part.kind) {
    case "pointer":
      return pointerTo(context.scope, type);
    case "function":
      return { kind: "function", result: () => type };
    case "array":
      return { kind: "array", element: type, length: arrayLength(types, part, context) };
  }
}

export function pointerTo(scope: CScope, target: CType): PointerType {
  return { kind: "pointer", size: scope.target.pointerSize, target: () => target };
}

function arrayLength(
  types: CTypes,
  part: Extract<TypePart, { kind: "array" }>,
  context: Context,
): Value<number> | undefined {
  if (part.length.start >= part.length.end) return undefined;
  const length = types.integerIn(context, part.length);
  if (!length.known) return length;
  if (length.value < 0n) return unknown(`array of negative length ${length.value}`);
  if (length.value > BigInt(Number.MAX_SAFE_INTEGER)) return unknown("array too long");
  return known(Number(length.value));
}

function withVector(types: CTypes, type: CType, attributes: Attributes, context: Context): CType {
  if (attributes.unsupported !== undefined) return unknownType(`attribute ${attributes.unsupported}`);
  if (attributes.vectorSize === undefined || type.kind !== "scalar") return type;
  const size = types.integerIn(context, attributes.vectorSize);
  if (!size.known) return unknownType(size.reason);
  const bytes = Number(size.value);
  return { kind: "opaque", name: `${type.name} vector`, size: bytes, align: bytes };
}

/** The largest of several alignments, in bytes; undefined where there is none. */
export function alignmentOf(types: CTypes, attributes: Attributes, context: Context): Value<number> | undefined {
  let largest: Value<number> | undefined;
  for (const span of attributes.aligned) {
    const value = span.start >= span.end ? known(16n) : alignmentOperand(types, context, span.start, span.end);
    if (!value.known) return value;
    if (value.value < 0n || value.value > 1n << 28n) return unknown(`alignment ${value.value}`);
    const bytes = Number(value.value);
    if (largest === undefined || (largest.known && bytes > largest.value)) largest = known(bytes);
  }
  return largest;
}

function alignmentOperand(types: CTypes, context: Context, start: number, end: number): Value<bigint> {
  const operand = parseTypeOrExpression(context, start, end);
  if ("expression" in operand) return types.integer(operand.expression, context);
  return types.integer({ kind: "alignof-type", type: operand.type, start, end }, context);
}

function resolveBase(types: CTypes, cache: TypeCache, base: BaseType, context: Context, via: CScope): CType {
  switch (base.kind) {
    case "builtin":
      return builtinType(base.words, context.scope);
    case "name":
      return types.named(base.name, context.scope, via);
    case "record":
      return resolveRecord(types, cache, base.record, context, via);
    case "typeof": {
      const operand = parseTypeOrExpression(context, base.operand.start, base.operand.end);
      return "type" in operand ? types.resolve(operand.type, context, via) : types.typeOf(operand.expression, context);
    }
    case "unknown":
      return unknownType(base.reason);
  }
}

function resolveRecord(types: CTypes, cache: TypeCache, record: RecordSpecifier, context: Context, via: CScope): CType {
  const { kind, tag, body: span, attributes } = record;
  if (span === undefined) {
    if (tag === undefined) return unknownType(`${kind} without a tag`);
    return types.tagged(kind, tag, context.scope, via);
  }
  const brace = context.tokens[span.start - 1];
  const make = (): CType => recordType(kind, tag, () => ({ context, span, attributes }));
  // A macro's struct is spelled in one place for all its uses: its place is no identity.
  if (brace === undefined || brace.use !== undefined || brace.file === "") return make();
  return cached(cache, recordKey(context.scope, brace.file, brace.end), make);
}

function recordKey(scope: CScope, file: string, bodyStart: number): string {
  return `${scope.target.name}|${file}|${bodyStart}`;
}

function cached(cache: TypeCache, key: string, make: () => CType): CType {
  const before = cache.records.get(key);
  if (before !== undefined) return before;
  const type = make();
  cache.records.set(key, type);
  return type;
}

function recordType(kind: RecordKind, tag: string | undefined, read: (() => Body) | undefined): CType {
  let body: Body | undefined;
  const once = read === undefined ? undefined : (): Body => (body ??= read());
  const identity = {};
  if (kind === "enum") return { kind, tag, identity, body: once };
  return { kind: "record", recordKind: kind, tag, identity, body: once };
}

/** The enum or record of a definition that the scope has found. */
export function definedRecord(cache: TypeCache, located: Located<RecordDefinition>, scope: CScope): CType {
  const { file, declaration } = located;
  const { kind, tag } = declaration;
  return cached(cache, recordKey(scope, file, declaration.bodyStart), () =>
    recordType(kind, tag, () => readBody(located, scope.at(file))),
  );
}

function readBody(located: Located<RecordDefinition>, scope: CScope): Body {
  const { file, declaration } = located;
  const context: Context = { tokens: scope.tokens(file, declaration.start, declaration.end), scope };
  for (const { declarators } of readDeclarations(context, 0, context.tokens.length)) {
    const base = declarators[0]?.type.base;
    if (base?.kind !== "record" || base.record.body === undefined || base.record.kind !== declaration.kind) continue;
    const { body: span, attributes, tag } = base.record;
    if (tag === declaration.tag && declares(context, span, declaration)) return { context, span, attributes };
  }
  const tokens = scope.tokens(file, declaration.bodyStart, declaration.bodyEnd);
  return { context: { tokens, scope }, span: { start: 0, end: tokens.length }, attributes: noAttributes };
}

/** One macro use can make several enums: the one with the definition's first enumerator is meant. */
function declares(context: Context, span: Span, declaration: RecordDefinition): boolean {
  const [first] = declaration.enumerators;
  if (first === undefined) return true;
  for (let i = span.start; i < span.end; i++) if (context.tokens[i]?.text === first) return true;
  return false;
}

function hostBody(members: string, scope: CScope): Body {
  const tokens = lex(members, "");
  return { context: { tokens, scope }, span: { start: 0, end: tokens.length }, attributes: noAttributes };
}

export function resolveTag(cache: TypeCache, kind: RecordKind, tag: string, scope: CScope, via: CScope): CType {
  const seenFrom = via.record(kind, tag);
  const located = seenFrom ?? (via === scope ? undefined : scope.record(kind, tag));
  if (located !== undefined) return definedRecord(cache, located, seenFrom === undefined ? scope : via);
  const members = kind === "struct" ? hostBodies.get(tag) : undefined;
  if (members !== undefined) {
    return cached(cache, `${via.target.name}|host|${tag}`, () => recordType(kind, tag, () => hostBody(members, via)));
  }
  const host = kind === "struct" ? hostRecords.get(tag) : undefined;
  if (host !== undefined) return { kind: "opaque", name: `struct ${tag}`, ...host };
  return cached(cache, `${via.target.name}||${kind} ${tag}`, () => recordType(kind, tag, undefined));
}

/** Resolves a typedef name where `scope` declares or includes it, seen from `via`. */
export function resolveName(types: CTypes, cache: TypeCache, name: string, scope: CScope, via: CScope): CType {
  const canonical = standardType(name);
  if (canonical !== undefined) return scalarType(name, canonical);
  let names = cache.names.get(via);
  if (names === undefined) {
    names = new Map();
    cache.names.set(via, names);
  }
  const key = scope === via ? name : `${name}@${scope.file}`;
  const before = names.get(key);
  if (before !== undefined) return before;
  names.set(key, unknownType(`typedef \`${name}\` of itself`));
  const type = typedefType(types, name, scope, via);
  names.set(key, type);
  return type;
}

function typedefType(types: CTypes, name: string, scope: CScope, via: CScope): CType {
  const located = scope.typedef(name) ?? (via === scope ? undefined : via.typedef(name));
  if (located === undefined) return hostType(name, scope) ?? unknownType(`type \`${name}\` not found`);
  const { file, declaration } = located;
  const home = scope.at(file);
  const context: Context = { tokens: home.tokens(file, declaration.start, declaration.end), scope: home };
  for (const syntax of readDeclarations(context, 0, context.tokens.length)) {
    const declarator = syntax.declarators.find((candidate) => candidate.name === name);
    if (declarator === undefined) continue;
    const attributes = attributesOf(declarator);
    const type = types.resolve({ ...declarator.type, attributes }, context, via);
    const alignment = attributes === noAttributes ? undefined : alignmentOf(types, attributes, context);
    const aligned = alignment === undefined ? type : { ...type, alignment };
    return aligned.kind === "scalar" ? { ...aligned, name } : aligned;
  }
  return unknownType(`typedef \`${name}\` can't be read`);
}

function hostType(name: string, scope: CScope): CType | undefined {
  const host = foreignType(name);
  switch (host?.kind) {
    case "scalar":
      return scalarType(name, host.canonical);
    case "pointer":
      return pointerTo(scope, { kind: "void" });
    case "opaque":
      return { kind: "opaque", name, size: host.size, align: host.align };
    case undefined:
      return undefined;
  }
}

/** A built-in type under the name that the source uses for it. */
export function scalarType(name: string, canonical: string): CType {
  const scalar = builtinScalars.get(canonical);
  if (scalar === undefined) return unknownType(`type \`${name}\``);
  const { size, signed } = scalar;
  return { kind: "scalar", name, canonical, size, align: size, signed, floating: floatScalars.has(canonical) };
}

function builtinType(words: readonly string[], scope: CScope): CType {
  const canonical = canonicalName(words);
  if (canonical === "void") return { kind: "void" };
  const type = scalarType(canonical, canonical);
  if (type.kind !== "scalar" || !canonical.endsWith("long") || canonical.endsWith("long long")) return type;
  return { ...type, size: scope.target.longSize, align: scope.target.longSize };
}

function canonicalName(words: readonly string[]): string {
  if (words.length === 1) {
    const word = words[0] ?? "";
    if (word === "unsigned") return "unsigned int";
    if (word === "signed" || word === "__signed__" || word === "__signed") return "int";
    if (word === "bool") return "_Bool";
    if (word === "__int128_t") return "__int128";
    if (word === "__uint128_t") return "unsigned __int128";
    if (word === "__float128") return "_Float128";
    return word;
  }
  if (words.includes("_Complex")) return "_Complex";
  const unsigned = words.includes("unsigned");
  const prefix = unsigned ? "unsigned " : "";
  if (words.includes("char")) return unsigned ? "unsigned char" : words.length > 1 ? "signed char" : "char";
  if (words.includes("double")) return words.includes("long") ? "long double" : "double";
  if (words.includes("short")) return `${prefix}short`;
  if (words.includes("__int128")) return `${prefix}__int128`;
  const longs = words.filter((word) => word === "long").length;
  return `${prefix}${longs === 0 ? "int" : longs === 1 ? "long" : "long long"}`;
}
