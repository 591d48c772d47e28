/** The C library's memory. */
import type { CType } from "../../c/ctype";
import { sizeOf } from "../../c/layout";
import { scalarType } from "../../c/resolve";
import { elementAt, load, store } from "../run/memory";
import type { NativeFunction, Runner } from "../run/runner";
import { Arr, asBigint, copied, copyInto, Ptr, rawIndex, Rec, textAt, Unknown, type Value } from "../run/values";
import { allocated } from "../run/code";
import { forget } from "../run/forget";
import { bytesOf, spend } from "../run/meter";
import type { Site } from "../run/host";
import { fill, isRaw } from "./bytes";
import { anyScalar, callBack, elementsOf, numberOf } from "./arguments";

const opaque = { kind: "opaque", name: "", size: 8, align: 8 } as const;

const allocate: NativeFunction = () => allocated(opaque);

const reallocate: NativeFunction = (_r, [old]) => (old === undefined || old === 0 ? allocated(opaque) : old);

const nothing: NativeFunction = () => 0;

export const memoryFunctions: readonly (readonly [string, NativeFunction])[] = [
  ...[
    "g_malloc",
    "g_malloc0",
    "g_malloc_n",
    "g_malloc0_n",
    "g_try_malloc",
    "g_try_malloc0",
    "g_slice_alloc0",
    "malloc",
    "calloc",
    "g_aligned_alloc",
    "qemu_memalign",
    "qemu_try_memalign",
    "qemu_blockalign",
    "qemu_anon_ram_alloc",
    "g_aligned_alloc0",
  ].map((name) => [name, allocate] as const),
  ...["g_realloc", "g_realloc_n", "realloc"].map((name) => [name, reallocate] as const),
  ...[
    "g_free",
    "free",
    "g_strfreev",
    "g_clear_pointer",
    "qemu_vfree",
    "g_aligned_free",
    "g_slice_free",
    "g_array_free",
    "g_ptr_array_free",
    "g_ptr_array_unref",
    "g_array_unref",
    "g_hash_table_unref",
    "g_hash_table_destroy",
    "g_list_free_1",
  ].map((name) => [name, nothing] as const),
  [
    "memset",
    (runner, [target, value, count], site) => {
      const size = numberOf(count);
      if (target === undefined || value === undefined) return 0;
      const isMemory = target instanceof Rec || target instanceof Arr;
      const isWhole = isMemory && (target.unwritten === undefined || coversStruct(runner, size, site.types[0]));
      if (size !== undefined && isRaw(target) && !(value === 0 && isWhole)) fill(target, value, size);
      else if (value === 0) clear(runner, target, size, site.file);
      return target;
    },
  ],
  ["memcpy", copyMemory],
  ["memmove", copyMemory],
  // what its members point to is copied as well, which nobody changes here
  ["qapi_clone_members", copyMemory],
  [
    "memcmp",
    (_r, [a, b, count], site) => {
      const size = numberOf(count);
      const left = textAt(a)?.slice(0, size);
      const right = textAt(b)?.slice(0, size);
      if (left !== undefined && right !== undefined) return left === right ? 0 : 1;
      return compared(a, b, site.types.slice(0, 2).map(structOf));
    },
  ],
  ...["g_memdup", "g_memdup2", "qapi_clone"].map((name) => [name, duplicate] as const),
  ["buffer_is_zero", (_r, [a]) => ((a instanceof Rec || a instanceof Arr) && isZero(a) ? 1 : new Unknown("memory"))],
  ["qsort", sort],
  ["bsearch", search],
];

/** Whether so many bytes are all of what the pointer is to, by its type. */
function coversStruct({ types }: Runner, bytes: number | undefined, pointer: CType | undefined): boolean {
  if (pointer === undefined || bytes === undefined) return false;
  const size = sizeOf(types, pointer.kind === "pointer" ? pointer.target() : pointer);
  return size.known && size.value > 1 && size.value <= bytes;
}

/** Tag of the struct that a pointer points to. */
function structOf(type: CType): string | undefined {
  const target = type.kind === "pointer" ? type.target() : type;
  return target.kind === "record" ? target.tag : undefined;
}

