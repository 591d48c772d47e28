/**
 * Types whose TypeInfo is a local variable, filled at run time from the elements of a table:
 * `for (i…) { ti.name = infos[i].name; type_register(&ti); }`.
 * Follows values by name only, without control flow: what is not a constant of the table stays unknown, and the type unread.
 */
import { withoutAddress } from "../c/body/carried";
import { type Locals, localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { nodesIn, type Node } from "../c/body/walk";
import type { InitialisedVariable } from "../c/definitions";
import type { FileFacts, FunctionDefinition } from "../c/facts";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import type { Token } from "../c/token";
import { functionReference } from "../vmstate/field";
import type { QomType } from "./model";
import { type QomContext, readClass, structOfSize } from "./read";

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
  /** Member -> what it is given, the initialiser's first. */
  readonly members: ReadonlyMap<string, readonly Expression[]>;
  readonly range: SourceRange;
}

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
  definition: FunctionDefinition,
  context: RuntimeContext,
): Generator<QomType | undefined> {
  const body = context.body({ file, definition });
  const infos = localTypeInfos(file, body);
  if (infos.length === 0) return;
  const names = new Set<string>();
  for (const bindings of bindingsOf(file, body, context)) {
    const environment: Environment = { file, locals: localsOf(body), bindings, infos, context, given: new Map() };
    for (const info of infos) {
      const type = typeOf(info, environment);
      if (type === undefined || names.has(type.name)) yield undefined;
      else {
        names.add(type.name);
        yield type;
      }
    }
  }
}

function localTypeInfos(file: string, body: Body): readonly LocalTypeInfo[] {
  const found = new Map<string, LocalTypeInfo & { readonly members: Map<string, Expression[]> }>();
  for (const { declarator, start } of localsOf(body).all) {
    const { name, typeName, stars, value } = declarator;
    if (typeName !== "TypeInfo" || stars > 0 || found.has(name)) continue;
    const members = new Map<string, Expression[]>();
    found.set(name, { name, members, range: { file, start, end: declarator.nameEnd } });
    for (const item of value?.kind === "list" ? value.items : []) {
      const [member] = item.designators;
      if (member?.kind === "member") add(members, member.name, item.value);
    }
  }
  for (const node of found.size === 0 ? [] : nodesIn(body.block)) {
    if (node.kind !== "binary" || node.operator !== "=" || node.left.kind !== "member") continue;
    const { object, name } = node.left;
    const info = object.kind === "identifier" ? found.get(object.name) : undefined;
    if (info !== undefined) add(info.members, name, node.right);
  }
  return [...found.values()];
}

function add(members: Map<string, Expression[]>, member: string, value: Expression): void {
  const list = members.get(member);
  if (list === undefined) members.set(member, [value]);
  else list.push(value);
}

/** One set of bindings for each element of the table that the function walks or is called for. */
function* bindingsOf(file: string, body: Body, context: RuntimeContext): Generator<Bindings> {
  const locals = localsOf(body);
  const tables = new Set<string>();
  for (const node of nodesIn(body.block)) {
    if (node.kind !== "subscript" || node.object.kind !== "identifier") continue;
    const { name, start } = node.object;
    if (locals.at(name, start) === undefined) tables.add(name);
  }
  let any = false;
  for (const table of tables) {
    for (const element of context.elements(table, file)) {
      any = true;
      const bindings = new Map<string, InitialisedVariable>([[table, element]]);
      for (const { declarator } of locals.all) {
        if (declarator.value !== undefined && rootOf(declarator.value) === table)
          bindings.set(declarator.name, element);
      }
      yield bindings;
    }
  }
  for (const { declarator, isParameter } of locals.all) {
    const { name, typeName, stars } = declarator;
    if (!isParameter || stars === 0 || !isCapital(typeName)) continue;
    for (const variable of context.variablesOfType(typeName)) {
      any = true;
      yield new Map([[name, variable]]);
    }
  }
  if (!any) yield new Map();
}

