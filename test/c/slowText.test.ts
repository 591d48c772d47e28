/** Text made to be slow: that it comes to an end is what is tested, however long a busy machine takes for it. */
import { describe, expect, it } from "vitest";
import { bareTree } from "../tree";

describe("on text made to be slow", { timeout: 600_000 }, () => {
  const bounded = (code: string): void => {
    const project = bareTree({ "a.c": code });
    for (const description of project.descriptions()) for (const field of description.fields) void field.size;
    for (const type of project.types()) void type.descriptions;
    expect([...project.registrations()].length).toBeLessThan(2);
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
