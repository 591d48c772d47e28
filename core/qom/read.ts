/** TypeInfo initialisers and the class_init functions behind them -> QomType. */
import { assignmentsIn, type LocalVariable, localTypes } from "../c/assignments";
import { callsIn } from "../c/calls";
import { lex } from "../c/lex";
import type { InitialisedVariable } from "../c/definitions";
import type { FunctionDefinition } from "../c/facts";
import { type ListInitialiser, spell } from "../c/initialiser";
import type { SourceRange } from "../c/range";
import type { CScope } from "../c/scope";
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
        instanceStruct = /^\(?\s*sizeof\s*\(\s*(?:struct\s+)?(\w+)\s*\)/.exec(spell(tokens, start, end))?.[1];
        break;
      case "class_data":
        classData = /(\w+)\s*$/.exec(spell(tokens, start, end))?.[1];
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
  const known = new Map<string, string>();
  readFunction(classInit.name, file, known, classData, 0, reader);
  return { slots: reader.slots, descriptions: reader.descriptions };
}

function readFunction(
  name: string,
  file: string,
  argumentsOf: ReadonlyMap<string, string>,
  classData: string | undefined,
  depth: number,
  reader: ClassReader,
): void {
  const { context } = reader;
  const located = context.function(name, file);
  if (located === undefined || reader.seen.has(`${located.file}:${name}`)) return;
  reader.seen.add(`${located.file}:${name}`);
  const text = context.text(located.file);
  if (text === undefined) return;
  const fn = located.definition;
  const locals = localTypes(text, fn);
  for (const assignment of assignmentsIn(text, fn)) {
    const classStruct = locals.get(assignment.base)?.typeName ?? structOfCast(assignment.base);
    const value = argumentsOf.get(assignment.value.trim()) ?? assignment.value;
    const range = { file: located.file, start: assignment.valueStart, end: assignment.valueEnd };
    assign(classStruct, assignment.member, value, range, file, locals, classData, reader);
  }
  if (depth >= maximumCallDepth) return;
  const handed = classVariables(text, fn, locals);
  for (const call of callsIn(text, fn.bodyStart, fn.bodyEnd)) {
    if (call.through !== undefined || !call.args.some((a) => handed.has(a) || handed.has(castOperand(a)))) continue;
    const callee = context.function(call.callee, located.file);
    if (callee === undefined) continue;
    const parameters = parameterNames(context.text(callee.file) ?? "", callee.definition);
    const next = new Map<string, string>();
    parameters.forEach((parameter, k) => {
      const argument = call.args[k];
      if (argument !== undefined) next.set(parameter, argumentsOf.get(argument) ?? argument);
    });
    readFunction(call.callee, located.file, next, classData, depth + 1, reader);
  }
}

function assign(
  classStruct: string,
  slot: string,
  value: string,
  range: SourceRange,
  file: string,
  locals: ReadonlyMap<string, LocalVariable>,
  classData: string | undefined,
  reader: ClassReader,
): void {
  const { context } = reader;
  for (const symbol of symbolsIn(value)) {
    const found = context.isDescription(symbol, range.file)
      ? range.file
      : context.isDescription(symbol, file)
        ? file
        : "";
    if (found !== "") {
      reader.descriptions.push({ classStruct, slot, reference: { symbol, range: { ...range, file: range.file } } });
      continue;
    }
    if (locals.has(symbol)) {
      const data = throughClassData(symbol, value, locals, classData, file, context);
      if (data !== undefined) reader.descriptions.push({ classStruct, slot, reference: { symbol: data, range } });
      continue;
    }
    if (context.function(symbol, range.file) !== undefined || context.function(symbol, file) !== undefined) {
      reader.slots.push({ classStruct, slot, value: { name: symbol, range } });
      continue;
    }
    const table = /^&/.test(value.trim()) ? context.variable(symbol, range.file) : undefined;
    if (table?.initialiser.kind === "list") readTable(table, table.initialiser, reader);
  }
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
  local: string,
  value: string,
  locals: ReadonlyMap<string, LocalVariable>,
  classData: string | undefined,
  file: string,
  context: QomContext,
): string | undefined {
  const member = new RegExp(`^${local}\\s*->\\s*(\\w+)$`).exec(value.trim())?.[1];
  const origin = locals.get(local)?.value;
  if (member === undefined || classData === undefined || origin === undefined) return undefined;
  const source = context.variable(classData, file);
  if (source?.initialiser.kind !== "list") return undefined;
  const element = source.initialiser.elements.find((e) => e.designators[0] === member);
  if (element === undefined) return undefined;
  const symbol = functionReference(source.tokens, element.value.start, element.value.end, source.range)?.name;
  return symbol !== undefined && context.isDescription(symbol, file) ? symbol : undefined;
}

/** Code that chooses between functions or tables. */
const longestChoice = 1000;

function symbolsIn(value: string): string[] {
  if (value.length > longestChoice) return [];
  const branches = value.includes("?") ? value.slice(value.indexOf("?") + 1).split(":") : [value];
  const symbols: string[] = [];
  for (const branch of branches) {
    const symbol = /^[&(\s]*([A-Za-z_]\w*)[)\s]*(?:->\s*\w+)?$/.exec(branch.trim())?.[1];
    if (symbol !== undefined && symbol !== "NULL") symbols.push(symbol);
  }
  return symbols;
}

/** `DEVICE_CLASS(klass)` -> `DeviceClass`: QOM's cast macros name their struct in capitals. */
function structOfCast(base: string): string {
  const macro = /^([A-Z][A-Z0-9_]*)_CLASS\s*\(/.exec(base)?.[1];
  if (macro === undefined) return "";
  const words = macro.split("_").map((w) => w.charAt(0) + w.slice(1).toLowerCase());
  return `${words.join("")}Class`;
}

/** The class parameter and the locals made of it. */
function classVariables(text: string, fn: FunctionDefinition, locals: ReadonlyMap<string, LocalVariable>): Set<string> {
  const first = parameterNames(text, fn)[0];
  const names = new Set<string>(first === undefined ? [] : [first]);
  for (const local of locals.values()) {
    const value = local.value ?? "";
    const words = value === "" || value.length > longestChoice ? [] : lex(value, "");
    if (words.some(({ text }) => names.has(text))) names.add(local.name);
  }
  return names;
}

function castOperand(argument: string): string {
  if (argument.length > longestChoice) return "";
  return /^[A-Z][A-Z0-9_]*\s*\(\s*(\w+)\s*\)$/.exec(argument)?.[1] ?? "";
}

export function parameterNames(text: string, fn: FunctionDefinition): string[] {
  const list = text.slice(fn.parametersStart, fn.parametersEnd);
  if (list.length > 2000) return [];
  return list.split(",").map((p) => /([A-Za-z_]\w*)\s*(?:\[[^\]]*\])?\s*$/.exec(p)?.[1] ?? "");
}
