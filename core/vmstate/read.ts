/** VMStateDescription initialisers, expanded -> values. */
import { firstName } from "../c/words";
import { type InitialiserElement, type ListInitialiser, parseInitialiser, spell } from "../c/initialiser";
import type { SourceRange } from "../c/range";
import type { CScope } from "../c/scope";
import type { Token } from "../c/token";
import { type Value, known, unknown } from "../c/value";
import { type Evaluator, integerValue, namedSymbol, stringValue } from "./constants";
import { descriptionReference, endsList, type FlagTable, functionReference, readField } from "./field";
import type {
  DescriptionReference,
  FunctionReference,
  HookName,
  InitialisedMember,
  MemberReference,
  PrioritySetting,
  VMStateDescription,
  VMStateField,
} from "./model";
import { hookNames } from "./model";
import { rangeOf, tokenRange } from "./ranges";

export interface ReadContext {
  readonly scope: CScope;
  readonly evaluator: Evaluator;
  readonly flags: FlagTable;
  offsetOf(member: MemberReference, scope: CScope): Value<number>;
  /** Initialiser tokens of another variable of the tree: a field list declared apart. */
  variableTokens(name: string): readonly Token[] | undefined;
}

/** Where the definition stands, beside its tokens. */
export interface DefinitionPlace {
  readonly symbol: string;
  readonly range: SourceRange;
  readonly nameRange: SourceRange;
  readonly condition: string | undefined;
}

const hooks: ReadonlySet<string> = new Set(hookNames);

export function readDescription(
  tokens: readonly Token[],
  list: ListInitialiser,
  place: DefinitionPlace,
  context: ReadContext,
): VMStateDescription {
  const { scope, evaluator } = context;
  const unknowns: { what: string; reason: string; range: SourceRange }[] = [];
  const members: InitialisedMember[] = [];
  const found: Partial<Record<HookName, FunctionReference>> = {};
  let name: Value<string> = unknown("the table sets no .name");
  let versionId: Value<number> = known(0);
  let minimumVersionId: Value<number> = known(0);
  let unmigratable: Value<boolean> = known(false);
  let earlySetup: Value<boolean> = known(false);
  let priority: PrioritySetting | undefined;
  let fields: FieldList = { fields: [], terminated: undefined };
  let subsections: SubsectionList = { references: [], terminated: undefined };
  for (const element of list.elements) {
    const member = element.designators[0];
    if (member === undefined) continue;
    const range = rangeOf(tokens, element.start, element.end, place.range);
    members.push({ name: member, range });
    const { start, end } = element.value;
    const integer = (): Value<number> => integerValue(tokens, start, end, scope, evaluator);
    switch (member) {
      case "name":
        name = stringValue(tokens, start, end, scope, evaluator);
        break;
      case "version_id":
        versionId = integer();
        break;
      case "minimum_version_id":
        minimumVersionId = integer();
        break;
      case "unmigratable":
        unmigratable = truth(integer());
        break;
      case "early_setup":
        earlySetup = truth(integer());
        break;
      case "priority":
        priority = { text: spelling(tokens, start, end), value: integer(), range };
        break;
      case "fields":
        fields = readFields(tokens, element, place, context, unknowns);
        break;
      case "subsections":
        subsections = readSubsections(tokens, element, place, context, unknowns);
        break;
      default:
        if (hooks.has(member)) {
          const reference = functionReference(tokens, start, end, range);
          if (reference !== undefined) found[member as HookName] = reference;
        }
    }
  }
  if (!list.closed) unknowns.push({ what: "definition", reason: "the initialiser is not closed", range: place.range });
  return {
    symbol: place.symbol,
    file: place.range.file,
    range: place.range,
    nameRange: place.nameRange,
    name,
    versionId,
    minimumVersionId,
    unmigratable,
    earlySetup,
    priority,
    hooks: found,
    fields: fields.fields,
    fieldsTerminated: fields.terminated,
    subsections: subsections.references,
    subsectionsTerminated: subsections.terminated,
    members,
    condition: place.condition,
    unknowns,
  };
}

function truth(value: Value<number>): Value<boolean> {
  return value.known ? known(value.value !== 0) : value;
}

