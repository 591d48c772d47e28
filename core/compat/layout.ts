/**
 * What a description puts on the wire at one version, as a sequence of items. Follows vmstate_save_state and
 * vmstate_load_state in migration/vmstate.c: nested structs travel at their local version, test functions outrule versions.
 */
import type { WireDescription, WireElement, WireField } from "../wire/values/schema";

/** Where an item comes from, for messages. */
export interface Origin {
  readonly name: string;
  readonly description: WireDescription;
  readonly field: WireField;
  /** The field that nests the description. */
  readonly outer: Origin | undefined;
}

export type Item =
  /** `bytes` in all, made of equal units of `unit` bytes: one integer, an array of them, or plain bytes (unit 1). */
  | (Origin & { readonly kind: "fixed"; readonly bytes: number; readonly unit: number; readonly form: Form })
  | (Origin & { readonly kind: "repeat"; readonly count: number; readonly body: readonly Item[] })
  /** As many as a member says, or until a list ends. */
  | (Origin & {
      readonly kind: "counted";
      readonly how: "member" | "list" | "pointers" | "marked pointers";
      readonly body: readonly Item[];
    })
  | (Origin & { readonly kind: "opaque"; readonly type: string })
  /** There if a test function says so that could not be evaluated. */
  | (Origin & { readonly kind: "maybe"; readonly key: string; readonly body: readonly Item[] });

/** `any`: a dump says the size only. */
export type Form = "integer" | "equal" | "bytes" | "unused" | "any";

export interface PlacedSubsection {
  readonly parent: WireDescription;
  readonly subsection: WireDescription;
}

export interface Layout {
  readonly items: readonly Item[];
  /** Those of the description and of structs nested in it, in the order in which they may come. */
  readonly subsections: readonly PlacedSubsection[];
}

export type Truth = boolean | { readonly key: string };

export interface LayoutContext {
  /** Side of the wire: containers load by another version than they save. */
  readonly side: "save" | "load";
  /** What field_exists answers. */
  exists(field: WireField, description: WireDescription, versionId: number): Truth;
}

const deepest = 40;

export function layoutOf(description: WireDescription, versionId: number, context: LayoutContext): Layout {
  const subsections: PlacedSubsection[] = [];
  const items = itemsOf(description, versionId, { context, subsections, depth: 0, outer: undefined });
  return { items, subsections };
}

interface Walk {
  readonly context: LayoutContext;
  readonly subsections: PlacedSubsection[];
  readonly depth: number;
  readonly outer: Origin | undefined;
}

function itemsOf(description: WireDescription, versionId: number, walk: Walk): readonly Item[] {
  const items: Item[] = [];
  if (walk.depth > deepest) return items;
  for (const field of description.fields) {
    if (field.mustExist) continue;
    const origin: Origin = { name: field.name, description, field, outer: walk.outer };
    const there =
      field.exists === undefined ? field.versionId <= versionId : walk.context.exists(field, description, versionId);
    if (there === false) continue;
    const body = counted(origin, elementItems(origin, walk));
    if (there === true) items.push(...body);
    else items.push({ ...origin, kind: "maybe", key: there.key, body });
  }
  for (const subsection of description.subsections) walk.subsections.push({ parent: description, subsection });
  return items;
}

function counted(origin: Origin, element: readonly Item[]): readonly Item[] {
  const { count, pointers, marked } = origin.field;
  if (count.kind === "one") return element;
  if (pointers) return [{ ...origin, kind: "counted", how: marked ? "marked pointers" : "pointers", body: element }];
  if (count.kind !== "fixed") return [{ ...origin, kind: "counted", how: "member", body: element }];
  const [only] = element;
  if (element.length === 1 && only?.kind === "fixed") return [{ ...only, bytes: only.bytes * count.count }];
  if (element.length === 0 || count.count === 0) return [];
  return [{ ...origin, kind: "repeat", count: count.count, body: element }];
}

function elementItems(origin: Origin, walk: Walk): readonly Item[] {
  const { element, size } = origin.field;
  const inner = { ...walk, depth: walk.depth + 1, outer: origin };
  const fixed = (unit: number, bytes: number, form: Form): Item => ({ ...origin, kind: "fixed", unit, bytes, form });
  switch (element.kind) {
    case "struct":
      return itemsOf(element.description, element.versionId ?? element.description.versionId, inner);
    case "integer":
      return [fixed(element.bytes, element.bytes, element.check === "none" ? "integer" : "equal")];
    case "buffer":
    case "unused":
      if (size.kind === "fixed") return [fixed(1, size.size, element.kind === "unused" ? "unused" : "bytes")];
      if (size.kind === "unknown") return [{ ...origin, kind: "opaque", type: element.kind }];
      return [{ ...origin, kind: "counted", how: "member", body: [fixed(1, size.multiply, "bytes")] }];
    case "bitmap":
      return [{ ...origin, kind: "counted", how: "member", body: [fixed(8, 8, "integer")] }];
    case "nullptr":
    case "marker":
      return [fixed(1, 1, "integer")];
    case "tmp":
      return itemsOf(element.description, containerVersion(origin.field, element, walk), inner);
    case "list":
    case "tree":
      return [{ ...origin, kind: "counted", how: "list", body: containerItems(origin.field, element, inner) }];
    case "codec":
    case "opaque":
      if (origin.field.type === sizedLeaf && size.kind === "fixed") {
        return [fixed(size.size, size.size, origin.name === "unused" ? "unused" : "any")];
      }
      return [{ ...origin, kind: "opaque", type: origin.field.type }];
  }
}

/** WireField.type of a field of which only the size is known, as in a dump. */
export const sizedLeaf = "?";

function containerItems(
  field: WireField,
  element: Extract<WireElement, { kind: "list" | "tree" }>,
  walk: Walk,
): readonly Item[] {
  const version = containerVersion(field, element, walk);
  if (element.kind === "list") return itemsOf(element.description, version, walk);
  const key = element.key === undefined ? [] : itemsOf(element.key, version, walk);
  return [...key, ...itemsOf(element.value, version, walk)];
}

/** get_tmp and its like load by the field's version, put saves the description's own. */
function containerVersion(
  field: WireField,
  element: Extract<WireElement, { kind: "tmp" | "list" | "tree" }>,
  walk: Walk,
): number {
  const own = element.kind === "tree" ? element.value.versionId : element.description.versionId;
  return walk.context.side === "save" ? own : field.versionId;
}

/** Bytes of items that are always there; undefined where something varies. */
export function sizeOfItems(items: readonly Item[]): number | undefined {
  let sum = 0;
  for (const item of items) {
    if (item.kind === "maybe") continue;
    if (item.kind === "counted" || item.kind === "opaque") return undefined;
    const bytes = item.kind === "fixed" ? item.bytes : sizeOfItems(item.body);
    if (bytes === undefined) return undefined;
    sum += item.kind === "fixed" ? bytes : bytes * item.count;
  }
  return sum;
}
