import { describe, expect, it } from "vitest";
import { bareTree } from "../tree";

describe("what a macro's name means", () => {
  it("is the definition before its use, until it is undefined or defined anew", () => {
    const code = "#define N 1\nint a = N;\n#undef N\nint b = N;\n#define N 3\nint c = N;\n";
    const scope = bareTree({ "a.c": code }).scope("a.c");
    const valueOf = (name: string): string => {
      const start = code.indexOf("=", code.indexOf(`int ${name}`)) + 1;
      return scope
        .tokens("a.c", start, code.indexOf(";", start))
        .map((t) => t.text)
        .join("");
    };
    expect([valueOf("a"), valueOf("b"), valueOf("c")]).toEqual(["1", "N", "3"]);
  });

  it("comes from the headers a file includes, each file its own", () => {
    const project = bareTree({
      "one.h": "#define SIZE 1\n",
      "two.h": "#define SIZE 2\n",
      "a.c": '#include "one.h"\n',
      "b.c": '#include "two.h"\n',
      "c.c": "",
    });
    expect(project.evaluate("SIZE", "a.c")).toEqual({ known: true, value: 1 });
    expect(project.evaluate("SIZE", "b.c")).toEqual({ known: true, value: 2 });
    expect(project.evaluate("SIZE", "c.c").known).toBe(false);
  });

  it("does not come from a header of other hosts", () => {
    const project = bareTree({
      "include/osdep.h": '#ifdef _WIN32\n#include "windows.h"\n#else\n#include "posix.h"\n#endif\n',
      "include/windows.h": "#define HANDLES 1\n",
      "include/posix.h": "#define FILES 2\n",
      "a.c": '#include "osdep.h"\n',
    });
    expect(project.evaluate("HANDLES", "a.c").known).toBe(false);
    expect(project.evaluate("FILES", "a.c")).toEqual({ known: true, value: 2 });
  });

  it("may differ by #if on the target", () => {
    const files = { "a.c": "#ifdef TARGET_X86_64\n#define REGS 16\n#else\n#define REGS 8\n#endif\n" };
    expect(bareTree(files).evaluate("REGS", "a.c")).toEqual({ known: true, value: 16 });
    expect(bareTree(files, "i386").evaluate("REGS", "a.c")).toEqual({ known: true, value: 8 });
  });

  it("is a type's that no other processor's header declares", () => {
    const project = bareTree({
      "include/types.h": "typedef struct Cpu { int a, b; } Cpu;\n",
      "target/hexagon/cpu.h": "typedef struct HexagonCpu { int a; } Cpu;\n",
      "hw/x.h": "",
    });
    expect(project.evaluate("sizeof(Cpu)", "hw/x.h")).toEqual({ known: true, value: 8 });
  });

  it("is a type's that the source around a header has included before", () => {
    const project = bareTree({
      "include/types.h": "typedef struct Cpu Cpu;\n",
      "target/i386/cpu.h": "struct Cpu { int a, b; };\ntypedef struct Cpu OwnCpu;\ntypedef OwnCpu Cpu;\n",
      "target/i386/cpu-qom.h": "",
      "target/i386/cpu.c":
        '#include "types.h"\n#include "cpu.h"\n#include "cpu-qom.h"\nstatic const VMStateDescription vmstate_cpu;\n',
    });
    expect(project.evaluate("sizeof(Cpu)", "target/i386/cpu-qom.h")).toEqual({ known: true, value: 8 });
  });

  it("is the target's register width, as the tree has it before our own knowledge", () => {
    expect(bareTree({ "a.c": "" }, "aarch64").evaluate("TARGET_LONG_BITS", "a.c")).toEqual({ known: true, value: 64 });
    const files = { "a.c": "", "configs/targets/sh4-softmmu.mak": "TARGET_ARCH=sh4\nTARGET_LONG_BITS=64\n" };
    expect(bareTree(files, "sh4").evaluate("TARGET_LONG_BITS", "a.c")).toEqual({ known: true, value: 64 });
    const header = { "target/rx/cpu-param.h": "#define TARGET_LONG_BITS 64\n", "a.c": '#include "cpu-param.h"\n' };
    expect(bareTree(header, "rx").evaluate("TARGET_LONG_BITS", "a.c")).toEqual({ known: true, value: 64 });
  });
});

describe("#if inside a list", () => {
  const list = (code: string, target?: string): { text: string; condition: string | undefined }[] =>
    bareTree({ "a.c": code }, target)
      .scope("a.c")
      .tokens("a.c", 0, code.length)
      .map(({ text, condition }) => ({ text, condition }));

  it("leaves out what the target excludes", () => {
    const code = "a\n#if defined(TARGET_I386)\nb\n#else\nc\n#endif\n";
    expect(list(code).map((t) => t.text)).toEqual(["a", "b"]);
    expect(list(code, "s390x").map((t) => t.text)).toEqual(["a", "c"]);
  });

  it("keeps both arms of what the configuration decides, with their conditions", () => {
    expect(list("#ifdef CONFIG_FANCY\nb\n#else\nc\n#endif\nd")).toEqual([
      { text: "b", condition: "defined(CONFIG_FANCY)" },
      { text: "c", condition: "!(defined(CONFIG_FANCY))" },
      { text: "d", condition: undefined },
    ]);
  });

  it("keeps one arm where the two would not fit together", () => {
    expect(list("f(\n#ifdef CONFIG_FANCY\nb)\n#else\nc)\n#endif\n").map((t) => t.text)).toEqual(["f", "(", "b", ")"]);
  });

  it("puts an included fragment in its place", () => {
    const code = 'x\n#include "list.hx"\ny\n';
    const project = bareTree({ "a.c": code, "list.hx": "one,\ntwo,\n" });
    expect(
      project
        .scope("a.c")
        .tokens("a.c", 0, code.length)
        .map((t) => t.text),
    ).toEqual(["x", "one", ",", "two", ",", "y"]);
  });
});

describe("a header that all processors share", () => {
  const defs = "#if LONG_BITS == 32\ntypedef uint32_t target_long;\n#else\ntypedef uint64_t target_long;\n#endif\n";
  function folderOf(style: string, processor: string): string {
    return `target${style}${processor}/`;
  }

  it.each(["/", "-"])("sees the macros of the one that is built: target%s…", (style) => {
    const cpu = (bits: number, version: number): string =>
      `#define LONG_BITS ${bits}\n#define VERSION ${version}\n#include "exec/defs.h"\nstruct Env { target_long pc; };\n`;
    const machine = '#include "common.h"\n#include "cpu.h"\n';
    const all = {
      "include/common.h": '#include "cpu.h"\n',
      "include/exec/defs.h": defs,
      [`${folderOf(style, "alpha")}cpu.h`]: cpu(32, 1),
      [`${folderOf(style, "alpha")}machine.c`]: machine,
      [`${folderOf(style, "i386")}cpu.h`]: cpu(64, 2),
      [`${folderOf(style, "i386")}machine.c`]: machine,
    };
    const project = bareTree(all, "x86_64");
    expect(project.evaluate("sizeof(struct Env)", `${folderOf(style, "i386")}machine.c`)).toMatchObject({ value: 8 });
    expect(project.evaluate("VERSION", `${folderOf(style, "i386")}machine.c`)).toMatchObject({ value: 2 });
    // of a processor that is not built, its own files still say its own numbers
    expect(project.evaluate("VERSION", `${folderOf(style, "alpha")}machine.c`)).toMatchObject({ value: 1 });
  });
});
