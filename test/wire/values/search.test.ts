import { describe, expect, test } from "vitest";
import { layoutOf } from "../../../core/wire/values/layout";
import { type DecodedPayload, decodePayload } from "../../../core/wire/values/search";
import { ByteWriter, saveDescription, type WireDescription } from "../../../core/wire";
import { description, field, u8, u32 } from "./description.fixture";

const count = (path: string) => ({ kind: "member", member: { structName: "S", path }, multiply: 1 }) as const;

function decoded(
  of: WireDescription,
  wire: Uint8Array,
  hooks: Parameters<typeof decodePayload>[4] = {},
): DecodedPayload {
  const result = decodePayload(wire, 0, of, 1, hooks);
  if (!result.ok) throw new Error(result.error.message);
  return result;
}

const lengths = ({ state }: DecodedPayload) =>
  state.fields.map(({ value }) => (value.kind === "array" ? value.elements.length : value.kind));

describe("counts that no field holds", () => {
  test("a count of many thousands is found", () => {
    const device = description("dev", [field("lut", u32, { count: count("max") }), field("last", u8)]);
    expect(lengths(decoded(device, new Uint8Array(4 * 60_000 + 1)))).toEqual([60_000, "integer"]);
  });

  test("one member counts for the object and its subsections", () => {
    const more = description("dev/more", [field("b", u8, { count: count("n") })]);
    const device = description("dev", [field("a", u8, { count: count("n") })], { subsections: [more] });
    const header = [5, 8, ...new TextEncoder().encode("dev/more"), 0, 0, 0, 1];
    const { state } = decoded(device, Uint8Array.from([1, 1, 1, ...header, 2, 2, 2]));
    expect(state.subsections[0]?.fields[0]?.value).toMatchObject({ elements: [{ value: 2n }, {}, {}] });
  });

  test("the stream's own description tells two counts apart", () => {
    const device = description("dev", [field("a", u8, { count: count("n") }), field("b", u8, { count: count("m") })]);
    const told = description("dev", [
      field("a", u8, { count: { kind: "fixed", count: 2 }, size: { kind: "fixed", size: 1 } }),
      field("b", u8, { count: { kind: "fixed", count: 3 }, size: { kind: "fixed", size: 1 } }),
    ]);
    const wire = Uint8Array.of(1, 2, 3, 4, 5);
    const layout = layoutOf(decoded(told, wire));
    expect(lengths(decoded(device, wire, { layout }))).toEqual([2, 3]);
  });

  test.each(["nullptr", "marker"] as const)("the stream's own description of NULLs one after another: %s", (kind) => {
    const inner = description("inner", [field("b", u8)]);
    const struct = { kind: "struct", description: inner, versionId: undefined } as const;
    const device = description("dev", [field("p", struct, { count: { kind: "fixed", count: 4 }, pointers: true })]);
    const told = description("dev", [
      field("p", { kind }, { count: { kind: "fixed", count: 2 }, size: { kind: "fixed", size: 1 } }),
      field("p", struct),
      field("p", { kind }, { size: { kind: "fixed", size: 1 } }),
    ]);
    const wire = Uint8Array.of(0x30, 0x30, 0x30, 0x30);
    const { state } = decoded(device, wire, { layout: layoutOf(decoded(told, wire)) });
    const kinds = state.fields[0]?.value;
    expect(kinds).toMatchObject({
      elements: [{ kind: "null" }, { kind: "null" }, { kind: "struct" }, { kind: "null" }],
    });
  });

  test("the stream's own description is of a table where each field has the type that the table gives it", () => {
    const told = (...types: readonly string[]) => {
      const fields = types.map((type, k) => field(`f${k}`, u8, { type }));
      return layoutOf(decoded(description("dev", fields), new Uint8Array(types.length)));
    };
    const table = description("dev", [field("f0", u8, { type: "uint8" }), field("f1", u8, { type: "bool" })]);
    expect(told("uint8").isOf(table)).toBe(true);
    expect(told("uint8", "bool").isOf(table)).toBe(true);
    expect(told("int8", "bool").isOf(table)).toBe(false);
    expect(told("uint8", "bool", "bool").isOf(table)).toBe(false);
  });

  test("the stream's own description says which optional field is there", () => {
    const exists = (name: string) => field(name, u8, { exists: `${name}_needed` });
    const device = description("dev", [exists("a"), exists("b"), exists("c")]);
    const layout = layoutOf(decoded(description("dev", [field("b", u8)]), Uint8Array.of(7)));
    expect(decoded(device, Uint8Array.of(7), { layout }).state.fields.map(({ name }) => name)).toEqual(["b"]);
  });
});

test("of two subsections with one name the one that fits is taken, and saved again", () => {
  const wide = description("dev/tlb", [field("x", u32)], { symbol: "vmstate_wide" });
  const narrow = description("dev/tlb", [field("y", u8)], { symbol: "vmstate_narrow" });
  const device = description("dev", [], { subsections: [wide, narrow] });
  const wire = Uint8Array.from([5, 7, ...new TextEncoder().encode("dev/tlb"), 0, 0, 0, 1, 9]);
  const { state } = decoded(device, wire);
  expect(state.subsections[0]?.fields[0]?.value).toEqual({ kind: "integer", value: 9n });
  const writer = new ByteWriter();
  expect(saveDescription(writer, device, state).ok).toBe(true);
  expect(writer.finish()).toEqual(wire);
});
