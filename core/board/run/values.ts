/**
 * What a run of QEMU's set-up code works on. A number is a JavaScript number, or a bigint beyond 2^53; a pointer to text is
 * the text; a pointer to a struct is the struct; any other pointer is a place. What nobody can know is Unknown, with the
 * reason, and stays so through what is computed from it.
 */
import type { CType } from "../../c/ctype";
import type { LocatedFunction } from "../../project/project";
import { type Fill, filledWith, withFill } from "./fills";
import { bytesOf, Exceeded, maximumIndex, spend } from "./meter";

export type Value = number | bigint | string | Rec | Arr | Ptr | Fn | Offset | Tagged | Arguments | Native | Unknown;

export class Unknown {
  constructor(
    readonly reason: string,
    /** The variable in which the place lies that is not known. */
    readonly inside: Ptr | undefined = undefined,
  ) {}
}

/** What a function that is nowhere in the tree has put into memory: a file's bytes, say. */
export class Unread extends Unknown {}

/** Value of a table that is read when it is asked for. */
export class Later {
  constructor(readonly make: () => Value) {}
}

/** A JavaScript value that C code hands around without looking into it. */
export class Native {
  constructor(readonly value: unknown) {}
}

/** What `...` stands for in a call, and how far it has been read. */
export class Arguments {
  at = 0;
  constructor(readonly values: readonly Value[]) {}
}

export class Fn {
  constructor(
    readonly name: string,
    readonly located: LocatedFunction | undefined,
    /** It is done without the tree. */
    readonly isNative = false,
  ) {}
}

/** Where a member lies in a struct, by name: `offsetof(State, irq[2])`; or what leads from one place to one elsewhere. */
export class Offset {
  constructor(
    readonly steps: readonly OffsetStep[],
    readonly between: { readonly from: Value; readonly to: Value } | undefined = undefined,
  ) {}
}

/** A pointer with something in its low bits, which are free by its alignment. */
export class Tagged {
  constructor(
    readonly pointer: Value,
    readonly tag: number,
  ) {}
}

export interface OffsetStep {
  /** Key of a member, or index of an element; undefined: the same place under another type. */
  readonly key: string | number | undefined;
  readonly type: CType;
}

/** What holds values: a struct by keys, an array or a function's variables by index. */
export type Container = Rec | Arr;

/** A place that is no struct's beginning. */
export class Ptr {
  constructor(
    readonly holder: Container,
    readonly key: string | number,
    /** Text that was handed out as a pointer to its first unit, moved on. */
    readonly type: CType | undefined = undefined,
  ) {}
}

/** Of QType, which QAPI generates without a schema. */
export const objectKinds = [
  "QTYPE_NONE",
  "QTYPE_QNULL",
  "QTYPE_QNUM",
  "QTYPE_QSTRING",
  "QTYPE_QDICT",
  "QTYPE_QLIST",
  "QTYPE_QBOOL",
];

/**
 * A struct, or memory of unknown type. Members are kept by struct and name, so that all types of which the memory is
 * one, as a QOM object's, share it. What lies at the very beginning has one key for all of them.
 */
export class Rec {
  readonly cells = new Map<string, Value | Later>();
  /** Where it is embedded. */
  holder: Container | undefined;
  holderKey: string | number = 0;
  /** The variable of the tree that it is. */
  symbol: { readonly file: string; readonly name: string; readonly typeName: string } | undefined;
  /** What runs of native code keep with it. */
  attached: unknown;

  /** Members by name were set, not bytes alone. */
  isNamed = false;

  /** What bytes hold that have no cell, the last one first. */
  fills: readonly Fill<Value>[] = noFills;

  /** What members and bytes hold that nobody wrote, where that is not zero. */
  unwritten: Unknown | undefined;

  constructor() {
    spend(bytesOf.struct);
  }

  get(key: string): Value | undefined {
    const value = this.cells.get(key);
    if (value === undefined)
      return (this.fills.length === 0 ? undefined : filledWith(this.fills, rawIndex(key) ?? -1)) ?? this.unwritten;
    if (!(value instanceof Later)) return value;
    this.cells.set(key, 0);
    const made = value.make();
    this.cells.set(key, made);
    return made;
  }

  set(key: string, value: Value | Later): void {
    const { size } = this.cells;
    this.cells.set(key, value);
    if (this.cells.size === size) return;
    this.isNamed ||= rawIndex(key) === undefined;
    spend(bytesOf.member);
  }

  /** The same value in each of those bytes. */
  fill(fill: Fill<Value>): void {
    this.fills = withFill(this.fills, fill);
    spend(this.cells.size * bytesOf.visit);
    for (const key of this.cells.keys()) {
      const index = rawIndex(key) ?? -1;
      if (index >= fill.from && index < fill.to) this.cells.delete(key);
    }
  }
}

const noFills: readonly Fill<Value>[] = [];

export class Arr {
  readonly items: (Value | undefined)[] = [];
  holder: Container | undefined;
  holderKey: string | number = 0;
  symbol: Rec["symbol"];
  /** Characters as a whole, where they were written as a whole. */
  text: string | undefined;
  /** What elements hold that nobody wrote, where that is not zero. */
  unwritten: Unknown | undefined;
  /** False: of memory that holds anything before it is written. It is read as zero all the same, unless that decides. */
  isCleared = true;
  constructor(
    readonly element: CType | undefined,
    public length: number | undefined,
  ) {
    spend(bytesOf.array);
  }

