/** Holds the items of a saver against those of a loader: where do they first part, and does the rest line up again. */
import { type Item, type Origin, sizedLeaf, sizeOfItems } from "./layout";

/** The fields that a run of items is: where a nested struct came or went as a whole, the field that nests it. */
function fieldsOf(run: readonly Item[], all: readonly Item[], other: readonly Item[]): readonly Origin[] {
  const found = new Set<Origin>();
  for (const item of run) {
    if (item.kind === "maybe" && run.length > 1) continue;
    let origin: Origin = item;
    for (let outer = item.outer; outer !== undefined; outer = outer.outer) {
      const nest = outer;
      if (other.some((each) => hasNest(each, nest))) break;
      if (all.filter((each) => isInside(each, nest)).length > run.filter((each) => isInside(each, nest)).length) break;
      origin = nest;
    }
    found.add(origin);
  }
  return [...found];
}

/** The other side nests something by the same field too. */
function hasNest(item: Item, { name, description }: Origin): boolean {
  for (let outer = item.outer; outer !== undefined; outer = outer.outer) {
    if (outer.name === name && outer.description.name === description.name) return true;
  }
  return false;
}

function isInside(item: Item, nest: Origin): boolean {
  for (let outer = item.outer; outer !== undefined; outer = outer.outer) if (outer === nest) return true;
  return false;
}

export interface Difference {
  /** refused: the bytes that follow are read from the wrong place. wrong-values: the sizes agree, the meaning does not. */
  readonly verdict: "refused" | "wrong-values";
  /** False: it hangs on test functions that could not be evaluated. */
  readonly certain: boolean;
  /** One side may have something that the other never has; nothing else differs. */
  readonly conditional: boolean;
  /** Saved but not expected, and expected but not saved; what follows both is the same again. */
  readonly saved: readonly Item[];
  readonly expected: readonly Item[];
  readonly savedFields: readonly Origin[];
  readonly expectedFields: readonly Origin[];
  /** Bytes of the description's payload before the difference; undefined where something before it varies. */
  readonly offset: number | undefined;
  /** The first items behind the difference. */
  readonly following: { readonly saved: Item | undefined; readonly expected: Item | undefined };
}

const atEnd: Difference["following"] = { saved: undefined, expected: undefined };

export function alignItems(saved: readonly Item[], expected: readonly Item[]): readonly Difference[] {
  return differences(saved, expected).map((each) => ({
    ...each,
    // what is inside an array has been named where the array was compared
    savedFields: each.savedFields ?? fieldsOf(each.saved, saved, expected),
    expectedFields: each.expectedFields ?? fieldsOf(each.expected, expected, saved),
  }));
}

/** A difference before its fields are named. */
type Bare = Omit<Difference, "savedFields" | "expectedFields"> &
  Partial<Pick<Difference, "savedFields" | "expectedFields">>;

function differences(saved: readonly Item[], expected: readonly Item[]): readonly Bare[] {
  const found: Bare[] = [];
  const doubtful = otherTests(saved, expected);
  const shifts = sizeOfItems(saved) !== sizeOfItems(expected);
  let i = 0;
  let j = 0;
  for (;;) {
    const a = saved[i];
    const b = expected[j];
    if (a === undefined && b === undefined) break;
    if (a !== undefined && b !== undefined && sameItem(a, b) && !(shifts && isShift(saved, i, expected, j))) {
      i++;
      j++;
      continue;
    }
    const taken = a?.kind === "maybe" ? startsAt(a.body, expected, j) : 0;
    const met = b?.kind === "maybe" ? startsAt(b.body, saved, i) : 0;
    if (taken > 0) {
      i++;
      j += taken;
      continue;
    }
    if (met > 0) {
      i += met;
      j++;
      continue;
    }
    if (a?.kind === "maybe") {
      found.push(conditional([a], [], offsetAt(saved, i)));
      i++;
      continue;
    }
    if (b?.kind === "maybe") {
      found.push(conditional([], [b], offsetAt(saved, i)));
      j++;
      continue;
    }
    const rest = tail(saved, i, expected, j);
    for (const each of region(
      saved.slice(i, saved.length - rest),
      expected.slice(j, expected.length - rest),
      offsetAt(saved, i),
    )) {
      const following = { saved: saved[saved.length - rest], expected: expected[expected.length - rest] };
      const placed = each.following === atEnd ? { ...each, following } : each;
      found.push(doubtful ? { ...placed, certain: false } : placed);
    }
    break;
  }
  if (found.every((each) => !each.certain)) found.push(...swapped(saved, expected));
  return found;
}

