/**
 * The vmdescription while a stream is saved: the JSON that QEMU puts behind it, laid out as JSONWriter does without pretty
 * printing (qobject/json-writer.c), with what vmsd_desc_field_start and vmstate_save_state_v put into it (migration/vmstate.c).
 */
import type { WireDescription, WireField } from "./schema";

/**
 * What `array_len` and `index` go by: the whole array (to 9.2), the elements from the described one on (since 10.0), and these only in
 * an array of which one element describes all (since 11.1).
 */
export type ArrayLengths = "whole" | "what is left" | "of what is described once";

/** In what releases differ. */
export interface VmdescStyle {
  /** Type of the field that stands for a NULL in an array of pointers: `nullptr`, `ptr-marker`; undefined: the array's own, to 9.2. */
  readonly mark: string | undefined;
  readonly lengths: ArrayLengths;
}

export class VmdescWriter {
  private readonly parts: string[] = [];
  private comma = false;

  constructor(readonly style: VmdescStyle) {}

  text(): string {
    return this.parts.join("");
  }

  string(key: string, value: string): void {
    this.member(key, quoted(value));
  }

  integer(key: string, value: number): void {
    this.member(key, String(value));
  }

  begin(kind: "object" | "array", key?: string): void {
    this.next(key);
    this.parts.push(kind === "object" ? "{" : "[");
    this.comma = false;
  }

  end(kind: "object" | "array"): void {
    this.parts.push(kind === "object" ? "}" : "]");
    this.comma = true;
  }

  private member(key: string, value: string): void {
    this.next(key);
    this.parts.push(value);
    this.comma = true;
  }

  private next(key: string | undefined): void {
    if (this.comma) this.parts.push(", ");
    if (key !== undefined) this.parts.push(`${quoted(key)}: `);
  }
}

/** Names are ASCII in any table of QEMU; what is not is written as JSON allows. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`,
  );
}

const compressible = new WeakMap<WireField, boolean>();

/** vmsd_can_compress: whether one element describes all of the array. */
export function canCompress(field: WireField): boolean {
  const known = compressible.get(field);
  if (known !== undefined) return known;
  compressible.set(field, true);
  const { element } = field;
  const nested = element.kind === "struct" && field.type === "struct" ? element.description : undefined;
  const result =
    field.exists === undefined &&
    !field.marked &&
    (nested === undefined || (nested.subsections.length === 0 && nested.fields.every(canCompress)));
  compressible.set(field, result);
  return result;
}

/** Of a name that the table has several times each gets its number; a mark, which is none of the table's fields, -1. */
export function nameIn({ fields }: WireDescription, field: WireField, isMark: boolean): string {
  const same = fields.filter(({ name }) => name === field.name);
  return same.length > 1 ? `${field.name}[${isMark ? -1 : same.indexOf(field)}]` : field.name;
}