  get(key: number): Value | undefined {
    if (this.text !== undefined) return key < this.text.length ? this.text.charCodeAt(key) : 0;
    return this.items[key] ?? this.unwritten;
  }

  set(key: number, value: Value): void {
    if (this.text !== undefined) {
      const { text } = this;
      this.text = undefined;
      spend(text.length * bytesOf.element);
      for (let i = 0; i < text.length; i++) this.items[i] = text.charCodeAt(i);
      if (this.items.length < text.length + 1) this.items[text.length] = 0;
    }
    if (key >= this.items.length) {
      if (key > maximumIndex) throw new Exceeded(`element ${key} of an array`);
      spend(bytesOf.member + (key - this.items.length) * bytesOf.element);
    }
    this.items[key] = value;
  }
}

/** A call's variables, or one that outlives calls: none is behind another. */
export class Variables extends Arr {
  constructor(count: number) {
    super(undefined, count);
  }
}

export function isTrue(value: Value): boolean | undefined {
  if (typeof value === "number") return value !== 0;
  if (typeof value === "bigint") return value !== 0n;
  if (value instanceof Unknown) return undefined;
  return true;
}

export function asBigint(value: Value): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return BigInt(Math.trunc(value));
}

export function fromBigint(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** A copy of what a struct or an array holds, for an assignment of values. */
export function copied(value: Value): Value {
  if (value instanceof Rec) {
    const made = new Rec();
    copyInto(made, value);
    return made;
  }
  if (value instanceof Arr) {
    const made = new Arr(value.element, value.length);
    made.text = value.text;
    made.unwritten = value.unwritten;
    spend(value.items.length * bytesOf.element);
    value.items.forEach((each, k) => {
      if (each !== undefined) made.items[k] = embedded(each, value, made, k);
    });
    return made;
  }
  return value;
}

export function copyInto(target: Rec, source: Rec): void {
  if (target === source) return;
  target.cells.clear();
  target.isNamed = false;
  target.fills = source.fills;
  target.unwritten = source.unwritten;
  for (const key of source.cells.keys()) {
    const value = source.get(key);
    if (value !== undefined) target.set(key, embedded(value, source, target, key));
  }
}

/** Structs inside are copied with what they are in; what a member points to is not. */
function embedded(value: Value, from: Container, to: Container, key: string | number): Value {
  if (!(value instanceof Rec || value instanceof Arr) || value.holder !== from) return value;
  const made = copied(value);
  if (made instanceof Rec || made instanceof Arr) {
    made.holder = to;
    made.holderKey = key;
  }
  return made;
}

/** Place of an element in memory of unknown type; undefined where the key is a member's. */
export function rawIndex(key: string | number): number | undefined {
  if (typeof key === "number") return key;
  const index = key.startsWith("@") ? Number(key.slice(1)) : Number.NaN;
  return Number.isInteger(index) ? index : undefined;
}

/** Characters that were written one by one into memory of unknown type. */
function unitsIn(memory: Rec, from: number | undefined): string | undefined {
  // what lies at the beginning alone may be a struct's first member
  if (from === undefined || (from === 0 && !memory.cells.has("@1"))) return undefined;
  let text = "";
  for (let k = from; k < from + 4096; k++) {
    const unit = memory.get(`@${k}`);
    if (unit === undefined ? k > from : unit === 0) break;
    if (typeof unit !== "number" || unit < 0 || unit > 0xff) return undefined;
    text += String.fromCharCode(unit);
  }
  return text;
}

/** The text at a pointer; undefined where it is none, or not known. */
export function textAt(value: Value | undefined): string | undefined {
  const text = typeof value === "string" ? value : textIn(value);
  if (text !== undefined) spend(text.length * bytesOf.unit);
  return text;
}

function textIn(value: Exclude<Value, string> | undefined): string | undefined {
  let array: Arr | undefined;
  let from = 0;
  if (value instanceof Arr) array = value;
  else if (value instanceof Ptr && value.holder instanceof Arr && typeof value.key === "number") {
    array = value.holder;
    from = value.key;
  } else if (value instanceof Rec && value.cells.get("@a") instanceof Arr) return textIn(value.get("@a") as Arr);
  else if (value instanceof Rec && value.cells.has("@1")) return unitsIn(value, 0);
  else if (value instanceof Rec && value.holder instanceof Arr && typeof value.holderKey === "number") {
    array = value.holder;
    from = value.holderKey;
  } else if (value instanceof Ptr && value.holder instanceof Rec) return unitsIn(value.holder, rawIndex(value.key));
  if (array === undefined) return undefined;
  if (array.text !== undefined) return array.text.slice(from);
  let text = "";
  for (let k = from; k < from + 4096; k++) {
    const unit = array.get(k);
    if (unit === undefined || unit === 0) break;
    if (typeof unit !== "number") return undefined;
    text += String.fromCharCode(unit & 0xff);
  }
  return text;
}
