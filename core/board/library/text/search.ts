/** Texts compared and searched. */
import { store } from "../../run/memory";
import type { NativeFunction } from "../../run/runner";
import { numberOf } from "../arguments";
import { movedTo, textOf, textsOf } from "./given";

/** How many characters from there on are among those; `isAmong` false: are none of those. */
export function spanOf(text: string, those: string, from = 0, isAmong = true): number {
  const among = new Set(those.split(""));
  let to = from;
  while (to < text.length && among.has(text.charAt(to)) === isAmong) to++;
  return to - from;
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

export const searchFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["strcmp", textsOf((a, b) => order(a, b))],
  ["g_strcmp0", textsOf((a, b) => order(a, b))],
  ["strcasecmp", textsOf((a, b) => order(a.toLowerCase(), b.toLowerCase()))],
  ["g_ascii_strcasecmp", textsOf((a, b) => order(a.toLowerCase(), b.toLowerCase()))],
  ["strncmp", textsOf((a, b, [, , n]) => order(a.slice(0, numberOf(n)), b.slice(0, numberOf(n))))],
  [
    "strncasecmp",
    textsOf((a, b, [, , n]) => order(a.slice(0, numberOf(n)).toLowerCase(), b.slice(0, numberOf(n)).toLowerCase())),
  ],
  ["g_str_equal", textsOf((a, b) => (a === b ? 1 : 0))],
  ["g_str_has_prefix", textsOf((a, b) => (a.startsWith(b) ? 1 : 0))],
  ["g_str_has_suffix", textsOf((a, b) => (a.endsWith(b) ? 1 : 0))],
  [
    "strstart",
    textsOf((a, b, [given, , end]) => {
      if (!a.startsWith(b)) return 0;
      if (end !== undefined && end !== 0) store(end, movedTo(given, b.length));
      return 1;
    }),
  ],
  ["strlen", textOf((a) => a.length)],
  [
    "memchr",
    textOf((a, [given, c, n]) => {
      const at = `${a}\0`.slice(0, numberOf(n)).indexOf(String.fromCharCode((numberOf(c) ?? 0) & 0xff));
      return at === -1 ? 0 : movedTo(given, at);
    }),
  ],
  ["strnlen", textOf((a, [, n]) => Math.min(a.length, numberOf(n) ?? a.length))],
  [
    "strchr",
    textOf((a, [given, c]) => {
      const at = a.indexOf(String.fromCharCode(numberOf(c) ?? 0));
      return at === -1 ? 0 : movedTo(given, at);
    }),
  ],
  ...["strchrnul", "qemu_strchrnul"].map(
    (name) =>
      [
        name,
        textOf((a, [given, c]) => {
          const at = a.indexOf(String.fromCharCode(numberOf(c) ?? 0));
          return movedTo(given, at === -1 ? a.length : at);
        }),
      ] as const,
  ),
  [
    "strrchr",
    textOf((a, [given, c]) => {
      const at = a.lastIndexOf(String.fromCharCode(numberOf(c) ?? 0));
      return at === -1 ? 0 : movedTo(given, at);
    }),
  ],
  [
    "strstr",
    textsOf((a, b, [given]) => {
      const at = a.indexOf(b);
      return at === -1 ? 0 : movedTo(given, at);
    }),
  ],
  [
    "g_strrstr",
    textsOf((a, b, [given]) => {
      const at = a.lastIndexOf(b);
      return at === -1 ? 0 : movedTo(given, at);
    }),
  ],
  ["strspn", textsOf((a, b) => spanOf(a, b))],
  ["strcspn", textsOf((a, b) => spanOf(a, b, 0, false))],
  [
    "strpbrk",
    textsOf((a, b, [given]) => {
      const at = spanOf(a, b, 0, false);
      return at === a.length ? 0 : movedTo(given, at);
    }),
  ],
];
