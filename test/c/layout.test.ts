import { describe, expect, it } from "vitest";
import { type CType, typeText } from "../../core/c/ctype";
import { placeOf, sizeOf } from "../../core/c/layout";
import { declarations, expected } from "./layoutFixture";
import { snippet } from "./snippet";

describe("layout, held against gcc", () => {
  const code = snippet(declarations);

  it.each(expected)("%s", (source, value) => {
    expect(code.number(source)).toBe(value);
  });
});

describe("what can't be laid out", () => {
  const code = snippet(`
    struct partly { int a; Foreign f; int b; Foreign *p; };
    struct outer { char c; struct partly inner; };
    struct decided { int a; struct missing m[0]; int b; };
  `);

  it("is unknown, and names the type and the member at fault", () => {
    expect(code.number("sizeof(struct partly)")).toBe("type `Foreign` not found (`f` in struct partly)");
    expect(code.number("sizeof(struct outer)")).toBe("type `Foreign` not found (`f` in struct partly)");
    expect(code.number("offsetof(struct partly, b)")).toBe("type `Foreign` not found (`f` in struct partly)");
  });

  it("spoils neither the members before it nor pointers to it", () => {
    expect(code.number("offsetof(struct partly, a)")).toBe(0n);
    expect(code.number("sizeof(((struct partly *)0)->p)")).toBe(8n);
    expect(code.number("sizeof(((struct outer *)0)->inner.b)")).toBe(4n);
  });
});

describe("types of places", () => {
  const code = snippet(
    "typedef struct Regs { uint32_t r[4][8]; struct { bool on; } irq; } Regs; struct D { Regs *regs; };",
  );
  const state: CType = code.types.tagged("struct", "Regs", code.scope);

  it("follows a designator to its offset and type", () => {
    const place = placeOf(code.types, state, [
      { kind: "member", name: "r" },
      { kind: "index", index: 2 },
    ]);
    expect(place.known && place.value.offset).toEqual({ known: true, value: 64 });
    expect(place.known && typeText(place.value.type)).toBe("uint32_t[8]");
    expect(place.known && sizeOf(code.types, place.value.type)).toEqual({ known: true, value: 32 });
    expect(place.known && place.value.member?.name).toBe("r");
  });

  it("knows the members of the C library's structs that devices save", () => {
    expect(code.number("offsetof(struct tm, tm_year)")).toBe(20n);
    expect(code.number("sizeof(struct tm) + sizeof(struct timeval)")).toBe(72n);
    expect(code.number("sizeof(struct usb_redir_device_connect_header)")).toBe(10n);
    expect(code.number("sizeof(struct usb_redir_interface_info_header)")).toBe(132n);
  });

  it("counts the elements of a table", () => {
    const table = snippet("struct R { int a, b; }; static const struct R regs[] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };");
    expect(table.number("sizeof(regs) / sizeof((regs)[0])")).toBe(3n);
    expect(table.number("sizeof(regs)")).toBe(24n);
  });

  it("is the same record by tag, by typedef and through a pointer", () => {
    expect(code.number("__builtin_types_compatible_p(Regs, struct Regs)")).toBe(1n);
    expect(code.number("__builtin_types_compatible_p(Regs *, typeof(((struct D *)0)->regs))")).toBe(1n);
    expect(code.number("__builtin_types_compatible_p(Regs, struct D)")).toBe(0n);
  });
});