/** Fields of one name that hang on different functions: one side may have it where the other has not. */
function otherTests(saved: readonly Item[], expected: readonly Item[]): boolean {
  const keys = (items: readonly Item[]): ReadonlySet<string> =>
    new Set(items.flatMap((item) => (item.kind === "maybe" ? [item.key] : [])));
  const [a, b] = [keys(saved), keys(expected)];
  return [...a].some((key) => !b.has(key)) || [...b].some((key) => !a.has(key));
}

/** Equal in size, but one of them is the other side's next: one has come or gone here, not at the end of the run. */
function isShift(saved: readonly Item[], i: number, expected: readonly Item[], j: number): boolean {
  const [a, b] = [saved[i], expected[j]];
  if (a === undefined || b === undefined || a.name === b.name) return false;
  const near = (items: readonly Item[], from: number, name: string): boolean =>
    items.slice(from + 1, from + 4).some((item) => item.name === name);
  return near(expected, j, a.name) !== near(saved, i, b.name);
}

function conditional(saved: readonly Item[], expected: readonly Item[], offset: number | undefined): Bare {
  return { verdict: "refused", certain: false, conditional: true, saved, expected, offset, following: atEnd };
}

function offsetAt(items: readonly Item[], index: number): number | undefined {
  const before = items.slice(0, index);
  return before.some((item) => item.kind === "maybe") ? undefined : sizeOfItems(before);
}

function region(saved: readonly Item[], expected: readonly Item[], offset: number | undefined): readonly Bare[] {
  const [a, b] = [sizeOfItems(saved), sizeOfItems(expected)];
  const maybe = [...saved, ...expected].some((item) => item.kind === "maybe");
  if (a !== undefined && a === b && coveredByBytes(saved, expected)) return [];
  const inner = nestedDifference(saved, expected, offset);
  if (inner !== undefined) return inner;
  const verdict = a !== undefined && a === b ? "wrong-values" : "refused";
  const certain =
    !maybe &&
    (verdict === "wrong-values" || (a !== undefined && b !== undefined) || variesDifferently(saved, expected));
  return [{ verdict, certain, conditional: false, saved, expected, offset, following: atEnd }];
}

/** What is of unknown length is on one side only, or of another kind: no lengths make the two equal by rule. */
function variesDifferently(saved: readonly Item[], expected: readonly Item[]): boolean {
  if (saved.length === 0 || expected.length === 0) return true;
  const opaque = (items: readonly Item[]) => items.filter((item) => item.kind === "opaque").length;
  return opaque(saved) === 0 && opaque(expected) === 0;
}

