/**
 * Types whose TypeInfo is no variable of the file: local to the function that registers them, filled in a loop over a
 * table of names, or made by virtio_pci_types_register from a description of its own.
 */
import { type InitialisedVariable, type MakerIndex, variablesOf } from "../c/definitions";
import type { FileFacts, FunctionDefinition } from "../c/facts";
import { type Initialiser, parseInitialiser, spell } from "../c/initialiser";
import type { SourceRange } from "../c/range";
import type { Scopes } from "../c/scopes";
import { type Evaluator, stringValue } from "../vmstate/constants";

export interface MadeSource {
  readonly facts: FileFacts;
  readonly text: string;
  readonly scopes: Scopes;
  readonly makers: MakerIndex;
  readonly evaluator: Evaluator;
}

/** Struct of the description that virtio_pci_types_register takes. */
const virtioTypes: ReadonlySet<string> = new Set(["VirtioPCIDeviceTypeInfo"]);

export function mayMakeTypes(facts: FileFacts): boolean {
  return facts.declarations.some(
    (each) =>
      (each.kind === "invocation" && each.name === "type_init") ||
      (each.kind === "variable" && virtioTypes.has(each.typeName)),
  );
}

/** TypeInfo variables as they would look if they were written out, one a type. */
export function madeTypes(source: MadeSource): readonly InitialisedVariable[] {
  const found: InitialisedVariable[] = [];
  for (const each of variablesOf(source.facts, virtioTypes, source.scopes, source.makers)) {
    found.push(...virtioProxies(source, each));
  }
  for (const each of source.facts.declarations) {
    if (each.kind !== "function") continue;
    const body = source.text.slice(each.bodyStart, each.bodyEnd);
    if (body.includes("type_register") && body.includes("TypeInfo")) found.push(...localTypes(source, each, body));
  }
  return found;
}

/** Follows virtio_pci_types_register: a base type that has the functions, and up to three types on it. */
function virtioProxies(source: MadeSource, variable: InitialisedVariable): InitialisedVariable[] {
  if (variable.initialiser.kind !== "list") return [];
  const members = membersOf(variable);
  const generic = members.get("generic_name");
  const base = members.get("base_name") ?? (generic === undefined ? undefined : `${generic} "-base-type"`);
  if (base === undefined) return [];
  const inherited = [...members].filter(([name]) => !name.endsWith("_name") && name !== "parent");
  const parent = members.get("parent") ?? '"virtio-pci"';
  const { range } = variable;
  const types = [
    compose(source, range, [["name", base], ["parent", parent], ["abstract", "1"], ...inherited]),
  ];
  for (const member of ["generic_name", "transitional_name", "non_transitional_name"]) {
    const name = members.get(member);
    if (name !== undefined) types.push(compose(source, range, [["name", name], ["parent", base]]));
  }
  return types;
}

function membersOf({ initialiser, tokens }: InitialisedVariable): Map<string, string> {
  const members = new Map<string, string>();
  for (const { designators, value } of initialiser.kind === "list" ? initialiser.elements : []) {
    if (designators[0] !== undefined) members.set(designators[0], spell(tokens, value.start, value.end));
  }
  return members;
}

const declaration = /\b(?:static\s+)?(?:const\s+)?TypeInfo\s+(\w+)\s*=\s*\{/g;

function localTypes(source: MadeSource, fn: FunctionDefinition, body: string): InitialisedVariable[] {
  const found: InitialisedVariable[] = [];
  const file = source.facts.path;
  for (const match of body.matchAll(declaration)) {
    const name = match[1] ?? "";
    if (!new RegExp(`\\btype_register\\w*\\s*\\(\\s*&\\s*${name}\\b`).test(body)) continue;
    const start = fn.bodyStart + match.index;
    const open = start + match[0].length - 1;
    const members = writtenMembers(source, file, open);
    for (const [, member, value] of body.matchAll(new RegExp(`\\b${name}\\s*\\.\\s*(\\w+)\\s*=\\s*([^;{]+);`, "g"))) {
      members.set(member ?? "", (value ?? "").trim());
    }
    const range = { file, start, end: open + 1 };
    const named = members.get("name");
    if (named === undefined) continue;
    const names = /^\w+$|"/.test(named) ? [named] : tableNames(source, body);
    const constant = [...members].filter(([member, value]) => member !== "name" && !/->|\[/.test(value));
    for (const each of names) found.push(compose(source, range, [["name", each], ...constant]));
  }
  return found;
}

function writtenMembers(source: MadeSource, file: string, open: number): Map<string, string> {
  const close = matchingBrace(source.text, open);
  const tokens = source.scopes.of(file).tokens(file, open, close);
  const initialiser = parseInitialiser(tokens, 0, tokens.length);
  const members = new Map<string, string>();
  for (const { designators, value } of initialiser.kind === "list" ? initialiser.elements : []) {
    if (designators[0] !== undefined) members.set(designators[0], spell(tokens, value.start, value.end));
  }
  return members;
}

function matchingBrace(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i + 1;
  }
  return text.length;
}

/** The `name` members of the file's tables that the function counts through. */
function tableNames(source: MadeSource, body: string): readonly string[] {
  const names: string[] = [];
  for (const each of source.facts.declarations) {
    if (each.kind !== "variable" || !each.array || !new RegExp(`\\b${each.name}\\b`).test(body)) continue;
    const only = { ...source.facts, declarations: [each] };
    for (const row of variablesOf(only, new Set([each.typeName]), source.scopes, source.makers)) {
      const name = nameOf(source, row);
      if (name !== undefined) names.push(JSON.stringify(name));
    }
  }
  return names;
}

function nameOf(source: MadeSource, { initialiser, tokens }: InitialisedVariable): string | undefined {
  if (initialiser.kind !== "list") return undefined;
  const element: { readonly value: Initialiser } | undefined = initialiser.elements.find(
    ({ designators }) => designators[0] === "name",
  );
  if (element === undefined) return undefined;
  const { start, end } = element.value;
  const value = stringValue(tokens, start, end, source.scopes.of(source.facts.path), source.evaluator);
  return value.known ? value.value : undefined;
}

function compose(
  source: MadeSource,
  range: SourceRange,
  members: readonly (readonly [string, string])[],
): InitialisedVariable {
  const text = `{ ${members.map(([name, value]) => `.${name} = ${value}`).join(", ")} }`;
  const tokens = source.scopes.of(source.facts.path).expandText(text);
  const initialiser = parseInitialiser(tokens, 0, tokens.length);
  return {
    symbol: "",
    isStatic: true,
    typeName: "TypeInfo",
    tokens,
    initialiser,
    range,
    nameRange: range,
    condition: undefined,
  };
}
