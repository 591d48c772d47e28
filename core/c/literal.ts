/** The values of C's literals. */

export interface IntegerText {
  readonly value: bigint;
  readonly unsigned: boolean;
  readonly long: boolean;
  readonly decimal: boolean;
}

const lowerF = 0x66;

/** undefined for floating-point and malformed numbers. */
export function readInteger(text: string): IntegerText | undefined {
  let end = text.length;
  let unsigned = false;
  let long = false;
  for (; end > 1; end--) {
    const c = text.charCodeAt(end - 1) | 0x20;
    if (c === 0x75) unsigned = true;
    else if (c === 0x6c) long = true;
    else break;
  }
  const first = text.charCodeAt(0);
  if (first === 0x30 && end > 1) {
    const second = text.charCodeAt(1) | 0x20;
    if (second === 0x78) {
      if (end === 2) return undefined;
      for (let i = 2; i < end; i++) {
        const c = text.charCodeAt(i) | 0x20;
        if (!((c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= lowerF))) return undefined;
      }
      return { value: small(text.slice(0, end), 11), unsigned, long, decimal: false };
    }
    const binary = second === 0x62;
    const from = binary ? 2 : 1;
    if (from === end) return undefined;
    const highest = binary ? 0x31 : 0x37;
    for (let i = from; i < end; i++) {
      const c = text.charCodeAt(i);
      if (c < 0x30 || c > highest) return undefined;
    }
    const value = BigInt(binary ? text.slice(0, end) : `0o${text.slice(1, end)}`);
    return { value, unsigned, long, decimal: false };
  }
  for (let i = 0; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x30 || c > 0x39) return undefined;
  }
  if (end === 0) return undefined;
  return { value: small(text.slice(0, end), 15), unsigned, long, decimal: true };
}

/** Longer literals than this are no C; the bound keeps the conversion cheap. */
const longestLiteral = 64;

function small(digits: string, safeLength: number): bigint {
  if (digits.length <= safeLength) return BigInt(Number(digits));
  return digits.length > longestLiteral ? 0n : BigInt(digits);
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ["e", "\x1b"],
]);

/** The contents of a string or char token (prefix and quotes included in `text`), escapes resolved. */
export function readQuoted(text: string): string {
  const quote = text.charCodeAt(text.length - 1);
  let open = 0;
  while (open < text.length - 1 && text.charCodeAt(open) !== quote) open++;
  const inner = text.slice(open + 1, text.length > open + 1 ? -1 : undefined);
  if (!inner.includes("\\")) return inner;
  let value = "";
  for (let i = 0; i < inner.length; i++) {
    const c = inner.charAt(i);
    if (c !== "\\") {
      value += c;
      continue;
    }
    i++;
    const escape = inner.charAt(i);
    if (escape === "x") {
      const from = i + 1;
      while (i + 1 < inner.length && isHex(inner.charCodeAt(i + 1))) i++;
      value += String.fromCharCode(Number.parseInt(inner.slice(from, i + 1) || "0", 16) & 0xff);
    } else if (escape >= "0" && escape <= "7") {
      const from = i;
      while (i + 1 < inner.length && i - from < 2 && inner.charAt(i + 1) >= "0" && inner.charAt(i + 1) <= "7") i++;
      value += String.fromCharCode(Number.parseInt(inner.slice(from, i + 1), 8) & 0xff);
    } else if (escape !== "\n") {
      value += simpleEscapes.get(escape) ?? escape;
    }
  }
  return value;
}

function isHex(c: number): boolean {
  const lower = c | 0x20;
  return (c >= 0x30 && c <= 0x39) || (lower >= 0x61 && lower <= lowerF);
}

/** Value of a char literal as gcc gives it: signed char, several characters packed big-endian. */
export function readChar(text: string): bigint {
  const inner = readQuoted(text);
  if (inner.length <= 1) return BigInt.asIntN(8, BigInt(inner.length === 0 ? 0 : inner.charCodeAt(0)));
  let value = 0n;
  for (let i = 0; i < inner.length && i < 4; i++) value = (value << 8n) | BigInt(inner.charCodeAt(i) & 0xff);
  return BigInt.asIntN(32, value);
}
