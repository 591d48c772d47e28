import { describe, expect, it } from "vitest";
import { bareTree } from "../tree";

/** The text after the last `#define`s, expanded. */
function expanded(code: string): string {
  const project = bareTree({ "a.c": code });
  const start = code.search(/^(?!\s*#|.*\\$)[^\n]*$(?![\s\S]*^\s*#)/m);
  return project
    .scope("a.c")
    .tokens("a.c", Math.max(0, start), code.length)
    .map((t) => (t.space ? ` ${t.text}` : t.text))
    .join("")
    .trim();
}

describe("macro expansion", () => {
  it.each([
    ["objects and functions", "#define A 1\n#define F(x) (x + A)\nF(2) F", "(2 + 1) F"],
    ["arguments with parentheses and commas", "#define F(a, b) a|b\nF((1, 2), g(3, 4))", "(1, 2)|g(3, 4)"],
    ["#: the argument as written", '#define S(x) #x\n#define A 1\nS(a + "b" A)', '"a + \\"b\\" A"'],
    ["##: pasted, not expanded first", "#define P(a, b) a##b\n#define xy 7\n#define x 1\nP(x, y)", "7"],
    ["## with an empty side", "#define P(a, b) <a##b>\nP(, y) P(x, ) P(,)", "<y> <x> <>"],
    ["arguments expanded elsewhere", "#define A 5\n#define S(x) #x x\nS(A)", '"A" 5'],
    ["recursion once", "#define f(x) f(x) + g\n#define g f(1)\nf(2)", "f(2) + f(1)"],
    ["mutual recursion", "#define a b\n#define b a\na b", "a b"],
    ["variadic arguments", "#define V(f, ...) f(__VA_ARGS__)\nV(g, 1, 2) V(h)", "g(1, 2) h()"],
    ["GNU's comma", "#define V(f, args...) f(0, ## args)\nV(g) V(g, 1, 2)", "g(0) g(0, 1, 2)"],
    ["__VA_OPT__", "#define V(f, ...) f(0 __VA_OPT__(,) __VA_ARGS__)\nV(g) V(g, 1)", "g(0) g(0 , 1)"],
    ["a call that goes on behind an expansion", "#define f(x) <x>\n#define g f\ng(3)", "<3>"],
    ["a macro without its arguments", "#define f(x) <x>\nf + f (1)", "f + <1>"],
  ])("%s", (_, code, result) => {
    expect(expanded(code)).toBe(result);
  });

  it("keeps the place of the use for what a macro brings, and the place of an argument for what it is given", () => {
    const code = "#define FIELD(m) { .name = #m, .offset = at(m) }\nFIELD(irr)";
    const tokens = bareTree({ "a.c": code }).scope("a.c").tokens("a.c", code.indexOf("FIELD(irr)"), code.length);
    const use = { macro: "FIELD", file: "a.c", start: code.indexOf("FIELD(irr)"), end: code.length };
    expect(tokens.every((t) => t.use?.start === use.start && t.use.end === use.end && t.use.macro === "FIELD")).toBe(
      true,
    );
    const argument = tokens.find((t) => t.text === "irr");
    expect(code.slice(argument?.start, argument?.end)).toBe("irr");
    expect(argument?.start).toBe(code.indexOf("irr)", use.start));
  });

  it("stops at macros that grow without end", () => {
    const levels = Array.from({ length: 80 }, (_, k) => `#define M${k + 1} M${k} M${k} M${k}`).join("\n");
    const scope = bareTree({ "a.c": `#define M0 x y z\n${levels}\n` }).scope("a.c");
    for (const name of ["M40", "M80"]) expect(scope.expandText(name).length).toBeLessThan(4_000_000);
  });
});
