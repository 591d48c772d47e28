/** The elements of `vmstate_fields! { … }` -> VMStateField. */
import type { SourceRange } from "../c/range";
import { known, unknown, type Value } from "../c/value";
import type { DescriptionReference, FunctionReference, MemberReference, VMStateField } from "../vmstate/model";
import { type BaseDescription, type FieldBase, type FieldBases, splitArguments } from "./base";
import type { CSide, RustEvaluator } from "./evaluate";
import type { RustLayouts } from "./layout";
import { crateName, type RustProgram } from "./program";
import { type Generics, type Length, parseType, type RustType, type Span, substitute, typeText } from "./types";

export interface FieldReading {
  readonly program: RustProgram;
  readonly layouts: RustLayouts;
  readonly bases: FieldBases;
  readonly evaluator: RustEvaluator;
  readonly c: CSide;
  /** The description that an expression names or is. */
  reference(vmsd: BaseDescription, range: SourceRange): DescriptionReference | undefined;
}

export type Unread = { readonly what: string; readonly reason: string; readonly range: SourceRange };

/** A field, or why it is none that is read. */
export type FieldOrUnread = { readonly field: VMStateField } | { readonly unread: Unread };

const deepest = 8;

/** `vmstate_of!(T, a.b[0 .. n * 2], f).with_version_id(2)` or a constant of that. */
export function readRustField(element: Length, reading: FieldReading): FieldOrUnread {
  const range = rangeOf(reading.program, element);
  const made = partsOf(element, reading, 0);
  if ("unread" in made) return { unread: { ...made.unread, range } };
  return { field: new RustField(made.parts, range, reading.c) };
}

type PartsOrUnread = { readonly parts: Parts } | { readonly unread: Unread };

function partsOf(element: Length, reading: FieldReading, depth: number): PartsOrUnread {
  const { program } = reading;
  const tokens = program.file(element.file)?.tokens;
  const range = rangeOf(program, element);
  const list = tokens?.list ?? [];
  const text = (k: number): string => (k < element.end ? (list[k]?.text ?? "") : "");
  let k = element.start;
  while (text(k) === "{" || text(k) === "(") k++;
  while (text(k + 1) === "::") k += 2;
  const name = text(k);
  if (tokens !== undefined && text(k + 1) === "!") {
    const close = Math.min(tokens.closing.get(k + 2) ?? element.end, element.end);
    const use = splitArguments(program, { file: element.file, start: k + 3, end: close });
    const made = fieldOf(name, use, element.generics, range, reading);
    return "parts" in made ? { parts: chained(made.parts, { ...element, start: close + 1 }, reading) } : made;
  }
  const path = parseType(tokens ?? noTokens, element.file, element.start, element.end).type;
  const owner = ownerOf(path, element.generics);
  const constant =
    path.kind === "path" && depth < deepest ? program.constant(path.segments, element.file, owner) : undefined;
  if (constant === undefined) return unread(range, `\`${name}\` is no field that is read`);
  return partsOf({ ...constant.value, generics: element.generics }, reading, depth + 1);
}

const noTokens = { list: [], closing: new Map<number, number>() };

function ownerOf(path: RustType, generics: Generics): RustType | undefined {
  return path.kind === "path" && path.segments.length > 1 ? generics.get("Self") : undefined;
}

function unread(range: SourceRange, reason: string): PartsOrUnread {
  return { unread: { what: "field", reason, range } };
}

function fieldOf(
  macro: string,
  use: readonly Span[],
  generics: Generics,
  range: SourceRange,
  reading: FieldReading,
): PartsOrUnread {
  switch (macro) {
    case "vmstate_of":
    case "vmstate_struct":
    case "vmstate_clock":
      return memberField(macro, use, generics, range, reading);
    case "vmstate_unused": {
      const bytes = use[0] === undefined ? unknown("no size") : reading.evaluator.integer({ ...use[0], generics });
      const info = { symbol: "vmstate_info_unused_buffer", range };
      return { parts: { macro, name: known("unused"), size: () => bytes, flags: ["BUFFER"], info } };
    }
    case "vmstate_validate": {
      const name = use[1] === undefined ? unknown("no name") : reading.evaluator.string({ ...use[1], generics });
      const fieldExists = functionIn(use[2], generics, reading.program);
      return { parts: { macro, name, flags: ["MUST_EXIST", "ARRAY"], fieldExists } };
    }
    default:
      return unread(range, `the macro ${macro}! is not read`);
  }
}

