import { createPacking, createUnpacking, type Packed } from "../c/packing";

/**
 * Plain values (objects, lists, strings, numbers, booleans, undefined) as numbers and a table of strings, as packed facts
 * are. Equal strings come back as one string; the order of an object's keys stays, and so do keys without a value.
 */
interface PackedValues extends Packed {
  /** Keys of the objects, by the kind that the numbers name. */
  readonly shapes: readonly (readonly string[])[];
}

interface ValuePacker {
  /** Answers the place at which `unpackValue` finds it; throws a TypeError where it is no plain value. */
  add(value: unknown): number;
  packed(): PackedValues;
}

const absent = -1;
const yes = -2;
const no = -3;
const list = -4;
const text = -5;
const whole = -6;
/** Written out. */
const otherNumber = -7;

export function createValuePacker(): ValuePacker {
  const { put, say, length, rewind, packed } = createPacking();
  const shapes: (readonly string[])[] = [];
  const shapePlaces = new Map<string, number>();
  const shapeOf = (keys: readonly string[]): number => {
    const name = keys.join("\n");
    let place = shapePlaces.get(name);
    if (place === undefined) {
      place = shapes.length;
      shapes.push(keys);
      shapePlaces.set(name, place);
    }
    return place;
  };
  const object = (value: object): void => {
    if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError("an object with methods");
    const entries = Object.entries(value);
    if (Object.hasOwn(value, "__proto__")) throw new TypeError("a key that is none");
    put(shapeOf(entries.map(([key]) => key)));
    for (const [, each] of entries) pack(each);
  };
  const number = (value: number): void => {
    const isWhole = (value | 0) === value && !Object.is(value, -0);
    put(isWhole ? whole : otherNumber);
    if (isWhole) put(value);
    else say(Object.is(value, -0) ? "-0" : String(value));
  };
  const pack = (value: unknown): void => {
    switch (typeof value) {
      case "undefined":
        return put(absent);
      case "boolean":
        return put(value ? yes : no);
      case "string":
        put(text);
        return say(value);
      case "number":
        return number(value);
      case "object":
        if (value === null) throw new TypeError("null");
        if (!Array.isArray(value)) return object(value);
        put(list);
        put(value.length);
        for (const each of value as readonly unknown[]) pack(each);
        return;
      default:
        throw new TypeError(`a ${typeof value}`);
    }
  };

  return {
    add(value) {
      const at = length();
      try {
        pack(value);
      } catch (error) {
        rewind(at);
        throw error;
      }
      return at;
    },
    packed: () => ({ ...packed(), shapes }),
  };
}

/** Throws where the numbers are no value. */
export function unpackValue({ shapes, ...packed }: PackedValues, place: number): unknown {
  const { next, text: said } = createUnpacking(packed, place);
  const value = (): unknown => {
    const kind = next();
    switch (kind) {
      case absent:
        return undefined;
      case yes:
        return true;
      case no:
        return false;
      case text:
        return said();
      case whole:
        return next();
      case otherNumber:
        return Number(said());
      case list: {
        const found: unknown[] = [];
        for (let count = next(); count > 0; count--) found.push(value());
        return found;
      }
      default: {
        const keys = shapes[kind];
        if (keys === undefined) throw new RangeError("packed values name no shape");
        const found: Record<string, unknown> = {};
        for (const key of keys) found[key] = value();
        return found;
      }
    }
  };
  return value();
}
