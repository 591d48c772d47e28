/** What one Rust file declares: structs, constants, impls, functions and macro uses, wherever they stand in it. */
import { lexRust, type RustTokens } from "./lex";
import { parseType, type RustType, type Span } from "./types";

export interface RustField {
  /** `0`, `1` in a tuple struct. */
  readonly name: string;
  readonly type: RustType;
  readonly attributes: readonly string[];
}

export interface RustStruct {
  readonly kind: "struct" | "union" | "enum";
  readonly file: string;
  readonly name: string;
  readonly generics: readonly string[];
  /** Without spaces: `repr(C)`, `derive(Clone,Copy)`. */
  readonly attributes: readonly string[];
  /** Empty for an enum. */
  readonly fields: readonly RustField[];
}

/** `const X: T = value;` and `static`, and `type X = T;`, which has a type alone. */
export interface RustConstant {
  readonly kind: "const" | "type";
  readonly file: string;
  readonly name: string;
  readonly generics: readonly string[];
  readonly type: RustType;
  /** Empty where there is none. */
  readonly value: Span;
  /** Text span of the whole item and of its name. */
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  readonly owner: RustImpl | undefined;
}

export interface RustImpl {
  readonly file: string;
  readonly generics: readonly string[];
  /** undefined for an inherent impl. */
  readonly trait: RustType | undefined;
  readonly self: RustType;
}

export interface RustFunction {
  readonly file: string;
  readonly name: string;
  readonly owner: RustImpl | undefined;
  readonly body: Span;
}

/** `name!(…)` at the level of items. */
export interface RustInvocation {
  readonly file: string;
  readonly name: string;
  readonly arguments: Span;
  readonly start: number;
  readonly end: number;
}

export interface RustFile {
  readonly path: string;
  readonly tokens: RustTokens;
  readonly structs: readonly RustStruct[];
  readonly constants: readonly RustConstant[];
  readonly impls: readonly RustImpl[];
  readonly functions: readonly RustFunction[];
  readonly invocations: readonly RustInvocation[];
}

const deepest = 12;

export function readRustFile(path: string, text: string): RustFile {
  const tokens = lexRust(text);
  const file: Collected = { structs: [], constants: [], impls: [], functions: [], invocations: [] };
  new Scanner(path, tokens, file).items(0, tokens.list.length, undefined, 0);
  return { path, tokens, ...file };
}

interface Collected {
  readonly structs: RustStruct[];
  readonly constants: RustConstant[];
  readonly impls: RustImpl[];
  readonly functions: RustFunction[];
  readonly invocations: RustInvocation[];
}

class Scanner {
  readonly #path: string;
  readonly #tokens: RustTokens;
  readonly #found: Collected;

  constructor(path: string, tokens: RustTokens, found: Collected) {
    this.#path = path;
    this.#tokens = tokens;
    this.#found = found;
  }