/** Text of a value as its author wrote it: the macro's or enumerator's name rather than what it expands to. */
function spelling(tokens: readonly Token[], start: number, end: number): string {
  const use = tokens[start]?.use;
  return use !== undefined && end - start >= 1 && tokens[end - 1]?.use === use ? use.macro : spell(tokens, start, end);
}

interface FieldList {
  readonly fields: readonly VMStateField[];
  readonly terminated: boolean | undefined;
}

type Unknowns = { what: string; reason: string; range: SourceRange }[];

function readFields(
  tokens: readonly Token[],
  element: InitialiserElement,
  place: DefinitionPlace,
  context: ReadContext,
  unknowns: Unknowns,
): FieldList {
  if (element.value.kind === "list") return fieldsOf(tokens, element.value, place, context, unknowns);
  const symbol = namedSymbol(tokens, element.value.start, element.value.end);
  if (symbol === undefined) return { fields: [], terminated: undefined };
  const apart = context.variableTokens(symbol.text);
  const list = apart === undefined ? undefined : parseInitialiser(apart, 0, apart.length);
  if (apart === undefined || list?.kind !== "list") {
    const range = tokenRange(symbol, place.range);
    unknowns.push({ what: "fields", reason: `no field list ${symbol.text} in the tree`, range });
    return { fields: [], terminated: undefined };
  }
  const file = apart.find((t) => t.use === undefined)?.file ?? place.range.file;
  const range = { file, start: apart[0]?.start ?? 0, end: apart.at(-1)?.end ?? 0 };
  return fieldsOf(apart, list, { ...place, range }, context, unknowns);
}

function fieldsOf(
  tokens: readonly Token[],
  list: ListInitialiser,
  place: DefinitionPlace,
  context: ReadContext,
  unknowns: Unknowns,
): FieldList {
  const { scope, evaluator, flags } = context;
  const fieldContext = { tokens, scope, evaluator, flags, offsetOf: context.offsetOf, table: place.range };
  const fields: VMStateField[] = [];
  let unread = false;
  for (const element of list.elements) {
    if (element.value.kind !== "list") {
      unread = true;
      const range = rangeOf(tokens, element.start, element.end, place.range);
      const written = spell(tokens, element.start, Math.min(element.end, element.start + 4));
      unknowns.push({ what: "field", reason: `no macro ${firstName(written)} in sight`, range });
      continue;
    }
    const field = readField(element, element.value, fieldContext);
    if (endsList(field, element.value)) return { fields, terminated: true };
    fields.push(field);
  }
  return { fields, terminated: list.closed && !unread ? false : undefined };
}

interface SubsectionList {
  readonly references: readonly DescriptionReference[];
  readonly terminated: boolean | undefined;
}

function readSubsections(
  tokens: readonly Token[],
  element: InitialiserElement,
  place: DefinitionPlace,
  context: ReadContext,
  unknowns: Unknowns,
): SubsectionList {
  let source = tokens;
  let list = element.value;
  let fallback = place.range;
  if (list.kind !== "list") {
    const symbol = namedSymbol(tokens, list.start, list.end);
    if (symbol === undefined) return { references: [], terminated: undefined };
    const apart = context.variableTokens(symbol.text);
    fallback = tokenRange(symbol, place.range);
    if (apart === undefined) {
      unknowns.push({ what: "subsections", reason: `no list ${symbol.text} in the tree`, range: fallback });
      return { references: [], terminated: undefined };
    }
    source = apart;
    list = parseInitialiser(apart, 0, apart.length);
  }
  if (list.kind !== "list") return { references: [], terminated: undefined };
  const references: DescriptionReference[] = [];
  for (const item of list.elements) {
    const value = item.value.kind === "list" ? item.value.elements[0]?.value : item.value;
    const range = rangeOf(source, item.start, item.end, fallback);
    // before 2.4 an element was { .vmsd = &x, .needed = f }
    const old = (name: string) =>
      item.value.kind === "list" ? item.value.elements.find((e) => e.designators[0] === name)?.value : undefined;
    const at = old("vmsd") ?? value;
    const reference = at === undefined ? undefined : descriptionReference(source, at.start, at.end, range);
    if (reference === undefined) return { references, terminated: true };
    const test = old("needed");
    const needed = test === undefined ? undefined : functionReference(source, test.start, test.end, range);
    references.push(needed === undefined ? reference : { ...reference, needed });
  }
  return { references, terminated: list.closed ? false : undefined };
}
