/** glib's hash tables and trees. */
import { load, store } from "../run/memory";
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction, Runner } from "../run/runner";
import { Arr, Ptr, Rec, textAt, Unknown, type Value } from "../run/values";
import { anyScalar, callBack } from "./arguments";
import { linked } from "./lists";

interface Entry {
  readonly key: Value;
  readonly value: Value;
}

interface Table {
  readonly map: Map<unknown, Entry>;
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

function entriesOf(table: Value | undefined): Entry[] {
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

/** 0 where the table lacks the key. */
function lookedUp(table: Value | undefined, key: Value | undefined, give: (entry: Entry) => Value): Value {
  const sought = keyOf(key);
  if (table instanceof Unknown) return table;
  if (sought instanceof Unknown) return sought;
  const entry = tableOf(table)?.map.get(sought);
  return entry === undefined ? 0 : give(entry);
}

export const tableFunctions: readonly (readonly [string, NativeFunction])[] = [
  ...["g_hash_table_new", "g_hash_table_new_full", "g_tree_new", "g_tree_new_full", "g_tree_new_with_data"].map(
    (name) => [name, () => attached({ map: new Map() })] as const,
  ),
  ["g_hash_table_ref", (_r, [table]) => table ?? 0],
  ["g_hash_table_insert", insert],
  ["g_hash_table_replace", insert],
  [
    "g_hash_table_add",
    (_r, [table, key]) => {
      return insert(_r, [table ?? 0, key ?? 0, key ?? 0]);
    },
  ],
  ["g_hash_table_lookup", (_r, [table, key]) => lookedUp(table, key, ({ value }) => value)],
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
  ["g_hash_table_contains", (_r, [table, key]) => lookedUp(table, key, () => 1)],
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
  ["g_tree_insert", insert],
  ["g_tree_lookup", (_r, [table, key]) => lookedUp(table, key, ({ value }) => value)],
  ["g_tree_destroy", () => 0],
];