function memberField(
  macro: string,
  use: readonly Span[],
  generics: Generics,
  range: SourceRange,
  reading: FieldReading,
): PartsOrUnread {
  const { program, layouts } = reading;
  const tokens = program.file(range.file)?.tokens ?? noTokens;
  const [structSpan, memberSpan] = use;
  if (structSpan === undefined || memberSpan === undefined) return unread(range, `${macro}! names no member`);
  const owner = substitute(parseType(tokens, range.file, structSpan.start, structSpan.end).type, generics);
  const { path, count, factor } = memberOf(program, memberSpan);
  const found = layouts.member(owner, path);
  const name = path.join(".");
  const member: MemberReference = { structName: structName(owner), path: name };
  if (found === undefined) return unread(range, `${member.structName} has no member ${name}`);
  const fieldExists = functionIn(use[macro === "vmstate_of" ? 2 : 4], generics, program);
  const given = baseFor(macro, use, found.type, generics, reading);
  if (!given.known) {
    const why = { name: known(name), size: () => given, flags: undefined, reason: given.reason };
    return { parts: { macro, ...why, member, offset: found.offset, fieldExists } };
  }
  let base = given.value;
  let numMember: MemberReference | undefined;
  if (count !== undefined) {
    const counter = layouts.member(owner, count);
    numMember = { structName: member.structName, path: count.join(".") };
    const counterBase = counter === undefined ? undefined : reading.bases.base(counter.type);
    const flag = counterBase?.known === true ? counterBase.value.countFlag : undefined;
    if (flag === undefined) return unread(range, `${numMember.path} counts no elements`);
    base = countedBy(base, flag, factor === undefined ? undefined : reading.evaluator.integer({ ...factor, generics }));
  }
  return {
    parts: {
      macro,
      name: known(name),
      size: base.size,
      num: base.num,
      flags: base.flags,
      info: base.info === undefined ? undefined : { symbol: base.info, range },
      vmsd: base.vmsd === undefined ? undefined : reading.reference(base.vmsd, range),
      member,
      numMember,
      offset: found.offset,
      fieldExists,
    },
  };
}

function baseFor(
  macro: string,
  use: readonly Span[],
  type: RustType,
  generics: Generics,
  reading: FieldReading,
): Value<FieldBase> {
  const empty = { num: known(0), info: undefined, countFlag: undefined };
  if (macro === "vmstate_clock") {
    return known({
      ...empty,
      size: () => known(8),
      flags: ["STRUCT", "POINTER"],
      vmsd: { kind: "c", symbol: "vmstate_clock" },
    });
  }
  if (macro === "vmstate_of") return reading.bases.base(type);
  // vmstate_struct!(T, member, &VMSD, Type)
  const [, , vmsd, of] = use;
  if (vmsd === undefined || of === undefined) return unknown("vmstate_struct! names no type");
  const tokens = reading.program.file(of.file)?.tokens ?? noTokens;
  const own = substitute(parseType(tokens, of.file, of.start, of.end).type, generics);
  const size = (): Value<number> => {
    const layout = reading.layouts.layout(own);
    return layout.known ? known(layout.value.size) : layout;
  };
  const expression = { ...vmsd, generics };
  return known({ ...empty, size, flags: ["STRUCT"], vmsd: { kind: "rust", expression, owner: own } });
}

/** with_varray_flag, with_varray_multiply */
function countedBy(base: FieldBase, flag: string, factor: Value<number> | undefined): FieldBase {
  const flags = [...base.flags.filter((each) => each !== "ARRAY"), flag];
  if (factor === undefined) return { ...base, flags, num: known(0) };
  return { ...base, flags: [...flags, "MULTIPLY_ELEMENTS"], num: factor };
}

interface Member {
  readonly path: readonly string[];
  readonly count: readonly string[] | undefined;
  readonly factor: Span | undefined;
}

/** `a.b[0 .. c.d * 32]` */
function memberOf(program: RustProgram, span: Span): Member {
  const list = program.file(span.file)?.tokens.list ?? [];
  const names = (start: number): { readonly path: string[]; readonly next: number } => {
    const path: string[] = [];
    let k = start;
    for (; k < span.end; k += 2) {
      // a tuple's `.0.1` is one number to the lexer
      path.push(...(list[k]?.text ?? "").split("."));
      if (list[k + 1]?.text !== ".") break;
    }
    return { path, next: k + 1 };
  };
  const { path, next } = names(span.start);
  if (list[next]?.text !== "[" || next >= span.end) return { path, count: undefined, factor: undefined };
  const count = names(next + 3);
  const times = list[count.next]?.text === "*" && count.next < span.end;
  return {
    path,
    count: count.path,
    factor: times ? { file: span.file, start: count.next + 1, end: span.end - 1 } : undefined,
  };
}

