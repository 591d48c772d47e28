/** Rust's types as written, and the parser of them. */
import type { RustTokens } from "./lex";

/** Tokens of one file, half open. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export type RustType =
  | {
      readonly kind: "path";
      readonly file: string;
      readonly segments: readonly string[];
      readonly args: readonly RustType[];
    }
  | { readonly kind: "array"; readonly element: RustType; readonly length: Length }
  | { readonly kind: "pointer"; readonly target: RustType }
  | { readonly kind: "reference"; readonly target: RustType }
  | { readonly kind: "tuple"; readonly elements: readonly RustType[] }
  /** `<T as Trait>::Name`, `T::Name` */
  | { readonly kind: "associated"; readonly of: RustType; readonly name: string }
  | { readonly kind: "function" }
  /** A constant among generic arguments. */
  | { readonly kind: "constant"; readonly length: Length }
  | { readonly kind: "other"; readonly text: string };

/** `generics`: what names mean in the expression beside the file's own constants. */
export interface Length extends Span {
  readonly generics: Generics;
}

export type Generics = ReadonlyMap<string, RustType>;

export const noGenerics: Generics = new Map();

const deepest = 40;

export interface ParsedType {
  readonly type: RustType;
  /** Token behind the type. */
  readonly next: number;
}

export function parseType(tokens: RustTokens, file: string, start: number, end: number, depth = 0): ParsedType {
  const { list, closing } = tokens;
  const text = (k: number): string => (k < end ? (list[k]?.text ?? "") : "");
  const inner = (k: number): ParsedType => parseType(tokens, file, k, end, depth + 1);
  const other = (next: number): ParsedType => ({
    type: {
      kind: "other",
      text: list
        .slice(start, next)
        .map((t) => t.text)
        .join(" "),
    },
    next,
  });
  if (depth > deepest || start >= end) return other(Math.max(start, Math.min(start + 1, end)));
  let k = start;
  switch (text(k)) {
    case "*": {
      const target = inner(k + (text(k + 1) === "const" || text(k + 1) === "mut" ? 2 : 1));
      return { type: { kind: "pointer", target: target.type }, next: target.next };
    }
    case "&":
    case "&&": {
      k++;
      if (list[k]?.kind === "lifetime") k++;
      if (text(k) === "mut") k++;
      const target = inner(k);
      return { type: { kind: "reference", target: target.type }, next: target.next };
    }
    case "[": {
      const close = Math.min(closing.get(k) ?? end, end);
      const element = inner(k + 1);
      if (text(element.next) !== ";") return { type: { kind: "other", text: "a slice" }, next: close + 1 };
      const length = { file, start: element.next + 1, end: close, generics: noGenerics };
      return { type: { kind: "array", element: element.type, length }, next: close + 1 };
    }
    case "(": {
      const close = Math.min(closing.get(k) ?? end, end);
      const elements: RustType[] = [];
      let comma = false;
      for (k++; k < close; ) {
        const element = parseType(tokens, file, k, close, depth + 1);
        elements.push(element.type);
        k = Math.max(element.next, k + 1);
        if (text(k) === ",") comma = true;
        while (k < close && text(k) === ",") k++;
      }
      const only = elements.length === 1 && !comma ? elements[0] : undefined;
      return { type: only ?? { kind: "tuple", elements }, next: close + 1 };
    }
    case "<":
      return qualified(tokens, file, k, end, depth);
    case "unsafe":
    case "extern":
    case "for":
    case "fn":
      return functionPointer(tokens, file, k, end, depth);
    case "dyn":
    case "impl":
      return other(behindBounds(tokens, k, end));
    case "!":
      return other(k + 1);
  }
  return path(tokens, file, k, end, depth);
}

function path(tokens: RustTokens, file: string, start: number, end: number, depth: number): ParsedType {
  const { list, closing } = tokens;
  const text = (k: number): string => (k < end ? (list[k]?.text ?? "") : "");
  const segments: string[] = [];
  let args: readonly RustType[] = [];
  let k = text(start) === "::" ? start + 1 : start;
  while (list[k]?.kind === "identifier" && k < end) {
    segments.push(text(k));
    k++;
    if (text(k) === "::" && text(k + 1) === "<") k++;
    if (text(k) === "<") {
      const parsed = genericArguments(tokens, file, k, end, depth);
      args = parsed.args;
      k = parsed.next;
    } else if (text(k) === "(" && /^Fn(?:Mut|Once)?$/.test(segments.at(-1) ?? "")) {
      // Fn(A) -> B
      k = Math.min(closing.get(k) ?? end, end) + 1;
      if (text(k) === "->") k = parseType(tokens, file, k + 1, end, depth + 1).next;
    }
    if (text(k) !== "::" || list[k + 1]?.kind !== "identifier") break;
    k++;
  }
  if (segments.length === 0) return { type: { kind: "other", text: text(start) }, next: Math.min(start + 1, end) };
  return { type: { kind: "path", file, segments, args }, next: k };
}

