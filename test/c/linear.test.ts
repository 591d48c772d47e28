/** Twice the text takes twice the work: of text made to be slow too, a tree that somebody else made may hold it. */
import { describe, it } from "vitest";
import { diagnoseFile } from "../../core/check";
import { lex } from "../../core/c/lex";
import { skim } from "../../core/c/skim";
import { expectLinear } from "../steps";
import { bareTree, treeOf } from "../tree";

const times = (n: number, each: (k: number) => string): string => Array.from({ length: n }, (_, k) => each(k)).join("");

const table = (name: string, hooks = "", fields = ""): string => `static const VMStateDescription vmstate_${name} = {
    .name = "${name}", .version_id = 1, .minimum_version_id = 1, ${hooks}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Dev), ${fields} VMSTATE_END_OF_LIST() },
};
`;
const state = "typedef struct Dev { uint32_t a; uint32_t n; uint8_t b[64]; } Dev;\n";

const shapes: readonly (readonly [string, (n: number) => string])[] = [
  ["tables", (n) => state + times(n, (k) => table(`d${k}`))],
  [
    "tables of a class each",
    (n) =>
      state +
      times(
        n,
        (k) =>
          `${table(`d${k}`)}static void init${k}(ObjectClass *klass, const void *data)\n{\n    DEVICE_CLASS(klass)->vmsd = &vmstate_d${k};\n}\nstatic const TypeInfo info${k} = { .name = "d${k}", .parent = "device", .class_init = init${k} };\n`,
      ),
  ],
  [
    "fields of a table",
    (n) =>
      state +
      table(
        "d",
        "",
        times(n, () => "VMSTATE_UINT32(n, Dev), "),
      ),
  ],
  [
    "nested structs",
    (n) =>
      `typedef struct Dev { uint32_t a; ${times(n, (k) => `struct S${k} { int a${k}; `)}${times(n, (k) => `} m${k}; `)}} Dev;\n${table("d")}`,
  ],
  [
    "nested structs that stay open",
    (n) => `typedef struct Dev { uint32_t a; ${times(n, (k) => `struct S${k} { int a${k}; `)}`,
  ],
  [
    "nested enums",
    (n) =>
      `typedef struct Dev { uint32_t a; ${times(n, (k) => `enum S${k} { A${k}, `)}${times(n, () => "} e; ")}} Dev;\n${table("d")}`,
  ],
  [
    "structs in a struct",
    (n) =>
      `typedef struct Dev { uint32_t a; ${times(n, (k) => `struct S${k} { int a; } m${k}; `)}} Dev;\n${table("d")}`,
  ],
  ["structs one after the other", (n) => `${state}${times(n, (k) => `struct S${k} { int a; };\n`)}${table("d")}`],
  ["members", (n) => `typedef struct Dev { uint32_t a; ${times(n, (k) => `int m${k}; `)}} Dev;\n${table("d")}`],
  ["declarators of one declaration", (n) => `int a${times(n, (k) => `, b${k}`)};\n`],
  [
    "functions",
    (n) =>
      state +
      times(n, (k) => `static int f${k}(Dev *s)\n{\n    return f${k + 1}(s);\n}\n`) +
      table("d", ".post_load = f0,"),
  ],
  [
    "macros, each by the one before",
    (n) => `#define M0 1\n${times(n, (k) => `#define M${k + 1} M${k}\n`)}${state}${table("d")}`,
  ],
  ["uses of a macro", (n) => `#define M(x) x, x\nint v[] = { ${times(n, (k) => `M(${k}), `)} };\n`],
  ["arguments of a macro", (n) => `#define M(...) __VA_ARGS__\nint v[] = { M(${times(n, (k) => `${k}, `)}0) };\n`],
  ["#if, nested", (n) => `${times(n, (k) => `#if A${k}\n`)}int x;\n${times(n, () => "#endif\n")}`],
  ["#if, one after the other", (n) => times(n, (k) => `#if A${k}\nint x${k};\n#endif\n`)],
  ["#elif", (n) => `#if A\nint x;\n${times(n, (k) => `#elif A${k}\nint x${k};\n`)}#endif\n`],
];

const stages: readonly (readonly [string, (text: string) => void])[] = [
  ["tokens", (text) => void lex(text, "")],
  ["what a file declares", (text) => void skim("hw/x/dev.c", text)],
  ["expansion", (text) => void bareTree({ "a.c": text }).scope("a.c").tokens("a.c", 0, text.length)],
  [
    "descriptions",
    (text) => {
      for (const { fields } of treeOf({ "hw/x/dev.c": text }).descriptionsIn("hw/x/dev.c"))
        for (const field of fields) void field.size;
    },
  ],
  ["findings", (text) => void diagnoseFile(treeOf({ "hw/x/dev.c": text }), "hw/x/dev.c")],
];

describe.each(stages)("%s", (_, stage) => {
  it.each(shapes)("%s", (__, shape) => {
    expectLinear((n) => stage(shape(n)), 150);
  });
});
