/** Text made to be slow: twice as much of it takes about twice the steps. */
import { describe, expect, it } from "vitest";
import { expectLinear } from "../steps";
import { bareTree } from "../tree";

function read(code: string): void {
  const project = bareTree({ "a.c": code });
  for (const description of project.descriptions()) for (const field of description.fields) void field.size;
  for (const type of project.types()) void type.descriptions;
  expect([...project.registrations()].length).toBeLessThan(2);
}

const definition = "static const VMStateDescription vmstate_x = ";

describe("on text made to be slow", () => {
  it.each<[string, (n: number) => string]>([
    ["deep brackets", (n) => `${definition}${"{".repeat(n)}`],
    ["deep parentheses in a field", (n) => `${definition}{ .name = "x", .version_id = ${"(".repeat(n)}`],
    ["a long line", (n) => `${definition}{ .name = "${"x".repeat(n)}" };`],
    ["operators", (n) => `${definition}{ .version_id = ${"1 + ".repeat(n)}1 };`],
    ["unary operators", (n) => `${definition}{ .version_id = ${"- ".repeat(n)}1 };`],
    ["#if levels", (n) => `${"#if A\n".repeat(n)}${definition}{ .name = "x" };\n`],
    ["an unclosed comment", (n) => `/*${" *".repeat(n)}`],
    ["commas", (n) => `${definition}{ .fields = (const VMStateField[]) {${",".repeat(n)}} };`],
    ["a long function", (n) => `void f(void) {${" g(x);".repeat(n)} vmstate_register(x); }`],
  ])("%s", (_, code) => {
    read(code(100_000));
    expectLinear((n) => read(code(n)), 2000);
  });

  it.each([
    ["a macro that doubles thirty times", `${doubling(30)}${definition}{ .version_id = M30, .fields = M30 };`],
    [
      "calls nested in arguments",
      `#define F(x) x x\n${definition}{ .version_id = ${"F(".repeat(2000)}1${")".repeat(2000)} };`,
    ],
    ["a chain of macros", chain(5000) + `${definition}{ .version_id = C4999 };`],
    ["a struct that holds itself", `struct S { struct S s[4]; };\n${definition}{ .version_id = sizeof(struct S) };`],
    ["an enum of circles", "enum { A = B, B = A };\n" + `${definition}{ .version_id = A };`],
    ["typedefs in a circle", `typedef A B;\ntypedef B A;\n${definition}{ .version_id = sizeof(A) };`],
    ["a file that includes itself", `#include "a.c"\n${definition}{ .fields = {\n#include "a.c"\n} };`],
  ])("%s comes to an end", (_, code) => {
    read(code);
  });
});

it("what stands behind half a million headers without a token is not read", () => {
  const valueOf = (lines: number): boolean => {
    const files: Record<string, string> = { "b5.h": "", "c.h": "C,\n" };
    for (let k = 0; k < 5; k++) files[`b${k}.h`] = `#include "b${k + 1}.h"\n`.repeat(lines);
    const list = 'enum {\n#include "b0.h"\n#include "c.h"\nA };\n';
    return bareTree({ ...files, "a.c": `${list}${definition}{ .version_id = C };` }).evaluate("C", "a.c").known;
  };
  expect(valueOf(3)).toBe(true);
  expect(valueOf(15)).toBe(false);
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
