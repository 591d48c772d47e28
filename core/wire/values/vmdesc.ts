/**
 * The vmdescription while a stream is saved: the JSON that QEMU puts behind it, laid out as JSONWriter does without pretty
 * printing (qobject/json-writer.c), with what vmsd_desc_field_start and vmstate_save_state_v put into it (migration/vmstate.c).
 */
import type { WireDescription, WireField } from "./schema";

/**
 * How NULL in an array of pointers is described: since 10.0 as a field of its own, and an array that cannot be compressed counts
 * what is left of it; before, as the field that it would have been.
 */
export type NullPointers = "apart" | "as the field";

export class VmdescWriter {
  private readonly parts: string[] = [];
  private comma = false;

  constructor(readonly nullPointers: NullPointers) {}

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
    (nested === undefined || (nested.subsections.length === 0 && nested.fields.every(canCompress)));
  compressible.set(field, result);
  return result;
}

/** Of a name that the table has several times each gets its number. */
export function nameIn({ fields }: WireDescription, field: WireField): string {
  const same = fields.filter(({ name }) => name === field.name);
  return same.length > 1 ? `${field.name}[${same.indexOf(field)}]` : field.name;
}
