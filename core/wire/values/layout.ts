/**
 * The shape of one payload as the stream's own description tells it, to answer what the source leaves open: counts,
 * sizes and predicates that follow from a machine's configuration.
 */
import { groupedByName, subsectionOf, type WireDescription, type WireField } from "./schema";
import type { DescriptionState, FieldState } from "./state";

/**
 * `of` is the description that holds the field. Each answer is undefined where the description does not reach: inside what a VMStateInfo of its
 * own wrote.
 */
export interface PayloadLayout {
  /** Elements of the field, if it starts at this offset of the stream. */
  count(of: WireDescription, field: WireField, offset: number): number | undefined;
  /** Bytes of one element; bits for a bitmap. */
  size(of: WireDescription, field: WireField, offset: number): number | undefined;
  /** Whether the field is there. */
  has(of: WireDescription, field: WireField, offset: number): boolean | undefined;
  /** Whether a struct of that description is there that holds nothing: its table has fields, so all its arrays are empty. */
  isEmpty(of: WireDescription, offset: number): boolean;
  /** Whether a NULL is there. */
  isNull(offset: number): boolean | undefined;
  /** Whether each field that is described is one of the table's, of the same type: not where another version's table wrote it. */
  isOf(table: WireDescription): boolean;
}

interface Place {
  /** Name of the description that has the field. */
  readonly of: string;
  readonly name: string;
  readonly count: number;
  readonly size: number;
}

/** Elements that are the byte of a pointer. */
const oneByte: ReadonlySet<string> = new Set(["nullptr", "marker"]);

/** What stands for a pointer in place of an element. */
const pointerTypes = new Set(["nullptr", "ptr-marker"]);

/** VMStateInfo names whose bytes hold no further fields. */
const leafTypes = new Set(["buffer", "unused_buffer", "bitmap", "struct", "nullptr"]);

export function layoutOf({ schema, state }: { schema: WireDescription; state: DescriptionState }): PayloadLayout {
  const places = new Map<number, Place[]>();
  /** Starts and ends of bytes that the description does not take apart. */
  const closed: (readonly [number, number])[] = [];
  const empty = new Set<string>();
  const nulls = new Set<number>();
  collect(schema, state, places, closed, empty, nulls);

  function find(of: WireDescription, field: WireField, offset: number): Place | "none" | undefined {
    const here = places.get(offset) ?? [];
    const found = here.find(({ name }) => name === shownName(of, field));
    if (found !== undefined) return found;
    // where closed bytes begin, the description that they are a field of is still known
    return isInside(closed, offset) && !here.some((each) => each.of === of.name) ? undefined : "none";
  }

  return {
    count(of, field, offset) {
      const place = find(of, field, offset);
      return place === "none" ? undefined : place?.count;
    },
    size(of, field, offset) {
      const place = find(of, field, offset);
      if (place === undefined || place === "none") return undefined;
      return field.element.kind === "bitmap" ? place.size * 8 : place.size;
    },
    has(of, field, offset) {
      const place = find(of, field, offset);
      return place === undefined ? undefined : place !== "none";
    },
    isEmpty: (of, offset) => empty.has(`${offset} ${of.name}`),
    isNull: (offset) => nulls.has(offset) || (places.has(offset) ? false : undefined),
    isOf: (table) =>
      schema.fields.every(
        ({ name, type }) =>
          pointerTypes.has(type) || table.fields.some((own) => shownName(table, own) === name && own.type === type),
      ),
  };
}

/** Whether one of the ranges, which come in order and apart, holds the offset. */
function isInside(ranges: readonly (readonly [number, number])[], offset: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  const found = ranges[low];
  return found !== undefined && offset >= found[0];
}

const shown = new WeakMap<readonly WireField[], ReadonlyMap<WireField, string>>();

/** vmsd_desc_field_name: a name that comes again in a description has its number behind it. */
function shownName({ fields }: WireDescription, field: WireField): string {
  let names = shown.get(fields);
  if (names === undefined) {
    const each = [...groupedByName(fields).values()].flatMap((same) =>
      same.map((one, i): [WireField, string] => [one, same.length < 2 ? one.name : `${one.name}[${i}]`]),
    );
    names = new Map(each);
    shown.set(fields, names);
  }
  return names.get(field) ?? field.name;
}

function collect(
  schema: WireDescription,
  state: DescriptionState,
  places: Map<number, Place[]>,
  closed: (readonly [number, number])[],
  empty: Set<string>,
  nulls: Set<number>,
): void {
  const { fields } = state;
  for (const [i, { name, index, value, at }] of fields.entries()) {
    const field = schema.fields[index];
    if (field !== undefined && at?.size === 0 && value.kind === "struct" && value.state.fields.length === 0) {
      empty.add(`${at.offset} ${value.state.name}`);
    }
    if (field === undefined || at === undefined || at.size === 0) continue;
    const size = field.size.kind === "fixed" ? field.size.size : at.size;
    const count = fields[i - 1]?.name === name ? 1 : elementsFrom(schema, fields, i);
    const place = { of: schema.name, name, count, size };
    if (value.kind === "null") nulls.add(at.offset);
    // NULLs that follow one another are described as one array
    else if (value.kind === "array" && oneByte.has(field.element.kind))
      value.elements.forEach((each, k) => each.kind === "null" && nulls.add(at.offset + k));
    const list = places.get(at.offset);
    if (list === undefined) places.set(at.offset, [place]);
    else list.push(place);
    const { element } = field;
    if (element.kind === "buffer" && !leafTypes.has(field.type)) closed.push([at.offset, at.offset + at.size]);
    if (element.kind !== "struct") continue;
    for (const each of value.kind === "array" ? value.elements : [value]) {
      if (each.kind === "struct") collect(element.description, each.state, places, closed, empty, nulls);
    }
  }
  for (const subsection of state.subsections) {
    const nested = subsectionOf(schema, subsection);
    if (nested !== undefined) collect(nested, subsection, places, closed, empty, nulls);
  }
}

/** Elements that differ are described one by one, each with the array's name; in a marked array the marks are. */
function elementsFrom(schema: WireDescription, fields: readonly FieldState[], from: number): number {
  const name = fields[from]?.name;
  const isMark = (at: number): boolean => schema.fields[fields[at]?.index ?? -1]?.element.kind === "marker";
  const marked = isMark(from);
  let count = 0;
  for (let i = from; fields[i]?.name === name; i++) {
    const value = fields[i]?.value;
    if (marked && !isMark(i)) continue;
    count += value?.kind === "array" ? value.elements.length : 1;
  }
  return count;
}
