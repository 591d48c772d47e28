/**
 * What QEMU's scripts/analyze-migration.py prints of a device: bytes laid out by the trailer's schema, without making
 * values of them.
 */
import { ByteReader, StreamFailure } from "../framing/bytes";
import { quoted } from "./pythonJson";
import { readPointerMark } from "../values/pointerMark";
import { subsectionsNamed, type WireDescription, type WireField } from "../values/schema";
import { TextBytes } from "../framing/textBytes";

/** Elements and members that may still be printed. */
export interface Work {
  left: number;
}

/**
 * Writes the JSON object of a payload, its members `depth` levels in. Gives false where the payload does not fit the
 * schema; what was written by then is to be thrown away. `schema` is one that a trailer gave: its counts are fixed.
 */
export function analyzePayload(
  out: TextBytes,
  schema: WireDescription,
  payload: Uint8Array,
  depth: number,
  work: Work,
): boolean {
  const reader = new ByteReader(payload);
  try {
    analyzeState(out, schema, { reader, work }, depth);
  } catch (failure) {
    if (!(failure instanceof StreamFailure)) throw failure;
    return false;
  }
  return reader.remaining === 0;
}

interface Reading {
  readonly reader: ByteReader;
  readonly work: Work;
}

function spend({ reader, work }: Reading): void {
  if (work.left-- <= 0) throw new StreamFailure("not printed: too many values", reader.offset);
}

/** Fields of one name are one member; the schema says how many elements that has. */
interface Shape {
  readonly total: ReadonlyMap<string, number>;
  /** No name comes twice, so members can be written as they come. */
  readonly plain: boolean;
}

const shapes = new WeakMap<WireDescription, Shape>();

function shapeOf(schema: WireDescription): Shape {
  const known = shapes.get(schema);
  if (known !== undefined) return known;
  const total = new Map<string, number>();
  for (const field of schema.fields) total.set(field.name, (total.get(field.name) ?? 0) + countOf(field));
  const names = new Set([...total.keys(), ...schema.subsections.map(({ name }) => name)]);
  const shape = { total, plain: names.size === schema.fields.length + schema.subsections.length };
  shapes.set(schema, shape);
  return shape;
}

function countOf({ count }: WireField): number {
  return count.kind === "fixed" ? count.count : 1;
}

function analyzeState(out: TextBytes, schema: WireDescription, reading: Reading, depth: number): void {
  const { total, plain } = shapeOf(schema);
  if (!plain) return analyzeRepeating(out, schema, reading, depth);
  let members = 0;
  for (const field of schema.fields) {
    spend(reading);
    const count = total.get(field.name) ?? 0;
    if (count === 0) continue;
    key(out, field.name, members++, depth + 1);
    if (count === 1) analyzeElement(out, field, reading, depth + 1);
    else {
      out.put("[");
      analyzeElements(out, field, reading, depth + 2, 0);
      out.line(depth + 1);
      out.put("]");
    }
  }
  for (const nested of subsections(schema, reading)) {
    key(out, nested.name, members++, depth + 1);
    analyzeState(out, nested, reading, depth + 1);
  }
  close(out, members, depth);
}

/** The same where members have to be put together first: a later one of a name replaces or goes on with the first. */
function analyzeRepeating(out: TextBytes, schema: WireDescription, reading: Reading, depth: number): void {
  const { total } = shapeOf(schema);
  const held = new Map<string, { readonly text: TextBytes; elements: number }>();
  for (const field of schema.fields) {
    spend(reading);
    const count = total.get(field.name) ?? 0;
    if (count === 0) continue;
    const member = held.get(field.name) ?? { text: new TextBytes(), elements: 0 };
    held.set(field.name, member);
    if (count === 1) analyzeElement(member.text, field, reading, depth + 1);
    else {
      if (member.elements === 0) member.text.put("[");
      analyzeElements(member.text, field, reading, depth + 2, member.elements);
      member.elements += countOf(field);
      if (member.elements === count) {
        member.text.line(depth + 1);
        member.text.put("]");
      }
    }
  }
  for (const nested of subsections(schema, reading)) {
    const text = new TextBytes();
    analyzeState(text, nested, reading, depth + 1);
    held.set(nested.name, { text, elements: 0 });
  }
  let members = 0;
  for (const [name, { text }] of held) {
    key(out, name, members++, depth + 1);
    out.append(text);
  }
  close(out, members, depth);
}

function key(out: TextBytes, name: string, before: number, depth: number): void {
  out.put(before === 0 ? "{" : ",");
  out.line(depth);
  out.put(quoted(name));
  out.put(": ");
}

function close(out: TextBytes, members: number, depth: number): void {
  if (members === 0) return out.put("{}");
  out.line(depth);
  out.put("}");
}

/** Gives each subsection that comes next, its header read. */
function* subsections(schema: WireDescription, reading: Reading): Generator<WireDescription> {
  const { reader } = reading;
  while (reader.peek() === 0x05) {
    spend(reading);
    const length = reader.peek(1) ?? 0;
    if (length > reader.remaining - 2) return;
    const start = reader.position;
    reader.skip(1);
    const name = reader.counted();
    const [nested] = subsectionsNamed(schema, name);
    if (nested === undefined) {
      reader.position = start;
      return;
    }
    reader.skip(4);
    yield nested;
  }
}

function analyzeElements(out: TextBytes, field: WireField, reading: Reading, depth: number, before: number): void {
  const count = countOf(field);
  for (let i = 0; i < count; i++) {
    spend(reading);
    if (before + i > 0) out.put(",");
    out.line(depth);
    analyzeElement(out, field, reading, depth);
  }
}

function analyzeElement(out: TextBytes, field: WireField, reading: Reading, depth: number): void {
  const { element } = field;
  const { reader } = reading;
  if (element.kind === "struct") return analyzeState(out, element.description, reading, depth);
  const size = element.kind === "integer" ? element.bytes : field.size.kind === "fixed" ? field.size.size : 0;
  const from = reader.position;
  reader.skip(element.kind === "nullptr" ? 1 : size);
  const to = reader.position;
  const { bytes } = reader;
  if (element.kind === "nullptr") return out.put('"nullptr"');
  if (element.kind === "marker") {
    reader.position = from;
    return out.put(readPointerMark(reader) ? '"valid-ptr"' : '"null-ptr"');
  }
  if (element.kind !== "integer") return hex(out, bytes, from, to, true);
  if (field.type === "bool") return out.put(bytes.subarray(from, to).some((octet) => octet !== 0) ? "true" : "false");
  const isSigned = signed.has(field.type);
  if (!isSigned && !unsigned.has(field.type)) return hex(out, bytes, from, to, true);
  if (!isSigned || (bytes[from] ?? 0) < 0x80) return hex(out, bytes, from, to, false);
  reader.position = from;
  const value = reader.integer(element.bytes, true);
  out.put('"0x');
  out.hex(bytes, from, to, false);
  out.put(` (${value})"`);
}

function hex(out: TextBytes, bytes: Uint8Array, from: number, to: number, spaced: boolean): void {
  out.put(spaced ? '"' : '"0x');
  out.hex(bytes, from, to, spaced);
  out.put('"');
}

/** The script's readers by type; all other types it prints as bytes. */
const signed = new Set(["int8", "int16", "int32", "int32 equal", "int32 le", "int64", "int64 equal", "uint16 equal"]);
const unsigned = new Set(["uint8", "uint16", "uint32", "uint32 equal", "uint64", "uint8 equal"]);
