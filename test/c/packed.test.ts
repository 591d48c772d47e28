import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFactsPacker, unpackFacts } from "../../core/c/packed";
import { skim } from "../../core/c/skim";
import { exampleHeaders } from "../tree";

const pieces = [
  '#include "a.h"\n',
  "#include <b.h>\n",
  "#ifdef CONFIG_A\n",
  "#elif defined(B) && C > 2\n",
  "#else\n",
  "#endif\n",
  "#define M(a, ...) f(a, ## __VA_ARGS__)\n",
  "#define N\n#undef N\n#define P(args...) 1\n#define Q() 2\n",
  "static const VMStateDescription vmstate_x[] = { { 1 }, { 2 } };\n",
  "extern int *p;\nint f(void);\nstruct S;\n",
  "typedef struct T { int a; union { int b; } c; } T, *TP;\n",
  "enum { A, B = 2, C };\nenum tag { D };\n",
  "static int g(int a)\n{\n    return a;\n}\n",
  "type_init(x)\n",
  "int blank;\nT *q = &z;\n",
];

describe("packed facts", () => {
  it("are unpacked as they were", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), { maxLength: 5 }), (files) => {
        const all = files.map((each, k) => skim(`${k}.c`, each.join("")));
        const packer = createFactsPacker();
        const places = all.map((facts) => packer.add(facts));
        const packed = packer.packed();
        expect(all.map(({ path }, k) => unpackFacts(packed, places[k] ?? -1, path))).toEqual(all);
      }),
      { numRuns: 200 },
    );
  });

  it("hold a whole tree's headers, with a table that grows", () => {
    const all = Array.from({ length: 40 }, (_, k) =>
      Object.entries(exampleHeaders).map(([path, text]) => skim(`${k}/${path}`, text)),
    ).flat();
    const packer = createFactsPacker();
    const places = all.map((facts) => packer.add(facts));
    expect(all.map(({ path }, k) => unpackFacts(packer.packed(), places[k] ?? -1, path))).toEqual(all);
  });

  it("that are cut or name no string are refused", () => {
    const packer = createFactsPacker();
    packer.add(skim("a.c", pieces.join("")));
    const { strings, numbers } = packer.packed();
    expect(() => unpackFacts({ strings, numbers: numbers.subarray(0, -1) }, 0, "a.c")).toThrow(RangeError);
    expect(() => unpackFacts({ strings: [], numbers }, 0, "a.c")).toThrow(RangeError);
  });
});