/** 0 for the same bytes, as far as the memory that both are is known. */
function compared(a: Value | undefined, b: Value | undefined, structs: readonly (string | undefined)[]): Value {
  const isMemory = (value: Value | undefined): value is Rec | Arr => value instanceof Rec || value instanceof Arr;
  if (isMemory(a) && isMemory(b)) {
    if (isZero(a, structs[0]) && isZero(b, structs[1])) return 0;
    if (a instanceof Arr && b instanceof Arr && a.unwritten === undefined && b.unwritten === undefined) {
      const length = Math.max(a.items.length, b.items.length);
      const pairs = Array.from({ length }, (_, k) => [a.get(k) ?? 0, b.get(k) ?? 0] as const);
      spend(length * bytesOf.visit);
      if (pairs.every((pair) => pair.every((each) => typeof each === "number")))
        return pairs.every(([left, right]) => left === right) ? 0 : 1;
    }
  }
  return new Unknown("a comparison of memory");
}

/** Of an array that is one by itself, not of bytes in untyped memory. */
function sort(runner: Runner, [base, count, , compare]: readonly Value[]): Value {
  const array = base instanceof Rec && base.holderKey === 0 ? base.holder : base;
  const length = numberOf(count);
  if (!(array instanceof Arr) || length === undefined || length > array.items.length) return 0;
  spend(length * bytesOf.visit);
  let isKnown = true;
  const asPointer = (value: Value): Value => {
    if (value instanceof Rec) return value;
    const single = new Arr(array.element, 1);
    single.items[0] = value;
    return single;
  };
  const elements = array.items.slice(0, length).map((each = 0) => ({ value: each, pointer: asPointer(each) }));
  elements.sort((a, b) => {
    const order = isKnown ? callBack(runner, compare, [a.pointer, b.pointer]) : 0;
    isKnown &&= typeof order === "number";
    return numberOf(order) ?? 0;
  });
  if (!isKnown) runner.noteHere("the order that qsort() gives");
  elements.forEach(({ value }, k) => {
    array.items[k] = value;
    if (value instanceof Rec) value.holderKey = k;
  });
  return 0;
}

/** Elements are few, so all are looked at. */
function search(runner: Runner, [key, base, count, , compare]: readonly Value[]): Value {
  const length = numberOf(count);
  if (length === undefined || key === undefined) return new Unknown("what bsearch() gives");
  for (const each of elementsOf(base, length)) {
    const order = callBack(runner, compare, [key, each]);
    if (order === 0) return each;
    if (typeof order !== "number") return new Unknown("what bsearch() gives");
  }
  return 0;
}

/** What a struct or an array holds itself; a pointer in it is not zero. `struct`: as what it is seen, where it may be the beginning of a larger one. */
function isZero(value: Rec | Arr, struct?: string): boolean {
  const isSeen = (key: string): boolean => struct === undefined || key.startsWith("@") || key.startsWith(`${struct}.`);
  const held: readonly (Value | undefined)[] =
    value instanceof Rec ? [...value.cells.keys()].filter(isSeen).map((key) => value.get(key)) : value.items;
  spend((value instanceof Rec ? value.cells.size : held.length) * bytesOf.visit);
  if (value instanceof Arr ? value.text !== undefined : value.fills.some((fill) => fill.value !== 0)) return false;
  if (value.unwritten !== undefined) return false;
  return held.every(
    (each) =>
      each === undefined ||
      each === 0 ||
      ((each instanceof Rec || each instanceof Arr) && each.holder === value && isZero(each)),
  );
}

function clear(runner: Runner, target: Value | undefined, size: number | undefined, file: string): void {
  if (target instanceof Rec) {
    if (target.attached === undefined) clearFirst(runner, target, size, file);
  } else if (target instanceof Arr) {
    target.items.length = 0;
    target.text = undefined;
    target.unwritten = undefined;
  } else if (target instanceof Ptr) store(target, 0);
}

/** A struct's first member is that struct: what lies behind so many bytes, members of a larger one, stays. */
export function clearFirst(runner: Runner, target: Rec, size: number | undefined, file: string): void {
  const isLarger = new Map<string, boolean>();
  for (const key of [...target.cells.keys()]) {
    const of = key.slice(0, Math.max(0, key.indexOf(".")));
    let larger = of !== "" && size !== undefined ? isLarger.get(of) : false;
    if (larger === undefined) {
      const sizes = [of, `struct ${of}`].map((type) => runner.project.evaluate(`sizeof(${type})`, file));
      larger = size !== undefined && sizes.some((whole) => whole.known && whole.value > size);
      isLarger.set(of, larger);
    }
    if (!larger) target.cells.delete(key);
  }
  target.unwritten = undefined;
  if (target.fills.length > 0) target.fill({ from: 0, to: size ?? Number.POSITIVE_INFINITY, value: 0 });
}

