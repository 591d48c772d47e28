/** Members and elements: where they are, and what they hold. */
import { type CType, unknownType } from "../../c/ctype";
import type { Expression } from "../../c/syntax";
import { type Code, type Compiling, pointed, type Run, type Variable } from "./code";
import { type MemberPlace, placeOfMember } from "./members";
import { elementAt, isAggregate, load, read, store } from "./memory";
import { holdsBytes, type Overlaid, overlaid } from "./overlaid";
import { Arr, Ptr, rawIndex, Rec, Unknown, type Value } from "./values";

export function memberOf(c: Compiling, node: Extract<Expression, { kind: "member" }>): Code {
  const object = c.expression(node.object);
  const seen = node.arrow ? pointed(object.type) : object.type;
  const owner = seen.kind === "record" ? c.runner.completed(seen) : seen;
  const places = owner.kind === "record" ? placeOfMember(c.types, owner, node.name) : undefined;
  const { name } = node;
  const last = places?.at(-1);
  const type = last?.type ?? unknownType(`\`${name}\``);
  const path = places ?? [{ key: `.${name}`, type }];
  const unread = places === undefined ? new Unknown(`a member of a type that is not known: ${name}`) : undefined;
  const key = path.length === 1 ? path[0]?.key : undefined;
  const base = object.run;
  const amongBytes: Overlaid = owner.kind === "record" ? overlaid(c.types, owner, name) : () => undefined;
  const place: Run = (frame) => {
    const value = base(frame);
    const struct = structAt(value);
    if (struct instanceof Unknown) return amongBytes(value) ?? struct;
    return path.length === 1 && key === undefined ? struct : placeIn(struct, path);
  };
  if (path.length === 1 && key !== undefined) {
    return {
      type,
      place,
      run: (frame) => {
        const value = base(frame);
        const record = structAt(value);
        if (!(record instanceof Rec)) {
          const bytes = amongBytes(value);
          return bytes === undefined || isAggregate(type) ? (bytes ?? record) : load(bytes, type);
        }
        if (unread === undefined) return read(record, key, type);
        return record.get(key) ?? (hasOthers(record) ? unread : 0);
      },
    };
  }
  return {
    type,
    place,
    run: (frame) => {
      const at = place(frame);
      return isAggregate(type) ? at : load(at, type);
    },
  };
}

/** Something else than members whose struct is not known, which one of those may be under another name. */
function hasOthers({ cells, fills }: Rec): boolean {
  for (const key of cells.keys()) if (!key.startsWith(".")) return true;
  return fills.length > 0;
}

export function subscriptOf(c: Compiling, node: Extract<Expression, { kind: "subscript" }>): Code {
  const object = c.expression(node.object);
  const index = c.expression(node.index);
  const type = object.type.kind === "array" ? object.type.element : pointed(object.type);
  const place: Run = (frame) => {
    const base = object.run(frame);
    const at = index.run(frame);
    if (typeof at !== "number") return at instanceof Unknown ? at : new Unknown("an index that is no number");
    return elementAt(base, at, type);
  };
  const writable: Run = (frame) => {
    if (typeof object.run(frame) === "string") unfold(object.place?.(frame), type);
    return place(frame);
  };
  return { type, place: writable, run: (frame) => valueAt(place(frame), type) };
}

/** Text that a pointer points to becomes characters of their own, to be written one by one. */
function unfold(pointer: Value | undefined, type: CType): void {
  const text = pointer instanceof Ptr ? read(pointer.holder, pointer.key, type) : undefined;
  if (pointer === undefined || typeof text !== "string") return;
  const units = new Arr(type, text.length + 1);
  units.text = text;
  store(pointer, units);
}

export function variableCode({ type, place, slot }: Variable): Code {
  if (isAggregate(type)) {
    const run: Run = (frame) => {
      const at = place(frame);
      return read(at.holder, at.key, type);
    };
    return { type, run, place: run };
  }
  if (slot !== undefined)
    return {
      type,
      place,
      run: ({ variables }) => variables.items[slot] ?? 0,
      set({ variables }, value) {
        variables.items[slot] = value;
      },
    };
  return {
    type,
    place,
    run: (frame) => {
      const at = place(frame);
      return read(at.holder, at.key, type);
    },
  };
}

function structAt(value: Value): Value {
  if (value instanceof Rec || value instanceof Unknown) return value;
  if (value instanceof Arr) {
    const first = value.get(0);
    if (first instanceof Rec) return first;
    const isTaken = first !== undefined && first !== 0 && first !== value.unwritten;
    if (isTaken || holdsBytes(value)) return new Unknown("a member of no struct");
    const made = new Rec();
    made.unwritten = value.unwritten;
    made.holder = value;
    made.holderKey = 0;
    value.set(0, made);
    return made;
  }
  if (value instanceof Ptr) {
    const inner =
      value.holder instanceof Rec ? value.holder.get(String(value.key)) : value.holder.get(Number(value.key));
    if (inner instanceof Rec && inner.holder === value.holder) return inner;
    if (value.holder instanceof Rec && value.key === "@0") return value.holder;
    // behind another struct in memory that was allocated for both
    const isFree = inner === undefined || inner instanceof Unknown;
    if (value.holder instanceof Rec && isFree && rawIndex(value.key) !== undefined) {
      const made = new Rec();
      made.unwritten = inner;
      made.holder = value.holder;
      made.holderKey = value.key;
      value.holder.set(String(value.key), made);
      return made;
    }
    return new Unknown("a member of no struct");
  }
  if (value === 0) return new Unknown("a member of a null pointer");
  return new Unknown("a member of no struct");
}

function placeIn(base: Value, places: readonly MemberPlace[]): Value {
  let at = base;
  places.forEach(({ key, type }, k) => {
    if (key === undefined || at instanceof Unknown) return;
    if (!(at instanceof Rec)) {
      at = new Unknown("a member of no struct");
      return;
    }
    at = k < places.length - 1 || isAggregate(type) ? read(at, key, type) : new Ptr(at, key, type);
  });
  return at;
}

export function valueAt(at: Value, type: CType): Value {
  if (type.kind === "record" || type.kind === "opaque") return at instanceof Rec ? at : load(at, type);
  if (type.kind === "array") return at;
  return load(at, type);
}
