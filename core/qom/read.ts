/** TypeInfo initialisers and the class_init functions behind them -> QomType. */
import { callsOf } from "../c/body/calls";
import { withoutAddress } from "../c/body/carried";
import { type Local, type Locals, localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { nodesIn } from "../c/body/walk";
import type { InitialisedVariable } from "../c/definitions";
import type { FunctionDefinition } from "../c/facts";
import type { ListInitialiser } from "../c/initialiser";
import type { SourceRange } from "../c/range";
import type { CScope } from "../c/scope";
import type { Expression, MemberAccess } from "../c/syntax";
import type { Token } from "../c/token";
import { type Evaluator, integerValue, stringValue } from "../vmstate/constants";
import { functionReference } from "../vmstate/field";
import type { FunctionReference } from "../vmstate/model";
import { tokenRange } from "../vmstate/ranges";
import type { ClassDescription, ClassSlot, QomType } from "./model";

export interface QomContext {
  scope(file: string): CScope;
  readonly evaluator: Evaluator;
  text(file: string): string | undefined;
  function(name: string, file: string): { readonly file: string; readonly definition: FunctionDefinition } | undefined;
  body(fn: { readonly file: string; readonly definition: FunctionDefinition }): Body;
  isDescription(symbol: string, file: string): boolean;
  /** A struct variable that a class slot may point to, such as SysemuCPUOps. */
  variable(symbol: string, file: string): InitialisedVariable | undefined;
}

/** undefined where the type's name cannot be known from the text. */
export function readType(variable: InitialisedVariable, context: QomContext): QomType | undefined {
  const { tokens, initialiser, range } = variable;
  if (initialiser.kind !== "list") return undefined;
  const scope = context.scope(range.file);
  const { evaluator } = context;
  let name: string | undefined;
  let parent: string | undefined;
  let abstract = false;
  let interfaces: readonly string[] = [];
  let classInit: FunctionReference | undefined;
  let instanceInit: FunctionReference | undefined;
  let instanceStruct: string | undefined;
  let classData: string | undefined;
  for (const element of initialiser.elements) {
    const { start, end } = element.value;
    const string = (): string | undefined => {
      const value = stringValue(tokens, start, end, scope, evaluator);
      return value.known ? value.value : undefined;
    };
    switch (element.designators[0]) {
      case "name":
        name = string();
        break;
      case "parent":
        parent = string();
        break;
      case "abstract": {
        const value = integerValue(tokens, start, end, scope, evaluator);
        abstract = value.known && value.value !== 0;
        break;
      }
      case "class_init":
        classInit = functionReference(tokens, start, end, range);
        break;
      case "instance_init":
        instanceInit = functionReference(tokens, start, end, range);
        break;
      case "instance_size":
        instanceStruct = structOfSize(tokens.slice(start, end));
        break;
      case "class_data":
        classData = tokens[end - 1]?.kind === "identifier" ? tokens[end - 1]?.text : undefined;
        break;
      case "interfaces":
        if (element.value.kind === "list") interfaces = interfaceNames(variable, element.value, scope, evaluator);
        break;
    }
  }
  if (name === undefined) return undefined;
  const own = classInit === undefined ? noClass : readClass(classInit, range.file, classData, context);
  return {
    name,
    parent,
    abstract,
    interfaces,
    file: range.file,
    range,
    classInit,
    instanceInit,
    instanceStruct,
    classSlots: own.slots,
    descriptions: own.descriptions,
    condition: variable.condition,
  };
}

/** `sizeof(DevState)`, or with `struct`. */
export function structOfSize(tokens: readonly Token[]): string | undefined {
  const names = tokens.filter(({ kind, text }) => kind === "identifier" && text !== "struct").map(({ text }) => text);
  return names[0] === "sizeof" ? names[1] : undefined;
}

function interfaceNames(
  variable: InitialisedVariable,
  list: ListInitialiser,
  scope: CScope,
  evaluator: Evaluator,
): string[] {
  const names: string[] = [];
  for (const element of list.elements) {
    const value = element.value.kind === "list" ? element.value.elements[0]?.value : element.value;
    if (value === undefined) break;
    const name = stringValue(variable.tokens, value.start, value.end, scope, evaluator);
    if (name.known) names.push(name.value);
  }
  return names;
}

export interface ClassFacts {
  readonly slots: readonly ClassSlot[];
  readonly descriptions: readonly ClassDescription[];
}

const noClass: ClassFacts = { slots: [], descriptions: [] };
const maximumCallDepth = 4;

interface ClassReader {
  readonly context: QomContext;
  readonly slots: ClassSlot[];
  readonly descriptions: ClassDescription[];
  readonly seen: Set<string>;
}

/** What a class_init function, and the helpers that it hands its class to, assign. */
export function readClass(
  classInit: FunctionReference,
  file: string,
  classData: string | undefined,
  context: QomContext,
): ClassFacts {
  const reader: ClassReader = { context, slots: [], descriptions: [], seen: new Set() };
  readFunction(classInit.name, file, new Map(), classData, 0, reader);
  return { slots: reader.slots, descriptions: reader.descriptions };
}

/** An expression, with the variables that its names mean. */
interface Written {
  readonly expression: Expression;
  readonly locals: Locals;
}

function readFunction(
  name: string,
  file: string,
  given: ReadonlyMap<string, Written>,
  classData: string | undefined,
  depth: number,
  reader: ClassReader,
): void {
  const { context } = reader;
  const located = context.function(name, file);
  if (located === undefined || reader.seen.has(`${located.file}:${name}`)) return;
  reader.seen.add(`${located.file}:${name}`);
  const body = context.body(located);
  const locals = localsOf(body);
  const meant = (expression: Expression): Written =>
    (expression.kind === "identifier" ? given.get(expression.name) : undefined) ?? { expression, locals };
  for (const node of nodesIn(body.block)) {
    if (node.kind !== "binary" || node.operator !== "=" || node.left.kind !== "member") continue;
    let value = node.right;
    while (value.kind === "binary" && value.operator === "=") value = value.right;
    const range = { file: located.file, start: value.start, end: value.end };
    assign(structOf(node.left.object, locals), node.left.name, meant(value), range, file, classData, reader);
  }
  if (depth >= maximumCallDepth) return;
  const handed = classVariables(locals);
  for (const { node, name: callee, through } of callsOf(body)) {
    if (through !== undefined || !node.arguments.some((each) => isHanded(each, handed, locals))) continue;
    const target = context.function(callee, located.file);
    if (target === undefined) continue;
    const next = new Map<string, Written>();
    context.body(target).parameters.forEach((parameter, k) => {
      const argument = node.arguments[k];
      if (argument !== undefined) next.set(parameter.name, meant(argument));
    });
    readFunction(callee, located.file, next, classData, depth + 1, reader);
  }
}

function assign(
  classStruct: string,
  slot: string,
  { expression, locals }: Written,
  range: SourceRange,
  file: string,
  classData: string | undefined,
  reader: ClassReader,
): void {
  const { context } = reader;
  for (const value of choicesOf(expression)) {
    const named = withoutAddress(value);
    const root = named.kind === "member" ? named.object : named;
    if (root.kind !== "identifier" || root.name === "NULL") continue;
    const symbol = root.name;
    const found = context.isDescription(symbol, range.file)
      ? range.file
      : context.isDescription(symbol, file)
        ? file
        : "";
    if (found !== "") {
      reader.descriptions.push({ classStruct, slot, reference: { symbol, range: { ...range, file: range.file } } });
      continue;
    }
    const local = locals.at(symbol, root.start);
    if (local !== undefined) {
      const data = named.kind === "member" ? throughClassData(named, local, classData, file, context) : undefined;
      if (data !== undefined) reader.descriptions.push({ classStruct, slot, reference: { symbol: data, range } });
      continue;
    }
    if (context.function(symbol, range.file) !== undefined || context.function(symbol, file) !== undefined) {
      reader.slots.push({ classStruct, slot, value: { name: symbol, range } });
      continue;
    }
    const table = value === named ? undefined : context.variable(symbol, range.file);
    if (table?.initialiser.kind === "list") readTable(table, table.initialiser, reader);
  }
}

/** The functions or tables that an expression chooses between. */
function choicesOf(expression: Expression): readonly Expression[] {
  const found: Expression[] = [];
  const pending = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === "conditional") pending.push(next.otherwise, next.then ?? next.test);
    else if (next.kind === "cast") pending.push(next.operand);
    else found.push(next);
  }
  return found;
}

