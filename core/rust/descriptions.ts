/**
 * VMStateDescriptions of Rust: chains of VMStateDescriptionBuilder (10.1 and later) and literals of the bound C struct
 * (before), wherever they stand, read to the model of C's tables.
 */
import type { SourceRange } from "../c/range";
import { known, unknown, type Value } from "../c/value";
import type {
  DescriptionReference,
  FunctionReference,
  HookName,
  InitialisedMember,
  PrioritySetting,
  VMStateDescription,
  VMStateField,
} from "../vmstate/model";
import { hookNames } from "../vmstate/model";
import { splitArguments } from "./base";
import { type FieldReading, functionIn, rangeOf, readRustField, type Unread } from "./fields";
import type { RustProgram } from "./program";
import { symbolOf } from "./symbols";
import { type Generics, type Length, noGenerics, parseType, type Span } from "./types";

/** Where a description is made: `VMStateDescriptionBuilder::…` or `VMStateDescription { … }`. */
export interface DescriptionSite {
  readonly symbol: string;
  readonly file: string;
  readonly range: SourceRange;
  readonly nameRange: SourceRange;
  /** From the maker's first token on. */
  readonly expression: Length;
}

/** The first maker in an expression. */
export function makerIn(program: RustProgram, span: Span): number | undefined {
  const list = program.file(span.file)?.tokens.list ?? [];
  for (let k = span.start; k < span.end; k++) {
    const text = list[k]?.text;
    if (text === "VMStateDescriptionBuilder" || (text === "VMStateDescription" && list[k + 1]?.text === "{")) return k;
  }
  return undefined;
}

/** Sites of one file; those of generic impls only exist once the type is known. */
export function sitesIn(program: RustProgram, path: string): DescriptionSite[] {
  const file = program.file(path);
  const sites: DescriptionSite[] = [];
  if (file === undefined) return sites;
  for (const constant of file.constants) {
    const at = constant.kind === "const" ? makerIn(program, constant.value) : undefined;
    const owner = constant.owner;
    if (at === undefined || (owner !== undefined && owner.generics.length > 0)) continue;
    const generics: Generics = owner === undefined ? noGenerics : new Map([["Self", owner.self]]);
    sites.push({
      symbol: symbolOf(constant.name, owner === undefined ? undefined : owner.self),
      file: path,
      range: { file: path, start: constant.start, end: constant.end },
      nameRange: { file: path, start: constant.nameStart, end: constant.nameStart + constant.name.length },
      expression: { file: path, start: at, end: constant.value.end, generics },
    });
  }
  for (const invocation of file.invocations) {
    if (invocation.name !== "impl_vmstate_struct") continue;
    const [type, value] = splitArguments(program, invocation.arguments);
    const at = value === undefined ? undefined : makerIn(program, value);
    if (type === undefined || value === undefined || at === undefined) continue;
    const parsed = parseType(file.tokens, path, type.start, type.end).type;
    sites.push({
      symbol: symbolOf("VMSD", parsed),
      file: path,
      range: { file: path, start: invocation.start, end: invocation.end },
      nameRange: rangeOf(program, type),
      expression: { file: path, start: at, end: value.end, generics: new Map([["Self", parsed]]) },
    });
  }
  return sites.sort((a, b) => a.range.start - b.range.start);
}

interface Member {
  readonly name: string;
  readonly value: Span;
  readonly range: SourceRange;
}

const hooks: ReadonlySet<string> = new Set(hookNames);

export function readRustDescription(site: DescriptionSite, reading: FieldReading): VMStateDescription {
  const { program, evaluator, c } = reading;
  const generics = site.expression.generics;
  const unknowns: Unread[] = [];
  const found: Partial<Record<HookName, FunctionReference>> = {};
  let name: Value<string> = unknown("the table sets no .name");
  let versionId: Value<number> = known(0);
  let minimumVersionId: Value<number> = known(0);
  let unmigratable = known(false) as Value<boolean>;
  let earlySetup = known(false) as Value<boolean>;
  let priority: PrioritySetting | undefined;
  let fields: FieldList = { fields: [], terminated: undefined };
  let subsections: readonly DescriptionReference[] | undefined;
  const members = membersOf(program, site.expression);
  for (const { name: member, value, range } of members) {
    const expression = { ...value, generics };
    switch (member) {
      case "name":
        name = evaluator.string(expression);
        break;
      case "version_id":
        versionId = evaluator.integer(expression);
        break;
      case "minimum_version_id":
        minimumVersionId = evaluator.integer(expression);
        break;
      case "unmigratable":
        unmigratable = truth(program, value);
        break;
      case "early_setup":
        earlySetup = truth(program, value);
        break;
      case "priority": {
        const symbol = functionIn(value, noGenerics, program)?.name.replace(/^.*?(?=MIG_)/, "") ?? "";
        priority = { text: symbol, value: c.integer(symbol), range };
        break;
      }
      case "fields":
        fields = readFields(expression, site, reading, unknowns);
        break;
      case "subsections":
        subsections = readSubsections(expression, reading, unknowns, range);
        break;
      default:
        if (hooks.has(member)) {
          const reference = functionIn(value, generics, program);
          if (reference !== undefined) found[member as HookName] = reference;
        }
    }
  }
  return {
    symbol: site.symbol,
    file: site.file,
    range: site.range,
    nameRange: site.nameRange,
    name,
    versionId,
    minimumVersionId,
    unmigratable,
    earlySetup,
    priority,
    hooks: found,
    fields: fields.fields,
    fieldsTerminated: fields.terminated,
    subsections: subsections ?? [],
    subsectionsTerminated: subsections === undefined ? undefined : true,
    members: members.map(({ name: member, range }): InitialisedMember => ({ name: member, range })),
    condition: undefined,
    unknowns,
  };
}

