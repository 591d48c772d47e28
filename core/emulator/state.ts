/** State for a device: of the shape its description gives, filled from a seed, consistent enough to be loaded. */
import {
  ByteReader,
  type DescriptionState,
  type FieldState,
  type FieldValue,
  integer,
  loadDescription,
  type LoadHooks,
  type Result,
  type WireDescription,
  type WireField,
} from "../wire";
import type { PutOwner } from "../wire/values/owner";
import type { Question } from "../wire/values/question";
import type { Scope } from "../wire/values/scope";
import type { Random } from "./random";

const blank = new Uint8Array(1 << 23);

/** What a `.needed` says of an object whose members it may ask for; undefined where that cannot be told. */
export type Needed = (subsection: WireDescription, member: (path: string) => bigint | undefined) => boolean | undefined;

/**
 * What is known of the machine that a state is for, and what had to be answered without knowing: a predicate holds, a count or a size is
 * 0. The same on both sides, what one saves the other loads.
 */
export interface Answering {
  readonly hooks: LoadHooks;
  /** By what they ask. */
  readonly asked: Map<string, Question>;
}

export function answering(known: LoadHooks = {}): Answering {
  const asked = new Map<string, Question>();
  const choose = (question: Question): number => {
    asked.set(question.what, question);
    return 0;
  };
  return { hooks: { ...known, choose }, asked };
}

/**
 * The state that a stream of zeros would load, then with values: every count and predicate was answered by reading, so
 * the shape is one that loads. Counts and what C code reads by itself stay zero, as does what a condition was answered
 * from. Subsections are sent as vmstate_subsection_save does, those of which `needed` tells nothing are not.
 */
export function generateState(
  description: WireDescription,
  random: Random,
  needed: Needed,
  answers: Answering,
): Result<DescriptionState> {
  const { state, deciding, questions } = shapeOf(description, answers);
  if (!state.ok) return state;
  const sends = ({ fields }: DescriptionState): void => {
    for (const question of questions.get(fields) ?? []) answers.asked.set(question.what, question);
  };
  sends(state.value);
  return { ok: true, value: filled(description, state.value, { random, needed, deciding, sends }) };
}

interface Shape {
  readonly state: Result<DescriptionState>;
  readonly deciding: ReadonlySet<FieldValue>;
  /** What was asked for the table and for each subsection, by its fields. */
  readonly questions: ReadonlyMap<readonly FieldState[], readonly Question[]>;
}

/** Elements, subsections and statements of a device: some hundred MB; more comes of tables that reach one another by many ways. */
const most = 1 << 20;

function shapeOf(description: WireDescription, { hooks }: Answering): Shape {
  const known = shapes.get(description);
  if (known !== undefined) return known;
  let isAsked = false;
  const askedBy = <T extends readonly unknown[], R>(ask: ((...given: T) => R) | undefined) =>
    ask &&
    ((...given: T): R => {
      isAsked = true;
      return ask(...given);
    });
  const { fieldExists, member, owner } = hooks;
  const questions = new Map<readonly FieldState[], Question[]>();
  let at: Scope | undefined;
  const preLoad = (_: WireDescription, scope: Scope): number => {
    at = scope;
    return 0;
  };
  const postLoad = (_: WireDescription, { link }: Scope): number => {
    at = link.kind === "root" ? undefined : link.parent;
    return 0;
  };
  const choose = (question: Question): number => {
    if (at === undefined) return 0;
    const { fields } = sentWith(at);
    const own = questions.get(fields) ?? [];
    own.push(question);
    questions.set(fields, own);
    return 0;
  };
  const exists: LoadHooks["fieldExists"] =
    fieldExists && ((name, field, scope) => satisfied({ fieldExists, member }, name, field, scope));
  const noted = {
    fieldExists: askedBy(exists),
    member: askedBy(member),
    choose: askedBy(choose),
    owner: asking(owner, () => (isAsked = true)),
  };
  const asked = Object.fromEntries(Object.entries(noted).filter(([, each]) => each !== undefined));
  const deciding = new Set<FieldValue>();
  const state = loadDescription(
    new ByteReader(blank),
    description,
    description.versionId,
    { ...hooks, ...asked, preLoad, postLoad },
    { blank: true, asked: (value) => deciding.add(value), work: { left: most } },
  );
  const shape = { state, deciding, questions };
  // of what nothing is asked, all machines have one shape
  if (!isAsked) shapes.set(description, shape);
  return shape;
}

/** The owner; tells that it was asked. */
function asking(owner: PutOwner | undefined, told: () => void): PutOwner | undefined {
  if (owner === undefined) return undefined;
  const asked = (): PutOwner => {
    told();
    return owner;
  };
  return {
    slotFunctions: (slot) => asked().slotFunctions(slot),
    slotDescriptions: (slot) => asked().slotDescriptions(slot),
    slotValue: (slot) => asked().slotValue?.(slot),
  };
}

/** The table or subsection that the scope is a part of. */
function sentWith(scope: Scope): Scope {
  const { link, description } = scope;
  if (link.kind === "root" || (link.kind === "same" && link.parent.description.subsections.includes(description))) {
    return scope;
  }
  return sentWith(link.parent);
}

type Truth = NonNullable<LoadHooks["fieldExists"]>;

