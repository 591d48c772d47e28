/** C objects as plain values, and the state that their description makes of them: what QEMU reads out of memory. */
import { bytes, type DescriptionState, type FieldState, type FieldValue, type WireDescription } from "../../core/wire";
import type { WireElement, WireField } from "../../core/wire";

/** A struct by member; a pointer is what it points to, a list its elements, a tree its [key, value] pairs. */
export interface CObject {
  readonly [member: string]: CValue;
}
export type CValue = number | boolean | null | CObject | readonly CValue[];

/** field_exists(object, version) */
export type Exists = (field: WireField, object: CObject, versionId: number) => boolean;

export function stateOf(description: WireDescription, object: CObject, exists: Exists): DescriptionState {
  const { name, symbol, versionId } = description;
  const fields = description.fields
    .filter((field) => exists(field, object, versionId))
    .map((field): FieldState => ({ index: field.index, name: field.name, value: valueOf(field, object, exists) }));
  return { name, symbol, versionId, fields, subsections: [] };
}

function valueOf(field: WireField, object: CObject, exists: Exists): FieldValue {
  // A temporary object is made beside its parent and may point to it.
  if (field.element.kind === "tmp") {
    return { kind: "struct", state: stateOf(field.element.description, { ...object, parent: object }, exists) };
  }
  const path = field.member?.path ?? "";
  const value = object[path];
  if (value === undefined) throw new Error(`the object has no ${path}`);
  if (field.count.kind === "one") return elementOf(field.element, value, exists);
  if (!isList(value)) throw new Error(`${path} is no array`);
  return { kind: "array", elements: value.map((each) => elementOf(field.element, each, exists)) };
}

function elementOf(element: WireElement, value: CValue, exists: Exists): FieldValue {
  if (value === null) return { kind: "null" };
  switch (element.kind) {
    case "integer":
      return { kind: "integer", value: BigInt(Number(value)) };
    case "struct":
      return { kind: "struct", state: stateOf(element.description, struct(value), exists) };
    case "list":
      return { kind: "list", elements: list(value).map((each) => stateOf(element.description, struct(each), exists)) };
    case "tree":
      return {
        kind: "tree",
        entries: list(value).map((pair) => {
          const [key, held] = list(pair);
          return {
            key: element.key === undefined ? BigInt(Number(key)) : stateOf(element.key, struct(key), exists),
            value: stateOf(element.value, struct(held), exists),
          };
        }),
      };
    case "buffer":
      return bytes(Uint8Array.from(list(value).map(Number)));
    default:
      throw new Error(`no C value for ${element.kind}`);
  }
}

/** The object that a loaded state stands for; members that were not in the stream keep what `before` holds. */
export function objectOf(description: WireDescription, state: DescriptionState, before: CObject = {}): CObject {
  const object: Record<string, CValue> = { ...before };
  for (const { index, value } of state.fields) {
    const field = description.fields[index];
    if (field === undefined) throw new Error(`no field ${index}`);
    const { element } = field;
    if (element.kind === "tmp" && value.kind === "struct") {
      const { parent, ...own } = objectOf(element.description, value.state);
      Object.assign(object, own, parent);
    } else object[field.member?.path ?? ""] = plain(element, value);
  }
  return object;
}

function plain(element: WireElement, value: FieldValue): CValue {
  if (value.kind === "integer") return Number(value.value);
  if (value.kind === "null") return null;
  if (value.kind === "array") return value.elements.map((each) => plain(element, each));
  if (value.kind === "struct" && element.kind === "struct") return objectOf(element.description, value.state);
  if (value.kind === "list" && element.kind === "list") {
    return value.elements.map((each) => objectOf(element.description, each));
  }
  if (value.kind === "tree" && element.kind === "tree") {
    return value.entries.map(({ key, value: held }) => {
      const read = typeof key === "bigint" || element.key === undefined ? Number(key) : objectOf(element.key, key);
      return [read, objectOf(element.value, held)];
    });
  }
  throw new Error(`no C value for ${value.kind}`);
}

function isList(value: CValue | undefined): value is readonly CValue[] {
  return Array.isArray(value);
}

function list(value: CValue | undefined): readonly CValue[] {
  if (!isList(value)) throw new Error("no list");
  return value;
}

function struct(value: CValue | undefined): CObject {
  if (value === null || typeof value !== "object" || isList(value)) throw new Error("no struct");
  return value;
}
