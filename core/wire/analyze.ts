/** What QEMU's scripts/analyze-migration.py prints for "state" and "desc", from schemas and values of a trailer. */
import type { RamBlockInfo } from "./events";
import type { WireDescription, WireField } from "./schema";
import type { DescriptionState, FieldValue } from "./state";
import type { Json } from "./trailer";

/** JSON with its members in order, whatever their names. */
export type Ordered = string | number | boolean | null | readonly Ordered[] | ReadonlyMap<string, Ordered>;

/** Python's json.dumps(indent=4), without the newline behind it. */
export function pythonJson(value: Ordered, indent = ""): string {
  if (value === null || typeof value === "boolean" || typeof value === "number") return JSON.stringify(value);
  if (typeof value === "string") return ascii(JSON.stringify(value));
  const inner = `${indent}    `;
  if (value instanceof Map) {
    if (value.size === 0) return "{}";
    const members = [...value].map(
      ([key, member]) => `${inner}${ascii(JSON.stringify(key))}: ${pythonJson(member, inner)}`,
    );
    return `{\n${members.join(",\n")}\n${indent}}`;
  }
  const elements = value as readonly Ordered[];
  if (elements.length === 0) return "[]";
  return `[\n${elements.map((element) => inner + pythonJson(element, inner)).join(",\n")}\n${indent}]`;
}

function ascii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function orderedJson(json: Json): Ordered {
  if (Array.isArray(json)) return (json as readonly Json[]).map(orderedJson);
  if (typeof json === "object" && json !== null) {
    return new Map(Object.entries(json as { [key: string]: Json }).map(([key, member]) => [key, orderedJson(member)]));
  }
  return json as string | number | boolean | null;
}

export function analyzeRam(blocks: readonly RamBlockInfo[]): Ordered {
  const sizes = new Map(blocks.map((block) => [block.name, `0x${block.length.toString(16).padStart(16, "0")}`]));
  return new Map([["section sizes", sizes]]);
}

/** `state` must have been loaded with `schema`, which a trailer gave. */
export function analyzeState(schema: WireDescription, state: DescriptionState): Ordered {
  const collected = new Map<string, Ordered[]>();
  for (const { index, value } of state.fields) {
    const field = schema.fields[index];
    if (field === undefined) continue;
    const values = value.kind === "array" ? value.elements : [value];
    for (const element of values) {
      const shown = analyzeElement(field, element);
      const before = collected.get(field.name);
      if (before === undefined) collected.set(field.name, [shown]);
      else before.push(shown);
    }
  }
  const members = new Map<string, Ordered>();
  for (const [name, values] of collected) members.set(name, values.length === 1 ? (values[0] ?? null) : values);
  for (const subsection of state.subsections) {
    const nested = schema.subsections.find((candidate) => candidate.name === subsection.name);
    if (nested !== undefined) members.set(subsection.name, analyzeState(nested, subsection));
  }
  return members;
}

function analyzeElement(field: WireField, value: FieldValue): Ordered {
  const { element } = field;
  if (value.kind === "null") return "nullptr";
  if (value.kind === "struct" && element.kind === "struct") return analyzeState(element.description, value.state);
  if (value.kind === "bytes" || value.kind === "opaque") return spacedHex(value.value);
  if (value.kind !== "integer" || element.kind !== "integer") return "";
  const raw = BigInt.asUintN(element.bytes * 8, value.value);
  const digits = raw.toString(16).padStart(element.bytes * 2, "0");
  if (field.type === "bool") return raw !== 0n;
  if (unsigned.has(field.type)) return `0x${digits}`;
  if (!signed.has(field.type)) return (digits.match(/../g) ?? []).join(" ");
  const number = BigInt.asIntN(element.bytes * 8, raw);
  return number < 0n ? `0x${digits} (${number})` : `0x${digits}`;
}

/** The script's readers by type; all other types it prints as bytes. */
const signed = new Set(["int8", "int16", "int32", "int32 equal", "int32 le", "int64", "int64 equal", "uint16 equal"]);
const unsigned = new Set(["uint8", "uint16", "uint32", "uint32 equal", "uint64", "uint8 equal"]);

function spacedHex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join(" ");
}
