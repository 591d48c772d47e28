import { describe, expect, it } from "vitest";
import { symbolsOffByDefault } from "../../../core/c/build/mesonOptions";
import { rulesOfMakefile, rulesOfMeson } from "../../../core/c/build/sourceSets";
import { expectLinear } from "../../steps";

describe("a build file", () => {
  it("takes no word of a program that stands in it for its own", () => {
    const program = "'''\nint f(int a)\n{\n  if (a) { return 1; }\n  return '#';\n}\n'''";
    const rules = rulesOfMeson(`ok = compiler.links(${program})\nsystem_ss.add(files('a.c'))\n`);
    expect(rules).toEqual([{ file: "a.c", terms: [] }]);
  });

  it("may hold a set within itself", () => {
    const text = "a_ss.add_all(when: 'CONFIG_A', if_true: b_ss)\nb_ss.add_all(a_ss)\nb_ss.add(files('b.c'))\n";
    expect(rulesOfMeson(text).map(({ file }) => file)).toContain("b.c");
  });

  it("keeps what only a program of its own is made of out of emulators", () => {
    const tool = "tool = executable('tool',\n  sources: ['a.c', 'b.c'],\n  dependencies: [x])\n";
    expect(rulesOfMeson(`${tool}system_ss.add(files('b.c'))\n`)).toEqual([
      { file: "b.c", terms: [] },
      { file: "a.c", terms: [{ kind: "never", text: "in tool only" }] },
    ]);
    expect(rulesOfMeson("foreach exe: all\n  executable(exe['name'], files('main.c'))\nendforeach\n")).toEqual([]);
    expect(rulesOfMeson("executable('qemu-system-own', files('main.c'))\n")).toEqual([]);
  });

  it("of the time before meson is read line by line", () => {
    const text = `ifdef X\nobj-y += a.o \\\n  b.o\nendif\ncommon-obj-$(CONFIG_C)\t+= c.o\nobj-$(call land,$(CONFIG_D),$(CONFIG_E)) += d/\nobjects = e.o\n`;
    expect(rulesOfMakefile(text)).toEqual([
      { file: "a.c", terms: [{ kind: "host", text: "ifdef X" }] },
      { file: "b.c", terms: [{ kind: "host", text: "ifdef X" }] },
      { file: "c.c", terms: [{ kind: "symbol", name: "CONFIG_C" }] },
    ]);
  });
});

describe("options that are off by default", () => {
  const options = `option('frob', type : 'feature',\n  value :\n  'disabled')\noption('fuzz', type: 'boolean', value: false)\noption('on', value: 'auto')\n`;
  const offWith = (gifts: string, before = "") =>
    [
      ...symbolsOffByDefault((path) =>
        path === "meson.build" ? `${before}host_kconfig = \\\n${gifts}\n\nx = 1\n` : options,
      ),
    ].sort();

  it("keep their symbols from the configuration", () => {
    expect(
      offWith(`(get_option('fuzz') ? ['CONFIG_F=y'] : []) + \\\n(get_option('on') ? ['CONFIG_O=y'] : [])`),
    ).toEqual(["F"]);
    expect(
      offWith(`(frob.found() ? ['CONFIG_F=y'] : [])`, "frob = dependency('x',\n  required: get_option('frob'))\n"),
    ).toEqual(["F"]);
  });

  it("do not where something else may ask for the symbol", () => {
    expect(offWith(`(not get_option('fuzz') ? ['CONFIG_F=y'] : [])`)).toEqual([]);
    expect(offWith(`(frob ? ['CONFIG_F=y'] : [])`, "frob = get_option('frob') or get_option('on')\n")).toEqual([]);
    expect(offWith(`(unknown ? ['CONFIG_F=y'] : [])`)).toEqual([]);
  });
});

describe("text made to be slow takes steps that grow with it", () => {
  it.each<[string, (n: number) => string]>([
    ["conditions within conditions", (n) => "if x\na_ss.add(files('a.c'))\n".repeat(n)],
    ["conditions on one line", (n) => "if ".repeat(n)],
    ["calls that stay open", (n) => "a = static_library(".repeat(n)],
    ["programs that stay open", (n) => "executable('a', files('b.c', ".repeat(n)],
    ["sets that hold each other", (n) => "a_ss.add_all(a_ss)\n".repeat(n)],
    ["strings that stay open", (n) => "'\n".repeat(n)],
    ["sources within sources", (n) => `a_ss.add(${"files('a.c', ".repeat(n)}`],
    [
      "a chain of sets",
      (n) =>
        Array.from({ length: n }, (_, k) => `s${k + 1}_ss.add_all(s${k}_ss)\ns${k}_ss.add(files('a.c'))\n`).join(""),
    ],
  ])("in meson.build: %s", (_, text) => {
    expectLinear((n) => rulesOfMeson(text(n)), 200);
  });

  it.each<[string, (n: number) => string]>([
    ["conditions", (n) => "ifdef X\nobj-y += a.o\n".repeat(n)],
    ["parentheses", (n) => `obj-$(${")".repeat(n)}`],
    ["a long word", (n) => `obj-y += ${"a".repeat(n)}`],
    ["lines that go on", (n) => "obj-y += a.o \\\n".repeat(n)],
  ])("in a Makefile: %s", (_, text) => {
    expectLinear((n) => rulesOfMakefile(text(n)), 400);
  });

  it.each<[string, (n: number) => string]>([
    ["options", (n) => "option('a'".repeat(n)],
    ["lines", (n) => `option('a'${"\n".repeat(n)}value`],
    ["statements", (n) => "a = (\n".repeat(n)],
    ["gifts", (n) => `host_kconfig = ${"(a ? ['CONFIG_A=y'] : []) + ".repeat(n)}`],
    ["questions", (n) => `host_kconfig = (${"a ? ['CONFIG_A=y'] : ".repeat(n)}`],
  ])("in options: %s", (_, text) => {
    expectLinear((n) => symbolsOffByDefault(() => text(n)), 400);
  });
});
