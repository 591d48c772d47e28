/** glib's arrays. */
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction } from "../run/runner";
import { Arr, Rec, Unknown, type Value } from "../run/values";
import { callBack, numberOf } from "./arguments";

function sizeMember(record: Rec, name: string, value: number): void {
  record.set(name, value);
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

function elementsIn(array: Arr): (Value | undefined)[] {
  spend(array.items.length * bytesOf.visit);
  return [...array.items];
}

function elementOf(array: Value | undefined, index: Value | undefined): Value {
  const data = array instanceof Rec ? array.get(".pdata") : undefined;
  const at = numberOf(index);
  return data instanceof Arr && at !== undefined ? (data.items[at] ?? 0) : new Unknown("an element");
}

export const arrayFunctions: readonly (readonly [string, NativeFunction])[] = [
  ...[
    "g_ptr_array_new",
    "g_ptr_array_new_full",
    "g_ptr_array_new_with_free_func",
    "g_ptr_array_sized_new",
    "g_array_new",
    "g_array_sized_new",
    "g_byte_array_new",
  ].map((name) => [name, pointerArray] as const),
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
  ["g_ptr_array_index", (_r, [array, index]) => elementOf(array, index)],
  [
    "g_ptr_array_foreach",
    (runner, [array, fn, data]) => {
      const items = array instanceof Rec ? array.get(".pdata") : undefined;
      if (items instanceof Arr) for (const each of elementsIn(items)) callBack(runner, fn, [each ?? 0, data ?? 0]);
      return 0;
    },
  ],
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
  ["g_array_index", (_r, [array, , index]) => elementOf(array, index)],
];
