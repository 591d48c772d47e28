/** vmstate_save_state and vmstate_subsection_save (migration/vmstate.c), on values instead of memory. */
import { attempt, type ByteWriter, type Result, StreamFailure } from "../framing/bytes";
import type { SaveHooks } from "./hooks";
import { pointerMark } from "./pointerMark";
import { subsectionOf, type WireDescription, type WireElement, type WireField } from "./schema";
import type { DescriptionState, FieldValue } from "./state";
import { canCompress, nameIn, type VmdescWriter } from "./vmdesc";

/**
 * Writes `state`. What exists is what the state holds: a field absent from `state.fields` is not written.
 * Fails where the state does not have the description's shape; `error.offset` is where the writer stood.
 */
export function saveDescription(
  writer: ByteWriter,
  description: WireDescription,
  state: DescriptionState,
  hooks: SaveHooks = {},
  vmdesc?: VmdescWriter,
): Result<void> {
  return attempt(() => saveState({ writer, hooks, vmdesc }, description, state));
}

interface Save {
  readonly writer: ByteWriter;
  readonly hooks: SaveHooks;
  /** Undefined where nothing is to be described: without one, and in an array of which one element describes all. */
  readonly vmdesc: VmdescWriter | undefined;
}

function saveState(save: Save, description: WireDescription, state: DescriptionState): void {
  const { writer, hooks, vmdesc } = save;
  const before = hooks.preSave?.(description) ?? 0;
  if (typeof before === "string") {
    throw new StreamFailure(`pre-save for ${description.name} failed: ${before}`, writer.position);
  }
  if (before !== 0) throw new StreamFailure(`pre-save failed: ${description.name}`, writer.position);
  vmdesc?.string("vmsd_name", description.name);
  vmdesc?.integer("version", state.versionId);
  vmdesc?.begin("array", "fields");
  let previous = -1;
  for (const { index, name, value } of state.fields) {
    const field = description.fields[index];
    if (field === undefined || field.name !== name || index <= previous) {
      throw new StreamFailure(`${description.name} has no field ${index} named ${name} here`, writer.position);
    }
    previous = index;
    try {
      saveField(save, description, field, value);
    } catch (failure) {
      if (!(failure instanceof StreamFailure)) throw failure;
      throw failure.within(`Save of field ${description.name}/${name} failed`).at(name).at(description.name);
    }
  }
  vmdesc?.end("array");
  if (state.subsections.length > 0) vmdesc?.begin("array", "subsections");
  for (const subsection of state.subsections) {
    const nested = subsectionOf(description, subsection);
    if (nested === undefined) {
      throw new StreamFailure(
        `VM subsection '${subsection.name}' in '${description.name}' does not exist`,
        writer.position,
        "ENOENT",
      );
    }
    writer.u8(0x05);
    writer.counted(subsection.name);
    writer.u32(subsection.versionId >>> 0);
    vmdesc?.begin("object");
    saveState(save, nested, subsection);
    vmdesc?.end("object");
  }
  if (state.subsections.length > 0) vmdesc?.end("array");
}

function saveField(save: Save, description: WireDescription, field: WireField, value: FieldValue): void {
  if (field.mustExist) return;
  if (field.count.kind !== "one" && value.kind !== "array") throw mismatch(save.writer, field, "array", value);
  const elements = field.count.kind === "one" || value.kind !== "array" ? [value] : value.elements;
  if (save.vmdesc === undefined) {
    for (const element of elements) saveElement(save, field, element);
    return;
  }
  saveDescribed(save, save.vmdesc, description, field, elements);
}

