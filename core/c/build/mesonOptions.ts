/**
 * What meson.build gives Kconfig from the options that a user may set: a library or feature that is off unless asked for
 * is no part of the default configuration. Follows `host_kconfig` of QEMU's meson.build.
 */
import type { SourceTree } from "../tree";

type ReadText = SourceTree["read"];

const option = /\boption\s*\(\s*'(\w+)'([^#]*?)(?=\n\s*option\s*\(|\n\s*#|$(?![\s\S]))/g;
const gift = /\(([^?]{1,200}?)\?\s*\[\s*'CONFIG_(\w+)=y'\s*\]/g;

/** Symbols without `CONFIG_` that the options' defaults keep from the configuration. */
export function symbolsOffByDefault(read: ReadText): ReadonlySet<string> {
  const text = read("meson.build") ?? "";
  const from = text.indexOf("host_kconfig");
  if (from === -1) return new Set();
  const off = optionsOffByDefault(read("meson_options.txt") ?? "");
  const found = new Set<string>();
  for (const [, condition = "", symbol = ""] of text.slice(from, text.indexOf("\n\n", from)).matchAll(gift)) {
    if (/\b(?:not|or)\b/.test(condition)) continue;
    if (optionsOf(condition, text).some((name) => off.has(name))) found.add(symbol);
  }
  return found;
}

function optionsOffByDefault(text: string): ReadonlySet<string> {
  const off = new Set<string>();
  for (const [, name = "", rest = ""] of text.matchAll(option)) {
    if (/\bvalue\s*:\s*(?:false\b|'disabled')/.test(rest)) off.add(name);
  }
  return off;
}

/** Options in a condition, or in what its variable is first set to: all that follows there only takes away. */
function optionsOf(condition: string, text: string): string[] {
  const direct = [...condition.matchAll(/get_option\('(\w+)'\)/g)].map((m) => m[1] ?? "");
  const variable = /^\s*(\w+)(?:\.\w+\(\))?\s*$/.exec(condition)?.[1];
  if (direct.length > 0 || variable === undefined) return direct;
  const at = new RegExp(`^[ \\t]*${variable}\\s*=[^=]`, "m").exec(text)?.index;
  if (at === undefined) return [];
  const value = statementAt(text, at);
  return /\bor\b/.test(value) ? [] : [...value.matchAll(/get_option\('(\w+)'\)/g)].map((m) => m[1] ?? "");
}

/** Up to the end of the line in which all parentheses are closed. */
function statementAt(text: string, start: number): string {
  let depth = 0;
  let end = start;
  for (; end < text.length && end < start + 2000; end++) {
    const c = text[end];
    if (c === "(" || c === "[") depth++;
    else if (c === ")" || c === "]") depth--;
    else if (c === "\n" && depth <= 0 && text[end - 1] !== "\\") break;
  }
  return text.slice(start, end);
}
