/** Numbers in texts. */
import { store } from "../../run/memory";
import type { NativeFunction } from "../../run/runner";
import { textAt, Unknown, type Value } from "../../run/values";
import { numberOf } from "../arguments";
import { writeText } from "./buffers";
import { isDigit } from "./characters";
import { movedTo, textOf } from "./given";
import { spanOf } from "./search";

function toNumber(text: string, base: number): { readonly value: number; readonly length: number } {
  let at = 0;
  while (text[at] === " ") at++;
  const negative = text[at] === "-";
  if (negative || text[at] === "+") at++;
  let radix = base;
  if ((base === 0 || base === 16) && text[at] === "0" && (text[at + 1] ?? "").toLowerCase() === "x") {
    at += 2;
    radix = 16;
  } else if (base === 0) radix = text[at] === "0" ? 8 : 10;
  let value = 0;
  const from = at;
  for (; at < text.length; at++) {
    const digit = Number.parseInt(text[at] ?? "", 36);
    if (Number.isNaN(digit) || digit >= radix) break;
    value = value * radix + digit;
  }
  return { value: negative ? -value : value, length: at === from ? 0 : at };
}

const parsed: NativeFunction = (_runner, values) => {
  const text = textAt(values[0]);
  if (text === undefined) return new Unknown("a number in a text");
  const { value, length } = toNumber(text, numberOf(values[2]) ?? 10);
  const end = values[1];
  if (end !== undefined && end !== 0) store(end, movedTo(values[0], length));
  return value;
};

/** qemu_strtoul and its kind: (text, end, base, result). */
const strictlyParsed: NativeFunction = (_runner, values) => {
  const text = textAt(values[0]);
  if (text === undefined) return new Unknown("a number in a text");
  const { value, length } = toNumber(text, numberOf(values[2]) ?? 10);
  if (values[1] !== undefined && values[1] !== 0) store(values[1], movedTo(values[0], length));
  else if (length !== text.length) return -22;
  if (length === 0) return -22;
  if (values[3] !== undefined && values[3] !== 0) store(values[3], value);
  return 0;
};

/** sscanf for plain %s, %d, %u, %x, %[abc] without ranges, and %n, which is not counted. */
function scanned(_runner: unknown, [given, pattern, ...targets]: readonly Value[]): Value {
  const text = textAt(given);
  const format = textAt(pattern);
  if (text === undefined || format === undefined) return new Unknown("what a text holds");
  let at = 0;
  let found = 0;
  let told = 0;
  for (let k = 0; k < format.length; k++) {
    if (format[k] !== "%") {
      if (format[k] === " ") while (text[at] === " ") at++;
      else if (text[at++] !== format[k]) return found;
      continue;
    }
    let width = "";
    for (k++; isDigit(format[k]); k++) width += format[k];
    while ("hlz".includes(format[k] ?? "x")) k++;
    const limit = width === "" ? text.length : at + Number(width);
    const target = targets[found + told];
    if (target === undefined) return new Unknown("what a text holds");
    const rest = text.slice(at, limit);
    switch (format[k]) {
      case "s": {
        const word = rest.split(" ")[0] ?? "";
        if (word === "") return found;
        writeText(target, word);
        at += word.length;
        break;
      }
      case "d":
      case "u":
      case "x": {
        const { value, length } = toNumber(rest, format[k] === "x" ? 16 : 10);
        if (length === 0) return found;
        store(target, value);
        at += length;
        break;
      }
      case "[": {
        const isOutside = format[k + 1] === "^";
        const close = format.indexOf("]", k + (isOutside ? 3 : 2));
        if (close === -1) return new Unknown("what a text holds");
        const among = format.slice(k + (isOutside ? 2 : 1), close);
        k = close;
        const length = spanOf(rest, among, 0, !isOutside);
        if (length === 0) return found;
        writeText(target, rest.slice(0, length));
        at += length;
        break;
      }
      case "n":
        store(target, at);
        told++;
        continue;
      default:
        return new Unknown("what a text holds");
    }
    found++;
  }
  return found;
}

export const numberFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["atoi", textOf((a) => toNumber(a, 10).value)],
  ["strtol", parsed],
  ["strtoul", parsed],
  ["strtoull", parsed],
  ["g_ascii_strtoull", parsed],
  ["qemu_strtoi", strictlyParsed],
  ["qemu_strtoui", strictlyParsed],
  ["qemu_strtol", strictlyParsed],
  ["qemu_strtoul", strictlyParsed],
  ["qemu_strtoi64", strictlyParsed],
  ["qemu_strtou64", strictlyParsed],
  ["sscanf", scanned],
];
