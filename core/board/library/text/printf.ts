/** printf's texts, and where C writes them to. */
import type { NativeFunction } from "../../run/runner";
import { Arguments, asBigint, textAt, Unknown, type Value } from "../../run/values";
import { spendText } from "../../run/meter";
import { numberOf } from "../arguments";
import { isDigit } from "./characters";
import { writeText } from "./buffers";
import { inMemory } from "./given";

/** printf's text for a format and its arguments; Unknown where a part of it is not known. */
export function formatted(format: Value | undefined, values: readonly Value[]): string | Unknown {
  const pattern = textAt(format);
  if (pattern === undefined) return format instanceof Unknown ? format : new Unknown("a format");
  let result = "";
  let next = 0;
  for (let k = 0; k < pattern.length; k++) {
    const unit = pattern[k] ?? "";
    if (unit !== "%") {
      result += unit;
      continue;
    }
    let flags = "";
    let width = "";
    let precision: string | undefined;
    let at = k + 1;
    for (; "-+ #0".includes(pattern[at] ?? "x"); at++) flags += pattern[at];
    if (pattern[at] === "*") {
      width = String(numberOf(values[next++]) ?? 0);
      at++;
    } else for (; isDigit(pattern[at]); at++) width += pattern[at];
    if (pattern[at] === ".") {
      precision = "";
      at++;
      if (pattern[at] === "*") {
        precision = String(numberOf(values[next++]) ?? 0);
        at++;
      } else for (; isDigit(pattern[at]); at++) precision += pattern[at];
    }
    let bits = 32;
    for (; "hlzjtqL".includes(pattern[at] ?? "x"); at++) if (pattern[at] !== "h") bits = 64;
    const kind = pattern[at] ?? "";
    k = at;
    if (kind === "%") {
      result += "%";
      continue;
    }
    const value = values[next++] ?? 0;
    if (value instanceof Unknown) return value;
    const text = one(kind, value, precision, bits);
    if (text instanceof Unknown) return text;
    let made = text;
    if (flags.includes("#") && (kind === "x" || kind === "X") && made !== "0") made = `0${kind}${made}`;
    const size = Number(width || 0);
    spendText(result.length + Math.max(made.length, size));
    if (made.length < size) {
      made = flags.includes("-")
        ? made.padEnd(size)
        : made.padStart(size, flags.includes("0") && kind !== "s" ? "0" : " ");
    }
    result += made;
  }
  return result;
}

function one(kind: string, value: Value, precision: string | undefined, bits: number): string | Unknown {
  switch (kind) {
    case "d":
    case "i":
    case "u":
    case "x":
    case "X":
    case "o": {
      const number = asBigint(value);
      if (number === undefined) return new Unknown("a number to print");
      const whole = kind === "d" || kind === "i" ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number);
      const text = whole.toString(kind === "x" || kind === "X" ? 16 : kind === "o" ? 8 : 10);
      spendText(Number(precision || 0));
      const padded = precision === undefined ? text : text.padStart(Number(precision || 0), "0");
      return kind === "X" ? padded.toUpperCase() : padded;
    }
    case "c":
      return String.fromCharCode(numberOf(value) ?? 0);
    case "s": {
      if (value === 0) return "(null)";
      const text = textAt(value);
      if (text === undefined) return new Unknown("a text to print");
      return precision === undefined ? text : text.slice(0, Number(precision || 0));
    }
    case "p":
      return "0x0";
    default:
      return new Unknown(`%${kind}`);
  }
}

const printed =
  (format: number): NativeFunction =>
  (_runner, values) => {
    const text = formatted(values[format], values.slice(format + 1));
    if (text instanceof Unknown) return text;
    writeText(values[0], text);
    return text.length;
  };

function lastOf(value: Value | undefined): readonly Value[] {
  return value instanceof Arguments ? value.values.slice(value.at) : [];
}

function allocatedText(format: Value | undefined, values: readonly Value[]): Value {
  const text = formatted(format, values);
  return text instanceof Unknown ? text : inMemory(text);
}

export const printfFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["g_strdup_printf", (_r, [format, ...rest]) => allocatedText(format, rest)],
  ["g_markup_printf_escaped", (_r, [format, ...rest]) => allocatedText(format, rest)],
  ["g_strdup_vprintf", (_r, [format, list]) => allocatedText(format, lastOf(list))],
  [
    "snprintf",
    (_r, values) => {
      const text = formatted(values[2], values.slice(3));
      if (text instanceof Unknown) return text;
      writeText(values[0], text.slice(0, Math.max(0, (numberOf(values[1]) ?? text.length + 1) - 1)));
      return text.length;
    },
  ],
  ["sprintf", printed(1)],
  [
    "vsnprintf",
    (_r, values) => {
      const text = formatted(values[2], lastOf(values[3]));
      if (text instanceof Unknown) return text;
      writeText(values[0], text);
      return text.length;
    },
  ],
];
