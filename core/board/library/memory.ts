/** The C library's memory. */
import { load, store } from "../run/memory";
import type { NativeFunction, Runner } from "../run/runner";
import { Arr, copied, copyInto, Ptr, Rec, textAt, Unknown, type Value } from "../run/values";
import { allocated } from "../run/code";
import { bytesOf, spend } from "../run/meter";
import { anyScalar, numberOf } from "./arguments";

const opaque = { kind: "opaque", name: "", size: 8, align: 8 } as const;

const allocate: NativeFunction = () => allocated(opaque);

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
  ["g_realloc", (_r, [old]) => (old === undefined || old === 0 ? allocated(opaque) : old)],
  ["g_realloc_n", (_r, [old]) => (old === undefined || old === 0 ? allocated(opaque) : old)],
  ["realloc", (_r, [old]) => (old === undefined || old === 0 ? allocated(opaque) : old)],
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
    (_r, [target, value]) => {
      if (value === 0) clear(target);
      return target ?? 0;
    },
  ],
  ["memcpy", copyMemory],
  ["memmove", copyMemory],
  [
    "memcmp",
    (_r, [a, b]) => {
      const left = textAt(a);
      const right = textAt(b);
      if (left !== undefined && right !== undefined) return left === right ? 0 : 1;
      if (a instanceof Rec && b instanceof Rec && isZero(a) && isZero(b)) return 0;
      return new Unknown("a comparison of memory");
    },
  ],
  ["g_memdup", (_r, [source]) => duplicate(source)],
  ["g_memdup2", (_r, [source]) => duplicate(source)],
  ["buffer_is_zero", () => 1],
  ["qsort", nothing],
];

/** What a struct or an array holds itself; a pointer in it is not zero. */
function isZero(value: Rec | Arr): boolean {
  const held: readonly (Value | undefined)[] =
    value instanceof Rec ? [...value.cells.keys()].map((key) => value.get(key)) : value.items;
  spend(held.length * bytesOf.visit);
  if (value instanceof Arr && value.text !== undefined) return false;
  return held.every(
    (each) =>
      each === undefined ||
      each === 0 ||
      ((each instanceof Rec || each instanceof Arr) && each.holder === value && isZero(each)),
  );
}

function clear(target: Value | undefined): void {
  if (target instanceof Rec) {
    if (target.attached === undefined) target.cells.clear();
  } else if (target instanceof Arr) {
    target.items.length = 0;
    target.text = undefined;
  } else if (target instanceof Ptr) store(target, 0);
}

function copyMemory(_runner: Runner, [target, source, count]: readonly Value[]): Value {
  if (target instanceof Rec && source instanceof Rec) copyInto(target, source);
  else if (target instanceof Arr && source instanceof Arr) {
    const made = copied(source);
    if (made instanceof Arr) {
      target.text = made.text;
      target.items.length = 0;
      made.items.forEach((each, k) => target.set(k, each ?? 0));
    }
  } else if (target instanceof Arr && typeof source === "string") target.text = source.slice(0, numberOf(count));
  else if (source instanceof Ptr && target !== undefined) store(target, load(source, anyScalar));
  return target ?? 0;
}

function duplicate(source: Value | undefined): Value {
  if (source instanceof Rec || source instanceof Arr) return copied(source);
  return source ?? 0;
}
