/** Any text gives facts and tokens, in bounded time: half-typed code and hostile code are the normal case. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lex } from "../../core/c/lex";
import { skim } from "../../core/c/skim";
import { bareTree } from "../tree";

const words = [
  "static",
  "const",
  "struct",
  "typedef",
  "enum",
  "VMStateDescription",
  "TypeInfo",
  "x",
  "f",
  "A",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ";",
  ",",
  "=",
  "#define A(x, ...) x##A #x __VA_ARGS__ B(x)\n",
  "#define B A\n",
  "#if A\n",
  "#else\n",
  "#endif\n",
  '#include "a.c"\n',
  "\n",
  "\\\n",
  '"',
  "'",
  "/*",
  "*/",
  "//",
  ".name =",
  "#",
  "##",
  "\\",
  "0x",
  "é",
];
const cLike = fc.array(fc.constantFrom(...words), { maxLength: 120 }).map((parts) => parts.join(" "));
const text = fc.oneof(cLike, fc.string({ maxLength: 400, unit: "binary" }));

describe("on any text", () => {
  it("tokens lie in order inside it and lose nothing but blanks, comments and continuations", () => {
    fc.assert(
      fc.property(text, (code) => {
        let last = 0;
        for (const token of lex(code, "a.c")) {
          expect(token.start).toBeGreaterThanOrEqual(last);
          expect(token.end).toBeGreaterThan(token.start);
          expect(token.end).toBeLessThanOrEqual(code.length);
          expect(code.slice(token.start, token.end)).toBe(token.text);
          last = token.end;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("declarations have spans inside it, and arms that exist", () => {
    fc.assert(
      fc.property(text, (code) => {
        const facts = skim("a.c", code);
        for (const d of facts.declarations) {
          expect(d.start).toBeLessThanOrEqual(d.end);
          expect(d.end).toBeLessThanOrEqual(code.length);
          expect(d.condition).toBeLessThan(facts.conditions.length);
        }
        for (const c of facts.conditions) expect(c.previous).toBeLessThan(facts.conditions.length);
      }),
      { numRuns: 500 },
    );
  });

  it("a project answers: descriptions, types and registrations, and expansion ends", () => {
    fc.assert(
      fc.property(text, (code) => {
        const project = bareTree({ "a.c": code });
        expect([...project.descriptions()].length).toBeLessThan(1000);
        expect([...project.types()].length).toBeLessThan(1000);
        expect([...project.registrations()].length).toBeLessThan(1000);
        expect(project.scope("a.c").tokens("a.c", 0, code.length).length).toBeLessThan(3_000_000);
      }),
      { numRuns: 300 },
    );
  });
});

describe("on text made to be slow", () => {
  const bounded = (code: string): void => {
    const started = performance.now();
    const project = bareTree({ "a.c": code });
    for (const description of project.descriptions()) for (const field of description.fields) void field.size;
    for (const type of project.types()) void type.descriptions;
    expect([...project.registrations()].length).toBeLessThan(2);
    expect(performance.now() - started).toBeLessThan(10_000);
  };
  const definition = "static const VMStateDescription vmstate_x = ";

  it.each([
    ["brackets a hundred thousand deep", `${definition}${"{".repeat(100_000)}`],
    ["parentheses as deep, in a field", `${definition}{ .name = "x", .version_id = ${"(".repeat(100_000)}`],
    ["a line of a megabyte", `${definition}{ .name = "${"x".repeat(1 << 20)}" };`],
    ["a megabyte of operators", `${definition}{ .version_id = ${"1 + ".repeat(250_000)}1 };`],
    ["a megabyte of unary operators", `${definition}{ .version_id = ${"- ".repeat(500_000)}1 };`],
    ["a macro that doubles thirty times", `${doubling(30)}${definition}{ .version_id = M30, .fields = M30 };`],
    [
      "calls nested in arguments",
      `#define F(x) x x\n${definition}{ .version_id = ${"F(".repeat(2000)}1${")".repeat(2000)} };`,
    ],
    ["ten thousand #if levels", `${"#if A\n".repeat(10_000)}${definition}{ .name = "x" };\n`],
    ["a chain of macros as long", chain(5000) + `${definition}{ .version_id = C4999 };`],
    ["an unclosed comment of a megabyte", `/*${" *".repeat(1 << 19)}`],
    ["a megabyte of commas", `${definition}{ .fields = (const VMStateField[]) {${",".repeat(1 << 20)}} };`],
    ["a struct that holds itself", `struct S { struct S s[4]; };\n${definition}{ .version_id = sizeof(struct S) };`],
    ["an enum of circles", "enum { A = B, B = A };\n" + `${definition}{ .version_id = A };`],
    ["typedefs in a circle", `typedef A B;\ntypedef B A;\n${definition}{ .version_id = sizeof(A) };`],
    ["a file that includes itself", `#include "a.c"\n${definition}{ .fields = {\n#include "a.c"\n} };`],
    ["a function of a megabyte", `void f(void) {${" g(x);".repeat(1 << 18)} vmstate_register(x); }`],
  ])("%s", (_, code) => {
    bounded(code);
  });
});

function doubling(levels: number): string {
  let text = "#define M0 1 +\n";
  for (let k = 1; k <= levels; k++) text += `#define M${k} M${k - 1} M${k - 1}\n`;
  return text;
}

function chain(length: number): string {
  let text = "#define C0 1\n";
  for (let k = 1; k < length; k++) text += `#define C${k} (C${k - 1})\n`;
  return text;
}
