/** One element of a VMStateField list. */
import { isPlainDecimal } from "../c/words";
import type { InitialiserElement, ListInitialiser } from "../c/initialiser";
import { parseInitialiser, spell } from "../c/initialiser";
import type { SourceRange } from "../c/range";
import type { CScope } from "../c/scope";
import type { Token } from "../c/token";
import { type Value, known, unknown } from "../c/value";
import { type Evaluator, integerValue, namedSymbol, stringValue, stripped } from "./constants";
import { memberReference } from "./memberReference";
import type { DescriptionReference, FunctionReference, MemberReference, VMStateField, VMStateInfo } from "./model";
import { rangeOf, tokenRange } from "./ranges";

export interface FieldContext {
  readonly tokens: readonly Token[];
  readonly scope: CScope;
  readonly evaluator: Evaluator;
  readonly flags: FlagTable;
  /** Byte offset of a member, by the tree's struct layouts. */
  offsetOf(member: MemberReference, scope: CScope): Value<number>;
  readonly table: SourceRange;
}

/** VMS_ flags of the tree: name without `VMS_` -> bit. */
export type FlagTable = ReadonlyMap<string, number>;

/** What ends a list: VMS_END set, or an element with no name and no info (`{}` in releases before the flag). */
export function endsList(field: VMStateField, list: ListInitialiser): boolean {
  return field.flagNames.includes("END") || list.elements.length === 0;
}

export function readField(element: InitialiserElement, list: ListInitialiser, context: FieldContext): VMStateField {
  return new SourceField(element, list, context);
}

const zero = known(0);

class SourceField implements VMStateField {
  readonly name: Value<string>;
  readonly versionId: Value<number>;
  readonly structVersionId: Value<number>;
  readonly start: Value<number>;
  readonly flags: Value<number>;
  readonly flagNames: readonly string[];
  readonly member: MemberReference | undefined;
  readonly numMember: MemberReference | undefined;
  readonly sizeMember: MemberReference | undefined;
  readonly info: { readonly symbol: string; readonly range: SourceRange } | undefined;
  readonly inlineInfo: VMStateInfo | undefined;
  readonly vmsd: DescriptionReference | undefined;
  readonly fieldExists: FunctionReference | undefined;
  readonly errHint: Value<string> | undefined;
  readonly range: SourceRange;
  readonly macro: string | undefined;
  readonly condition: string | undefined;
  readonly #scope: CScope;
  readonly #evaluator: Evaluator;
  readonly #offsetOf: FieldContext["offsetOf"];
  #size: Value<number> | readonly Token[];
  #num: Value<number> | readonly Token[];
  #offset: Value<number> | undefined;

  constructor(element: InitialiserElement, list: ListInitialiser, context: FieldContext) {
    const { tokens, scope, evaluator } = context;
    this.#scope = scope;
    this.#evaluator = evaluator;
    this.#offsetOf = context.offsetOf;
    this.range = rangeOf(tokens, element.start, element.end, context.table);
    const first = tokens[element.start];
    this.macro = first?.use?.macro === "#include" ? undefined : first?.use?.macro;
    this.condition = element.condition;
    let name: Value<string> = unknown("no name");
    let versionId: Value<number> = zero;
    let structVersionId: Value<number> = zero;
    let start: Value<number> = zero;
    let flags: Value<number> = zero;
    let flagNames: readonly string[] = [];
    let size: Value<number> | readonly Token[] = zero;
    let num: Value<number> | readonly Token[] = zero;
    for (const member of list.elements) {
      const value = member.value;
      const from = value.start;
      const to = value.end;
      switch (member.designators[0]) {
        case "name":
          name = stringValue(tokens, from, to, scope, evaluator);
          break;
        case "version_id":
          versionId = integerValue(tokens, from, to, scope, evaluator);
          break;
        case "struct_version_id":
          structVersionId = integerValue(tokens, from, to, scope, evaluator);
          break;
        case "start":
          start = integerValue(tokens, from, to, scope, evaluator);
          break;
        case "flags": {
          const read = readFlags(tokens, from, to, context);
          flags = read.value;
          flagNames = read.names;
          break;
        }
        case "size":
          size = tokens.slice(from, to);
          break;
        case "num":
          num = plainNumber(tokens, from, to) ?? tokens.slice(from, to);
          break;
        case "offset":
          this.member = memberReference(tokens, from, to);
          break;
        case "num_offset":
          this.numMember = memberReference(tokens, from, to);
          break;
        case "size_offset":
          this.sizeMember = memberReference(tokens, from, to);
          break;
        case "info": {
          const symbol = namedSymbol(tokens, from, to);
          if (symbol !== undefined) this.info = { symbol: symbol.text, range: tokenRange(symbol, this.range) };
          else this.inlineInfo = inlineInfo(tokens, from, to, this.range, context);
          break;
        }
        case "vmsd":
          this.vmsd = descriptionReference(tokens, from, to, this.range);
          break;
        case "field_exists":
          this.fieldExists = functionReference(tokens, from, to, this.range);
          break;
        case "err_hint":
          if (tokens[stripped(tokens, from, to).start]?.text !== "NULL") {
            this.errHint = stringValue(tokens, from, to, scope, evaluator);
          }
          break;
      }
    }
    this.name = name;
    this.versionId = versionId;
    this.structVersionId = structVersionId;
    this.start = start;
    this.flags = flags;
    this.flagNames = flagNames;
    this.#size = size;
    this.#num = num;
  }