/** `cc->sysemu_ops = &i386_sysemu_ops`: the description and functions that the pointed-to struct holds. */
function readTable(table: InitialisedVariable, list: ListInitialiser, reader: ClassReader): void {
  for (const element of list.elements) {
    const slot = element.designators[0];
    if (slot === undefined) continue;
    const symbol = functionReference(table.tokens, element.value.start, element.value.end, table.range);
    if (symbol === undefined) continue;
    const file = table.range.file;
    const token = table.tokens[element.value.start];
    const range = token === undefined ? table.range : tokenRange(token, table.range);
    if (reader.context.isDescription(symbol.name, file)) {
      reader.descriptions.push({ classStruct: table.typeName, slot, reference: { symbol: symbol.name, range } });
    } else reader.slots.push({ classStruct: table.typeName, slot, value: symbol });
  }
}

/** `dc->vmsd = info->vmsd` with `info = data` and `.class_data = &x`: the member of x. */
function throughClassData(
  { name }: MemberAccess,
  { declarator }: Local,
  classData: string | undefined,
  file: string,
  context: QomContext,
): string | undefined {
  if (classData === undefined || declarator.value === undefined) return undefined;
  const source = context.variable(classData, file);
  if (source?.initialiser.kind !== "list") return undefined;
  const element = source.initialiser.elements.find((e) => e.designators[0] === name);
  if (element === undefined) return undefined;
  const symbol = functionReference(source.tokens, element.value.start, element.value.end, source.range)?.name;
  return symbol !== undefined && context.isDescription(symbol, file) ? symbol : undefined;
}