function truth(program: RustProgram, value: Span): Value<boolean> {
  const text = program.file(value.file)?.tokens.list[value.start]?.text;
  // the builder's method takes no argument
  if (value.start >= value.end || text === "true") return known(true);
  return text === "false" ? known(false) : unknown("not `true` or `false`");
}

/** Method calls of the chain, or designators of the literal, under the names of C's members. */
function membersOf(program: RustProgram, expression: Span): Member[] {
  const tokens = program.file(expression.file)?.tokens;
  if (tokens === undefined) return [];
  const { list, closing } = tokens;
  const members: Member[] = [];
  const add = (name: string, start: number, from: number, to: number, end: number): void => {
    const value = { file: expression.file, start: from, end: to };
    members.push({
      name: name === "unplug_pending" ? "dev_unplug_pending" : name,
      value,
      range: rangeOf(program, { file: expression.file, start, end }),
    });
  };
  if (list[expression.start + 1]?.text === "{") {
    const open = expression.start + 1;
    const close = Math.min(closing.get(open) ?? expression.end, expression.end);
    for (const part of splitArguments(program, { file: expression.file, start: open + 1, end: close })) {
      if (list[part.start]?.kind !== "identifier" || list[part.start + 1]?.text !== ":") continue;
      add(list[part.start]?.text ?? "", part.start, part.start + 2, part.end, part.end);
    }
    return members;
  }
  let k = parseType(tokens, expression.file, expression.start, expression.end).next;
  k = (closing.get(k) ?? k) + 1;
  while (k < expression.end && list[k]?.text === "." && list[k + 1]?.kind === "identifier") {
    const open = k + 2;
    const close = Math.min(closing.get(open) ?? open, expression.end);
    const name = list[k + 1]?.text ?? "";
    if (!["build", "as_ref", "get", "clone"].includes(name)) add(name, k, open + 1, close, close + 1);
    k = close + 1;
  }
  return members;
}

interface FieldList {
  readonly fields: readonly VMStateField[];
  readonly terminated: boolean | undefined;
}

function readFields(value: Length, site: DescriptionSite, reading: FieldReading, unknowns: Unread[]): FieldList {
  const elements = listIn(value, /^vmstate_fields(?:_ref)?$/, reading.program);
  if (elements === undefined) {
    const range = rangeOf(reading.program, value);
    unknowns.push({ what: "fields", reason: "the list is made by none of the macros that end it", range });
    return { fields: [], terminated: undefined };
  }
  const fields: VMStateField[] = [];
  for (const element of splitArguments(reading.program, elements)) {
    const made = readRustField({ ...element, generics: site.expression.generics }, reading);
    if ("field" in made) fields.push(made.field);
    else unknowns.push(made.unread);
  }
  return { fields, terminated: true };
}

function readSubsections(
  value: Length,
  reading: FieldReading,
  unknowns: Unread[],
  range: SourceRange,
): readonly DescriptionReference[] {
  const elements = listIn(value, /^vmstate_subsections$/, reading.program);
  const found: DescriptionReference[] = [];
  for (const element of elements === undefined ? [] : splitArguments(reading.program, elements)) {
    const at = rangeOf(reading.program, element);
    const expression = { ...element, generics: value.generics };
    const owner = value.generics.get("Self") ?? { kind: "other", text: "" };
    const reference = reading.reference({ kind: "rust", expression, owner }, at);
    if (reference === undefined) unknowns.push({ what: "subsections", reason: "a subsection is not read", range: at });
    else found.push(reference);
  }
  if (elements === undefined) unknowns.push({ what: "subsections", reason: "the list is not read", range });
  return found;
}

const deepest = 6;

/** What stands in a list macro, in the expression or in the constant that it names. */
function listIn(value: Length, macro: RegExp, program: RustProgram, depth = 0): Span | undefined {
  const tokens = program.file(value.file)?.tokens;
  if (tokens === undefined || depth > deepest) return undefined;
  for (let k = value.start; k < value.end; k++) {
    if (!macro.test(tokens.list[k]?.text ?? "") || tokens.list[k + 1]?.text !== "!") continue;
    return { file: value.file, start: k + 3, end: Math.min(tokens.closing.get(k + 2) ?? value.end, value.end) };
  }
  for (let k = value.start; k < value.end; k++) {
    if (tokens.list[k]?.kind !== "identifier") continue;
    const { type, next } = parseType(tokens, value.file, k, value.end);
    const self = value.generics.get("Self");
    const constant = type.kind === "path" ? program.constant(type.segments, value.file, self) : undefined;
    if (constant !== undefined)
      return listIn({ ...constant.value, generics: value.generics }, macro, program, depth + 1);
    k = Math.max(k, next - 1);
  }
  return undefined;
}
