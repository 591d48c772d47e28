/** The C library's memory, and glib's containers. */
import { load, store } from "../run/memory";
import type { NativeFunction, Runner } from "../run/runner";
import { Arr, copied, copyInto, Fn, Ptr, Rec, textAt, Unknown, type Value } from "../run/values";
import { allocated } from "../run/code";
import { bytesOf, spend } from "../run/meter";
import { anyScalar, numberOf } from "./arguments";

const opaque = { kind: "opaque", name: "", size: 8, align: 8 } as const;

const allocate: NativeFunction = () => allocated(opaque);

function sizeMember(record: Rec, name: string, value: number): void {
  record.set(name, value);
}

interface Table {
  readonly map: Map<unknown, { readonly key: Value; readonly value: Value }>;
}

function tableOf(value: Value | undefined): Table | undefined {
  return value instanceof Rec && isTable(value.attached) ? value.attached : undefined;
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && "map" in value;
}

function keyOf(value: Value | undefined): unknown {
  if (value === undefined) return undefined;
  const text = textAt(value);
  if (text !== undefined && !(value instanceof Ptr && value.holder instanceof Rec)) return `text ${text}`;
  if (value instanceof Ptr) return load(value, anyScalar);
  if (value instanceof Arr) return value.get(0);
  return value;
}

function listNode(data: Value): Rec {
  const made = new Rec();
  made.set(".data", data);
  made.set(".next", 0);
  made.set(".prev", 0);
  return made;
}

function nodes(list: Value | undefined): Rec[] {
  const found: Rec[] = [];
  for (let at = list; at instanceof Rec; at = at.get(".next")) {
    spend(bytesOf.visit);
    found.push(at);
  }
  return found;
}

function linked(values: readonly Value[]): Value {
  const made = values.map(listNode);
  made.forEach((node, k) => {
    node.set(".next", made[k + 1] ?? 0);
    node.set(".prev", made[k - 1] ?? 0);
  });
  return made[0] ?? 0;
}

function dataOf(list: Value | undefined): Value[] {
  return nodes(list).map((node) => node.get(".data") ?? 0);
}

function callBack(runner: Runner, fn: Value | undefined, values: readonly Value[]): Value {
  return fn instanceof Fn ? runner.call(fn, values) : 0;
}

function pointerArray(): Rec {
  const made = new Rec();
  made.set(".pdata", new Arr(undefined, undefined));
  made.set(".data", made.get(".pdata") ?? 0);
  made.set(".len", 0);
  return made;
}

function push(array: Value | undefined, value: Value): void {
  if (!(array instanceof Rec)) return;
  const length = numberOf(array.get(".len")) ?? 0;
  const data = array.get(".pdata");
  if (data instanceof Arr) data.set(length, value);
  array.set(".len", length + 1);
}

const names = (kind: string): readonly (readonly [string, NativeFunction])[] => [
  [
    `g_${kind}_append`,
    (_r, [list, data]) => {
      const last = nodes(list).at(-1);
      const node = listNode(data ?? 0);
      if (last === undefined) return node;
      last.set(".next", node);
      node.set(".prev", last);
      return list ?? 0;
    },
  ],
  [
    `g_${kind}_prepend`,
    (_r, [list, data]) => {
      const node = listNode(data ?? 0);
      node.set(".next", list ?? 0);
      if (list instanceof Rec) list.set(".prev", node);
      return node;
    },
  ],
  [`g_${kind}_reverse`, (_r, [list]) => linked(dataOf(list).reverse())],
  [`g_${kind}_concat`, (_r, [a, b]) => linked([...dataOf(a), ...dataOf(b)])],
  [`g_${kind}_copy`, (_r, [list]) => linked(dataOf(list))],
  [`g_${kind}_length`, (_r, [list]) => nodes(list).length],
  [`g_${kind}_next`, (_r, [list]) => (list instanceof Rec ? (list.get(".next") ?? 0) : 0)],
  [`g_${kind}_last`, (_r, [list]) => nodes(list).at(-1) ?? 0],
  [`g_${kind}_nth_data`, (_r, [list, n]) => dataOf(list)[numberOf(n) ?? 0] ?? 0],
  [`g_${kind}_remove`, (_r, [list, data]) => linked(dataOf(list).filter((each) => each !== data))],
  [`g_${kind}_find`, (_r, [list, data]) => nodes(list).find((node) => node.get(".data") === data) ?? 0],
  [
    `g_${kind}_foreach`,
    (runner, [list, fn, data]) => {
      for (const each of dataOf(list)) callBack(runner, fn, [each, data ?? 0]);
      return 0;
    },
  ],
  [`g_${kind}_sort`, (runner, [list, fn]) => linked(sorted(runner, dataOf(list), fn))],
  [`g_${kind}_insert_sorted`, (runner, [list, data, fn]) => linked(sorted(runner, [...dataOf(list), data ?? 0], fn))],
  [`g_${kind}_free`, () => 0],
  [`g_${kind}_free_full`, () => 0],
];

