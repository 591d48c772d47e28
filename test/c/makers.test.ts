/** Which macros make what stays known while an edit changes others. */
import { expect, it } from "vitest";
import { createMakerIndex } from "../../core/c/makers";
import { createNameIndex } from "../../core/c/names";
import { skim } from "../../core/c/skim";

const info: ReadonlySet<string> = new Set(["TypeInfo"]);

function opened(files: Readonly<Record<string, string>>) {
  const texts = new Map(Object.entries(files));
  const names = createNameIndex();
  for (const [path, text] of texts) names.add(skim(path, text));
  let reads = 0;
  const makers = createMakerIndex(names, (path) => {
    reads++;
    return texts.get(path);
  });
  return {
    makers,
    /** How many bodies of macros are read for an answer. */
    readFor(ask: () => unknown): number {
      reads = 0;
      ask();
      return reads;
    },
    put(path: string, text: string, changed: readonly string[] | undefined) {
      const before = texts.get(path);
      if (before !== undefined) names.remove(skim(path, before));
      texts.set(path, text);
      names.add(skim(path, text));
      makers.outdate(changed);
    },
  };
}

const header = "#define OUTER(x) INNER(x) LATER\n#define INNER(x) struct Part x;\n#define OTHER(x) int x;\n";

it("an edit of a macro that nobody met leaves the answers", () => {
  const { makers, put, readFor } = opened({ "a.h": header });
  expect(makers.makes("OUTER", info)).toBe(false);
  put("b.c", "#define UNRELATED 1\n", ["UNRELATED"]);
  expect(readFor(() => makers.makes("OUTER", info))).toBe(0);
});

it("a word on the way that becomes a macro counts, and one that says something else", () => {
  const { makers, put } = opened({ "a.h": header });
  expect([makers.makes("OUTER", info), makers.makes("OTHER", info)]).toEqual([false, false]);
  put("b.h", "#define LATER static const TypeInfo later = { 0 };\n", ["LATER"]);
  expect([makers.makes("OUTER", info), makers.makes("OTHER", info)]).toEqual([true, false]);
  put("b.h", "", ["LATER"]);
  expect(makers.makes("OUTER", info)).toBe(false);
  put("a.h", header.replace("struct Part x", "TypeInfo x"), ["INNER"]);
  expect([makers.makes("OUTER", info), makers.makes("INNER", info)]).toEqual([true, true]);
});

it("a macro that was asked for before it was there", () => {
  const { makers, put } = opened({ "a.h": header });
  expect(makers.makes("MAKE_TYPE", info)).toBe(false);
  put("b.h", "#define MAKE_TYPE(x) static const TypeInfo x = { 0 };\n", ["MAKE_TYPE"]);
  expect(makers.makes("MAKE_TYPE", info)).toBe(true);
  put("b.h", "", undefined);
  expect(makers.makes("MAKE_TYPE", info)).toBe(false);
});
