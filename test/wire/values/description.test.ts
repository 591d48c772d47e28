import { describe, expect, test } from "vitest";
import {
  ByteReader,
  ByteWriter,
  type DescriptionState,
  integer,
  loadDescription,
  saveDescription,
  type WireDescription,
  type WireElement,
} from "../../../core/wire";
import { description, field, i32, u8, u32 } from "./description.fixture";

function load(of: WireDescription, wire: number[], versionId = of.versionId, hooks = {}): DescriptionState {
  const result = loadDescription(new ByteReader(Uint8Array.from(wire)), of, versionId, hooks);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function loadError(of: WireDescription, wire: number[], versionId = of.versionId, hooks = {}) {
  const result = loadDescription(new ByteReader(Uint8Array.from(wire)), of, versionId, hooks);
  if (result.ok) throw new Error("loaded");
  return result.error;
}

function save(of: WireDescription, state: DescriptionState): number[] {
  const writer = new ByteWriter();
  const result = saveDescription(writer, of, state);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return [...writer.finish()];
}

test("integers are big endian and keep their sign", () => {
  const device = description("dev", [field("a", u32), field("b", i32)]);
  const wire = [0xff, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe];
  const state = load(device, wire);
  expect(state.fields.map((entry) => entry.value)).toEqual([integer(0xff000001), integer(-2)]);
  expect(save(device, state)).toEqual(wire);
});

test("a field newer than the stream's version is not read", () => {
  const device = description("dev", [field("a", u8), field("b", u8, { versionId: 2 })], { versionId: 2 });
  expect(load(device, [7], 1).fields).toHaveLength(1);
  expect(load(device, [7, 8], 2).fields).toHaveLength(2);
});

test("versions out of range fail with QEMU's words", () => {
  const device = description("dev", [], { versionId: 3, minimumVersionId: 2 });
  expect(loadError(device, [], 4).message).toBe("dev: incoming version_id 4 is too new for local version_id 3");
  expect(loadError(device, [], 1).message).toBe("dev: incoming version_id 1 is too old for local minimum version_id 2");
});

test("a count that an earlier field holds sizes the array", () => {
  const count = { kind: "member", member: { structName: "S", path: "n" }, multiply: 2 } as const;
  const device = description("dev", [field("n", u8), field("a", u8, { count })]);
  const state = load(device, [2, 1, 2, 3, 4]);
  expect(state.fields[1]?.value).toEqual({ kind: "array", elements: [1, 2, 3, 4].map(integer) });
  expect(save(device, state)).toEqual([2, 1, 2, 3, 4]);
});

test("a count in a nested struct is found by its path", () => {
  const ring = description("ring", [field("n", u8)]);
  const count = { kind: "member", member: { structName: "S", path: "ring.n" }, multiply: 1 } as const;
  const nested = field("ring", { kind: "struct", description: ring, versionId: undefined });
  const device = description("dev", [nested, field("a", u8, { count })]);
  expect(load(device, [3, 7, 8, 9]).fields[1]?.value).toMatchObject({ elements: [{ value: 7n }, { value: 8n }, {}] });
});

test("NULL in an array of pointers is one byte 0x30", () => {
  const device = description("dev", [field("p", u32, { count: { kind: "fixed", count: 2 }, pointers: true })]);
  const wire = [0x30, 0, 0, 0, 5];
  const state = load(device, wire, 1, { isNull: (_: unknown, index: number) => index === 0 });
  expect(state.fields[0]?.value).toEqual({
    kind: "array",
    elements: [{ kind: "null" }, integer(5)],
    offsets: [0, 1],
  });
  expect(save(device, state)).toEqual(wire);
  const wrong = loadError(device, [1, 0, 0, 0, 5], 1, { isNull: (_: unknown, index: number) => index === 0 });
  expect(wrong).toMatchObject({ message: "vmstate: get_nullptr expected VMS_NULLPTR_MARKER", offset: 0 });
});

test("subsections follow the fields in any order; an unknown one of ours fails", () => {
  const one = description("dev/one", [field("x", u8)]);
  const two = description("dev/two", []);
  const device = description("dev", [field("a", u8)], { subsections: [one, two] });
  const header = (name: string) => [5, name.length, ...new TextEncoder().encode(name), 0, 0, 0, 1];
  const wire = [9, ...header("dev/two"), ...header("dev/one"), 4];
  const state = load(device, wire);
  expect(state.subsections.map((subsection) => subsection.name)).toEqual(["dev/two", "dev/one"]);
  expect(save(device, state)).toEqual(wire);
  expect(loadError(device, [9, ...header("dev/six")])).toMatchObject({
    message: "VM subsection 'dev/six' in 'dev' does not exist",
    errno: "ENOENT",
    offset: 1,
  });
  expect(load(device, [9, ...header("other")]).subsections).toEqual([]);
  // QEMU keeps one byte of its version
  const marked = header("dev/two").map((byte, k, all) => (k === all.length - 4 ? 0x80 : byte));
  expect(load(device, [9, ...marked]).subsections).toMatchObject([{ name: "dev/two", versionId: 1 }]);
});

test("lists and trees", () => {
  const item = description("item", [field("x", u8)]);
  const device = description("dev", [
    field("q", { kind: "list", description: item }),
    field("t", { kind: "tree", key: undefined, value: item }),
  ]);
  const wire = [1, 10, 1, 11, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 77, 5, 0];
  const state = load(device, wire);
  expect(state.fields[1]?.value).toMatchObject({ entries: [{ key: 77n }] });
  expect(save(device, state)).toEqual(wire);
  expect(loadError(device, [0, 0, 0, 0, 2, 0]).message).toBe("t inconsistent stream when loading the gtree");
});

test("equal compares with what the destination has", () => {
  const device = description("dev", [field("n", { ...u32, check: "equal" } as WireElement, { errHint: "hint" })]);
  const error = loadError(device, [0, 0, 0, 16], 1, { local: () => 32n });
  expect(error).toMatchObject({ message: "20 != 10", offset: 0, path: "dev/n" });
  expect(error.context[0]).toBe("hint");
});

test("a cut stream names the innermost description and the offset", () => {
  const inner = description("inner", [field("x", u32)]);
  const device = description("dev", [field("i", { kind: "struct", description: inner, versionId: undefined })]);
  expect(loadError(device, [1, 2])).toMatchObject({
    message: "Failed to load inner state: stream error: -5",
    errno: "EIO",
    offset: 0,
    path: "dev/i/inner/x",
  });
});

test("what fails in a subsection is named by the fields around it alone", () => {
  const more = description("inner/more", [field("y", u8)]);
  const inner = description("inner", [field("x", u8)], { subsections: [more] });
  const device = description("dev", [field("i", { kind: "struct", description: inner, versionId: undefined })]);
  const wire = [7, 5, 10, ...Buffer.from("inner/more"), 0, 0, 0, 9, 1];
  const error = loadError(device, wire);
  expect(error.message).toContain("inner/more: incoming version_id 9 is too new");
  expect(error.fields).toEqual([{ description: "dev", field: "i" }]);
  expect(loadError(device, [7, 5, 10, ...Buffer.from("inner/more"), 0, 0, 0, 1]).fields).toEqual([
    { description: "inner/more", field: "y" },
    { description: "dev", field: "i" },
  ]);
});

test("an absurd count does not allocate", () => {
  const count = { kind: "member", member: { structName: "S", path: "n" }, multiply: 1 } as const;
  const empty = description("empty", []);
  const device = description("dev", [
    field("n", u32),
    field("a", { kind: "struct", description: empty, versionId: undefined }, { count }),
  ]);
  expect(loadError(device, [0x7f, 0xff, 0xff, 0xff]).message).toContain("take no bytes");
});

test("hooks that fail stop the load", () => {
  const device = description("dev", [], { versionId: 2, minimumVersionId: 1 });
  expect(loadError(device, [], 2, { postLoad: () => -1 }).message).toBe(
    "post load hook failed for: dev, version_id: 2, minimum_version: 1, ret: -1",
  );
  expect(loadError(device, [], 2, { preLoad: () => -22 }).message).toBe(
    "pre load hook failed for: 'dev', version_id: 2, minimum version_id: 1, ret: -22",
  );
});

describe("an array whose pointers have marks", () => {
  const inner = description("inner", [field("b", u8)]);
  const struct = { kind: "struct", description: inner, versionId: undefined } as const;
  const count = { kind: "member", member: { structName: "S", path: "n" }, multiply: 1 } as const;
  const marked = field("p", struct, { count, pointers: true, marked: true });
  const device = description("dev", [field("n", u8), marked]);
  const wire = [3, 0x31, 7, 0x30, 0x31, 9];

  test("is read and written with a byte before each element", () => {
    const state = load(device, wire);
    expect(state.fields[1]?.value).toMatchObject({ elements: [{ kind: "struct" }, { kind: "null" }, {}] });
    expect(state.fields[1]?.value).toMatchObject({ offsets: [1, 3, 4] });
    expect(save(device, state)).toEqual(wire);
  });

  test("refuses any other byte in QEMU's words", () => {
    expect(loadError(device, [1, 7, 7])).toMatchObject({ message: "Unexpected ptr marker: 7", offset: 1 });
    expect(loadError(device, [2, 0x31, 7, 0x32])).toMatchObject({ message: "Unexpected ptr marker: 50", offset: 3 });
  });

  test("has its shape where there are no bytes", () => {
    const two = description("dev", [{ ...marked, count: { kind: "fixed", count: 2 } }]);
    const shape = loadDescription(new ByteReader(new Uint8Array(4)), two, 1, {}, { blank: true });
    expect(shape).toMatchObject({ ok: true, value: { fields: [{ value: { elements: [{ kind: "null" }, {}] } }] } });
  });
});