/** The variable that `info`, `&infos[i]` or `infos + i` means. */
function rootOf(expression: Expression): string | undefined {
  const named = withoutAddress(expression);
  if (named.kind === "identifier") return named.name;
  if (named.kind === "subscript" || named.kind === "member") return rootOf(named.object);
  return named.kind === "binary" ? rootOf(named.left) : undefined;
}

function isCapital(name: string): boolean {
  const first = name.charAt(0);
  return first >= "A" && first <= "Z";
}

function typeOf(info: LocalTypeInfo, environment: Environment): QomType | undefined {
  const { file, bindings, context } = environment;
  const first = (member: string): string | undefined => firstString(info, member, environment, 0);
  const name = first("name");
  if (name === undefined || name === "") return undefined;
  // a table's functions are static in the table's file
  const hookFiles = [file, ...[...bindings.values()].map(({ range }) => range.file)];
  const hook = (member: string): { readonly name: string; readonly range: SourceRange } | undefined => {
    for (const value of info.members.get(member) ?? []) {
      const symbol = value.kind === "identifier" ? value.name : memberValue(value, environment)?.symbol;
      if (symbol !== undefined && hookFiles.some((each) => context.function(symbol, each) !== undefined)) {
        return { name: symbol, range: info.range };
      }
    }
    return undefined;
  };
  const classInit = hook("class_init");
  const data = (info.members.get("class_data") ?? [])
    .map((value) => bindings.get(rootOf(value) ?? ""))
    .find((v) => v !== undefined);
  const own = classInit === undefined ? undefined : readClass(classInit, file, data?.symbol, context);
  const [abstract] = info.members.get("abstract") ?? [];
  const [size] = info.members.get("instance_size") ?? [];
  return {
    name,
    parent: first("parent"),
    abstract: abstract?.kind === "identifier" && abstract.name === "true",
    interfaces: [],
    file: data?.range.file ?? file,
    range: data?.range ?? info.range,
    classInit,
    instanceInit: hook("instance_init"),
    instanceStruct: size && structOfSize(context.scope(file).tokens(file, size.start, size.end)),
    classSlots: own?.slots ?? [],
    descriptions: own?.descriptions ?? [],
    condition: undefined,
  };
}

function firstString(info: LocalTypeInfo, member: string, environment: Environment, depth: number): string | undefined {
  for (const value of info.members.get(member) ?? []) {
    const read = stringOf(value, environment, depth);
    if (read !== undefined) return read;
  }
  return undefined;
}

interface Environment {
  readonly file: string;
  readonly locals: Locals;
  readonly bindings: Bindings;
  readonly infos: readonly LocalTypeInfo[];
  readonly context: RuntimeContext;
  /** Strings that the parameters stand for. */
  readonly given: ReadonlyMap<string, string>;
}

const deepest = 12;

/** The string that an expression of the function is, or undefined. */
function stringOf(expression: Expression, environment: Environment, depth: number): string | undefined {
  if (depth > deepest) return undefined;
  const { bindings, context, given, infos, locals } = environment;
  const inside = (each: Expression | undefined): string | undefined => each && stringOf(each, environment, depth + 1);
  const bound = (name: string): string | undefined => {
    const element = bindings.get(name);
    return element && plainString(element, context);
  };
  switch (expression.kind) {
    case "cast":
      return inside(expression.operand);
    case "conditional":
      return inside(expression.then ?? expression.test) ?? inside(expression.otherwise);
    case "call": {
      const name = expression.callee.kind === "identifier" ? expression.callee.name : "";
      if (name.endsWith("printf")) return formatted(expression.arguments, environment, depth);
      const result = returned(name, expression.arguments, environment, depth);
      if (result !== undefined) return result;
      break;
    }
    case "member": {
      const member = memberValue(expression, environment);
      if (member !== undefined) return member.text;
      const { object, name } = expression;
      const other = object.kind === "identifier" ? infos.find((info) => info.name === object.name) : undefined;
      if (other !== undefined) return firstString(other, name, environment, depth + 1);
      break;
    }
    case "identifier": {
      if (expression.name === "NULL") return undefined;
      const parameter = given.get(expression.name);
      if (parameter !== undefined) return parameter;
      const local = locals.at(expression.name, expression.start);
      if (local === undefined) break;
      if (bindings.has(expression.name)) return bound(expression.name);
      return inside(local.values.find((each) => each !== undefined && !isNull(each)));
    }
    case "subscript":
      if (expression.object.kind === "identifier" && bindings.has(expression.object.name))
        return bound(expression.object.name);
  }
  const scope = context.scope(environment.file);
  const tokens = scope.tokens(environment.file, expression.start, expression.end).map((token) => {
    const text = token.kind === "identifier" ? given.get(token.text) : undefined;
    return text === undefined ? token : { ...token, kind: "string" as const, text: JSON.stringify(text) };
  });
  const value = context.evaluator.string(tokens, scope);
  return value.known ? value.value : undefined;
}

