/**
 * Types whose TypeInfo is a local variable, filled at run time from the elements of a table:
 * `for (i…) { ti.name = infos[i].name; type_register(&ti); }`.
 * Follows values by name only, without control flow: what is not a constant of the table stays unknown, and the type unread.
 */
import { assignmentsIn, type LocalVariable, localTypes } from "../c/assignments";
import { callsIn } from "../c/calls";
import type { InitialisedVariable } from "../c/definitions";
import type { FileFacts, FunctionDefinition } from "../c/facts";
import type { SourceRange } from "../c/range";
import type { Token } from "../c/token";
import { functionReference } from "../vmstate/field";
import type { QomType } from "./model";
import { parameterNames, type QomContext, readClass } from "./read";

export interface RuntimeContext extends QomContext {
  /** Elements of a table, or the variable itself where it is no array. */
  elements(symbol: string, file: string): readonly InitialisedVariable[];
  /** What the text of a variable's initialiser gives one member; undefined where only its expansion tells. */
  member(
    symbol: string,
    file: string,
    member: string,
  ): { readonly file: string; readonly tokens: readonly Token[] } | undefined;
  /** Members of a struct type in order, as its typedef name says; empty where it is unknown. */
  memberNames(typeName: string, file: string): readonly string[];
  /** Variables of a struct type anywhere in the tree. */
  variablesOfType(typeName: string): readonly InitialisedVariable[];
}

/** One element of a table under the name by which the function reaches it. */
type Bindings = ReadonlyMap<string, InitialisedVariable>;