/** The answer; a validation is made to hold by a member that was sent before, by a value that the machine has or 1. */
function satisfied(
  { fieldExists, member }: { readonly fieldExists: Truth; readonly member: LoadHooks["member"] },
  name: string,
  field: WireField,
  scope: Scope,
): ReturnType<Truth> {
  const answer = fieldExists(name, field, scope);
  if (!field.mustExist || answer !== false) return answer;
  const paths = new Set<string>();
  fieldExists(name, field, noting(paths, scope));
  const sent = [...paths].filter((path) => scope.integer(path) !== undefined);
  const known = [...paths].flatMap((path) => member?.({ structName: "", path }, scope) ?? []);
  for (const path of sent) {
    const before = scope.member(path);
    for (const each of [...known, integer(1)]) {
      scope.replace(path, each);
      if (fieldExists(name, field, scope) === true) return true;
    }
    if (before !== undefined) scope.replace(path, before);
  }
  return false;
}

/** The scope; what is asked of it is noted. */
function noting(paths: Set<string>, scope: Scope): Scope {
  const ask = (path: string): bigint | undefined => {
    paths.add(path);
    return scope.integer(path);
  };
  return Object.create(scope, { integer: { value: ask } }) as Scope;
}

const shapes = new WeakMap<WireDescription, Shape>();

interface Making {
  readonly random: Random;
  readonly needed: Needed;
  readonly deciding: ReadonlySet<FieldValue>;
  /** Told of each subsection. */
  readonly sends: (state: DescriptionState) => void;
}

function filled(description: WireDescription, state: DescriptionState, making: Making): DescriptionState {
  // where something is counted, any number may be the count that another version or a validation goes by
  const counted = isCounted(description);
  const fields = state.fields.map((each) => {
    const field = description.fields[each.index];
    if (field === undefined || (counted && field.element.kind === "integer")) return each;
    return { ...each, value: value(field, each.value, making) };
  });
  return { ...state, fields, subsections: subsectionsOf(description, { ...state, fields }, making) };
}

/** vmstate_subsection_save: those without a `.needed`, and those whose condition holds for these fields. */
function subsectionsOf(
  description: WireDescription,
  { fields, subsections }: DescriptionState,
  making: Making,
): readonly DescriptionState[] {
  const member = (path: string): bigint | undefined => memberIn(description, fields, path);
  return subsections.flatMap((state) => {
    const own = description.subsections.find(({ name, symbol }) => name === state.name && symbol === state.symbol);
    if (own === undefined) return [];
    if (own.hooks.needed !== undefined && making.needed(own, member) !== true) return [];
    making.sends(state);
    return [filled(own, state, making)];
  });
}

/** The integer at a member's path, also inside a nested struct. */
function memberIn({ fields: all }: WireDescription, fields: readonly FieldState[], path: string): bigint | undefined {
  for (const each of fields) {
    const field = all[each.index];
    const own = field?.member?.path;
    if (field === undefined || own === undefined) continue;
    if (own === path) return each.value.kind === "integer" ? each.value.value : undefined;
    if (each.value.kind !== "struct" || field.element.kind !== "struct" || !path.startsWith(`${own}.`)) continue;
    return memberIn(field.element.description, each.value.state.fields, path.slice(own.length + 1));
  }
  return undefined;
}

/** Whether some field's length depends on state. */
function isCounted({ fields }: WireDescription): boolean {
  return fields.some(({ count, size }) => count.kind === "member" || size.kind === "member");
}

/** Longer arrays and buffers keep their zeros: nobody reads them, and they are most of the bytes. */
const longest = 64;

function value(field: WireField, given: FieldValue, making: Making): FieldValue {
  const { element } = field;
  const { random, deciding } = making;
  if (deciding.has(given)) return given;
  switch (given.kind) {
    case "integer":
      if (element.kind !== "integer" || element.check !== "none") return given;
      return { kind: "integer", value: integerFor(field, element.bytes, element.signed, random) };
    case "array":
      if (given.elements.length > longest) return given;
      return { kind: "array", elements: given.elements.map((each) => value(field, each, making)) };
    case "struct":
      if (element.kind !== "struct" && element.kind !== "tmp") return given;
      return { kind: "struct", state: filled(element.description, given.state, making) };
    case "list":
      if (element.kind !== "list") return given;
      return { kind: "list", elements: given.elements.map((each) => filled(element.description, each, making)) };
    case "bytes":
      if (element.kind !== "buffer" || given.value.length > longest) return given;
      return { kind: "bytes", value: given.value.map(() => random.below(256)) };
    default:
      return given;
  }
}

function integerFor(field: WireField, bytes: number, signed: boolean, random: Random): bigint {
  if (field.type === "bool") return BigInt(random.below(2));
  const bits = random.bits();
  // small numbers are plausible as indices and registers alike
  const small = bits & 0x7fn;
  return signed || bytes === 1 ? small : BigInt.asUintN(bytes * 8, small);
}

/** The state with some fields of the description itself replaced, by name. */
export function withFields(state: DescriptionState, replaced: ReadonlyMap<string, FieldValue>): DescriptionState {
  if (replaced.size === 0) return state;
  return {
    ...state,
    fields: state.fields.map((each) => ({ ...each, value: replaced.get(each.name) ?? each.value })),
  };
}