function sorted(runner: Runner, values: Value[], fn: Value | undefined): Value[] {
  return values.sort((a, b) => numberOf(callBack(runner, fn, [a, b])) ?? 0);
}

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
  // hash tables
  ["g_hash_table_new", () => attached({ map: new Map() })],
  ["g_hash_table_new_full", () => attached({ map: new Map() })],
  ["g_hash_table_ref", (_r, [table]) => table ?? 0],
  ["g_hash_table_insert", insert],
  ["g_hash_table_replace", insert],
  [
    "g_hash_table_add",
    (_r, [table, key]) => {
      return insert(_r, [table ?? 0, key ?? 0, key ?? 0]);
    },
  ],
  [
    "g_hash_table_lookup",
    (_r, [table, key]) => tableOf(table)?.map.get(keyOf(key))?.value ?? (table instanceof Unknown ? table : 0),
  ],
  [
    "g_hash_table_lookup_extended",
    (_r, [table, key, keyOut, valueOut]) => {
      const found = tableOf(table)?.map.get(keyOf(key));
      if (found === undefined) return 0;
      if (keyOut !== undefined && keyOut !== 0) store(keyOut, found.key);
      if (valueOut !== undefined && valueOut !== 0) store(valueOut, found.value);
      return 1;
    },
  ],
  ["g_hash_table_contains", (_r, [table, key]) => (tableOf(table)?.map.has(keyOf(key)) === true ? 1 : 0)],
  ["g_hash_table_remove", (_r, [table, key]) => (tableOf(table)?.map.delete(keyOf(key)) === true ? 1 : 0)],
  [
    "g_hash_table_remove_all",
    (_r, [table]) => {
      tableOf(table)?.map.clear();
      return 0;
    },
  ],
  ["g_hash_table_size", (_r, [table]) => tableOf(table)?.map.size ?? 0],
  [
    "g_hash_table_foreach",
    (runner, [table, fn, data]) => {
      for (const { key, value } of entriesOf(table)) callBack(runner, fn, [key, value, data ?? 0]);
      return 0;
    },
  ],
  ["g_hash_table_get_keys", (_r, [table]) => linked(entriesOf(table).map(({ key }) => key))],
  ["g_hash_table_get_values", (_r, [table]) => linked(entriesOf(table).map(({ value }) => value))],
  [
    "g_hash_table_iter_init",
    (_r, [iterator, table]) => {
      if (iterator instanceof Rec) iterator.attached = entriesOf(table);
      return 0;
    },
  ],
  [
    "g_hash_table_iter_next",
    (_r, [iterator, keyOut, valueOut]) => {
      const rest = iterator instanceof Rec && Array.isArray(iterator.attached) ? iterator.attached : [];
      const next = rest.shift() as { key: Value; value: Value } | undefined;
      if (next === undefined) return 0;
      if (keyOut !== undefined && keyOut !== 0) store(keyOut, next.key);
      if (valueOut !== undefined && valueOut !== 0) store(valueOut, next.value);
      return 1;
    },
  ],
  // arrays
  ["g_ptr_array_new", () => pointerArray()],
  ["g_ptr_array_new_full", () => pointerArray()],
  ["g_ptr_array_new_with_free_func", () => pointerArray()],
  ["g_ptr_array_sized_new", () => pointerArray()],
  ["g_ptr_array_ref", (_r, [array]) => array ?? 0],
  [
    "g_ptr_array_add",
    (_r, [array, value]) => {
      push(array, value ?? 0);
      return 0;
    },
  ],
  [
    "g_ptr_array_set_size",
    (_r, [array, size]) => {
      if (array instanceof Rec) sizeMember(array, ".len", numberOf(size) ?? 0);
      return 0;
    },
  ],
  [
    "g_ptr_array_index",
    (_r, [array, index]) => {
      const data = array instanceof Rec ? array.get(".pdata") : undefined;
      return data instanceof Arr ? (data.items[numberOf(index) ?? 0] ?? 0) : new Unknown("an element");
    },
  ],
  [
    "g_ptr_array_foreach",
    (runner, [array, fn, data]) => {
      const items = array instanceof Rec ? array.get(".pdata") : undefined;
      if (items instanceof Arr) for (const each of elementsIn(items)) callBack(runner, fn, [each ?? 0, data ?? 0]);
      return 0;
    },
  ],
  ["g_array_new", () => pointerArray()],
  ["g_array_sized_new", () => pointerArray()],
  [
    "g_array_set_size",
    (_r, [array, size]) => {
      if (array instanceof Rec) sizeMember(array, ".len", numberOf(size) ?? 0);
      return array ?? 0;
    },
  ],
  [
    "g_array_append_val",
    (_r, [array, value]) => {
      push(array, value ?? 0);
      return array ?? 0;
    },
  ],
  [
    "g_array_append_vals",
    (_r, [array, values]) => {
      push(array, values ?? 0);
      return array ?? 0;
    },
  ],
  ["g_byte_array_new", () => pointerArray()],
  [
    "g_array_index",
    (_r, [array, , index]) => {
      const data = array instanceof Rec ? array.get(".pdata") : undefined;
      return data instanceof Arr ? (data.items[numberOf(index) ?? 0] ?? 0) : new Unknown("an element");
    },
  ],
  ...names("list"),
  ...names("slist"),
  // trees and queues
  ["g_tree_new", () => attached({ map: new Map() })],
  ["g_tree_new_full", () => attached({ map: new Map() })],
  ["g_tree_new_with_data", () => attached({ map: new Map() })],
  ["g_tree_insert", insert],
  ["g_tree_lookup", (_r, [table, key]) => tableOf(table)?.map.get(keyOf(key))?.value ?? 0],
  ["g_tree_destroy", nothing],
  ["qsort", nothing],
];

function elementsIn(array: Arr): (Value | undefined)[] {
  spend(array.items.length * bytesOf.visit);
  return [...array.items];
}

function entriesOf(table: Value | undefined): { readonly key: Value; readonly value: Value }[] {
  const found = [...(tableOf(table)?.map.values() ?? [])];
  spend(found.length * bytesOf.visit);
  return found;
}

function insert(_runner: Runner, [table, key, value]: readonly Value[]): Value {
  spend(bytesOf.member);
  tableOf(table)?.map.set(keyOf(key), { key: key ?? 0, value: value ?? 0 });
  return 1;
}

function attached(table: Table): Rec {
  const made = new Rec();
  made.attached = table;
  return made;
}

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
