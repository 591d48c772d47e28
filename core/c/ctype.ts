/** C types as they are laid out on the host. Records and what pointers point to are resolved when asked for. */
import type { Integer } from "./integer";
import type { CScope } from "./scope";
import type { Attributes, Context, Expression, Span, TypeSyntax } from "./syntax";
import type { Token } from "./token";
import type { Unknown, Value } from "./value";

interface TypeBase {
  /** Bytes; set by an `aligned` attribute on the typedef. */
  readonly alignment?: Value<number>;
}

export interface VoidType extends TypeBase {
  readonly kind: "void";
}

export interface ScalarType extends TypeBase {
  readonly kind: "scalar";
  /** As the source names it: `uint32_t`. */
  readonly name: string;
  /** The built-in type behind it: `unsigned int`. Equal names are equal types. */
  readonly canonical: string;
  readonly size: number;
  readonly align: number;
  readonly signed: boolean;
  readonly floating: boolean;
}

export interface PointerType extends TypeBase {
  readonly kind: "pointer";
  readonly size: number;
  target(): CType;
}

export interface ArrayType extends TypeBase {
  readonly kind: "array";
  readonly element: CType;
  /** undefined: `[]`. */
  readonly length: Value<number> | undefined;
}

/** Where a record's members or an enum's enumerators are written. */
export interface Body {
  readonly context: Context;
  readonly span: Span;
  readonly attributes: Attributes;
}

export interface RecordType extends TypeBase {
  readonly kind: "record";
  readonly recordKind: "struct" | "union";
  readonly tag: string | undefined;
  /** The same object for the same definition. */
  readonly identity: object;
  /** undefined: no definition is visible. */
  readonly body: (() => Body) | undefined;
}

export interface EnumType extends TypeBase {
  readonly kind: "enum";
  readonly tag: string | undefined;
  readonly identity: object;
  readonly body: (() => Body) | undefined;
}

/** A type of the C library of which size and alignment are known, and no members. */
export interface OpaqueType extends TypeBase {
  readonly kind: "opaque";
  readonly name: string;
  readonly size: number;
  readonly align: number;
}

export interface FunctionType extends TypeBase {
  readonly kind: "function";
  result(): CType;
}

export interface UnknownType extends TypeBase {
  readonly kind: "unknown";
  readonly reason: string;
}

export type CType =
  | VoidType
  | ScalarType
  | PointerType
  | ArrayType
  | RecordType
  | EnumType
  | OpaqueType
  | FunctionType
  | UnknownType;

export interface Member {
  /** undefined: an anonymous struct or union, or an unnamed bit-field. */
  readonly name: string | undefined;
  type(): CType;
  readonly bits: Value<number> | undefined;
  readonly aligned: Value<number> | undefined;
  readonly packed: boolean;
  /** The name's token, or the first one of the declaration. */
  readonly token: Token | undefined;
  /** Undecided `#if` around it. */
  readonly condition: string | undefined;
}

export interface RecordMembers {
  readonly list: readonly Member[];
  readonly byName: ReadonlyMap<string, number>;
  readonly packed: boolean;
  /** Alignment asked for by attributes. */
  readonly aligned: Value<number> | undefined;
  /** Why the list may be incomplete. */
  readonly problem: string | undefined;
}

/** Bytes. `offsets` runs parallel to the members. */
export interface RecordLayout {
  readonly size: Value<number>;
  readonly align: Value<number>;
  readonly offsets: readonly Value<number>[];
}

export interface Enumerators {
  readonly values: ReadonlyMap<string, Value<bigint>>;
  /** An `= …` that can't be computed. Other unknown values only count on from a known one, past undecided `#if`s. */
  readonly incalculable: Unknown | undefined;
}

export interface Pointer {
  readonly kind: "pointer";
  readonly value: bigint;
}

export interface Text {
  readonly kind: "text";
  readonly value: string;
}

export type Constant = Integer | Pointer | Text;

/**
 * Meaning of types and expressions in one configuration of a tree, with the caches that belong to it. Made by
 * createTypes; drop it when a file of the tree changes.
 */
export interface CTypes {
  /** `via`: the scope of use, which may see definitions of tags that the declaring header does not. */
  resolve(syntax: TypeSyntax, context: Context, via?: CScope): CType;
  /** A typedef's type, QEMU's or the host's. */
  named(name: string, scope: CScope, via?: CScope): CType;
  tagged(kind: "struct" | "union" | "enum", tag: string, scope: CScope, via?: CScope): CType;
  members(record: RecordType): Value<RecordMembers>;
  layout(record: RecordType): RecordLayout;
  enumerators(type: EnumType): Enumerators;
  /** undefined: no enum declares the name. */
  enumerator(name: string, scope: CScope): Value<bigint> | undefined;
  /** What __builtin_types_compatible_p says: qualifiers don't count. */
  compatible(a: CType, b: CType): Value<boolean>;
  typeOf(expression: Expression, context: Context): CType;
  constant(expression: Expression, context: Context): Value<Constant>;
  /** An integer constant expression's value, in its C type. A null pointer is 0. */
  integer(expression: Expression, context: Context): Value<bigint>;
  text(expression: Expression, context: Context): Value<string>;
  /** The integer that a span of tokens says. */
  integerIn(context: Context, span: Span): Value<bigint>;
  /** Runs `work` unless the nesting of types and expressions has become too deep. */
  nested<T>(work: () => T, tooDeep: (reason: string) => T): T;
}

export function unknownType(reason: string): UnknownType {
  return { kind: "unknown", reason };
}

/** The type as a developer would write it. */
export function typeText(type: CType, depth = 0): string {
  if (depth > 20) return "…";
  switch (type.kind) {
    case "void":
      return "void";
    case "scalar":
    case "opaque":
      return type.name;
    case "pointer": {
      const target = type.target();
      const inner = typeText(target, depth + 1);
      if (target.kind === "array" || target.kind === "function") {
        const at = Math.min(...[inner.indexOf("["), inner.indexOf("(")].map((i) => (i === -1 ? Infinity : i)));
        return at === Infinity ? `${inner} (*)` : `${inner.slice(0, at).trimEnd()} (*)${inner.slice(at)}`;
      }
      return inner.endsWith("*") ? `${inner}*` : `${inner} *`;
    }
    case "array": {
      const inner = typeText(type.element, depth + 1);
      const length = type.length === undefined ? "" : type.length.known ? String(type.length.value) : "?";
      const at = inner.indexOf("[");
      return at === -1 ? `${inner}[${length}]` : `${inner.slice(0, at)}[${length}]${inner.slice(at)}`;
    }
    case "record":
      return `${type.recordKind} ${type.tag ?? "{…}"}`;
    case "enum":
      return `enum ${type.tag ?? "{…}"}`;
    case "function":
      return `${typeText(type.result(), depth + 1)} ()`;
    case "unknown":
      return "?";
  }
}