/** Methods behind the macro; one that is not known leaves the flags unknown. */
function chained(parts: Parts, rest: Length, reading: FieldReading): Parts {
  const tokens = reading.program.file(rest.file)?.tokens ?? noTokens;
  let made = parts;
  for (let k = rest.start; k < rest.end && tokens.list[k]?.text === "."; ) {
    const method = tokens.list[k + 1]?.text ?? "";
    const close = Math.min(tokens.closing.get(k + 2) ?? rest.end, rest.end);
    const argument = { ...rest, start: k + 3, end: close };
    if (method === "with_version_id") made = { ...made, versionId: reading.evaluator.integer(argument) };
    else made = { ...made, flags: undefined, reason: `.${method}() is not read` };
    k = close + 1;
  }
  return made;
}

interface Parts {
  readonly macro: string;
  readonly name: Value<string>;
  readonly versionId?: Value<number>;
  readonly size?: () => Value<number>;
  readonly num?: Value<number>;
  /** undefined: unknown for `reason`. */
  readonly flags: readonly string[] | undefined;
  readonly reason?: string;
  readonly info?: VMStateField["info"];
  readonly vmsd?: DescriptionReference | undefined;
  readonly member?: MemberReference;
  readonly numMember?: MemberReference | undefined;
  readonly offset?: () => Value<number>;
  readonly fieldExists?: FunctionReference | undefined;
}

const zero = known(0);

class RustField implements VMStateField {
  readonly name: Value<string>;
  readonly versionId: Value<number>;
  readonly structVersionId = zero;
  readonly num: Value<number>;
  readonly member: MemberReference | undefined;
  readonly numMember: MemberReference | undefined;
  readonly sizeMember = undefined;
  readonly start = zero;
  readonly flags: Value<number>;
  readonly flagNames: readonly string[];
  readonly info: VMStateField["info"];
  readonly vmsd: DescriptionReference | undefined;
  readonly fieldExists: FunctionReference | undefined;
  readonly errHint = undefined;
  readonly range: SourceRange;
  readonly macro: string;
  readonly condition = undefined;
  readonly #parts: Parts;
  #size: Value<number> | undefined;
  #offset: Value<number> | undefined;

  constructor(parts: Parts, range: SourceRange, c: CSide) {
    this.name = parts.name;
    this.versionId = parts.versionId ?? zero;
    this.num = parts.num ?? zero;
    this.member = parts.member;
    this.numMember = parts.numMember;
    this.flags = parts.flags === undefined ? unknown(parts.reason ?? "") : flagValue(parts.flags, c);
    this.flagNames = parts.flags ?? [];
    this.info = parts.info;
    this.vmsd = parts.vmsd;
    this.fieldExists = parts.fieldExists;
    this.range = range;
    this.macro = `${parts.macro}!`;
    this.#parts = parts;
  }

  get size(): Value<number> {
    this.#size ??= this.#parts.size?.() ?? zero;
    return this.#size;
  }

  get offset(): Value<number> {
    this.#offset ??= this.#parts.offset?.() ?? zero;
    return this.#offset;
  }
}

function flagValue(flags: readonly string[], c: CSide): Value<number> {
  let bits = 0;
  for (const flag of flags) {
    const value = c.integer(`VMS_${flag}`);
    if (!value.known) return value;
    bits |= value.value;
  }
  return known(bits);
}

/** `&PL011State::post_load`, `Some(f)`: the path, with the type for `Self`. */
export function functionIn(
  span: Span | undefined,
  generics: Generics,
  program: RustProgram,
): FunctionReference | undefined {
  const list = span === undefined ? [] : (program.file(span.file)?.tokens.list ?? []);
  if (span === undefined) return undefined;
  for (let k = span.end - 1; k >= span.start; k--) {
    if (list[k]?.kind !== "identifier") continue;
    let first = k;
    while (first - 2 >= span.start && list[first - 1]?.text === "::" && list[first - 2]?.kind === "identifier")
      first -= 2;
    const names = list.slice(first, k + 1).filter((t) => t.kind === "identifier");
    const self = generics.get("Self");
    const name = names.map((t) => (t.text === "Self" && self !== undefined ? typeText(self) : t.text)).join("::");
    if (name === "None") return undefined;
    return { name, range: { file: span.file, start: list[first]?.start ?? 0, end: list[k]?.end ?? 0 } };
  }
  return undefined;
}

/** `pl011::PL011State`: no struct of C, though one may have the last name. */
function structName(type: RustType): string {
  return `${type.kind === "path" ? crateName(type.file) : "rust"}::${typeText(type)}`;
}

/** Where tokens stand in the text. */
export function rangeOf(program: RustProgram, span: Span): SourceRange {
  const list = program.file(span.file)?.tokens.list ?? [];
  const start = list[span.start]?.start ?? 0;
  return { file: span.file, start, end: Math.max(start, list[Math.max(span.start, span.end - 1)]?.end ?? start) };
}
