import { describe, expect, it } from "vitest";
import { createReach } from "../../core/project/reached";
import { createIncludeGraph } from "../../core/c/includes";
import { skim } from "../../core/c/skim";

const texts: Readonly<Record<string, string>> = {
  "a.h": "#define DEMO 1\n",
  "b.h": "int demo[DEMO];\n",
  "a.c": '#include "a.h"\n#include "b.h"\n',
  "b.c": '#include "a.h"\n',
  "c.c": "int c;\n",
};

function reachOf(readers: Readonly<Record<string, readonly string[]>> = {}) {
  const facts = new Map(Object.entries(texts).map(([path, text]) => [path, skim(path, text)]));
  const includes = createIncludeGraph([], (path) => facts.get(path));
  for (const each of facts.values()) includes.add(each);
  for (const path of facts.keys()) includes.know(path);
  const scopes = {
    includers: () => new Map(["b.h"].map((each) => [each, undefined])),
    includerOf: (header: string) => (header === "b.h" ? "a.c" : undefined),
    readers: () => new Map(Object.entries(readers).map(([file, all]) => [file, new Set(all)])),
  };
  return createReach(scopes, includes, (path) => texts[path]);
}

describe("an edit", () => {
  it("of a header concerns those who include it", () => {
    const reach = reachOf();
    const affected = reach.affectedBy(reach.from("a.h", []));
    expect(Object.keys(texts).filter(affected)).toEqual(["a.h", "a.c", "b.c"]);
  });

  it("of a macro concerns the header that borrows it from where it is included", () => {
    const reach = reachOf();
    expect([...reach.from("a.h", ["DEMO"])]).toEqual(["a.h", "b.h"]);
    expect([...reach.from("a.h", ["OTHER"])]).toEqual(["a.h"]);
  });

  it("concerns those who found a name in it without including it, and those who found one in them", () => {
    const reach = reachOf({ "c.c": ["b.c"], "b.c": ["a.c"] });
    expect([...reach.from("c.c", [])]).toEqual(["c.c", "b.c", "a.c"]);
  });
});