interface LocalTypeInfo {
  readonly name: string;
  /** Member -> the texts it is given, the initialiser's first. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly range: SourceRange;
}

const declaration = /\bTypeInfo\s+(\w+)\s*(?:=\s*(\{)|;)/g;

export function mayRegisterAtRunTime(body: string): boolean {
  return body.includes("TypeInfo ") && body.includes("type_register");
}

/** The functions whose bodies declare a TypeInfo. */
export function functionsWithTypeInfo(text: string, facts: FileFacts): FunctionDefinition[] {
  const found: FunctionDefinition[] = [];
  const { declarations } = facts;
  let k = 0;
  for (let at = text.indexOf("TypeInfo "); at !== -1; at = text.indexOf("TypeInfo ", at + 1)) {
    for (; k < declarations.length && (declarations[k]?.end ?? at) <= at; k++);
    const around = declarations[k];
    if (around?.kind === "function" && around.bodyStart < at && found.at(-1) !== around) found.push(around);
  }
  return found;
}

/** The types that a function registers; yields undefined where a step of the reading brought none, so that it can pause. */
export function* runtimeTypesIn(
  file: string,
  fn: FunctionDefinition,
  context: RuntimeContext,
): Generator<QomType | undefined> {
  const text = context.text(file);
  if (text === undefined) return;
  const infos = localTypeInfos(file, text, fn);
  if (infos.length === 0) return;
  const locals = localTypes(text, fn);
  const names = new Set<string>();
  for (const bindings of bindingsOf(file, text, fn, locals, context)) {
    for (const info of infos) {
      const type = typeOf(info, infos, file, locals, bindings, context);
      if (type === undefined || names.has(type.name)) yield undefined;
      else {
        names.add(type.name);
        yield type;
      }
    }
  }
}

function localTypeInfos(file: string, text: string, fn: FunctionDefinition): LocalTypeInfo[] {
  const body = text.slice(fn.bodyStart, fn.bodyEnd);
  const found = new Map<string, LocalTypeInfo & { readonly members: Map<string, string[]> }>();
  let behind = 0;
  for (const match of body.matchAll(declaration)) {
    const name = match[1] ?? "";
    const start = fn.bodyStart + match.index;
    if (start < behind || found.has(name)) continue;
    const members = new Map<string, string[]>();
    found.set(name, { name, members, range: { file, start, end: start + match[0].length } });
    if (match[2] === undefined) continue;
    const list = designators(text, start + match[0].length - 1, fn.bodyEnd);
    behind = list.end;
    for (const [member, value] of list.found) add(members, member, value);
  }
  for (const { base, member, value } of found.size === 0 ? [] : assignmentsIn(text, fn)) {
    const info = found.get(base);
    if (info !== undefined) add(info.members, member, value);
  }
  return [...found.values()];
}

function add(members: Map<string, string[]>, member: string, value: string): void {
  const list = members.get(member);
  if (list === undefined) members.set(member, [value]);
  else list.push(value);
}

/** `.member = value` of a brace initialiser, one level deep. */
function designators(
  text: string,
  open: number,
  end: number,
): { readonly found: readonly (readonly [string, string])[]; readonly end: number } {
  const found: (readonly [string, string])[] = [];
  let depth = 0;
  let start = open + 1;
  let i = open;
  for (; i < end; i++) {
    const c = text[i];
    if (c === "{" || c === "(" || c === "[") depth++;
    else if (c === "}" || c === ")" || c === "]") depth--;
    if ((c === "," && depth === 1) || depth === 0) {
      const [member, value] = memberAndValue(text.slice(start, i));
      if (member !== "" && value !== "") found.push([member, value]);
      start = i + 1;
    }
    if (depth === 0) break;
  }
  return { found, end: i };
}

function memberAndValue(written: string): readonly [string, string] {
  const equals = written.indexOf("=");
  const member = written.slice(0, Math.max(0, equals)).trim();
  return [member.startsWith(".") ? member.slice(1).trim() : "", written.slice(equals + 1).trim()];
}

/** One set of bindings for each element of the table that the function walks or is called for. */
function* bindingsOf(
  file: string,
  text: string,
  fn: FunctionDefinition,
  locals: ReadonlyMap<string, LocalVariable>,
  context: RuntimeContext,
): Generator<Bindings> {
  const body = text.slice(fn.bodyStart, fn.bodyEnd);
  let any = false;
  const tables = new Set([...body.matchAll(/\b([A-Za-z_]\w*)\s*\[\s*\w+\s*\]/g)].map((m) => m[1] ?? ""));
  for (const table of tables) {
    if (locals.has(table)) continue;
    for (const element of context.elements(table, file)) {
      any = true;
      const bindings = new Map<string, InitialisedVariable>([[table, element]]);
      for (const local of locals.values()) {
        if (local.value !== undefined && new RegExp(`^&?\\s*${table}\\b`).test(local.value))
          bindings.set(local.name, element);
      }
      yield bindings;
    }
  }
  const parameters = new Set(parameterNames(text, fn));
  for (const local of locals.values()) {
    if (!parameters.has(local.name) || !local.pointer || !/^[A-Z]/.test(local.typeName)) continue;
    for (const variable of context.variablesOfType(local.typeName)) {
      any = true;
      yield new Map([[local.name, variable]]);
    }
  }
  if (!any) yield new Map();
}

function typeOf(
  info: LocalTypeInfo,
  infos: readonly LocalTypeInfo[],
  file: string,
  locals: ReadonlyMap<string, LocalVariable>,
  bindings: Bindings,
  context: RuntimeContext,
): QomType | undefined {
  const environment: Environment = { file, locals, bindings, infos, context };
  const first = (member: string): string | undefined => {
    for (const value of info.members.get(member) ?? []) {
      const read = stringOf(value, environment, 0);
      if (read !== undefined) return read;
    }
    return undefined;
  };
  const name = first("name");
  if (name === undefined || name === "") return undefined;
  // a table's functions are static in the table's file
  const hookFiles = [file, ...[...bindings.values()].map(({ range }) => range.file)];
  const hook = (member: string): { readonly name: string; readonly range: SourceRange } | undefined => {
    for (const value of info.members.get(member) ?? []) {
      const symbol = /^\w+$/.test(value) ? value : memberText(value, environment);
      if (symbol !== undefined && hookFiles.some((each) => context.function(symbol, each) !== undefined)) {
        return { name: symbol, range: info.range };
      }
    }
    return undefined;
  };
  const classInit = hook("class_init");
  const data = (info.members.get("class_data") ?? [])
    .map((v) => boundElement(v, bindings))
    .find((v) => v !== undefined);
  const own = classInit === undefined ? undefined : readClass(classInit, file, data?.symbol, context);
  return {
    name,
    parent: first("parent"),
    abstract: info.members.get("abstract")?.[0] === "true",
    interfaces: [],
    file: data?.range.file ?? file,
    range: data?.range ?? info.range,
    classInit,
    instanceInit: hook("instance_init"),
    instanceStruct: structOfSize(info.members.get("instance_size")?.[0], file, context),
    classSlots: own?.slots ?? [],
    descriptions: own?.descriptions ?? [],
    condition: undefined,
  };
}

/** `sizeof(DevState)`, or with `struct`. */
function structOfSize(size: string | undefined, file: string, { scope }: RuntimeContext): string | undefined {
  const words = size === undefined ? [] : scope(file).expandText(size);
  const names = words.filter(({ kind, text }) => kind === "identifier" && text !== "struct").map(({ text }) => text);
  return names.length === 2 && names[0] === "sizeof" ? names[1] : undefined;
}

interface Environment {
  readonly file: string;
  readonly locals: ReadonlyMap<string, LocalVariable>;
  readonly bindings: Bindings;
  readonly infos: readonly LocalTypeInfo[];
  readonly context: RuntimeContext;
}

const deepest = 12;
/** Code that says what a type's name is. */
const longestName = 1000;

/** The string that an expression of the function is, or undefined. */
function stringOf(expression: string, environment: Environment, depth: number): string | undefined {
  if (expression.length > longestName) return undefined;
  const text = expression.trim().replace(/^\((?:const\s+)?char\s*\*\)\s*/, "");
  if (depth > deepest || text === "" || text === "NULL") return undefined;
  const branches = /^([^?]*)\?([\s\S]*):([^:]*)$/.exec(text);
  if (branches !== null) {
    return (
      stringOf(branches[2]?.trim() === "" ? (branches[1] ?? "") : (branches[2] ?? ""), environment, depth + 1) ??
      stringOf(branches[3] ?? "", environment, depth + 1)
    );
  }
  const call = /^(\w+)\s*\(/.test(text) ? callsIn(text, 0, text.length)[0] : undefined;
  if (call !== undefined && call.end === text.length) {
    if (/printf$/.test(call.callee)) return formatted(call.args, environment, depth);
    const result = returned(call.callee, call.args, environment, depth);
    if (result !== undefined) return result;
  }
  const member = memberValue(text, environment);
  if (member !== undefined) return member.text;
  const field = /^(\w+)\.(\w+)$/.exec(text);
  const other = environment.infos.find((info) => info.name === field?.[1]);
  if (other !== undefined) {
    for (const value of other.members.get(field?.[2] ?? "") ?? []) {
      const read = stringOf(value, environment, depth + 1);
      if (read !== undefined) return read;
    }
    return undefined;
  }
  const local = environment.locals.get(text);
  if (local !== undefined) {
    const bound = environment.bindings.get(text);
    if (bound !== undefined) return plainString(bound, environment.context);
    const assigned = local.value !== undefined && local.value !== "NULL" ? local.value : assignedTo(text, environment);
    return assigned === undefined ? undefined : stringOf(assigned, environment, depth + 1);
  }
  const element = /^(\w+)\s*\[\s*\w+\s*\]$/.exec(text)?.[1];
  const bound = element === undefined ? undefined : environment.bindings.get(element);
  if (bound !== undefined) return plainString(bound, environment.context);
  const scope = environment.context.scope(environment.file);
  const value = environment.context.evaluator.string(scope.expandText(text), scope);
  return value.known ? value.value : undefined;
}

/** `name = g_strdup_printf(…)` somewhere in the function that declares the first TypeInfo. */
function assignedTo(local: string, environment: Environment): string | undefined {
  const at = environment.infos[0]?.range;
  const text = at === undefined ? undefined : environment.context.text(at.file);
  if (at === undefined || text === undefined) return undefined;
  const stop = text.indexOf("\n}", at.start);
  const match = new RegExp(`\\b${local}\\s*=\\s*([^;]*);`).exec(text.slice(at.start, stop === -1 ? undefined : stop));
  return match?.[1];
}

function formatted(args: readonly string[], environment: Environment, depth: number): string | undefined {
  const at = args.findIndex((a) => a.includes('"') || /^[A-Z]/.test(a));
  const format = at === -1 ? undefined : stringOf(args[at] ?? "", environment, depth + 1);
  if (format === undefined) return undefined;
  const values = args.slice(at + 1).map((a) => stringOf(a, environment, depth + 1));
  let next = 0;
  let complete = true;
  const text = format.replace(/%(%|s|[a-z]+)/g, (_, kind: string) => {
    if (kind === "%") return "%";
    const value = kind === "s" ? values[next++] : undefined;
    if (value === undefined) complete = false;
    return value ?? "";
  });
  return complete ? text : undefined;
}

/** What a function of one `return` gives for these arguments. */
function returned(
  callee: string,
  args: readonly string[],
  environment: Environment,
  depth: number,
): string | undefined {
  const { context } = environment;
  const located = context.function(callee, environment.file);
  const text = located === undefined ? undefined : context.text(located.file);
  if (located === undefined || text === undefined) return undefined;
  const body = text.slice(located.definition.bodyStart, located.definition.bodyEnd);
  const result = /^\{\s*return\s+([^;]+);\s*\}$/.exec(body)?.[1];
  if (result === undefined) return undefined;
  let expression = result;
  parameterNames(text, located.definition).forEach((parameter, k) => {
    const argument = args[k];
    if (parameter === "" || argument === undefined) return;
    const read = stringOf(argument, environment, depth + 1);
    if (read !== undefined)
      expression = expression.replace(new RegExp(`\\b${parameter}\\b`, "g"), () => JSON.stringify(read));
  });
  return stringOf(expression, { ...environment, file: located.file }, depth + 1);
}

/** The table element that `info`, `&infos[i]` or `infos + i` means. */
function boundElement(expression: string, bindings: Bindings): InitialisedVariable | undefined {
  const name = /^(?:\(\s*void\s*\*\s*\)\s*)?&?\s*(\w+)/.exec(expression.trim())?.[1];
  return name === undefined ? undefined : bindings.get(name);
}

interface MemberText {
  readonly text: string | undefined;
  readonly symbol: string | undefined;
}

/** `infos[i].name`, `info->name`, `node->info->name`: what the bound element gives that member. */
function memberValue(expression: string, environment: Environment): MemberText | undefined {
  const match = /^(\w+)(?:\s*\[\s*\w+\s*\])?\s*(?:->|\.)\s*(\w+(?:\s*->\s*\w+)*)$/.exec(expression);
  const element = match?.[1] === undefined ? undefined : environment.bindings.get(match[1]);
  if (element === undefined) return undefined;
  const { context } = environment;
  const [first = "", ...rest] = match?.[2]?.split(/\s*->\s*/) ?? [];
  let found = memberOf(element, first, context);
  let { file } = element.range;
  for (const member of rest) {
    if (found.symbol === undefined) return nothing;
    const written = context.member(found.symbol, file, member);
    const pointed = written === undefined ? context.variable(found.symbol, file) : undefined;
    if (written !== undefined) found = valueOf(written.tokens, element.range, written.file, context);
    else if (pointed !== undefined) found = memberOf(pointed, member, context);
    else return nothing;
    file = written?.file ?? pointed?.range.file ?? file;
  }
  return found;
}

const nothing: MemberText = { text: undefined, symbol: undefined };

function memberOf(element: InitialisedVariable, member: string, context: RuntimeContext): MemberText {
  if (element.initialiser.kind !== "list") return nothing;
  const { elements } = element.initialiser;
  const named = elements.find((e) => e.designators[0] === member);
  const at = named === undefined ? context.memberNames(element.typeName, element.range.file).indexOf(member) : -1;
  const positional = at >= 0 && elements[at]?.designators.length === 0 ? elements[at] : undefined;
  const found = named ?? positional;
  if (found === undefined) return nothing;
  const { start, end } = found.value;
  return valueOf(element.tokens.slice(start, end), element.range, element.range.file, context);
}

function valueOf(tokens: readonly Token[], range: SourceRange, file: string, context: RuntimeContext): MemberText {
  const symbol = functionReference(tokens, 0, tokens.length, range)?.name;
  const value = context.evaluator.string(tokens, context.scope(file));
  return { text: value.known ? value.value : undefined, symbol };
}

function memberText(expression: string, environment: Environment): string | undefined {
  return memberValue(expression, environment)?.symbol;
}

/** An element of a table of strings. */
function plainString(element: InitialisedVariable, context: RuntimeContext): string | undefined {
  if (element.initialiser.kind !== "expression") return undefined;
  const { start, end } = element.initialiser;
  const value = context.evaluator.string(element.tokens.slice(start, end), context.scope(element.range.file));
  return value.known ? value.value : undefined;
}
