/** Descriptions whose bytes are always the same number. */
import type { WireDescription, WireField } from "./schema";

const sizes = new WeakMap<WireDescription, number | undefined>();

/** Bytes that a state of `description` takes at its own version; undefined where it depends on something. */
export function fixedSize(description: WireDescription): number | undefined {
  if (sizes.has(description)) return sizes.get(description);
  sizes.set(description, undefined);
  const size = sizeOf(description);
  sizes.set(description, size);
  return size;
}

function sizeOf(description: WireDescription): number | undefined {
  if (description.subsections.length > 0) return undefined;
  let total = 0;
  for (const field of description.fields) {
    if (field.mustExist || (field.exists === undefined && field.versionId > description.versionId)) continue;
    const size = fieldSize(field);
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}

function fieldSize(field: WireField): number | undefined {
  if (field.exists !== undefined || field.pointers || field.type === "bool") return undefined;
  const count = field.count.kind === "one" ? 1 : field.count.kind === "fixed" ? field.count.count : undefined;
  const { element } = field;
  if (count === undefined) return undefined;
  if (element.kind === "integer" && element.check === "none") return count * element.bytes;
  if ((element.kind === "buffer" || element.kind === "unused") && field.size.kind === "fixed") {
    return count * field.size.size;
  }
  if (element.kind !== "struct" || element.versionId !== undefined) return undefined;
  const nested = fixedSize(element.description);
  return nested === undefined ? undefined : count * nested;
}
