/** Texts that glib and the C library make of others: copies, joined ones, GString. */
import type { NativeFunction, Runner } from "../../run/runner";
import { Arr, Rec, textAt, Unknown, type Value } from "../../run/values";
import { spendText } from "../../run/meter";
import { numberOf, truthOf } from "../arguments";
import { inMemory, textOf } from "./given";
import { formatted } from "./printf";
import { spanOf } from "./search";

const concatenated: NativeFunction = (_runner, values) => {
  let text = "";
  for (const each of values) {
    if (each === 0) break;
    const part = textAt(each);
    if (part === undefined) return new Unknown("a text");
    spendText(text.length + part.length);
    text += part;
  }
  return inMemory(text);
};

const duplicated: NativeFunction = (_runner, [given]) => {
  const text = textAt(given);
  return text === undefined ? (given ?? 0) : inMemory(text);
};

function appending(what: (values: readonly Value[]) => string | undefined): NativeFunction {
  return (_runner, values) => {
    const [target] = values;
    if (!(target instanceof Rec)) return target ?? 0;
    const before = textAt(target.get(".str")) ?? "";
    const more = what(values) ?? "";
    spendText(before.length + more.length);
    const text = before + more;
    target.set(".str", text);
    target.set(".len", text.length);
    return target;
  };
}

/** What strtok has not come to. */
const rests = new WeakMap<Runner, string>();

const nextToken: NativeFunction = (runner, [given, delimiters]) => {
  const text = given === undefined || given === 0 ? (rests.get(runner) ?? "") : textAt(given);
  const among = textAt(delimiters);
  if (text === undefined || among === undefined) return new Unknown("a text");
  const from = spanOf(text, among);
  const to = from + spanOf(text, among, from, false);
  rests.set(runner, text.slice(to + 1));
  return from === to ? 0 : inMemory(text.slice(from, to));
};

export const stringFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["g_strdup", duplicated],
  ["strdup", duplicated],
  ["g_intern_string", (_r, values) => textAt(values[0]) ?? values[0] ?? 0],
  ["g_intern_static_string", (_r, values) => textAt(values[0]) ?? values[0] ?? 0],
  ["g_strndup", textOf((a, [, n]) => inMemory(a.slice(0, numberOf(n))))],
  ["strtok", nextToken],
  ["g_strconcat", concatenated],
  [
    "g_build_filename",
    (_r, values) =>
      values
        .slice(0, -1)
        .map((each) => textAt(each) ?? "")
        .join("/"),
  ],
  ["g_ascii_strdown", textOf((a) => inMemory(a.toLowerCase()))],
  ["g_ascii_strup", textOf((a) => inMemory(a.toUpperCase()))],
  [
    "g_strsplit",
    (_r, values) => {
      const text = textAt(values[0]);
      const by = textAt(values[1]);
      if (text === undefined || by === undefined) return new Unknown("a text");
      const limit = numberOf(values[2]) ?? 0;
      let parts = text === "" ? [] : text.split(by);
      if (limit > 0 && parts.length > limit) parts = [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)];
      const made = new Arr(undefined, parts.length + 1);
      parts.forEach((part, k) => made.set(k, inMemory(part)));
      made.set(parts.length, 0);
      return made;
    },
  ],
  [
    "g_strjoinv",
    (_r, values) => {
      const list = values[1];
      if (!(list instanceof Arr)) return new Unknown("texts");
      const parts: string[] = [];
      const between = textAt(values[0]) ?? "";
      let length = 0;
      for (const each of list.items) {
        if (each === undefined || each === 0) break;
        const part = textAt(each) ?? "";
        length += part.length + between.length;
        spendText(length);
        parts.push(part);
      }
      return parts.join(between);
    },
  ],
  [
    "g_strv_length",
    (_r, [list]) => (list instanceof Arr ? list.items.findIndex((each) => each === 0 || each === undefined) : 0),
  ],
  ["g_strstrip", (_r, values) => textAt(values[0])?.trim() ?? 0],
  [
    "g_string_new",
    (_r, values) => {
      const made = new Rec();
      const text = textAt(values[0]) ?? "";
      made.set(".str", text);
      made.set(".len", text.length);
      return made;
    },
  ],
  ["g_string_append", appending((values) => textAt(values[1]))],
  ["g_string_append_c", appending((values) => String.fromCharCode(numberOf(values[1]) ?? 0))],
  [
    "g_string_append_printf",
    appending((values) => {
      const text = formatted(values[1], values.slice(2));
      return text instanceof Unknown ? undefined : text;
    }),
  ],
  [
    "g_string_printf",
    (_r, values) => {
      const [target] = values;
      const text = formatted(values[1], values.slice(2));
      if (target instanceof Rec) target.set(".str", text);
      return 0;
    },
  ],
  [
    "g_string_free",
    (_r, values) => {
      const [target, whole] = values;
      return truthOf(whole) || !(target instanceof Rec) ? 0 : (target.get(".str") ?? 0);
    },
  ],
];