/** Both sides hold one array or list: the difference is inside its elements. */
function nestedDifference(
  saved: readonly Item[],
  expected: readonly Item[],
  offset: number | undefined,
): readonly Bare[] | undefined {
  const [a, b] = [saved[0], expected[0]];
  if (a === undefined || b === undefined || a.kind !== b.kind || saved.length !== 1 || expected.length !== 1)
    return undefined;
  if (a.kind === "repeat" && b.kind === "repeat" && a.count === b.count) {
    return alignItems(a.body, b.body).map((each) => ({ ...each, offset: plus(offset, each.offset) }));
  }
  if (a.kind === "counted" && b.kind === "counted" && a.how === b.how) {
    return alignItems(a.body, b.body).map((each) => ({ ...each, offset: undefined }));
  }
  return undefined;
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** One side only skips bytes, or both have bytes and units of one: nothing is misread. */
function coveredByBytes(saved: readonly Item[], expected: readonly Item[]): boolean {
  const all = (items: readonly Item[], test: (item: Extract<Item, { kind: "fixed" }>) => boolean): boolean =>
    items.every((item) => (item.kind === "fixed" ? test(item) : item.kind === "repeat" && all(item.body, test)));
  const unused = (items: readonly Item[]) => all(items, ({ form }) => form === "unused");
  const plain = (items: readonly Item[]) => all(items, ({ form, unit }) => form === "unused" || unit === 1);
  return unused(saved) || unused(expected) || (plain(saved) && plain(expected));
}

function sameItem(a: Item, b: Item): boolean {
  if (isUnsized(a)) return b.kind !== "maybe";
  if (isUnsized(b)) return a.kind !== "maybe";
  if (a.kind === "fixed" && b.kind === "fixed") {
    if (a.bytes !== b.bytes) return false;
    if (a.form === "unused" || b.form === "unused" || a.form === "any" || b.form === "any") return true;
    return a.unit === b.unit;
  }
  if (a.kind === "repeat" && b.kind === "repeat") return a.count === b.count && sameItems(a.body, b.body);
  if (a.kind === "counted" && b.kind === "counted") return a.how === b.how && sameItems(a.body, b.body);
  if (a.kind === "maybe" && b.kind === "maybe") return sameItems(a.body, b.body);
  if (a.kind === "opaque" && b.kind === "opaque") return a.type === b.type;
  return false;
}

/** A field of a dump whose size could not be read. */
function isUnsized(item: Item): boolean {
  return item.kind === "opaque" && item.type === sizedLeaf;
}

function sameItems(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((item, index) => b[index] !== undefined && sameItem(item, b[index]));
}

/** How many of `items` from `at` on a conditional body stands for; 0 where it does not match. */
function startsAt(body: readonly Item[], items: readonly Item[], at: number): number {
  return body.length > 0 && sameItems(body, items.slice(at, at + body.length)) ? body.length : 0;
}

/** Items at the end that agree, by name where they have the same size. */
function tail(saved: readonly Item[], i: number, expected: readonly Item[], j: number): number {
  let count = 0;
  while (saved.length - count > i && expected.length - count > j) {
    const a = saved[saved.length - count - 1];
    const b = expected[expected.length - count - 1];
    if (a === undefined || b === undefined || !sameItem(a, b)) break;
    count++;
  }
  return count;
}

/** Fields of equal size that changed places: each lands in the other's member. */
function swapped(saved: readonly Item[], expected: readonly Item[]): readonly Bare[] {
  if (saved.length !== expected.length) return [];
  const places = onlyPlaces(expected);
  const own = onlyPlaces(saved);
  for (const [index, item] of saved.entries()) {
    const other = expected[index];
    const place = places.get(keyOf(item));
    if (other === undefined || place === undefined || place === index || own.get(keyOf(item)) !== index) continue;
    if (item.kind === "fixed" && (item.form === "unused" || (other.kind === "fixed" && other.form === "unused")))
      continue;
    return [
      {
        verdict: "wrong-values",
        certain: true,
        conditional: false,
        saved: [item],
        expected: [other],
        offset: offsetAt(saved, index),
        following: atEnd,
      },
    ];
  }
  return [];
}

/** Where items are that are there once. */
function onlyPlaces(items: readonly Item[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [index, item] of items.entries()) places.set(keyOf(item), places.has(keyOf(item)) ? -1 : index);
  for (const [key, index] of places) if (index < 0) places.delete(key);
  return places;
}

/** With the fields around it: a nested description may be there several times. */
function keyOf(item: Item): string {
  let key = `${item.description.name}\n${item.name}`;
  for (let outer = item.outer; outer !== undefined; outer = outer.outer) key += `\n${outer.name}`;
  return key;
}
