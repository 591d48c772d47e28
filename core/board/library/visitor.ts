/** What carries a property's value between its setter or getter and who asks: QAPI's visitors. */
import { emptyFrame } from "../run/code";
import { load, read, store } from "../run/memory";
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction, Runner } from "../run/runner";
import { Arr, Native, objectKinds, Rec, textAt, Unknown, type Value } from "../run/values";
import { anyScalar, truthOf } from "./arguments";

export interface Carrier {
  value: Value;
  /** It was given as a number: 0 is none of the texts, NULL among them. */
  readonly isNumber: boolean;
  /** The getter writes it. */
  reads: boolean;
  /** Elements of a list that are still to be visited behind `value`. */
  rest: readonly Value[];
  asNumber(): Value;
  asBool(): Value;
  asText(): Value;
  asEnum(lookup: Value): Value;
}

const on = new Set(["on", "yes", "true", "y"]);
const off = new Set(["off", "no", "false", "n"]);
const shifts: Readonly<Record<string, number>> = { b: 0, k: 10, m: 20, g: 30, t: 40, p: 50, e: 60 };

export function carrierOf(value: Value, isNumber = typeof value === "number" && value !== 0): Carrier {
  return {
    value,
    isNumber,
    reads: false,
    rest: [],
    asNumber() {
      const text = textAt(this.value);
      if (text === undefined) return this.value;
      const unit = text.at(-1)?.toLowerCase() ?? "";
      const shift = text.startsWith("0x") ? undefined : shifts[unit];
      const number = Number(shift === undefined ? text : text.slice(0, -1));
      return Number.isNaN(number) ? new Unknown(`the number '${text}'`) : number * 2 ** (shift ?? 0);
    },
    asBool() {
      const text = textAt(this.value);
      if (text !== undefined) return on.has(text) ? 1 : off.has(text) ? 0 : new Unknown(`'${text}' as on or off`);
      return this.value instanceof Unknown ? this.value : truthOf(this.value) ? 1 : 0;
    },
    asText() {
      return textAt(this.value) ?? this.value;
    },
    asEnum(lookup) {
      const text = textAt(this.value);
      if (text === undefined) return this.value;
      const at = namesOf(lookup).indexOf(text);
      return at === -1 ? new Unknown(`'${text}' among the values of an enum`) : at;
    },
  };
}

/** `QEnumLookup`: the names behind `array`. */
function namesOf(lookup: Value): readonly string[] {
  const list = lookup instanceof Rec ? (lookup.get("@0") ?? 0) : 0;
  const found: string[] = [];
  if (list instanceof Arr)
    for (let k = 0; k < 256; k++) {
      const each = textAt(list.get(k));
      if (each === undefined) break;
      found.push(each);
    }
  return found;
}

export function visitor(carrier: Carrier): Native {
  return new Native(carrier);
}

function carrierIn(value: Value | undefined): Carrier | undefined {
  const inner = value instanceof Native ? value.value : undefined;
  return isCarrier(inner) ? inner : undefined;
}

function isCarrier(value: unknown): value is Carrier {
  return typeof value === "object" && value !== null && "asNumber" in value;
}

/** The next element of a list for a visitor, as the list's node that it is kept in; 0 at the end. */
function nextNode(carrier: Carrier): Value {
  const [value, ...rest] = carrier.rest;
  if (value === undefined) return 0;
  carrier.value = value;
  carrier.rest = rest;
  return new Rec();
}

const listFunctions: readonly (readonly [string, NativeFunction])[] = [
  [
    "visit_start_list",
    (_runner, [given, , target]) => {
      const carrier = carrierIn(given);
      if (carrier === undefined || target === undefined) return new Unknown("a visitor");
      if (!carrier.reads && target !== 0) store(target, nextNode(carrier));
      return 1;
    },
  ],
  [
    "visit_next_list",
    (_runner, [given, tail]) => {
      const carrier = carrierIn(given);
      if (carrier === undefined || tail === undefined) return new Unknown("a visitor");
      const node = carrier.reads ? 0 : nextNode(carrier);
      store(tail, node);
      return node;
    },
  ],
  ["visit_check_list", () => 1],
  ["visit_end_list", () => 0],
];

/** Elements of QLists. */
const elements = new WeakMap<object, Value[]>();

const append: NativeFunction = (_runner, [list, value]) => {
  if (list instanceof Rec) elements.get(list)?.push(value ?? 0);
  return 0;
};