function copyMemory(runner: Runner, [target, source, count]: readonly Value[], { file }: Site): Value {
  if (target instanceof Rec && source instanceof Rec) copyInto(target, source);
  else if (target instanceof Arr && source instanceof Arr) {
    const made = copied(source);
    if (made instanceof Arr) {
      target.text = made.text;
      target.unwritten = made.unwritten;
      target.items.length = 0;
      made.items.forEach((each, k) => target.set(k, each ?? 0));
    }
  } else if (target instanceof Arr && typeof source === "string") target.text = source.slice(0, numberOf(count));
  else if (target instanceof Ptr && source instanceof Rec && copyRaw(target, source, numberOf(count))) return target;
  else if (target instanceof Ptr && copyMembers(target, source, numberOf(count))) return target;
  else if (target !== undefined && copyText(target, textAt(source), numberOf(count))) return target;
  else if (target !== undefined && source !== undefined && source !== 0 && count !== 0) {
    const value = source instanceof Ptr ? load(source, anyScalar) : source;
    if (source instanceof Ptr && !(value instanceof Unknown)) store(target, value);
    else {
      if (target instanceof Rec && target.attached === undefined) clearFirst(runner, target, numberOf(count), file);
      forget(target, numberOf(count), value instanceof Unknown ? value : new Unknown("what is copied there"));
    }
  }
  return target ?? 0;
}

/** What lies in memory of unknown type, up to a number of bytes. */
function copyRaw({ holder, key: place }: Ptr, source: Rec, count: number | undefined): boolean {
  const from = rawIndex(place);
  if (from === undefined || !(holder instanceof Rec) || count === undefined) return false;
  spend(source.cells.size * bytesOf.visit);
  if (source.unwritten !== undefined) holder.fill({ from, to: from + count, value: source.unwritten });
  for (const { from: first, to, value } of [...source.fills].reverse())
    if (first < count) holder.fill({ from: from + first, to: from + Math.min(to, count), value });
  for (const key of source.cells.keys()) {
    const at = rawIndex(key);
    if (at === undefined) return false;
    if (at < count) holder.set(`@${from + at}`, copied(source.get(key) ?? 0));
  }
  return true;
}

/** A number, or what begins with a member of a struct, whose layout is not gone by: so many bytes that are not known. */
function copyMembers(target: Ptr, source: Value | undefined, count: number | undefined): boolean {
  if (count === undefined || !isRaw(target) || !(source instanceof Ptr) || isRaw(source)) return false;
  const value = asBigint(load(source, anyScalar));
  if (value === undefined && count <= pointerSize) return false;
  spend(count * bytesOf.element);
  for (let k = 0; k < count; k++) {
    const known = value !== undefined && count <= pointerSize;
    const octet = known ? Number((value >> BigInt(8 * k)) & 0xffn) : new Unknown("what is copied from a struct");
    store(elementAt(target, k, character), octet);
  }
  return true;
}

const pointerSize = 8;

/** Characters of a text, without what ends it unless that is asked for too. */
function copyText(target: Value, text: string | undefined, count: number | undefined): boolean {
  if (text === undefined || count === undefined || !(target instanceof Ptr || target instanceof Rec)) return false;
  if (target instanceof Rec && target.attached !== undefined) return false;
  const units = text.slice(0, count).padEnd(Math.min(count, text.length + 1), "\0");
  spend(units.length * bytesOf.element);
  for (let k = 0; k < units.length; k++) store(elementAt(target, k, character), units.charCodeAt(k));
  return true;
}

const character = scalarType("char", "char");

function duplicate(_runner: Runner, [source]: readonly Value[]): Value {
  if (!(source instanceof Rec || source instanceof Arr)) return source ?? 0;
  const made = copied(source);
  // a copy of a table of the tree, of which only its beginning may be changed
  if (made instanceof Rec || made instanceof Arr) made.symbol = source.symbol;
  return made;
}
