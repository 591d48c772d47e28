import type { InspectField } from "../../server/protocol";

/** The fields around a byte, outermost first; empty where it is in none. */
export function fieldsAt(fields: readonly InspectField[], offset: number): readonly InspectField[] {
  for (const field of fields) {
    const inner = fieldsAt(field.children, offset);
    if (inner.length > 0) return [field, ...inner];
    const { offset: start, size } = field;
    if (start !== undefined && size !== undefined && offset >= start && offset < start + size) return [field];
  }
  return [];
}
