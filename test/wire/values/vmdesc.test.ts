import { describe, expect, test } from "vitest";
import {
  ByteWriter,
  type DescriptionState,
  type FieldValue,
  integer,
  saveDescription,
  type VmdescStyle,
  VmdescWriter,
  type WireDescription,
} from "../../../core/wire";
import { description, field, u32, u8 } from "./description.fixture";

const seventh: VmdescStyle = { mark: undefined, lengths: "whole" };
const tenth: VmdescStyle = { mark: "nullptr", lengths: "what is left" };
const eleventh: VmdescStyle = { mark: "ptr-marker", lengths: "of what is described once" };

function state(of: WireDescription, values: readonly FieldValue[]): DescriptionState {
  return {
    name: of.name,
    symbol: of.symbol,
    versionId: of.versionId,
    fields: of.fields.map(({ index, name }) => ({ index, name, value: values[index] ?? integer(0) })),
    subsections: [],
  };
}

/** The fields' part of what is written for one description. */
function described(of: WireDescription, values: readonly FieldValue[], style = tenth): unknown {
  const json = new VmdescWriter(style);
  json.begin("object");
  const saved = saveDescription(new ByteWriter(), of, state(of, values), {}, json);
  json.end("object");
  if (!saved.ok) throw new Error(saved.error.message);
  return JSON.parse(json.text()).fields;
}

const numbers = (amount: number): FieldValue => ({
  kind: "array",
  elements: Array.from({ length: amount }, () => integer(1)),
});
const three = { count: { kind: "fixed", count: 3 } } as const;

describe("the description of a saved section", () => {
  test("is laid out as QEMU does", () => {
    const json = new VmdescWriter(tenth);
    json.begin("object");
    saveDescription(
      new ByteWriter(),
      description("dev", [field("a", u8, { type: "uint8" })]),
      state(description("dev", [field("a", u8)]), []),
      {},
      json,
    );
    json.end("object");
    expect(json.text()).toBe(
      '{"vmsd_name": "dev", "version": 1, "fields": [{"name": "a", "type": "uint8", "size": 1}]}',
    );
  });

  test("has one element for an array, and each where one may be absent", () => {
    const plain = description("dev", [field("a", u32, { ...three, type: "uint32" })]);
    expect(described(plain, [numbers(3)])).toEqual([{ name: "a", array_len: 3, type: "uint32", size: 4 }]);
    const open = description("dev", [field("a", u32, { ...three, type: "uint32", exists: "a_exists" })]);
    expect(described(open, [numbers(3)], seventh)).toMatchObject([{ index: 0 }, { index: 1 }, { index: 2 }]);
    // QEMU counts from the element on what is left: the last one is no array any more
    expect(described(open, [numbers(3)])).toEqual([
      { name: "a", index: 0, type: "uint32", size: 4 },
      { name: "a", index: 1, type: "uint32", size: 4 },
      { name: "a", type: "uint32", size: 4 },
    ]);
  });

  test("numbers fields of one name", () => {
    const twice = description("dev", [field("unused", u8), field("a", u8), field("unused", u8)]);
    expect(described(twice, [])).toMatchObject([{ name: "unused[0]" }, { name: "a" }, { name: "unused[1]" }]);
  });

  test("tells NULL in an array of pointers apart, as QEMU does since 10.0, and not before", () => {
    const inner = description("inner", [field("b", u8)]);
    const struct = { kind: "struct", description: inner, versionId: undefined } as const;
    const pointers = description("dev", [field("p", struct, { ...three, pointers: true, type: "struct" })]);
    const held: FieldValue = { kind: "struct", state: state(inner, []) };
    const values: readonly FieldValue[] = [{ kind: "array", elements: [{ kind: "null" }, held, held] }];
    expect(described(pointers, values)).toMatchObject([
      { name: "p", type: "nullptr", size: 1 },
      { name: "p", array_len: 2, type: "struct", struct: { vmsd_name: "inner" }, size: 1 },
    ]);
    expect(described(pointers, values, seventh)).toEqual([
      { name: "p", array_len: 3, type: "struct", struct: {}, size: 1 },
    ]);
  });

  test("counts since 11.1 only where one element describes the others", () => {
    const open = description("dev", [field("a", u32, { ...three, type: "uint32", exists: "a_exists" })]);
    const one = { name: "a", type: "uint32", size: 4 };
    expect(described(open, [numbers(3)], eleventh)).toEqual([one, one, one]);
    const plain = description("dev", [field("a", u32, { ...three, type: "uint32" })]);
    expect(described(plain, [numbers(3)], eleventh)).toEqual([{ name: "a", array_len: 3, type: "uint32", size: 4 }]);
  });

  test("has a mark of its own before each element of a marked array", () => {
    const inner = description("inner", [field("b", u8, { type: "uint8" })]);
    const struct = { kind: "struct", description: inner, versionId: undefined } as const;
    const marked = description("dev", [
      field("p", struct, { ...three, pointers: true, marked: true, type: "struct" }),
      field("p", u8, { type: "uint8" }),
    ]);
    const held: FieldValue = { kind: "struct", state: state(inner, []) };
    const values: readonly FieldValue[] = [{ kind: "array", elements: [held, { kind: "null" }, { kind: "null" }] }];
    const mark = { name: "p[-1]", type: "ptr-marker", size: 1 };
    const fields = [{ name: "b", type: "uint8", size: 1 }];
    expect(described(marked, values, eleventh)).toEqual([
      mark,
      { name: "p[0]", type: "struct", struct: { vmsd_name: "inner", version: 1, fields }, size: 1 },
      mark,
      mark,
      { name: "p[1]", type: "uint8", size: 1 },
    ]);
  });
});