/** From `<` on. */
export function genericArguments(
  tokens: RustTokens,
  file: string,
  open: number,
  end: number,
  depth = 0,
): { readonly args: readonly RustType[]; readonly next: number } {
  const { list, closing } = tokens;
  const text = (k: number): string => (k < end ? (list[k]?.text ?? "") : "");
  const args: RustType[] = [];
  let k = open + 1;
  while (k < end && text(k) !== ">") {
    const first = list[k];
    if (first?.kind === "lifetime" || text(k) === ",") k++;
    else if (first?.kind === "number" || text(k) === "{" || text(k) === "-") {
      const from = k;
      k = text(k) === "{" ? Math.min(closing.get(k) ?? end, end) + 1 : k + (text(k) === "-" ? 2 : 1);
      args.push({ kind: "constant", length: { file, start: from, end: k, generics: noGenerics } });
    } else if (list[k + 1]?.text === "=") k = parseType(tokens, file, k + 2, end, depth + 1).next;
    else {
      const parsed = parseType(tokens, file, k, end, depth + 1);
      args.push(parsed.type);
      k = Math.max(parsed.next, k + 1);
      while (k < end && text(k) === "+") k = parseType(tokens, file, k + 1, end, depth + 1).next;
    }
  }
  return { args, next: Math.min(k + 1, end) };
}

/** `<T as Trait>::Name` from `<` on. */
function qualified(tokens: RustTokens, file: string, start: number, end: number, depth: number): ParsedType {
  const { list } = tokens;
  const text = (k: number): string => (k < end ? (list[k]?.text ?? "") : "");
  const self = parseType(tokens, file, start + 1, end, depth + 1);
  let k = self.next;
  if (text(k) === "as") k = parseType(tokens, file, k + 1, end, depth + 1).next;
  if (text(k) === ">") k++;
  let type = self.type;
  while (text(k) === "::" && list[k + 1]?.kind === "identifier") {
    type = { kind: "associated", of: type, name: text(k + 1) };
    k += 2;
  }
  return { type, next: Math.max(k, start + 1) };
}

function functionPointer(tokens: RustTokens, file: string, start: number, end: number, depth: number): ParsedType {
  const { list, closing } = tokens;
  let k = start;
  while (k < end && list[k]?.text !== "(") k++;
  k = Math.min((closing.get(k) ?? end) + 1, end);
  if (list[k]?.text === "->") k = parseType(tokens, file, k + 1, end, depth + 1).next;
  return { type: { kind: "function" }, next: Math.max(k, start + 1) };
}

function behindBounds(tokens: RustTokens, start: number, end: number): number {
  let angle = 0;
  let k = start;
  for (; k < end; k++) {
    const text = tokens.list[k]?.text ?? "";
    if (text === "<") angle++;
    else if (text === ">" && --angle < 0) break;
    else if (angle === 0 && (text === "," || text === ";" || text === ")" || text === "{" || text === "=")) break;
  }
  return k;
}

/** A type with its generic names replaced; what `T::Name` means is left to whoever knows the impls. */
export function substitute(type: RustType, generics: Generics, depth = 0): RustType {
  if (generics.size === 0 || depth > deepest) return type;
  const inner = (each: RustType): RustType => substitute(each, generics, depth + 1);
  switch (type.kind) {
    case "path": {
      const bound = generics.get(type.segments[0] ?? "");
      if (bound !== undefined) {
        return type.segments.slice(1).reduce<RustType>((of, name) => ({ kind: "associated", of, name }), bound);
      }
      return type.args.length === 0 ? type : { ...type, args: type.args.map(inner) };
    }
    case "array":
      return { kind: "array", element: inner(type.element), length: { ...type.length, generics } };
    case "pointer":
    case "reference":
      return { kind: type.kind, target: inner(type.target) };
    case "tuple":
      return { kind: "tuple", elements: type.elements.map(inner) };
    case "associated":
      return { kind: "associated", of: inner(type.of), name: type.name };
    case "constant":
      return { kind: "constant", length: { ...type.length, generics } };
    default:
      return type;
  }
}

/** As a message or a name shows it: `BqlRefCell<PL011Registers>`. */
export function typeText(type: RustType, depth = 0): string {
  if (depth > deepest) return "…";
  const inner = (each: RustType): string => typeText(each, depth + 1);
  switch (type.kind) {
    case "path": {
      const name = type.segments.at(-1) ?? "";
      return type.args.length === 0 ? name : `${name}<${type.args.map(inner).join(", ")}>`;
    }
    case "array":
      return `[${inner(type.element)}; _]`;
    case "pointer":
      return `*${inner(type.target)}`;
    case "reference":
      return `&${inner(type.target)}`;
    case "tuple":
      return `(${type.elements.map(inner).join(", ")})`;
    case "associated":
      return `${inner(type.of)}::${type.name}`;
    case "function":
      return "fn";
    case "constant":
      return "_";
    case "other":
      return type.text;
  }
}
