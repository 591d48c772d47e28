/** Constant expressions of Rust: integers and C strings, as far as tables need them. */
import { known, unknown, type Value } from "../c/value";
import { stringContent } from "./lex";
import type { RustProgram } from "./program";
import {
  type Generics,
  genericArguments,
  type Length,
  noGenerics,
  parseType,
  type RustType,
  substitute,
} from "./types";

/** What the C side of the tree says of a name that Rust only binds to. */
export interface CSide {
  integer(name: string): Value<number>;
  string(name: string): Value<string>;
  /** Bytes and alignment of a C type. */
  layout(typeName: string): Value<Layout>;
}

export interface Layout {
  readonly size: number;
  readonly align: number;
}

export interface RustEvaluator {
  integer(expression: Length): Value<number>;
  string(expression: Length): Value<string>;
}

type SizeOf = (type: RustType) => Value<Layout>;

const deepest = 30;
const ranks: Readonly<Record<string, number>> = {
  "|": 1,
  "^": 2,
  "&": 3,
  "<<": 4,
  ">>": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
};
const operations: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "&": (a, b) => a & b,
  "<<": (a, b) => (b < 0n || b > 127n ? undefined : a << b),
  ">>": (a, b) => (b < 0n || b > 127n ? undefined : a >> b),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0n ? undefined : a / b),
  "%": (a, b) => (b === 0n ? undefined : a % b),
};

export function createRustEvaluator(program: RustProgram, c: CSide, layout: SizeOf): RustEvaluator {
  return {
    integer(expression) {
      const value = new Reader(expression, program, c, layout, 0).value();
      if (!value.known) return value;
      const number = Number(value.value);
      return Number.isSafeInteger(number) ? known(number) : unknown(`${value.value} is too large`);
    },
    string: (expression) => stringIn(expression, program, c, 0),
  };
}

class Reader {
  readonly #program: RustProgram;
  readonly #c: CSide;
  readonly #layout: SizeOf;
  readonly #at: Length;
  readonly #depth: number;
  #k: number;

  constructor(at: Length, program: RustProgram, c: CSide, layout: SizeOf, depth: number) {
    this.#program = program;
    this.#c = c;
    this.#layout = layout;
    this.#at = at;
    this.#depth = depth;
    this.#k = at.start;
  }