  get size(): Value<number> {
    if (!("known" in this.#size)) this.#size = this.#evaluator.integer(this.#size, this.#scope);
    return this.#size;
  }

  get num(): Value<number> {
    if (!("known" in this.#num)) this.#num = this.#evaluator.integer(this.#num, this.#scope);
    return this.#num;
  }

  get offset(): Value<number> {
    this.#offset ??= this.member === undefined ? zero : this.#offsetOf(this.member, this.#scope);
    return this.#offset;
  }
}

/** The same as data alone, with the layouts that it had not asked for yet. */
export function settledField(field: VMStateField): VMStateField {
  return {
    name: field.name,
    versionId: field.versionId,
    structVersionId: field.structVersionId,
    start: field.start,
    flags: field.flags,
    flagNames: field.flagNames,
    member: field.member,
    numMember: field.numMember,
    sizeMember: field.sizeMember,
    info: field.info,
    inlineInfo: field.inlineInfo,
    vmsd: field.vmsd,
    fieldExists: field.fieldExists,
    errHint: field.errHint,
    range: field.range,
    macro: field.macro,
    condition: field.condition,
    size: field.size,
    num: field.num,
    offset: field.offset,
  };
}

function plainNumber(tokens: readonly Token[], start: number, end: number): Value<number> | undefined {
  const inner = stripped(tokens, start, end);
  const only = inner.end - inner.start === 1 ? tokens[inner.start] : undefined;
  return only?.kind === "number" && isPlainDecimal(only.text) ? known(Number(only.text)) : undefined;
}

function readFlags(
  tokens: readonly Token[],
  start: number,
  end: number,
  context: FieldContext,
): { readonly value: Value<number>; readonly names: readonly string[] } {
  const names: string[] = [];
  let bits = 0;
  let plain = true;
  for (let k = start; k < end && plain; k++) {
    const token = tokens[k];
    if (token === undefined || token.text === "|" || token.text === "(" || token.text === ")") continue;
    const name = token.text.startsWith("VMS_") ? token.text.slice(4) : "";
    const bit = context.flags.get(name);
    if (bit === undefined) plain = false;
    else {
      names.push(name);
      bits |= bit;
    }
  }
  if (plain) return { value: known(bits), names };
  const value = context.evaluator.integer(tokens.slice(start, end), context.scope);
  return { value, names: value.known ? flagNamesOf(value.value, context.flags) : [] };
}

function flagNamesOf(value: number, flags: FlagTable): string[] {
  return [...flags].filter(([, bit]) => bit !== 0 && (value & bit) === bit).map(([name]) => name);
}

export function functionReference(
  tokens: readonly Token[],
  start: number,
  end: number,
  fallback: SourceRange,
): FunctionReference | undefined {
  const symbol = namedSymbol(tokens, start, end);
  return symbol === undefined ? undefined : { name: symbol.text, range: tokenRange(symbol, fallback) };
}

/** `&vmstate_x`, `vmstate_x`, `&table[3]`. */
export function descriptionReference(
  tokens: readonly Token[],
  start: number,
  end: number,
  fallback: SourceRange,
): DescriptionReference | undefined {
  const symbol = namedSymbol(tokens, start, end);
  if (symbol !== undefined) return { symbol: symbol.text, range: tokenRange(symbol, fallback) };
  const inner = stripped(tokens, start, end);
  const name = tokens[inner.start];
  if (name?.kind !== "identifier" || tokens[inner.start + 1]?.text !== "[") return undefined;
  return { symbol: spell(tokens, inner.start, inner.end), range: tokenRange(name, fallback) };
}

/** `&(const VMStateInfo) { .name = …, .get = …, .put = … }` in the field itself. */
function inlineInfo(
  tokens: readonly Token[],
  start: number,
  end: number,
  range: SourceRange,
  context: FieldContext,
): VMStateInfo | undefined {
  const list = parseInitialiser(tokens, tokens[start]?.text === "&" ? start + 1 : start, end);
  if (list.kind !== "list") return undefined;
  const part = (name: string) => list.elements.find((element) => element.designators[0] === name)?.value;
  const hook = (slot: string): FunctionReference | undefined => {
    const value = part(slot);
    return value === undefined ? undefined : functionReference(tokens, value.start, value.end, range);
  };
  const name = part("name");
  return {
    symbol: "",
    file: range.file,
    range,
    name:
      name === undefined
        ? unknown("the info sets no .name")
        : stringValue(tokens, name.start, name.end, context.scope, context.evaluator),
    get: hook("get") ?? hook("load"),
    put: hook("put") ?? hook("save"),
  };
}
