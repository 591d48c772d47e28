import { describe, expect, it } from "vitest";
import type { Declaration } from "../../core/c/facts";
import { skim } from "../../core/c/skim";

const declarations = (code: string): readonly Declaration[] => skim("a.c", code).declarations;
const shown = (code: string): string[] =>
  declarations(code).map((d) => {
    switch (d.kind) {
      case "typedef":
        return `typedef ${d.names.join()}`;
      case "struct":
      case "union":
      case "enum":
        return `${d.kind} ${d.tag ?? "?"}`;
      case "variable":
        return `${d.typeName}${d.pointer ? " *" : " "}${d.name}${d.array ? "[]" : ""}`;
      default:
        return `${d.kind} ${d.name}`;
    }
  });

describe("what one file declares", () => {
  it("names functions, also with attributes, macros and parenthesised names", () => {
    expect(
      shown(`static inline int G_GNUC_PRINTF(1, 2) log_it(const char *f, ...) { return 0; }
        void (plain)(void) {}
        int HELPER(add)(int a, int b)
        {
            return a + b;
        }`),
    ).toEqual(["function log_it", "function plain", "function HELPER(add)"]);
  });

  it("tells variables with their type, and prototypes from both", () => {
    expect(
      shown(`static const VMStateDescription vmstate_a = { .name = "a" };
        const VMStateDescription *const list[] = { &vmstate_a, NULL };
        static int count, limit = 4;
        static XConfig core __attribute__((unused)) = { 1 };
        extern const VMStateDescription vmstate_b;
        int f(void);`),
    ).toEqual([
      "VMStateDescription vmstate_a",
      "VMStateDescription *list[]",
      "int count",
      "int limit",
      "XConfig core",
      "prototype vmstate_b",
      "prototype f",
    ]);
  });

  it("names pointers to functions, and tables of them", () => {
    expect(
      shown(`static void (*const handlers[])(Dev *, int) = { NULL };
        static int (*hook)(int);
        int (CALLBACK *entry[2])(void) = { NULL };
        extern void (*later)(void);
        void (*signal_of(int n))(int);
        typedef void (*Handler)(Dev *, const int *);`),
    ).toEqual([" *handlers[]", " *hook", " *entry[]", "prototype later", "prototype signal_of", "typedef Handler"]);
  });

  it("finds records, what they nest, and the names typedefs introduce", () => {
    expect(
      shown(`typedef struct QEMU_PACKED Wire { struct Inner { int a; } inner; enum Mode { ON, OFF } mode; } Wire;
        typedef int (*Handler)(void *opaque);
        typedef struct { int x; } A, *APointer;
        union U { int i; };`),
    ).toEqual([
      "struct Wire",
      "struct Inner",
      "enum Mode",
      "typedef Wire",
      "typedef Handler",
      "struct ?",
      "typedef A,APointer",
      "union U",
    ]);
  });

  it("lists enumerators, behind comments and between #if lines", () => {
    const [found] = declarations("enum { A = 1, /* B, */ C,\n#if X\n D,\n#endif\n E };");
    expect(found?.kind === "enum" && found.enumerators).toEqual(["A", "C", "D", "E"]);
  });

  it("sees macros used at top level, with and without a semicolon", () => {
    expect(shown("type_init(a_register)\nOBJECT_DEFINE_TYPE(A, a, A, B);\nint x = 1;")).toEqual([
      "invocation type_init",
      "invocation OBJECT_DEFINE_TYPE",
      "int x",
    ]);
  });

  it("reads macros: parameters, spans over lines, definition and removal", () => {
    const code = "#define ADD(a, b) \\\n  ((a) + \\\n   (b))\n#define LOG(fmt, args...) f(fmt, ## args)\n#undef ADD\n";
    const { macros } = skim("a.h", code);
    expect(macros.map((m) => [m.name, m.parameters, m.undefined ?? false])).toEqual([
      ["ADD", ["a", "b"], false],
      ["LOG", ["fmt", "args..."], false],
      ["ADD", undefined, true],
    ]);
    expect(code.slice(macros[0]?.bodyStart, macros[0]?.bodyEnd)).toBe("((a) + \\\n   (b))");
  });

  it("gives each declaration the #if arm it stands in", () => {
    const facts = skim(
      "a.c",
      "#ifdef A\nint a = 1;\n#elif defined(B)\nint b = 1;\n#else\nint c = 1;\n#endif\nint d = 1;\n",
    );
    const arms = facts.declarations.map((d) => {
      const condition = facts.conditions[d.condition];
      return condition === undefined ? "" : `${condition.kind} ${condition.expression}`.trim();
    });
    expect(arms).toEqual(["ifdef A", "elif defined(B)", "else", ""]);
  });

  it("reads a function whose head differs by #if once", () => {
    expect(shown("#ifdef A\nint f(int a)\n#else\nint f(void)\n#endif\n{\n  return 1;\n}\nint y = 2;")).toEqual([
      "function f",
      "int y",
    ]);
  });

  it("reads on behind #if arms that cut through braces", () => {
    expect(shown("int f(void)\n{\n#ifdef A\n  if (a) {\n#else\n  if (b) {\n#endif\n  }\n}\nint y = 2;")).toEqual([
      "function f",
      "int y",
    ]);
  });

  it("loses no more than the broken declaration", () => {
    expect(shown("static const T a = { .x = (1, \n\nstatic const T b = { 2 };\nint g(void) { return 0; }")).toContain(
      "T b",
    );
    expect(shown("int f(void) { if (x {\n}\n\nstatic int later = 1;")).toContain("int later");
  });
});
