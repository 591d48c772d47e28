/** Descriptions for the wire, written by hand. */
import type { WireDescription, WireElement, WireField } from "../../../core/wire";

export function description(name: string, fields: WireField[], more: Partial<WireDescription> = {}): WireDescription {
  return {
    symbol: `vmstate_${name}`,
    file: "hw/x.c",
    name,
    versionId: 1,
    minimumVersionId: 0,
    fields: fields.map((field, index) => ({ ...field, index })),
    subsections: [],
    hooks: {},
    ...more,
  };
}

export function field(name: string, element: WireElement, more: Partial<WireField> = {}): WireField {
  return {
    index: 0,
    name,
    versionId: 0,
    exists: undefined,
    member: { structName: "S", path: name },
    count: { kind: "one" },
    size: { kind: "unknown", reason: "" },
    element,
    pointers: false,
    marked: false,
    mustExist: false,
    errHint: undefined,
    type: element.kind,
    source: undefined,
    ...more,
  };
}

export const u8: WireElement = { kind: "integer", bytes: 1, signed: false, check: "none" };
export const u32: WireElement = { kind: "integer", bytes: 4, signed: false, check: "none" };
export const i32: WireElement = { kind: "integer", bytes: 4, signed: true, check: "none" };