/** Struct of the class that is assigned through: of `dc`, `(*dc)`, `DEVICE_CLASS(klass)`, `((DeviceClass *)klass)`; "" unknown. */
function structOf(object: Expression, locals: Locals): string {
  switch (object.kind) {
    case "identifier":
      return locals.at(object.name, object.start)?.declarator.typeName ?? "";
    case "unary":
      return object.operator === "*" ? structOf(object.operand, locals) : "";
    case "cast":
      return object.type.base.kind === "name" ? object.type.base.name : "";
    case "call":
      return object.callee.kind === "identifier" ? classStructOf(object.callee.name) : "";
    default:
      return "";
  }
}

/** `DEVICE_CLASS`, `DEVICE_GET_CLASS` -> `DeviceClass`: QOM's cast macros name their struct in capitals. */
export function classStructOf(macro: string): string {
  const words = macro.split("_");
  if (words.pop() !== "CLASS" || words.length === 0) return "";
  if (words.at(-1) === "GET") words.pop();
  return `${words.map((word) => word.charAt(0) + word.slice(1).toLowerCase()).join("")}Class`;
}

/** The class parameter and the locals made of it. */
function classVariables({ all }: Locals): ReadonlySet<Local> {
  const found = new Set<Local>();
  const names = new Set<string>();
  for (const local of all) {
    const { name, value } = local.declarator;
    if (found.size === 0 && !local.isParameter) break;
    if (found.size > 0 && (value === undefined || !mentions(value, names))) continue;
    found.add(local);
    names.add(name);
  }
  return found;
}

function mentions(expression: Expression, names: ReadonlySet<string>): boolean {
  for (const node of nodesIn(expression)) if (node.kind === "identifier" && names.has(node.name)) return true;
  return false;
}

/** A variable of the class, also through a cast: `dc`, `OBJECT_CLASS(dc)`. */
function isHanded(argument: Expression, handed: ReadonlySet<Local>, locals: Locals): boolean {
  if (argument.kind === "cast") return isHanded(argument.operand, handed, locals);
  if (argument.kind === "call" && argument.callee.kind === "identifier") {
    const { name } = argument.callee;
    const [only, ...others] = argument.arguments;
    return only !== undefined && others.length === 0 && name === name.toUpperCase() && isHanded(only, handed, locals);
  }
  const local = argument.kind === "identifier" ? locals.at(argument.name, argument.start) : undefined;
  return local !== undefined && handed.has(local);
}