  value(): Value<bigint> {
    if (this.#depth > deepest) return unknown("the constants go in a circle");
    const value = this.#binary(0);
    return value.known && this.#k < this.#at.end ? unknown(`\`${this.#spelled()}\` is not read`) : value;
  }

  #binary(minimum: number): Value<bigint> {
    let left = this.#unary();
    for (;;) {
      if (this.#text() === "as") {
        const { next } = parseType(this.#tokens(), this.#at.file, this.#k + 1, this.#at.end);
        this.#k = next;
        continue;
      }
      const shift = (this.#text() === "<" || this.#text() === ">") && this.#text(1) === this.#text();
      const operator = shift ? this.#text() + this.#text() : this.#text();
      const rank = ranks[operator];
      const operation = operations[operator];
      if (rank === undefined || operation === undefined || rank <= minimum) return left;
      this.#k += shift ? 2 : 1;
      const right = this.#binary(rank);
      if (!left.known) continue;
      if (!right.known) left = right;
      else {
        const result = operation(left.value, right.value);
        left = result === undefined ? unknown(`\`${this.#spelled()}\` has no value`) : known(result);
      }
    }
  }

  #unary(): Value<bigint> {
    const token = this.#tokens().list[this.#k];
    if (token === undefined || this.#k >= this.#at.end) return unknown("no value");
    const text = this.#text();
    if (text === "-") {
      this.#k++;
      const value = this.#unary();
      return value.known ? known(-value.value) : value;
    }
    if (text === "(" || text === "{") {
      const close = this.#tokens().closing.get(this.#k) ?? this.#at.end;
      const inner = { ...this.#at, start: this.#k + 1, end: close };
      this.#k = close + 1;
      return this.#inner(inner);
    }
    if (token.kind === "number") {
      this.#k++;
      return numberOf(token.text);
    }
    return this.#path();
  }

  #path(): Value<bigint> {
    const tokens = this.#tokens();
    const { type, next } = parseType(tokens, this.#at.file, this.#k, this.#at.end);
    const from = this.#k;
    this.#k = next;
    const segments = type.kind === "path" ? type.segments : [];
    const name = segments.at(-1) ?? "";
    if (this.#text() === "(" && (name === "size_of" || name === "align_of")) {
      const open = tokens.list.slice(from, next).findIndex((t) => t.text === "<");
      const argument = genericArguments(tokens, this.#at.file, from + open, next).args[0];
      this.#k = (tokens.closing.get(this.#k) ?? this.#at.end) + 1;
      const layout =
        argument === undefined ? unknown("no type") : this.#layout(substitute(argument, this.#at.generics));
      if (!layout.known) return layout;
      return known(BigInt(name === "size_of" ? layout.value.size : layout.value.align));
    }
    if (this.#text() === "." && this.#text(1) === "len" && this.#text(2) === "(") {
      this.#k += 4;
      const constant = this.#program.constant(segments, this.#at.file);
      if (constant?.type.kind === "array") return this.#inner(constant.type.length);
      return unknown(`the length of ${segments.join("::")} is not known`);
    }
    const bound = segments.length === 1 ? this.#at.generics.get(name) : undefined;
    if (bound?.kind === "constant") return this.#inner(bound.length);
    const limit = name === "MAX" || name === "BITS" ? /^([ui])(\d+)$/.exec(segments.at(-2) ?? "") : null;
    if (limit !== null) {
      const bits = BigInt(limit[2] ?? "0");
      return known(name === "BITS" ? bits : (1n << (limit[1] === "u" ? bits : bits - 1n)) - 1n);
    }
    const constant = this.#program.constant(segments, this.#at.file, this.#at.generics.get("Self"));
    if (constant !== undefined) return this.#inner({ ...constant.value, generics: noGenerics });
    const bind = this.#c.integer(name);
    return bind.known
      ? known(BigInt(bind.value))
      : unknown(`\`${segments.join("::") || this.#spelled()}\` is no constant that the tree defines`);
  }

  #inner(expression: Length): Value<bigint> {
    return new Reader(expression, this.#program, this.#c, this.#layout, this.#depth + 1).value();
  }

  #tokens() {
    return this.#program.file(this.#at.file)?.tokens ?? noTokens;
  }

  #text(offset = 0): string {
    const k = this.#k + offset;
    return k < this.#at.end ? (this.#tokens().list[k]?.text ?? "") : "";
  }

  #spelled(): string {
    const { list } = this.#tokens();
    return list
      .slice(this.#at.start, Math.min(this.#at.end, this.#at.start + 12))
      .map((t) => t.text)
      .join(" ");
  }
}

const noTokens = { list: [], closing: new Map<number, number>() };

function numberOf(text: string): Value<bigint> {
  const digits = text.replaceAll("_", "").replace(/(?:[ui](?:8|16|32|64|128|size))$/, "");
  return /^(?:0x[0-9a-fA-F]+|0b[01]+|0o[0-7]+|\d+)$/.test(digits)
    ? known(BigInt(digits))
    : unknown(`${text} is no integer`);
}

/** `c"x"`, `c_str!("x").as_ptr()`, a constant of these, `CStr::as_ptr(X)`, `Self::TYPE_NAME`, `bindings::TYPE_X`. */
function stringIn(expression: Length, program: RustProgram, c: CSide, depth: number): Value<string> {
  const list = program.file(expression.file)?.tokens.list ?? [];
  const part = list.slice(expression.start, expression.end);
  const literal = part.find((t) => t.kind === "string");
  if (literal !== undefined) {
    const content = stringContent(literal.text);
    return content === undefined ? unknown("the string is not closed") : known(content);
  }
  if (depth > deepest) return unknown("the constants go in a circle");
  // a path whose last name is written as constants are
  for (let k = part.length - 1; k >= 0; k--) {
    const name = part[k];
    if (name?.kind !== "identifier" || !/^[A-Z][A-Z0-9_]*$/.test(name.text)) continue;
    const segments = [name.text];
    for (let j = k; part[j - 1]?.text === "::" && part[j - 2]?.kind === "identifier"; j -= 2) {
      segments.unshift(part[j - 2]?.text ?? "");
    }
    const constant = program.constant(segments, expression.file, expression.generics.get("Self"));
    if (constant !== undefined && constant.value.end > constant.value.start) {
      const generics: Generics = constant.owner === undefined ? noGenerics : new Map([["Self", constant.owner.self]]);
      return stringIn({ ...constant.value, generics }, program, c, depth + 1);
    }
    const bound = c.string(name.text);
    return bound.known ? bound : unknown(`${segments.join("::")} is no string that the tree defines`);
  }
  return unknown("no string");
}
