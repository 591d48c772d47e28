/** glib's lists. */
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction, Runner } from "../run/runner";
import { Rec, type Value } from "../run/values";
import { callBack, numberOf } from "./arguments";

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

export function linked(values: readonly Value[]): Value {
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

export const listFunctions: readonly (readonly [string, NativeFunction])[] = [...names("list"), ...names("slist")];