const qlistFunctions: readonly (readonly [string, NativeFunction])[] = [
  [
    "qlist_new",
    () => {
      const made = new Rec();
      elements.set(made, []);
      return made;
    },
  ],
  ...["int", "str", "bool"].map((kind) => [`qlist_append_${kind}`, append] as const),
];

/** For what object_property_set_qobject is given; undefined where its contents are not known. */
export function carrierOfObject(object: Value | undefined): Carrier | undefined {
  const list = object instanceof Rec ? elements.get(object) : undefined;
  if (list === undefined) return undefined;
  spend(list.length * bytesOf.visit);
  return { ...carrierOf(0), rest: [...list] };
}

function visiting(make: (carrier: Carrier) => Value): NativeFunction {
  return (_runner, [given, , target]) => {
    const carrier = carrierIn(given);
    if (carrier === undefined || target === undefined) return new Unknown("a visitor");
    if (carrier.reads) carrier.value = load(target, anyScalar);
    else store(target, make(carrier));
    return 1;
  };
}

const number = visiting((carrier) => carrier.asNumber());

export const visitorFunctions: readonly (readonly [string, NativeFunction])[] = [
  ...listFunctions,
  ...qlistFunctions,
  ...["int", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "size", "number"].map(
    (kind) => [`visit_type_${kind}`, number] as const,
  ),
  ["visit_type_bool", visiting((carrier) => carrier.asBool())],
  [
    "visit_type_str",
    (runner, [given, name, target], site) => {
      const carrier = carrierIn(given);
      if (carrier !== undefined && !carrier.reads && carrier.isNumber) return 0;
      return visiting((each) => each.asText())(runner, [given ?? 0, name ?? 0, target ?? 0], site);
    },
  ],
  [
    "visit_start_alternate",
    (_runner, [given, , target]) => {
      const carrier = carrierIn(given);
      if (carrier === undefined || target === undefined) return new Unknown("a visitor");
      const made = new Rec();
      made.set("@0", objectKinds.indexOf(typeof carrier.value === "number" ? "QTYPE_QNUM" : "QTYPE_QSTRING"));
      store(target, made);
      return 1;
    },
  ],
  ["visit_end_alternate", () => 0],
  ["visit_free", () => 0],
  [
    "visit_type_enum",
    (runner, [given, name, target, lookup], site) =>
      visiting((carrier) => carrier.asEnum(lookup ?? 0))(runner, [given ?? 0, name ?? 0, target ?? 0], site),
  ],
];

/** `visit_type_OnOffAuto`, which QAPI generates: a name becomes the enumerator. */
export function visitGenerated(runner: Runner, name: string, values: readonly Value[]): Value {
  const [given, , target] = values;
  const carrier = carrierIn(given);
  if (carrier === undefined || target === undefined) return new Unknown("a visitor");
  if (carrier.reads) {
    carrier.value = load(target, anyScalar);
    return 1;
  }
  const text = textAt(carrier.value);
  if (text === undefined) {
    store(target, carrier.value);
    return 1;
  }
  const prefix = upper(name.slice("visit_type_".length));
  const value = runner.enumerator(`${prefix}_${text.replaceAll("-", "_").toUpperCase()}`);
  store(target, value ?? new Unknown(`'${text}' among the values of an enum`));
  return 1;
}

/** `OnOffAuto_str`, which QAPI generates; undefined where there is no such enum. */
export function enumText(runner: Runner, name: string, value: Value | undefined): Value | undefined {
  const lookup = runner.global(`${name}_lookup`, "");
  const place = lookup?.place(emptyFrame());
  if (lookup === undefined || place === undefined || typeof value !== "number") return undefined;
  return namesOf(read(place.holder, place.key, lookup.type))[value];
}

/** `OnOffAuto` -> `ON_OFF_AUTO`. */
function upper(name: string): string {
  let made = "";
  for (let k = 0; k < name.length; k++) {
    const unit = name[k] ?? "";
    const isUpper = unit !== unit.toLowerCase();
    const before = name[k - 1] ?? "";
    if (
      isUpper &&
      k > 0 &&
      (before === before.toLowerCase() || (name[k + 1] ?? "A") !== (name[k + 1] ?? "A").toUpperCase())
    )
      made += "_";
    made += unit.toUpperCase();
  }
  return made;
}
