/** State for a device: of the shape its description gives, filled from a seed, consistent enough to be loaded. */
import {
  ByteReader,
  type DescriptionState,
  type FieldValue,
  loadDescription,
  type LoadHooks,
  type Result,
  type WireDescription,
  type WireField,
} from "../wire";
import type { Random } from "./random";

/**
 * Answers to what only C code could say; source and destination give the same, so what one saves the other loads.
 * A predicate holds, a count that the stream does not carry is 0.
 */
export const answers: LoadHooks = { choose: () => 0 };

const blank = new Uint8Array(1 << 23);

/**
 * The state that a stream of zeros would load, then with values: every count and predicate was answered by reading, so
 * the shape is one that loads. Counts, sizes and what C code reads by itself stay zero.
 */
export function generateState(description: WireDescription, random: Random): Result<DescriptionState> {
  const known = shapes.get(description);
  const shape =
    known ?? loadDescription(new ByteReader(blank), description, description.versionId, answers, { blank: true });
  if (known === undefined) shapes.set(description, shape);
  return shape.ok ? { ok: true, value: filled(description, shape.value, random) } : shape;
}

const shapes = new WeakMap<WireDescription, Result<DescriptionState>>();

function filled(description: WireDescription, state: DescriptionState, random: Random): DescriptionState {
  // where something is counted, any number may be the count that another version or a validation goes by
  const counted = isCounted(description);
  const fields = state.fields.map((each) => {
    const field = description.fields[each.index];
    if (field === undefined || (counted && field.element.kind === "integer")) return each;
    return { ...each, value: value(field, each.value, random) };
  });
  return { ...state, fields };
}

/** Whether some field's length depends on state. */
function isCounted({ fields }: WireDescription): boolean {
  return fields.some(({ count, size }) => count.kind === "member" || size.kind === "member");
}

/** Longer arrays and buffers keep their zeros: nobody reads them, and they are most of the bytes. */
const longest = 64;

function value(field: WireField, given: FieldValue, random: Random): FieldValue {
  const { element } = field;
  switch (given.kind) {
    case "integer":
      if (element.kind !== "integer" || element.check !== "none") return given;
      return { kind: "integer", value: integerFor(field, element.bytes, element.signed, random) };
    case "array":
      if (given.elements.length > longest) return given;
      return { kind: "array", elements: given.elements.map((each) => value(field, each, random)) };
    case "struct":
      if (element.kind !== "struct" && element.kind !== "tmp") return given;
      return { kind: "struct", state: filled(element.description, given.state, random) };
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
