/** vmstate_save_state and vmstate_subsection_save (migration/vmstate.c), on values instead of memory. */
import { attempt, type ByteWriter, type Result, StreamFailure } from "./bytes";
import type { SaveHooks } from "./hooks";
import type { WireDescription, WireElement, WireField } from "./schema";
import type { DescriptionState, FieldValue } from "./state";

/**
 * Writes `state`. What exists is what the state holds: a field absent from `state.fields` is not written.
 * Fails where the state does not have the description's shape; `error.offset` is where the writer stood.
 */
export function saveDescription(
  writer: ByteWriter,
  description: WireDescription,
  state: DescriptionState,
  hooks: SaveHooks = {},
): Result<void> {
  return attempt(() => saveState(writer, description, state, hooks));
}

function saveState(writer: ByteWriter, description: WireDescription, state: DescriptionState, hooks: SaveHooks): void {
  const before = hooks.preSave?.(description) ?? 0;
  if (typeof before === "string") {
    throw new StreamFailure(`pre-save for ${description.name} failed: ${before}`, writer.position);
  }
  if (before !== 0) throw new StreamFailure(`pre-save failed: ${description.name}`, writer.position);
  let previous = -1;
  for (const { index, name, value } of state.fields) {
    const field = description.fields[index];
    if (field === undefined || field.name !== name || index <= previous) {
      throw new StreamFailure(`${description.name} has no field ${index} named ${name} here`, writer.position);
    }
    previous = index;
    try {
      saveField(writer, field, value, hooks);
    } catch (failure) {
      if (!(failure instanceof StreamFailure)) throw failure;
      throw failure.within(`Save of field ${description.name}/${name} failed`).at(name).at(description.name);
    }
  }
  for (const subsection of state.subsections) {
    const nested = description.subsections.find((candidate) => candidate.name === subsection.name);
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
    saveState(writer, nested, subsection, hooks);
  }
}

function saveField(writer: ByteWriter, field: WireField, value: FieldValue, hooks: SaveHooks): void {
  if (field.mustExist) return;
  if (field.count.kind === "one") return saveElement(writer, field, value, hooks);
  if (value.kind !== "array") throw mismatch(writer, field, "array", value);
  for (const element of value.elements) saveElement(writer, field, element, hooks);
}

function saveElement(writer: ByteWriter, field: WireField, value: FieldValue, hooks: SaveHooks): void {
  const { element } = field;
  if (value.kind === "null" && (field.pointers || element.kind === "nullptr")) return writer.u8(0x30);
  switch (element.kind) {
    case "struct":
    case "tmp":
      if (value.kind !== "struct") throw mismatch(writer, field, "struct", value);
      return saveState(writer, element.description, value.state, hooks);
    case "integer":
      if (value.kind !== "integer") throw mismatch(writer, field, "integer", value);
      return writer.integer(element.bytes, value.value);
    case "buffer":
    case "unused":
    case "bitmap":
    case "opaque":
      if (value.kind !== "bytes" && value.kind !== "opaque") throw mismatch(writer, field, "bytes", value);
      return writer.put(value.value);
    case "nullptr":
      throw new StreamFailure("vmstate: put_nullptr must be called with pv == NULL", writer.position);
    case "list":
      if (value.kind !== "list") throw mismatch(writer, field, "list", value);
      for (const item of value.elements) {
        writer.u8(1);
        saveState(writer, element.description, item, hooks);
      }
      return writer.u8(0);
    case "tree":
      return saveTree(writer, field, element, value, hooks);
    case "codec": {
      const problem = element.codec.write(writer, value, {
        field,
        save: (description, nested) => {
          if (nested.kind !== "struct") throw mismatch(writer, field, "struct", nested);
          saveState(writer, description, nested.state, hooks);
        },
      });
      if (problem !== undefined) throw new StreamFailure(problem, writer.position);
      return;
    }
  }
}

function saveTree(
  writer: ByteWriter,
  field: WireField,
  element: Extract<WireElement, { kind: "tree" }>,
  value: FieldValue,
  hooks: SaveHooks,
): void {
  if (value.kind !== "tree") throw mismatch(writer, field, "tree", value);
  writer.u32(value.entries.length);
  for (const entry of value.entries) {
    writer.u8(1);
    if (typeof entry.key === "bigint") writer.u64(entry.key);
    else if (element.key !== undefined) saveState(writer, element.key, entry.key, hooks);
    else throw mismatch(writer, field, "integer key", value);
    saveState(writer, element.value, entry.value, hooks);
  }
  writer.u8(0);
}

function mismatch(writer: ByteWriter, field: WireField, wanted: string, value: FieldValue): StreamFailure {
  return new StreamFailure(`${field.name} needs a value of kind ${wanted}, not ${value.kind}`, writer.position);
}
