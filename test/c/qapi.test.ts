import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createProject } from "../../core/project/createProject";
import { declareSchema, generatedHeader, schemaOf } from "../../core/c/qapi";

const schema = `
##
# @SampleMode: a comment with { 'enum': 'Decoy', 'data': [] }
##
{ 'enum': 'SampleMode',
  'data': [ 'off', { 'name': 'very-slow', 'if': 'CONFIG_SLOW' }, 'fast' ] }
{ 'enum': 'X86Kind', 'prefix': 'KIND', 'data': [ 'a', 'b' ], 'if': { 'not': 'CONFIG_NONE' } }
{ 'struct': 'SampleInfo', 'data': { 'mode': 'SampleMode', '*level': 'int' } }
`;

describe("QAPI schemas as C", () => {
  it("declares enums with QEMU's names and the #if of each value", () => {
    const text = declareSchema(schema);
    expect(text).toContain("typedef enum SampleMode {\n    SAMPLE_MODE_OFF,");
    expect(text).toContain("#if defined(CONFIG_SLOW)\n    SAMPLE_MODE_VERY_SLOW,\n#endif");
    expect(text).toContain("    SAMPLE_MODE__MAX,\n} SampleMode;");
    expect(text).toContain("#if !(defined(CONFIG_NONE))\ntypedef enum X86Kind {\n    KIND_A,");
    expect(text).toContain("typedef struct SampleInfo SampleInfo;");
    expect(text).not.toContain("Decoy");
  });

  it("maps a module to the header that a build generates", () => {
    expect(generatedHeader("qapi/block-core.json")).toBe("qapi/qapi-types-block-core.h");
    expect(schemaOf("qapi/qapi-types-block-core.h")).toBe("qapi/block-core.json");
    expect(generatedHeader("tests/qapi/x.json")).toBeUndefined();
    expect(generatedHeader("qapi/../x.json")).toBeUndefined();
  });

  it("lets structs with such members be laid out, and follows an edit of the schema", () => {
    const files = new Map([
      ["qapi/sample.json", schema],
      [
        "hw/dev.c",
        '#include "qapi/qapi-types-sample.h"\nstruct Dev { char a; SampleMode mode; SampleInfo *info; int z; };\n',
      ],
    ]);
    const project = createProject({ paths: () => files.keys(), read: (path) => files.get(path) });
    for (const path of files.keys()) project.load(path);
    expect(project.evaluate("offsetof(struct Dev, z)", "hw/dev.c")).toEqual({ known: true, value: 16 });
    expect(project.evaluate("SAMPLE_MODE_OFF + 1", "hw/dev.c")).toEqual({ known: true, value: 1 });
    project.update("qapi/sample.json", schema.replace("'off',", "'none', 'off',"));
    expect(project.evaluate("SAMPLE_MODE_OFF", "hw/dev.c")).toEqual({ known: true, value: 1 });
  });

  it("throws on no text", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      "'enum'",
      "'data'",
      "'A'",
      ":",
      ",",
      "#",
      "\n",
      "'if'",
      "true",
      "'",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 50 }), (pieces) => {
        expect(declareSchema(pieces.join(" "))).toBeTypeOf("string");
      }),
    );
    expect(declareSchema("{ 'enum':".repeat(10_000))).toBeTypeOf("string");
    expect(declareSchema(`{ 'data': ${"[".repeat(10_000)}`)).toBeTypeOf("string");
  });
});
