/** Sizes, alignments and member offsets of Rust types, on a host of 64 bits. */
import { known, unknown, type Value } from "../c/value";
import type { CSide, Layout, RustEvaluator } from "./evaluate";
import type { RustStruct } from "./items";
import type { RustProgram } from "./program";
import { type Generics, type RustType, substitute, typeText } from "./types";

export interface RustLayouts {
  layout(type: RustType): Value<Layout>;
  /** Type and byte offset of `a.b` in a struct. */
  member(type: RustType, path: readonly string[]): MemberOfStruct | undefined;
  /** What an alias or `T::Name` stands for. */
  resolve(type: RustType): RustType;
}

export interface MemberOfStruct {
  readonly type: RustType;
  readonly offset: () => Value<number>;
}

const scalars: ReadonlyMap<string, number> = new Map([
  ["u8", 1],
  ["i8", 1],
  ["bool", 1],
  ["u16", 2],
  ["i16", 2],
  ["u32", 4],
  ["i32", 4],
  ["f32", 4],
  ["char", 4],
  ["u64", 8],
  ["i64", 8],
  ["f64", 8],
  ["usize", 8],
  ["isize", 8],
  ["u128", 16],
  ["i128", 16],
  ["c_int", 4],
  ["c_uint", 4],
  ["c_char", 1],
  ["c_long", 8],
  ["c_ulong", 8],
]);
const atomic = /^Atomic(?:Bool|[IU](8|16|32|64|size)|Ptr)$/;
/** Of the standard library: nothing but what they hold. */
const wrappers: ReadonlySet<string> = new Set(["Cell", "UnsafeCell", "Pin", "ManuallyDrop", "MaybeUninit", "Wrapping"]);
const pointers: ReadonlySet<string> = new Set(["NonNull", "Box", "Rc", "Arc"]);

const pointer: Layout = { size: 8, align: 8 };
const nothing: Layout = { size: 0, align: 1 };
const deepest = 30;

