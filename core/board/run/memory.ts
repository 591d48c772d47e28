/** Reading, writing and moving through what pointers point to. */
import type { CType, RecordType } from "../../c/ctype";
import { bytesOf, spend } from "./meter";
import {
  Arr,
  type Container,
  Fn,
  Native,
  type Offset,
  Ptr,
  rawIndex,
  Rec,
  Tagged,
  Unknown,
  type Value,
  Variables,
} from "./values";

export const beginning = "@0";
/** Key of the characters that memory begins with. */
export const firstText = "@a";

/** A new struct or array where the type is one. */
export function fresh(type: CType): Value {
  switch (type.kind) {
    case "record":
    case "opaque":
      return new Rec();
    case "array":
      return new Arr(type.element, type.length?.known === true ? type.length.value : undefined);
    default:
      return 0;
  }
}

export function isAggregate(type: CType): boolean {
  // what va_start makes is one value
  return type.kind === "record" || type.kind === "array" || (type.kind === "opaque" && type.name !== "va_list");
}

/** The value at a place; memory that nobody wrote is zero, unless nobody knows what was copied there. */
export function read(holder: Container, key: string | number, type: CType): Value {
  const value = holder instanceof Rec ? holder.get(String(key)) : holder.get(Number(key));
  if (isAggregate(type)) {
    if (value instanceof Rec || value instanceof Arr) return value;
    const isUnwritten = value !== undefined && value === holder.unwritten;
    if (!isUnwritten && (value instanceof Unknown || typeof value === "bigint")) return value;
    if (typeof value === "number" && value !== 0) return value;
    const other = value === undefined && type.kind === "record" ? sameMember(holder, String(key)) : undefined;
    if (other !== undefined) return other;
    const made = fresh(type);
    if (made instanceof Rec || made instanceof Arr) {
      made.holder = holder;
      made.holderKey = key;
      if (isUnwritten) made.unwritten = holder.unwritten;
      if (made instanceof Arr && typeof value === "string") made.text = value;
    }
    write(holder, key, made);
    return made;
  }
  return value ?? 0;
}

/**
 * An object that lies in an object under another struct's name: structs for one type's objects, of which one knows more of a part than
 * the other, have that part at one place under one name.
 */
function sameMember(holder: Container, key: string): Rec | undefined {
  if (!(holder instanceof Rec) || holder.attached === undefined) return undefined;
  spend(holder.cells.size * bytesOf.unit);
  const name = key.slice(key.indexOf("."));
  for (const [each, value] of holder.cells) {
    if (!each.endsWith(name) || each.indexOf(".") !== each.length - name.length) continue;
    if (value instanceof Rec && value.attached !== undefined && value.holder === holder) return value;
  }
  return undefined;
}

export function write(holder: Container, key: string | number, value: Value): void {
  if (holder instanceof Rec) holder.set(String(key), value);
  else holder.set(Number(key), value);
}

/** Bytes that a pointer to that type moves by in memory of unknown type. */
export function rawSize(type: CType): number {
  if (type.kind === "scalar" || type.kind === "pointer") return type.size;
  return type.kind === "enum" ? 4 : 1;
}

/** `base[index]` as a pointer to an element of that type. */
export function elementAt(base: Value, index: number, type: CType): Value {
  if (typeof base === "string") return index === 0 ? base : base.slice(index);
  if (base instanceof Arr) return elementOf(base, index, type);
  if (base instanceof Ptr) {
    if (index === 0) return base;
    if (base.holder instanceof Variables) return new Unknown("bytes of a variable", base);
    if (base.holder instanceof Arr) return elementOf(base.holder, Number(base.key) + index, type);
    const at = rawIndex(base.key);
    return at === undefined
      ? new Unknown("a pointer that leaves its member")
      : new Ptr(base.holder, `@${at + index * rawSize(type)}`, type);
  }
  if (base instanceof Rec) {
    if (!isAggregate(type)) return new Ptr(base, `@${index * rawSize(type)}`, type);
    if (index === 0) return base;
    if (base.holder === undefined) {
      const home = new Arr(type, undefined);
      home.items[0] = base;
      base.holder = home;
      base.holderKey = 0;
    }
    if (base.holder instanceof Arr) return elementOf(base.holder, Number(base.holderKey) + index, type);
    return new Unknown("a pointer that leaves its struct");
  }
  if (base instanceof Unknown) return base;
  if (index === 0) return base;
  return new Unknown("an element of no array");
}

function elementOf(array: Arr, index: number, type: CType): Value {
  if (index < 0) return new Ptr(array, index, type);
  const element = array.element ?? type;
  if (isAggregate(element)) return read(array, index, element);
  return index === 0 ? array : new Ptr(array, index, type);
}

