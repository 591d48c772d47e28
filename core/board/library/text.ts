/** The C library's and glib's functions on text, and printf. */
import { store } from "../run/memory";
import type { NativeFunction } from "../run/runner";
import { Arguments, Arr, asBigint, Ptr, Rec, textAt, Unknown, type Value } from "../run/values";
import { numberOf, truthOf } from "./arguments";

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
    for (; "hlzjtqL".includes(pattern[at] ?? "x"); at++);
    const kind = pattern[at] ?? "";
    k = at;
    if (kind === "%") {
      result += "%";
      continue;
    }
    const value = values[next++] ?? 0;
    if (value instanceof Unknown) return value;
    const text = one(kind, value, precision);
    if (text instanceof Unknown) return text;
    let made = text;
    if (flags.includes("#") && (kind === "x" || kind === "X") && made !== "0") made = `0${kind}${made}`;
    const size = Number(width || 0);
    if (made.length < size) {
      made = flags.includes("-")
        ? made.padEnd(size)
        : made.padStart(size, flags.includes("0") && kind !== "s" ? "0" : " ");
    }
    result += made;
  }
  return result;
}

function isDigit(unit: string | undefined): boolean {
  return unit !== undefined && unit >= "0" && unit <= "9";
}

function isWord(unit: string): boolean {
  return isDigit(unit) || (unit.toLowerCase() >= "a" && unit.toLowerCase() <= "z");
}