  items(start: number, end: number, owner: RustImpl | undefined, depth: number): void {
    if (depth > deepest) return;
    let attributes: string[] = [];
    for (let k = start; k < end; ) {
      const word = this.#text(k);
      if (word === "#" && (this.#text(k + 1) === "[" || this.#text(k + 2) === "[")) {
        const open = this.#text(k + 1) === "[" ? k + 1 : k + 2;
        const close = this.#close(open, end);
        attributes.push(this.#spell(open + 1, close));
        k = close + 1;
        continue;
      }
      const next = this.#item(k, end, attributes, owner, depth);
      if (!isModifier(word)) attributes = [];
      k = Math.max(next, k + 1);
    }
  }

  /** Token behind the item that starts at `k`. */
  #item(k: number, end: number, attributes: readonly string[], owner: RustImpl | undefined, depth: number): number {
    const word = this.#text(k);
    const named = this.#tokens.list[k + 1]?.kind === "identifier";
    switch (word) {
      case "pub":
        return this.#text(k + 1) === "(" ? this.#close(k + 1, end) + 1 : k + 1;
      case "struct":
      case "union":
      case "enum":
        if (named) return this.#record(word, k, end, attributes);
        break;
      case "const":
      case "static": {
        const name = this.#text(k + 1) === "mut" ? k + 2 : k + 1;
        if (this.#text(name + 1) === ":") return this.#constant(k, name, end, owner);
        break;
      }
      case "type":
        if (named) return this.#alias(k, end, owner);
        break;
      case "impl":
        return this.#impl(k, end, depth);
      case "mod":
      case "extern":
        return this.#block(k, end, depth);
      case "trait":
        return this.#skip(k, end);
      case "fn":
        if (named) return this.#function(k, end, owner, depth);
        break;
    }
    if (this.#text(k + 1) === "!" && this.#tokens.list[k]?.kind === "identifier") return this.#invocation(k, end);
    return word === "{" || word === "(" || word === "[" ? this.#close(k, end) + 1 : k + 1;
  }

  #record(kind: RustStruct["kind"], k: number, end: number, attributes: readonly string[]): number {
    const name = this.#text(k + 1);
    const { generics, next } = this.#generics(k + 2, end);
    let at = next;
    while (at < end && !["{", "(", ";"].includes(this.#text(at))) at++;
    const close = this.#text(at) === ";" ? at : this.#close(at, end);
    const fields = kind === "enum" || close === at ? [] : this.#fields(at, close);
    this.#found.structs.push({ kind, file: this.#path, name, generics, attributes, fields });
    return close + 1;
  }

  #fields(open: number, close: number): RustField[] {
    const tuple = this.#text(open) === "(";
    const fields: RustField[] = [];
    let attributes: string[] = [];
    for (let k = open + 1; k < close; ) {
      const word = this.#text(k);
      if (word === "#" && this.#text(k + 1) === "[") {
        const end = this.#close(k + 1, close);
        attributes.push(this.#spell(k + 2, end));
        k = end + 1;
      } else if (word === "pub") k = this.#text(k + 1) === "(" ? this.#close(k + 1, close) + 1 : k + 1;
      else if (word === ",") k++;
      else if (tuple || this.#text(k + 1) === ":") {
        const parsed = parseType(this.#tokens, this.#path, tuple ? k : k + 2, close);
        fields.push({ name: tuple ? String(fields.length) : word, type: parsed.type, attributes });
        attributes = [];
        k = Math.max(parsed.next, k + 1);
      } else k++;
    }
    return fields;
  }

  #constant(k: number, name: number, end: number, owner: RustImpl | undefined): number {
    const { type, next } = parseType(this.#tokens, this.#path, name + 2, end);
    let at = next;
    while (at < end && this.#text(at) !== "=" && this.#text(at) !== ";") at++;
    const stop = this.#statementEnd(at, end);
    const value = { file: this.#path, start: Math.min(at + 1, stop), end: stop };
    this.#addConstant("const", k, name, stop, type, value, [], owner);
    return stop + 1;
  }

  #alias(k: number, end: number, owner: RustImpl | undefined): number {
    const { generics, next } = this.#generics(k + 2, end);
    const stop = this.#statementEnd(k, end);
    if (this.#text(next) !== "=") return stop + 1;
    const { type } = parseType(this.#tokens, this.#path, next + 1, stop);
    const value = { file: this.#path, start: stop, end: stop };
    this.#addConstant("type", k, k + 1, stop, type, value, generics, owner);
    return stop + 1;
  }

  #addConstant(
    kind: RustConstant["kind"],
    k: number,
    name: number,
    stop: number,
    type: RustType,
    value: Span,
    generics: readonly string[],
    owner: RustImpl | undefined,
  ): void {
    const { list } = this.#tokens;
    const first = this.#text(k - 1) === "pub" ? k - 1 : k;
    this.#found.constants.push({
      kind,
      file: this.#path,
      name: this.#text(name),
      generics,
      type,
      value,
      start: list[first]?.start ?? 0,
      end: list[Math.min(stop, list.length - 1)]?.end ?? 0,
      nameStart: list[name]?.start ?? 0,
      owner,
    });
  }

  #impl(k: number, end: number, depth: number): number {
    const { generics, next } = this.#generics(k + 1, end);
    const first = parseType(this.#tokens, this.#path, this.#text(next) === "!" ? next + 1 : next, end);
    const second =
      this.#text(first.next) === "for" ? parseType(this.#tokens, this.#path, first.next + 1, end) : undefined;
    let at = (second ?? first).next;
    while (at < end && this.#text(at) !== "{" && this.#text(at) !== ";") at++;
    const impl: RustImpl = {
      file: this.#path,
      generics,
      trait: second === undefined ? undefined : first.type,
      self: (second ?? first).type,
    };
    this.#found.impls.push(impl);
    if (this.#text(at) !== "{") return at + 1;
    const close = this.#close(at, end);
    this.items(at + 1, close, impl, depth + 1);
    return close + 1;
  }

  /** `mod x { … }`, `extern "C" { … }`; where it is none, the word alone. */
  #block(k: number, end: number, depth: number): number {
    if (this.#text(k + 2) !== "{") return k + 1;
    const close = this.#close(k + 2, end);
    this.items(k + 3, close, undefined, depth + 1);
    return close + 1;
  }

  #function(k: number, end: number, owner: RustImpl | undefined, depth: number): number {
    let at = k;
    while (at < end && this.#text(at) !== "{" && this.#text(at) !== ";") {
      at = this.#text(at) === "(" || this.#text(at) === "[" ? this.#close(at, end) + 1 : at + 1;
    }
    if (this.#text(at) !== "{") return at + 1;
    const close = this.#close(at, end);
    const body = { file: this.#path, start: at + 1, end: close };
    this.#found.functions.push({ file: this.#path, name: this.#text(k + 1), owner, body });
    this.items(at + 1, close, owner, depth + 1);
    return close + 1;
  }

  #invocation(k: number, end: number): number {
    const named = this.#text(k) === "macro_rules";
    const open = named ? k + 3 : k + 2;
    if (!["(", "[", "{"].includes(this.#text(open))) return k + 2;
    const close = this.#close(open, end);
    if (named) return close + 1;
    const { list } = this.#tokens;
    this.#found.invocations.push({
      file: this.#path,
      name: this.#text(k),
      arguments: { file: this.#path, start: open + 1, end: close },
      start: list[k]?.start ?? 0,
      end: list[Math.min(close, list.length - 1)]?.end ?? 0,
    });
    // bits! { pub struct X(u32) { … } }
    this.items(open + 1, close, undefined, deepest);
    return close + 1;
  }

  /** `<'a, T: Bound = X, const N: usize>` -> T, N. */
  #generics(k: number, end: number): { readonly generics: readonly string[]; readonly next: number } {
    const generics: string[] = [];
    if (this.#text(k) !== "<") return { generics, next: k };
    let angle = 0;
    let at = k;
    for (; at < end; at++) {
      const word = this.#text(at);
      if (word === "<") angle++;
      else if (word === ">" && --angle === 0) break;
      else if (word === "(" || word === "[" || word === "{") at = this.#close(at, end);
      const before = this.#text(at - 1);
      const opens = (before === "<" && at === k + 1) || before === "," || before === "const";
      if (angle === 1 && opens && this.#tokens.list[at]?.kind === "identifier" && word !== "const") generics.push(word);
    }
    return { generics, next: Math.min(at + 1, end) };
  }

  #skip(k: number, end: number): number {
    let at = k;
    while (at < end && this.#text(at) !== "{" && this.#text(at) !== ";") at++;
    return this.#text(at) === "{" ? this.#close(at, end) + 1 : at + 1;
  }

  #statementEnd(k: number, end: number): number {
    let at = k;
    while (at < end && this.#text(at) !== ";") {
      at = ["(", "[", "{"].includes(this.#text(at)) ? this.#close(at, end) + 1 : at + 1;
    }
    return Math.min(at, end);
  }

  #close(open: number, end: number): number {
    return Math.min(this.#tokens.closing.get(open) ?? open, end);
  }

  #text(k: number): string {
    return this.#tokens.list[k]?.text ?? "";
  }

  #spell(start: number, end: number): string {
    let text = "";
    for (let k = start; k < end; k++) text += this.#text(k);
    return text;
  }
}

function isModifier(word: string): boolean {
  return ["pub", "unsafe", "default", "async", "(", ")", "crate", "super", "in"].includes(word);
}
