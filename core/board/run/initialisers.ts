/** What stands behind `=`: values, lists with and without designators. */
import type { CType } from "../../c/ctype";
import type { Expression, InitialiserList } from "../../c/syntax";
import { type Code, type Compiling, emptyFrame } from "./code";
import type { Frame } from "./host";
import { type MemberPlace, placeOfMember, placesInOrder } from "./members";
import { elementAt, fresh, isAggregate, read } from "./memory";
import { Arr, copied, Later, Rec, type Value } from "./values";

/** A value of that type, from what stands behind `=`. */
export function initialOf(c: Compiling, type: CType, value: Expression, lazily = false): Code {
  if (value.kind === "list") return listOf(c, type, value, lazily);
  if (value.kind === "compound" && value.list !== undefined) {
    const own = c.resolve(value.type);
    if (isAggregate(type)) return listOf(c, own.kind === "unknown" ? type : own, value.list, lazily);
  }
  const code = c.expression(value);
  if (type.kind === "array") {
    return {
      type,
      run: (frame) => {
        const given = code.run(frame);
        if (typeof given !== "string") return given;
        const made = new Arr(type.element, type.length?.known === true ? type.length.value : given.length + 1);
        made.text = given;
        return made;
      },
    };
  }
  if (isAggregate(type)) return { type, run: (frame) => copied(code.run(frame)) };
  return { type: type.kind === "unknown" ? code.type : type, run: code.run };
}

export function listOf(c: Compiling, type: CType, list: InitialiserList, lazily: boolean): Code {
  if (type.kind === "array") return arrayList(c, type, list, lazily);
  if (type.kind !== "record") {
    const [first] = list.items;
    if (first === undefined) return { type, run: () => (isAggregate(type) ? fresh(type) : 0) };
    const code = initialOf(c, type, first.value, lazily);
    return { type, run: code.run };
  }
  const order = placesInOrder(c.types, type);
  const items: { readonly places: readonly MemberPlace[]; readonly code: Code }[] = [];
  let next = 0;
  for (const item of list.items) {
    let places: readonly MemberPlace[] | undefined;
    const [first, ...rest] = item.designators;
    if (first === undefined) places = order[next++]?.places;
    else if (first.kind === "member") {
      places = placeOfMember(c.types, type, first.name);
      const at = order.findIndex(({ name }) => name === first.name);
      next = at === -1 ? next : at + 1;
      for (const step of rest) {
        const inner: CType | undefined = places?.at(-1)?.type;
        if (step.kind === "member" && inner?.kind === "record") {
          const further = placeOfMember(c.types, inner, step.name);
          places = further === undefined ? undefined : [...(places ?? []), ...further];
        } else if (step.kind === "index" && inner?.kind === "array") {
          const index = c.expression(step.index).run(emptyFrame());
          places =
            typeof index === "number" ? [...(places ?? []), { key: `[${index}]`, type: inner.element }] : undefined;
        } else places = undefined;
      }
    }
    const last = places?.at(-1);
    if (places === undefined || last === undefined) continue;
    items.push({ places, code: initialOf(c, last.type, item.value, lazily) });
  }
  return {
    type,
    run: (frame) => {
      const made = new Rec();
      for (const { places, code } of items) put(made, places, code, c.converting(code.type), frame, lazily);
      return made;
    },
  };
}

function arrayList(
  c: Compiling,
  type: Extract<CType, { kind: "array" }>,
  list: InitialiserList,
  lazily: boolean,
): Code {
  const { element } = type;
  const items: { readonly index: number; readonly code: Code }[] = [];
  let next = 0;
  let length = 0;
  for (const item of list.items) {
    const [first, ...rest] = item.designators;
    if (first?.kind === "index") {
      const index = c.expression(first.index).run(emptyFrame());
      if (typeof index === "number") next = index;
    }
    const [inner] = rest;
    if (inner?.kind === "member") {
      const nested: InitialiserList = { ...list, items: [{ ...item, designators: rest }] };
      items.push({ index: next, code: listOf(c, element, nested, lazily) });
    } else items.push({ index: next, code: initialOf(c, element, item.value, lazily) });
    next++;
    if (next > length) length = next;
  }
  const whole = type.length?.known === true ? type.length.value : length;
  const converted = c.converting(element);
  return {
    type: type.length?.known === true ? type : { ...type, length: { known: true, value: whole } },
    run: (frame) => {
      const made = new Arr(element, whole);
      for (const { index, code } of items) {
        const value = code.run(frame);
        const before = made.items[index];
        if (before instanceof Rec && value instanceof Rec) {
          for (const [key, cell] of value.cells) before.set(key, cell);
          continue;
        }
        if (value instanceof Rec || value instanceof Arr) {
          if (isAggregate(element)) {
            value.holder = made;
            value.holderKey = index;
          }
        }
        made.set(index, isAggregate(element) ? value : converted(value));
      }
      return made;
    },
  };
}

function put(
  target: Rec,
  places: readonly MemberPlace[],
  code: Code,
  converted: (value: Value) => Value,
  frame: Frame,
  lazily: boolean,
): void {
  let at: Rec | Arr = target;
  places.forEach(({ key, type }, k) => {
    if (k < places.length - 1) {
      if (key === undefined) return;
      const inner: Value =
        at instanceof Arr || key.startsWith("[") ? elementAt(at, Number(key.slice(1, -1)), type) : read(at, key, type);
      if (inner instanceof Rec || inner instanceof Arr) at = inner;
      return;
    }
    const make = (): Value => {
      const value = code.run(frame);
      if (!isAggregate(type)) return converted(value);
      if ((value instanceof Rec || value instanceof Arr) && key !== undefined) {
        value.holder = at;
        value.holderKey = key;
      }
      return value;
    };
    if (key === undefined) {
      const value = code.run(frame);
      if (at instanceof Rec && value instanceof Rec) {
        for (const [each, cell] of value.cells) at.set(each, cell);
      }
    } else if (at instanceof Arr) at.set(Number(key.slice(1, -1)), make());
    else if (lazily) at.set(key, new Later(make));
    else at.set(key, make());
  });
}