function one(kind: string, value: Value, precision: string | undefined): string | Unknown {
  switch (kind) {
    case "d":
    case "i":
    case "u":
    case "x":
    case "X":
    case "o": {
      const number = asBigint(value);
      if (number === undefined) return new Unknown("a number to print");
      const whole = kind === "d" || kind === "i" ? number : number < 0n ? BigInt.asUintN(64, number) : number;
      const text = whole.toString(kind === "x" || kind === "X" ? 16 : kind === "o" ? 8 : 10);
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

/** Writes text into a buffer. */
function writeText(target: Value | undefined, text: string): void {
  let array: Arr | undefined;
  let from = 0;
  if (target instanceof Arr) array = target;
  else if (target instanceof Ptr && target.holder instanceof Arr) {
    array = target.holder;
    from = Number(target.key);
  } else if (target instanceof Rec) {
    for (let k = 0; k <= text.length; k++) target.set(`@${k}`, k < text.length ? text.charCodeAt(k) : 0);
    return;
  }
  if (array === undefined) return;
  if (from === 0) {
    array.text = text;
    array.items.length = 0;
    return;
  }
  for (let k = 0; k <= text.length; k++) array.set(from + k, k < text.length ? text.charCodeAt(k) : 0);
}

const both =
  (work: (a: string, b: string, values: readonly Value[]) => Value): NativeFunction =>
  (_runner, values) => {
    const a = textAt(values[0]);
    const b = textAt(values[1]);
    if (a === undefined || b === undefined) {
      if (values[0] === 0 || values[1] === 0) return values[0] === values[1] ? 0 : 1;
      return new Unknown("a comparison of texts");
    }
    return work(a, b, values);
  };

const one1 =
  (work: (a: string, values: readonly Value[]) => Value): NativeFunction =>
  (_runner, values) => {
    const a = textAt(values[0]);
    if (a === undefined) return values[0] === 0 ? 0 : new Unknown("a text");
    return work(a, values);
  };

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

const concatenated: NativeFunction = (_runner, values) => {
  let text = "";
  for (const each of values) {
    if (each === 0) break;
    const part = textAt(each);
    if (part === undefined) return new Unknown("a text");
    text += part;
  }
  return text;
};

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
  if (end !== undefined && end !== 0) store(end, text.slice(length));
  return value;
};

/** qemu_strtoul and its kind: (text, end, base, result). */
const strictlyParsed: NativeFunction = (_runner, values) => {
  const text = textAt(values[0]);
  if (text === undefined) return new Unknown("a number in a text");
  const { value, length } = toNumber(text, numberOf(values[2]) ?? 10);
  if (values[1] !== undefined && values[1] !== 0) store(values[1], text.slice(length));
  else if (length !== text.length) return -22;
  if (length === 0) return -22;
  if (values[3] !== undefined && values[3] !== 0) store(values[3], value);
  return 0;
};

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

export const textFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["strcmp", both((a, b) => order(a, b))],
  ["g_strcmp0", both((a, b) => order(a, b))],
  ["strcasecmp", both((a, b) => order(a.toLowerCase(), b.toLowerCase()))],
  ["g_ascii_strcasecmp", both((a, b) => order(a.toLowerCase(), b.toLowerCase()))],
  ["strncmp", both((a, b, [, , n]) => order(a.slice(0, numberOf(n)), b.slice(0, numberOf(n))))],
  [
    "strncasecmp",
    both((a, b, [, , n]) => order(a.slice(0, numberOf(n)).toLowerCase(), b.slice(0, numberOf(n)).toLowerCase())),
  ],
  ["g_str_equal", both((a, b) => (a === b ? 1 : 0))],
  ["g_str_has_prefix", both((a, b) => (a.startsWith(b) ? 1 : 0))],
  ["g_str_has_suffix", both((a, b) => (a.endsWith(b) ? 1 : 0))],
  [
    "strstart",
    both((a, b, [, , end]) => {
      if (!a.startsWith(b)) return 0;
      if (end !== undefined && end !== 0) store(end, a.slice(b.length));
      return 1;
    }),
  ],
  ["strlen", one1((a) => a.length)],
  ["strnlen", one1((a, [, n]) => Math.min(a.length, numberOf(n) ?? a.length))],
  [
    "strchr",
    one1((a, [, c]) => {
      const at = a.indexOf(String.fromCharCode(numberOf(c) ?? 0));
      return at === -1 ? 0 : a.slice(at);
    }),
  ],
  [
    "strrchr",
    one1((a, [, c]) => {
      const at = a.lastIndexOf(String.fromCharCode(numberOf(c) ?? 0));
      return at === -1 ? 0 : a.slice(at);
    }),
  ],
  [
    "strstr",
    both((a, b) => {
      const at = a.indexOf(b);
      return at === -1 ? 0 : a.slice(at);
    }),
  ],
  [
    "g_strrstr",
    both((a, b) => {
      const at = a.lastIndexOf(b);
      return at === -1 ? 0 : a.slice(at);
    }),
  ],
  ["g_strdup", (_r, values) => textAt(values[0]) ?? values[0] ?? 0],
  ["strdup", (_r, values) => textAt(values[0]) ?? values[0] ?? 0],
  ["g_intern_string", (_r, values) => textAt(values[0]) ?? values[0] ?? 0],
  ["g_intern_static_string", (_r, values) => textAt(values[0]) ?? values[0] ?? 0],
  ["g_strndup", one1((a, [, n]) => a.slice(0, numberOf(n)))],
  ["g_strconcat", concatenated],
  [
    "g_build_filename",
    (_r, values) =>
      values
        .slice(0, -1)
        .map((each) => textAt(each) ?? "")
        .join("/"),
  ],
  ["g_ascii_strdown", one1((a) => a.toLowerCase())],
  ["g_ascii_strup", one1((a) => a.toUpperCase())],
  [
    "g_ascii_tolower",
    (_r, [c]) =>
      String.fromCharCode(numberOf(c) ?? 0)
        .toLowerCase()
        .charCodeAt(0),
  ],
  [
    "g_ascii_toupper",
    (_r, [c]) =>
      String.fromCharCode(numberOf(c) ?? 0)
        .toUpperCase()
        .charCodeAt(0),
  ],
  [
    "tolower",
    (_r, [c]) =>
      String.fromCharCode(numberOf(c) ?? 0)
        .toLowerCase()
        .charCodeAt(0),
  ],
  [
    "toupper",
    (_r, [c]) =>
      String.fromCharCode(numberOf(c) ?? 0)
        .toUpperCase()
        .charCodeAt(0),
  ],
  ["g_strdup_printf", (_r, [format, ...rest]) => formatted(format, rest)],
  ["g_markup_printf_escaped", (_r, [format, ...rest]) => formatted(format, rest)],
  ["g_strdup_vprintf", (_r, [format, list]) => formatted(format, lastOf(list))],
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
  [
    "pstrcpy",
    (_r, values) => {
      const text = textAt(values[2]);
      if (text === undefined) return new Unknown("a text");
      writeText(values[0], text.slice(0, Math.max(0, (numberOf(values[1]) ?? text.length + 1) - 1)));
      return 0;
    },
  ],
  [
    "pstrcat",
    (_r, values) => {
      writeText(values[0], (textAt(values[0]) ?? "") + (textAt(values[2]) ?? ""));
      return values[0] ?? 0;
    },
  ],
  [
    "strcpy",
    (_r, values) => {
      writeText(values[0], textAt(values[1]) ?? "");
      return values[0] ?? 0;
    },
  ],
  [
    "strcat",
    (_r, values) => {
      writeText(values[0], (textAt(values[0]) ?? "") + (textAt(values[1]) ?? ""));
      return values[0] ?? 0;
    },
  ],
  [
    "strncpy",
    (_r, values) => {
      writeText(values[0], (textAt(values[1]) ?? "").slice(0, numberOf(values[2])));
      return values[0] ?? 0;
    },
  ],
  [
    "strpadcpy",
    (_r, values) => {
      writeText(values[0], textAt(values[2]) ?? "");
      return 0;
    },
  ],
  ["atoi", one1((a) => toNumber(a, 10).value)],
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
  ["qemu_isdigit", (_r, [c]) => (isDigit(String.fromCharCode(numberOf(c) ?? 0)) ? 1 : 0)],
  ["isdigit", (_r, [c]) => (isDigit(String.fromCharCode(numberOf(c) ?? 0)) ? 1 : 0)],
  ["sscanf", scanned],
  ["g_ascii_isalnum", (_r, [c]) => (isWord(String.fromCharCode(numberOf(c) ?? 0)) ? 1 : 0)],
  [
    "g_ascii_isalpha",
    (_r, [c]) =>
      isWord(String.fromCharCode(numberOf(c) ?? 0)) && !isDigit(String.fromCharCode(numberOf(c) ?? 0)) ? 1 : 0,
  ],
  ["g_ascii_isdigit", (_r, [c]) => (isDigit(String.fromCharCode(numberOf(c) ?? 0)) ? 1 : 0)],
  ["qemu_isalnum", (_r, [c]) => (isWord(String.fromCharCode(numberOf(c) ?? 0)) ? 1 : 0)],
  [
    "strspn",
    both((a, b) => {
      let k = 0;
      while (k < a.length && b.includes(a[k] ?? "")) k++;
      return k;
    }),
  ],
  [
    "strcspn",
    both((a, b) => {
      let k = 0;
      while (k < a.length && !b.includes(a[k] ?? "")) k++;
      return k;
    }),
  ],
  [
    "strpbrk",
    both((a, b) => {
      for (let k = 0; k < a.length; k++) if (b.includes(a[k] ?? "")) return a.slice(k);
      return 0;
    }),
  ],
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
      parts.forEach((part, k) => (made.items[k] = part));
      made.items[parts.length] = 0;
      return made;
    },
  ],
  [
    "g_strjoinv",
    (_r, values) => {
      const list = values[1];
      if (!(list instanceof Arr)) return new Unknown("texts");
      const parts: string[] = [];
      for (const each of list.items) {
        if (each === undefined || each === 0) break;
        parts.push(textAt(each) ?? "");
      }
      return parts.join(textAt(values[0]) ?? "");
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

/** sscanf for plain %s, %d, %u, %x and %c. */
function scanned(_runner: unknown, [given, pattern, ...targets]: readonly Value[]): Value {
  const text = textAt(given);
  const format = textAt(pattern);
  if (text === undefined || format === undefined) return new Unknown("what a text holds");
  let at = 0;
  let found = 0;
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
    const target = targets[found];
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
      default:
        return new Unknown("what a text holds");
    }
    found++;
  }
  return found;
}

function appending(what: (values: readonly Value[]) => string | undefined): NativeFunction {
  return (_runner, values) => {
    const [target] = values;
    if (!(target instanceof Rec)) return target ?? 0;
    const text = (textAt(target.get(".str")) ?? "") + (what(values) ?? "");
    target.set(".str", text);
    target.set(".len", text.length);
    return target;
  };
}
