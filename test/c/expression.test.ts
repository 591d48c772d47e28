import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { typeText } from "../../core/c/ctype";
import { readDeclarations } from "../../core/c/declarator";
import { parseExpression } from "../../core/c/expression";
import { describeOffset } from "../../core/c/offset";
import { parseTypeOrExpression } from "../../core/c/expression";
import { snippet } from "./snippet";

const { number, text } = snippet();

describe("integer constant expressions", () => {
  it.each([
    ["1 + 2 * 3", 7n],
    ["(1 + 2) * 3", 9n],
    ["10 - 4 - 3", 3n],
    ["1 << 4 | 1 << 2", 20n],
    ["0x10 + 010 + 0b11", 27n],
    ["7 / 2 + 7 % 4", 6n],
    ["-7 / 2", -3n],
    ["1 ? 2 : 3", 2n],
    ["0 ? 1 : 0 ? 2 : 3", 3n],
    ["5 ?: 9", 5n],
    ["0 ?: 9", 9n],
    ["1 || 1 / 0", 1n],
    ["0 && 1 / 0", 0n],
    ["!0 + !5", 1n],
    ["(1, 2)", 2n],
    ["'A'", 65n],
    ["'\\n'", 10n],
    ["'\\0'", 0n],
    ["'\\xff'", -1n],
    ["true + false", 1n],
    ["sizeof(int)", 4n],
    ["sizeof(unsigned long long int)", 8n],
    ["sizeof(char *)", 8n],
    ["sizeof(int[3][4])", 48n],
    ["sizeof(int (*)[4])", 8n],
    ['sizeof("abc")', 4n],
    ["sizeof 1L", 8n],
    ["sizeof(uint16_t) * 8", 16n],
    ["_Alignof(double)", 8n],
    ["__builtin_constant_p(3) ? 4 : 5", 4n],
    ["__builtin_choose_expr(1, 7, ((void)0))", 7n],
    ["__builtin_ctz(8)", 3n],
    ["__builtin_types_compatible_p(int, signed int)", 1n],
    ["__builtin_types_compatible_p(uint64_t, unsigned long long)", 0n],
    ["__builtin_types_compatible_p(int[3], int *)", 0n],
  ])("%s", (source, value) => {
    expect(number(source)).toBe(value);
  });

  it("wraps and compares as C's types do", () => {
    expect(number("~0")).toBe(-1n);
    expect(number("~0U")).toBe(0xffffffffn);
    expect(number("~0ULL")).toBe(0xffffffffffffffffn);
    expect(number("-1 < 0U")).toBe(0n);
    expect(number("-1 < 0L")).toBe(1n);
    expect(number("0xffffffff + 1")).toBe(0n);
    expect(number("4294967295 + 1")).toBe(0x100000000n);
    expect(number("1ULL << 63")).toBe(0x8000000000000000n);
    expect(number("1 << 40")).toMatch("shift by 40");
    expect(number("(uint8_t)0x1ff")).toBe(0xffn);
    expect(number("(int8_t)0xff")).toBe(-1n);
    expect(number("(uint32_t)-1")).toBe(0xffffffffn);
    expect(number("(bool)8")).toBe(1n);
    expect(number("-1 >> 1")).toBe(-1n);
  });

  it("says why a value is unknown", () => {
    expect(number("nowhere + 1")).toMatch("`nowhere`");
    expect(number("f(3)")).toMatch("call of f");
    expect(number("({ int a = 1; a; })")).toMatch("statement expression");
    expect(number("1 / 0")).toMatch("division by zero");
    expect(number("1.5 * 2")).toMatch("floating-point");
    expect(number("(1 + ) * 2")).toMatch("unexpected");
    expect(number("")).toMatch("empty");
    expect(number("1 2")).toMatch("unexpected `2`");
    expect(number("sizeof(struct nowhere)")).toMatch("struct nowhere is not defined");
    expect(number("sizeof(Nowhere)")).toMatch("type `Nowhere` not found");
  });

  it("joins strings and resolves their escapes", () => {
    expect(text('"virtio" "-" "pci"')).toBe("virtio-pci");
    expect(text('("a\\x41\\102\\"")')).toBe('aAB"');
    expect(text('1 ? "yes" : "no"')).toBe("yes");
    expect(text("3")).toMatch("not a string");
  });
});

