/** Twice the text takes twice the work: of text made to be slow too, a tree that somebody else made may hold it. */
import { describe, expect, it } from "vitest";
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
  ["parentheses of an #if", (n) => `#if ${"(".repeat(20 * n)}\nint x;\n#endif\n`],
  ["sums of an #if", (n) => `#if 1${"+1".repeat(20 * n)}\nint x;\n#endif\n`],
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

const device = (body: string): string => `#include "migration/qemu-file-types.h"
${state}static int dev_get(QEMUFile *f, void *opaque, size_t size, const VMStateField *field)
{
    Dev *s = opaque;
    s->n = qemu_get_be32(f);
    ${body}
    qemu_get_buffer(f, s->b, s->n);
    return 0;
}
static int dev_post_load(void *opaque, int version_id)
{
    Dev *s = opaque;
    ${body}
    s->b[s->n] = 1;
    dma_memory_read(&address_space_memory, s->a, s->b, s->n);
    return 0;
}
static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    Dev *s = opaque;
    s->n = value;
    ${body}
    s->a = value;
}
static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size)
{
    Dev *s = opaque;
    return addr ? s->a : s->n;
}
static const VMStateInfo dev_info = { .name = "x", .get = dev_get };
static const MemoryRegionOps dev_ops = { .read = dev_read, .write = dev_write };
${table("dev", ".post_load = dev_post_load,", '{ .name = "b", .info = &dev_info, .flags = VMS_SINGLE, .offset = 0 },')}
static void dev_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_dev;
}
static const TypeInfo dev = { .name = "dev", .parent = "device", .class_init = dev_class_init };
`;

const pieces: readonly string[] = [
  ..."(){}[];,*&-.=<!?:/#\"'\\ \n",
  "->",
  "==",
  "<<",
  "a ",
  "s->a ",
  "s->n ",
  "s->n = ",
  "s->b[s->n",
  "sizeof(",
  "return ",
  "case 1: ",
  "case ",
  "if (",
  "if (s->n ",
  "if (s->n > 1) ",
  "} else ",
  "for (",
  "for (i = 0; i < s->n; ",
  "while (s->n) ",
  "do ",
  "(Dev *)",
  "/* ",
  "// ",
  "#if A\n",
  "qemu_get_be32(f)",
  "qemu_get_buffer(f, ",
  "s->n = qemu_get_be32(f); ",
  "s->b[s->n] = 1; ",
  "f(s, s->n); ",
  "f(s, ",
  "(*s->f)(",
  "s->f[1](",
  "memory_region_set_enabled(&s->m, ",
  "dma_memory_read(&address_space_memory, s->a, s->b, s->n); ",
];

describe("findings in a function of which a part repeats without end", () => {
  it("are there where it repeats not at all", () => {
    const found = diagnoseFile(treeOf({ "hw/x/dev.c": device("") }), "hw/x/dev.c");
    expect(found.map(({ code }) => code)).toContain("load-unchecked");
  });

  it.each(pieces)("%j", (piece) => {
    expectLinear((n) => void diagnoseFile(treeOf({ "hw/x/dev.c": device(piece.repeat(n)) }), "hw/x/dev.c"), 150);
  });
});

const qomPieces: readonly string[] = [
  "dc->vmsd = ",
  "dc->vmsd = f(",
  "dc->vmsd = &vmstate_d; ",
  "dc->vmsd = x ? ",
  "dc[dc->",
  "TypeInfo t; ",
  "TypeInfo t = { .name = ",
  'TypeInfo t = { .name = "d", .parent = x     ',
  "t.name = ",
  "t.name = infos[i].name; ",
  "t.name = g_strdup_printf(",
  "for (i = 0; i < 2; i++) { ",
  "infos[i] = ",
  "infos",
  " ",
];

describe("types read from a function of which a part repeats without end", () => {
  it.each(qomPieces)("%j", (piece) => {
    const code = (n: number): string =>
      `${state}${table("d")}static const Named infos[] = { { .name = "d" }, };
static void init(ObjectClass *klass, const void *data)\n{\n    DeviceClass *dc = DEVICE_CLASS(klass);\n    ${piece.repeat(n)}\n}
static const TypeInfo info = { .name = "d", .parent = "device", .class_init = init };
static void register_types(void)\n{\n    TypeInfo t = { .parent = "device" };\n    ${piece.repeat(n)}\n    type_register(&t);\n}\n`;
    expectLinear((n) => {
      for (const type of treeOf({ "hw/x/dev.c": code(n) }).types()) void type.descriptions;
    }, 200);
  });
});