export function createLayouts(
  program: RustProgram,
  c: CSide,
  evaluator: () => RustEvaluator,
  associated: (of: RustType, name: string) => RustType | undefined,
): RustLayouts {
  const resolve = (type: RustType): RustType => {
    let found = type;
    for (let depth = 0; depth < deepest; depth++) {
      if (found.kind === "associated") {
        const next = associated(resolveOnce(found.of), found.name);
        if (next === undefined) return found;
        found = next;
        continue;
      }
      const alias = found.kind === "path" && found.segments.length <= 3 ? program.alias(found) : undefined;
      if (alias === undefined || program.struct(found) !== undefined) return found;
      found = substitute(alias.type, bind(alias.generics, found));
    }
    return found;
  };
  const resolveOnce = (type: RustType): RustType => (type.kind === "associated" ? resolve(type) : type);

  const layout = (type: RustType, depth: number): Value<Layout> => {
    if (depth > deepest) return unknown(`${typeText(type)} holds itself`);
    const plain = resolve(type);
    switch (plain.kind) {
      case "pointer":
      case "reference":
      case "function":
        return known(pointer);
      case "array": {
        const element = layout(plain.element, depth + 1);
        const length = evaluator().integer(plain.length);
        if (!element.known) return element;
        return length.known ? known({ ...element.value, size: element.value.size * length.value }) : length;
      }
      case "tuple":
        return plain.elements.length === 0 ? known(nothing) : reordered(plain.elements, depth);
      case "path":
        return named(plain, depth);
      default:
        return unknown(`${typeText(plain)} has no known size`);
    }
  };

  const named = (type: RustType & { readonly kind: "path" }, depth: number): Value<Layout> => {
    const name = type.segments.at(-1) ?? "";
    const own = program.struct(type);
    if (own !== undefined) return ofStruct(own, type, depth);
    const scalar = scalars.get(name);
    if (scalar !== undefined) return known({ size: scalar, align: scalar });
    if (name === "PhantomData" || name === "PhantomPinned") return known(nothing);
    const first = type.args[0];
    if (wrappers.has(name) && first !== undefined) return layout(first, depth + 1);
    if (pointers.has(name)) return known(pointer);
    if (name === "Option" && first !== undefined) return option(first, depth);
    const word = atomic.exec(name);
    if (word !== null) {
      const size = name === "AtomicBool" ? 1 : word[1] === undefined || word[1] === "size" ? 8 : Number(word[1]) / 8;
      return known({ size, align: size });
    }
    const bound = c.layout(name);
    return bound.known ? bound : unknown(`type ${typeText(type)} is not in the tree`);
  };

  const option = (inner: RustType, depth: number): Value<Layout> => {
    const plain = resolve(inner);
    const isPointer =
      plain.kind === "reference" ||
      plain.kind === "function" ||
      (plain.kind === "path" && pointers.has(plain.segments.at(-1) ?? ""));
    if (isPointer) return known(pointer);
    const held = layout(plain, depth + 1);
    const integer =
      plain.kind === "path" && scalars.has(plain.segments.at(-1) ?? "") && plain.segments.at(-1) !== "bool";
    return held.known && integer
      ? known({ size: held.value.size + held.value.align, align: held.value.align })
      : unknown(`the compiler places what tells Option<${typeText(plain)}> from None`);
  };

  const ofStruct = (own: RustStruct, type: RustType, depth: number): Value<Layout> => {
    const bits = attribute(own, /^bitsize\((\d+)\)$/);
    if (bits !== undefined) return known(integerFor(Number(bits)));
    const representation = attribute(own, /^repr\((.*)\)$/);
    if (own.kind === "enum") {
      const size = scalars.get(representation ?? "");
      return size === undefined ? unknown(`the compiler sizes enum ${own.name}`) : known({ size, align: size });
    }
    if (representation !== undefined && !/^(?:C|transparent)$/.test(representation)) {
      return unknown(`repr(${representation}) of ${own.name} is not read`);
    }
    const types = fieldsOf(own, type).map((field) => field.type);
    if (own.kind === "union") return unknown(`union ${own.name} is not read`);
    return representation === "C" ? sequence(types, depth) : reordered(types, depth);
  };

  /** In the order written, as in C. */
  const sequence = (types: readonly RustType[], depth: number): Value<Layout> => {
    let size = 0;
    let align = 1;
    for (const each of types) {
      const part = layout(each, depth + 1);
      if (!part.known) return part;
      size = roundUp(size, part.value.align) + part.value.size;
      align = Math.max(align, part.value.align);
    }
    return known({ size: roundUp(size, align), align });
  };

  /** The compiler orders the members so that no hole is left but at the end. */
  const reordered = (types: readonly RustType[], depth: number): Value<Layout> => {
    let size = 0;
    let align = 1;
    for (const each of types) {
      const part = layout(each, depth + 1);
      if (!part.known) return part;
      size += part.value.size;
      align = Math.max(align, part.value.align);
    }
    return known({ size: roundUp(size, align), align });
  };

  const offsetIn = (own: RustStruct, type: RustType, name: string): Value<number> => {
    const fields = fieldsOf(own, type);
    if (fields.length > 1 && attribute(own, /^repr\((C)\)$/) === undefined) {
      return unknown(`the compiler orders the members of ${own.name}`);
    }
    let offset = 0;
    for (const field of fields) {
      const part = layout(field.type, 0);
      if (!part.known) return part;
      offset = roundUp(offset, part.value.align);
      if (field.name === name) return known(offset);
      offset += part.value.size;
    }
    return unknown(`${own.name} has no member ${name}`);
  };

  return {
    resolve,
    layout: (type) => layout(type, 0),
    member(type, path) {
      let at = resolve(type);
      const steps: (() => Value<number>)[] = [];
      for (const name of path) {
        const owner = at;
        const own = program.struct(owner);
        const field = own === undefined ? undefined : fieldsOf(own, owner).find((each) => each.name === name);
        if (own === undefined || field === undefined) return undefined;
        steps.push(() => offsetIn(own, owner, name));
        at = resolve(field.type);
      }
      return { type: at, offset: () => sum(steps) };
    },
  };
}

function sum(parts: readonly (() => Value<number>)[]): Value<number> {
  let total = 0;
  for (const part of parts) {
    const value = part();
    if (!value.known) return value;
    total += value.value;
  }
  return known(total);
}

interface MemberType {
  readonly name: string;
  readonly type: RustType;
}

/** Members of a struct for the type's arguments, those left out that only a feature of the crate brings. */
function fieldsOf(own: RustStruct, type: RustType): MemberType[] {
  const generics = bind(own.generics, type);
  return own.fields
    .filter((field) => !field.attributes.some((a) => /^cfg\((?:feature=|test\)|not\(MESON)/.test(a)))
    .map(({ name, type: of }) => ({ name, type: substitute(of, generics) }));
}

function bind(generics: readonly string[], type: RustType): Generics {
  const args = type.kind === "path" ? type.args : [];
  const map = new Map<string, RustType>([["Self", type]]);
  generics.forEach((name, k) => {
    const argument = args[k];
    if (argument !== undefined) map.set(name, argument);
  });
  return map;
}

function attribute(own: RustStruct, pattern: RegExp): string | undefined {
  for (const each of own.attributes) {
    const found = pattern.exec(each);
    if (found !== null) return found[1];
  }
  return undefined;
}

/** The integer that bilge keeps a bit field of `bits` in. */
function integerFor(bits: number): Layout {
  const size = [1, 2, 4, 8, 16].find((bytes) => bits <= bytes * 8) ?? 16;
  return { size, align: size };
}

function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}