describe("names from the scope", () => {
  const code = snippet(`
    enum { FIRST, SECOND = FIRST + 5, THIRD, MASK = (1 << THIRD) - 1 };
    enum wide { NEGATIVE = -2, AFTER };
    typedef unsigned char byte;
    typedef struct State { byte regs[4]; int n; struct { short x, y; } at[3]; byte *buf; } State;
  `);

  it("gives enumerators their values", () => {
    expect(code.number("THIRD")).toBe(6n);
    expect(code.number("MASK")).toBe(63n);
    expect(code.number("AFTER * 2")).toBe(-2n);
  });

  it("tells a cast from a parenthesised operand", () => {
    expect(code.number("(byte) - 1")).toBe(255n);
    expect(code.number("(THIRD) - 1")).toBe(5n);
    expect(code.number("(byte)(300)")).toBe(44n);
    expect(code.number("sizeof(State) / sizeof(byte)")).toBe(32n);
    expect(code.number("(THIRD * (2))")).toBe(12n);
  });

  it("follows members, subscripts and typeof", () => {
    expect(code.number("sizeof(((State *)0)->regs)")).toBe(4n);
    expect(code.number("sizeof(((State *)0)->at[1])")).toBe(4n);
    expect(code.number("sizeof(typeof(((State *)0)->at[0].x))")).toBe(2n);
    expect(code.number("sizeof(*((State *)0)->buf)")).toBe(1n);
    expect(code.number("offsetof(State, at[2].y)")).toBe(18n);
    expect(code.number("__builtin_offsetof(State, at[THIRD - 5].x)")).toBe(12n);
    expect(code.number("(size_t)&((State *)0)->at[1].y")).toBe(14n);
    expect(code.number("offsetof(State, missing)")).toMatch("struct State has no member `missing`");
  });

  it("takes QEMU's build-time checks for 0", () => {
    expect(code.number("sizeof(struct { int : (f()) ? -1 : 1; }) - sizeof(struct { int : (f()) ? -1 : 1; })")).toBe(0n);
    expect(code.number("((byte *)0 - (typeof(((State *)0)->n) *)0)")).toBe(0n);
    expect(code.number("((byte(*)[4])0 - (typeof(((State *)0)->regs) *)0)")).toBe(0n);
    expect(
      code.number("!__builtin_types_compatible_p(typeof(((State *)0)->regs), typeof(&(((State *)0)->regs)[0]))"),
    ).toBe(1n);
  });

  it("describes an offset: the member and the types that must agree", () => {
    const context = code.context(
      "(offsetof(State, at[1].x) + ((byte(*)[4])0 - (typeof(((State *)0)->regs) *)0) +" +
        " (sizeof(struct { int : 1; }) - sizeof(struct { int : 1; })))",
    );
    const described = describeOffset(parseExpression(context), context);
    expect(described.member).toMatchObject({ structName: "State", path: "at[1].x" });
    expect(described.assertions).toHaveLength(1);
    const [check] = described.checks;
    expect(described.checks).toHaveLength(1);
    if (check === undefined) return;
    const declared = code.types.resolve(check.declared, context);
    const actual = code.types.resolve(check.actual, context);
    expect(typeText(declared)).toBe("byte[4]");
    expect(code.types.compatible(declared, actual)).toEqual({ known: true, value: true });
    const other = code.types.resolve({ ...check.declared, parts: [] }, context);
    expect(code.types.compatible(other, actual)).toEqual({ known: true, value: false });
  });
});

describe("hostile text", () => {
  const word = fc.constantFrom(
    ..."( ) [ ] { } , ; : ? . -> * & + - ~ ! << == && || = sizeof struct union enum typeof offsetof int char T x 1 0x 1.5".split(
      " ",
    ),
    ..."'a' \"s\" __attribute__ ((packed)) _Generic __builtin_choose_expr const (T)0 -> ({ ...".split(" "),
  );

  it("ends and throws nothing on any sequence of tokens", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const code = snippet(`typedef struct T T; struct T { ${words.slice(0, 30).join(" ")} };`);
        const source = words.join(" ");
        const context = code.context(source);
        expect(code.parse(source).kind).toBeTypeOf("string");
        code.number(source);
        code.number("sizeof(T)");
        code.number(`offsetof(T, ${source})`);
        readDeclarations(context, 0, context.tokens.length);
        parseTypeOrExpression(context, 0, context.tokens.length);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ["parentheses", "(".repeat(50_000)],
    ["casts", "(int)".repeat(50_000)],
    ["signs", "- ".repeat(50_000)],
    ["sums", "1+".repeat(50_000)],
    ["subscripts", "x[".repeat(50_000)],
    ["members", `x${".y".repeat(50_000)}`],
    ["conditionals", "1?".repeat(50_000)],
    ["typeof", "sizeof(typeof(".repeat(20_000)],
    ["assignments", "x=".repeat(50_000)],
  ])("bounds the nesting of %s", (_name, source) => {
    const code = snippet("");
    expect(code.number(source)).toBeTypeOf("string");
    expect(code.number(`sizeof(${source})`)).toBeTypeOf("string");
    expect(code.number(`sizeof(int[${source}])`)).toBeTypeOf("string");
  });

  it("survives typedefs of themselves, structs in themselves and long chains", () => {
    const chain = Array.from({ length: 5000 }, (_, i) => `typedef struct S${i + 1} { T${i} a; } T${i + 1};`).join("\n");
    const code = snippet(`typedef First Second; typedef Second First; struct S { struct S s; int a[sizeof(struct S)]; };
      enum { X = Y, Y = X }; typedef int T0; ${chain}`);
    expect(code.number("sizeof(First)")).toMatch("of itself");
    expect(code.number("sizeof(struct S)")).toMatch("contains itself");
    expect(code.number("X")).toBeTypeOf("string");
    expect(code.number("sizeof(T3)")).toBe(4n);
    expect(code.number("sizeof(T5000)")).toBeTypeOf("string");
  });
});