function isNull({ kind, ...rest }: Expression): boolean {
  return kind === "identifier" && "name" in rest && rest.name === "NULL";
}

function formatted(args: readonly Expression[], environment: Environment, depth: number): string | undefined {
  const at = args.findIndex((each) => [...nodesIn(each)].some(mayBeFormat));
  const argument = args[at];
  const format = argument && stringOf(argument, environment, depth + 1);
  const [before, ...rest] = format?.split("%") ?? [];
  if (before === undefined) return undefined;
  let text = before;
  let next = at + 1;
  for (let k = 0; k < rest.length; k++) {
    const part = rest[k] ?? "";
    const value = part.startsWith("s") ? args[next++] : undefined;
    const read = value && stringOf(value, environment, depth + 1);
    if (part === "" && k + 1 < rest.length) text += `%${rest[++k] ?? ""}`;
    else if (read === undefined) return undefined;
    else text += read + part.slice(1);
  }
  return text;
}

/** A literal, or a macro that is one. */
function mayBeFormat(node: Node): boolean {
  return node.kind === "string" || (node.kind === "identifier" && isCapital(node.name));
}

/** What a function of one `return` gives for these arguments. */
function returned(
  callee: string,
  args: readonly Expression[],
  environment: Environment,
  depth: number,
): string | undefined {
  const { context } = environment;
  const located = context.function(callee, environment.file);
  if (located === undefined) return undefined;
  const body = context.body(located);
  const [only, ...others] = body.block.statements;
  if (only?.kind !== "return" || only.value === undefined || others.length > 0) return undefined;
  const given = new Map<string, string>();
  body.parameters.forEach(({ name }, k) => {
    const argument = args[k];
    const read = argument && stringOf(argument, environment, depth + 1);
    if (read !== undefined) given.set(name, read);
  });
  const inside = { ...environment, file: located.file, locals: localsOf(body), given };
  return stringOf(only.value, inside, depth + 1);
}

interface MemberText {
  readonly text: string | undefined;
  readonly symbol: string | undefined;
}

/** `infos[i].name`, `info->name`, `node->info->name`: what the bound element gives that member. */
function memberValue(expression: Expression, environment: Environment): MemberText | undefined {
  const path: string[] = [];
  let root = expression;
  for (; root.kind === "member"; root = root.object) path.unshift(root.name);
  if (root.kind === "subscript") root = root.object;
  const element = root.kind === "identifier" ? environment.bindings.get(root.name) : undefined;
  if (element === undefined || path.length === 0) return undefined;
  const { context } = environment;
  const [first = "", ...rest] = path;
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

/** An element of a table of strings. */
function plainString(element: InitialisedVariable, context: RuntimeContext): string | undefined {
  if (element.initialiser.kind !== "expression") return undefined;
  const { start, end } = element.initialiser;
  const value = context.evaluator.string(element.tokens.slice(start, end), context.scope(element.range.file));
  return value.known ? value.value : undefined;
}