/** `*pointer` of that type. */
export function load(pointer: Value, type: CType): Value {
  if (pointer instanceof Rec) {
    return isAggregate(type) && type.kind !== "array"
      ? pointer
      : read(pointer, type.kind === "array" ? firstText : beginning, type);
  }
  if (pointer instanceof Arr) return type.kind === "array" ? pointer : read(pointer, 0, type);
  if (pointer instanceof Ptr) return read(pointer.holder, pointer.key, type);
  if (typeof pointer === "string") return pointer.length > 0 ? pointer.charCodeAt(0) : 0;
  if (pointer instanceof Unknown || pointer instanceof Fn) return pointer;
  return new Unknown("what a null pointer points to");
}

/** `*pointer = value`; false where there is no such place. */
export function store(pointer: Value, value: Value): boolean {
  if (pointer instanceof Rec) pointer.set(beginning, value);
  else if (pointer instanceof Arr) pointer.set(0, value);
  else if (pointer instanceof Ptr) write(pointer.holder, pointer.key, value);
  else if (pointer instanceof Unknown && pointer.inside !== undefined)
    store(pointer.inside, new Unknown(pointer.reason));
  else return false;
  return true;
}

export function same(a: Value, b: Value): boolean | undefined {
  if (a instanceof Unknown || b instanceof Unknown) return undefined;
  if (a === b) return true;
  if (a instanceof Ptr && b instanceof Ptr) return a.holder === b.holder && String(a.key) === String(b.key);
  if (a instanceof Fn && b instanceof Fn) {
    return a.located !== undefined && a.located.definition === b.located?.definition;
  }
  if (a instanceof Arr && b instanceof Rec) return b.holder === a && Number(b.holderKey) === 0;
  if (a instanceof Rec && b instanceof Arr) return same(b, a);
  if (a instanceof Ptr && b instanceof Rec) return a.holder === b && a.key === beginning;
  if (a instanceof Rec && b instanceof Ptr) return same(b, a);
  if (a instanceof Tagged && b instanceof Tagged) return a.tag === b.tag ? same(a.pointer, b.pointer) : false;
  if (a instanceof Native && b instanceof Native) return a.value === b.value;
  if (typeof a === "bigint" || typeof b === "bigint") {
    if ((typeof a === "number" || typeof a === "bigint") && (typeof b === "number" || typeof b === "bigint")) {
      return BigInt(a) === BigInt(b);
    }
  }
  return false;
}

/** A pointer moved into what it points to. */
export function inside(base: Value, offset: Offset): Value {
  let at: Value = base;
  if (offset.between !== undefined) {
    const { from, to } = offset.between;
    if (same(base, from) !== true) return new Unknown("a pointer moved by what lies between others");
    at = to;
  }
  for (const { key, type } of offset.steps) {
    if (key === undefined) continue;
    if (typeof key === "number") at = elementAt(at, key, type);
    else if (at instanceof Rec) at = isAggregate(type) ? read(at, key, type) : new Ptr(at, key, type);
    else return new Unknown("a member of no struct");
  }
  return at;
}

/** The struct in which a pointer's target is embedded at that offset: container_of. */
export function around(base: Value, offset: Offset): Value {
  if (offset.between !== undefined) {
    const { from, to } = offset.between;
    return same(base, to) === true ? from : new Unknown("a pointer moved by what lies between others");
  }
  let at: Value = base;
  for (let k = offset.steps.length - 1; k >= 0; k--) {
    const key = offset.steps[k]?.key;
    if (key === undefined) continue;
    if (at instanceof Ptr) {
      if (typeof key === "string" ? at.key !== key : false) return new Unknown("a struct around another member");
      at = typeof key === "number" ? (holderOf(at.holder) ?? at.holder) : at.holder;
    } else if (at instanceof Rec || at instanceof Arr) {
      const { holder } = at;
      if (holder === undefined) return new Unknown("a struct around one that stands alone");
      if (typeof key === "string" && at.holderKey !== key) return new Unknown("a struct around another member");
      at = holder;
    } else return at instanceof Unknown ? at : new Unknown("a struct around nothing");
  }
  return at;
}

function holderOf(container: Container): Container | undefined {
  return container.holder;
}

const numbers = new WeakMap<object, number>();
let next = 1;

/** A name for a struct's members that no other struct has. */
export function recordName(record: RecordType): string {
  if (record.tag !== undefined) return record.tag;
  let number = numbers.get(record.identity);
  if (number === undefined) {
    number = next++;
    numbers.set(record.identity, number);
  }
  return `#${number}`;
}