/** The loop of vmstate_save_state_v with a JSONWriter. */
function saveDescribed(
  save: Save,
  vmdesc: VmdescWriter,
  description: WireDescription,
  field: WireField,
  elements: readonly FieldValue[],
): void {
  const { writer } = save;
  const { mark, lengths } = vmdesc.style;
  const compress = canCompress(field);
  const write = (type: string, length: number, index: number, save: () => void): void => {
    const isMark = type === mark;
    vmdesc.begin("object");
    vmdesc.string("name", nameIn(description, field, isMark));
    if (length > 1) vmdesc.integer(compress ? "array_len" : "index", compress ? length : index);
    vmdesc.string("type", type);
    if (type === "struct") vmdesc.begin("object", "struct");
    const start = writer.position;
    save();
    if (type === "struct") vmdesc.end("object");
    vmdesc.integer("size", writer.position - start);
    vmdesc.end("object");
  };
  let described = true;
  let wasNull = false;
  elements.forEach((element, index) => {
    const isNull = field.pointers && element.kind === "null";
    const once = lengths !== "of what is described once" || compress;
    let length = lengths === "whole" ? elements.length : once ? elements.length - index : 1;
    const mayTurn = mark !== undefined && (lengths !== "of what is described once" || length > 1);
    if (mayTurn && field.pointers && isNull !== wasNull) {
      wasNull = isNull;
      described = true;
      const other = elements.findIndex((each, at) => at > index && (each.kind === "null") !== isNull);
      if (other !== -1) length = other - index;
    }
    if (!described) return saveElement({ ...save, vmdesc: undefined }, field, element);
    if (field.marked && mark !== undefined) {
      write(mark, length, index, () => saveMark(writer, element));
      if (!isNull) write(field.type, length, index, () => saveValue(save, field, element));
    } else {
      write(isNull ? (mark ?? field.type) : field.type, length, index, () => saveElement(save, field, element));
    }
    if (compress && (lengths !== "of what is described once" || length > 1)) described = false;
  });
}

function saveMark(writer: ByteWriter, { kind }: FieldValue): void {
  writer.u8(kind === "null" ? pointerMark.absent : pointerMark.present);
}

function saveElement(save: Save, field: WireField, value: FieldValue): void {
  const { writer } = save;
  const { element } = field;
  const isMark = element.kind === "nullptr" || element.kind === "marker";
  const isNull = value.kind === "null" && (field.pointers || isMark);
  if (field.marked || isNull) saveMark(writer, value);
  if (!isNull) saveValue(save, field, value);
}

function saveValue(save: Save, field: WireField, value: FieldValue): void {
  const { writer } = save;
  const { element } = field;
  switch (element.kind) {
    case "struct":
    case "tmp":
      if (value.kind !== "struct") throw mismatch(writer, field, "struct", value);
      return saveState(save, element.description, value.state);
    case "integer":
      if (value.kind !== "integer") throw mismatch(writer, field, "integer", value);
      return writer.integer(element.bytes, value.value);
    case "buffer":
    case "unused":
    case "bitmap":
    case "opaque":
      if (value.kind !== "bytes" && value.kind !== "opaque") throw mismatch(writer, field, "bytes", value);
      return writer.put(value.value);
    case "marker":
      return writer.u8(pointerMark.present);
    case "nullptr":
      throw new StreamFailure("vmstate: put_nullptr must be called with pv == NULL", writer.position);
    case "list":
      if (value.kind !== "list") throw mismatch(writer, field, "list", value);
      for (const item of value.elements) {
        writer.u8(1);
        saveState(save, element.description, item);
      }
      return writer.u8(0);
    case "tree":
      return saveTree(save, field, element, value);
    case "codec": {
      const problem = element.codec.write(writer, value, {
        field,
        save: (description, nested) => {
          if (nested.kind !== "struct") throw mismatch(writer, field, "struct", nested);
          saveState({ ...save, vmdesc: undefined }, description, nested.state);
        },
      });
      if (problem !== undefined) throw new StreamFailure(problem, writer.position);
      return;
    }
  }
}

function saveTree(
  save: Save,
  field: WireField,
  element: Extract<WireElement, { kind: "tree" }>,
  value: FieldValue,
): void {
  const { writer } = save;
  if (value.kind !== "tree") throw mismatch(writer, field, "tree", value);
  writer.u32(value.entries.length);
  for (const entry of value.entries) {
    writer.u8(1);
    if (typeof entry.key === "bigint") writer.u64(entry.key);
    else if (element.key !== undefined) saveState(save, element.key, entry.key);
    else throw mismatch(writer, field, "integer key", value);
    saveState(save, element.value, entry.value);
  }
  writer.u8(0);
}

function mismatch(writer: ByteWriter, field: WireField, wanted: string, value: FieldValue): StreamFailure {
  return new StreamFailure(`${field.name} needs a value of kind ${wanted}, not ${value.kind}`, writer.position);
}
