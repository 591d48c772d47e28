import { describe, expect, it } from "vitest";
import { createIncludeGraph } from "../../core/c/includes";
import { skim } from "../../core/c/skim";

function graph(files: Readonly<Record<string, string>>, architectures: readonly string[] = ["x86_64", "i386"]) {
  const made = createIncludeGraph(architectures, () => undefined);
  for (const [path, text] of Object.entries(files)) made.add(skim(path, text));
  return made;
}

describe("the file an #include means", () => {
  const files = {
    "include/hw/pci.h": "",
    "hw/net/regs.h": "",
    "hw/disk/regs.h": "",
    "target/i386/cpu.h": "",
    "target/arm/cpu.h": "",
    "tests/pci.h": "",
  };

  it("is the neighbour first, then the include folder's", () => {
    expect(graph(files).resolve("hw/net/nic.c", "regs.h")).toBe("hw/net/regs.h");
    expect(graph(files).resolve("hw/net/nic.c", "../disk/regs.h")).toBe("hw/disk/regs.h");
    expect(graph(files).resolve("hw/net/nic.c", "hw/pci.h")).toBe("include/hw/pci.h");
  });

  it("is found below some folder where `..` starts from a folder of headers", () => {
    expect(graph(files).resolve("tests/unit/test-pci.c", "../hw/pci.h")).toBe("include/hw/pci.h");
    expect(graph(files).resolve("main.c", "../../hw/net/regs.h")).toBe("hw/net/regs.h");
  });

  it("is the target's own among several of one name", () => {
    expect(graph(files).resolve("hw/core/cpu.c", "cpu.h")).toBe("target/i386/cpu.h");
    expect(graph(files, ["aarch64", "arm"]).resolve("hw/core/cpu.c", "cpu.h")).toBe("target/arm/cpu.h");
    expect(graph(files).resolve("target/arm/helper.c", "cpu.h")).toBe("target/arm/cpu.h");
  });

  it("is none where the tree has none: a system header", () => {
    expect(graph(files).resolve("hw/net/nic.c", "stdint.h")).toBeUndefined();
  });
});

describe("what a file includes", () => {
  it("goes through headers, circles included, and changes with them", () => {
    const made = graph({ "a.c": '#include "b.h"\n', "b.h": '#include "c.h"\n', "c.h": '#include "b.h"\n', "d.h": "" });
    expect([...made.closure("a.c").all()].sort()).toEqual(["a.c", "b.h", "c.h"]);
    made.add(skim("c.h", '#include "d.h"\n'));
    expect([...made.closure("a.c").all()].sort()).toEqual(["a.c", "b.h", "c.h", "d.h"]);
    made.remove("b.h");
    expect([...made.closure("a.c").all()]).toEqual(["a.c"]);
  });

  it("names for a header its namesake among the sources that include it", () => {
    const made = graph({ "x.c": '#include "dev.h"\n', "dev.c": '#include "dev.h"\n', "dev.h": "" });
    expect(made.includer("dev.h")).toBe("dev.c");
  });
});
