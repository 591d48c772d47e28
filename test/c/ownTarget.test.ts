/** Targets that no release of QEMU has: a fork's own, as its build files and its interface have them. */
import { describe, expect, it } from "vitest";
import { buildsTarget, configurationOf, distinctTargets, targetsIn } from "../../core/c/configuration";
import { createBuild, createTargets } from "../../core/c/build/compiled";
import { readTargetFile } from "../../core/c/targetFile";
import { diagnoseFile } from "../../core/check";
import { treeOf } from "../tree";

const build = {
  "qapi/machine.json": `{ 'enum': 'Unrelated', 'data': [ 'one' ] }
{ 'enum' : 'SysEmuTarget',
  'data' : [ 'arm', 'vax', 'vaxcap', { 'name': 'vaxeb' }, 'x86_64', 'gone' ] }
`,
  "configs/targets/arm-softmmu.mak": "TARGET_ARCH=arm\nTARGET_LONG_BITS=32\n",
  "configs/targets/x86_64-softmmu.mak": "TARGET_ARCH=x86_64\nTARGET_BASE_ARCH=i386\nTARGET_LONG_BITS=64\n",
  "configs/targets/vax-softmmu.mak":
    "# of ours\nTARGET_ARCH=vax\nTARGET_XML_FILES= gdb-xml/vax.xml\nTARGET_TAGS=n\nTARGET_LONG_BITS=32\n",
  "configs/targets/vaxeb-softmmu.mak":
    "TARGET_ARCH=vaxeb\nTARGET_BASE_ARCH=vax\nTARGET_BIG_ENDIAN=y\nTARGET_LONG_BITS=32\n",
  "configs/targets/vaxcap-softmmu.mak": "BESIDE=vax-softmmu.mak\nTARGET_CAPABILITIES=y\nTARGET_LONG_BITS=64\n",
  "configs/devices/vax-softmmu/default.mak": "CONFIG_VAXBOARD=y\n",
  "configs/devices/x86_64-softmmu/default.mak": "CONFIG_PCBOARD=y\n",
};
const read = (path: string): string | undefined => (build as Readonly<Record<string, string>>)[path];

const files = {
  ...build,
  "include/exec/words.h": `#if TARGET_LONG_BITS == 64
typedef uint64_t target_ulong;
#else
typedef uint32_t target_ulong;
#endif
`,
  "hw/misc/board.c": `#include "qemu/osdep.h"
#include "exec/words.h"
typedef struct Board {
    target_ulong pc;
#ifdef TARGET_CAPABILITIES
    uint64_t tags;
#endif
} Board;
`,
  "target/vax/machine.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "exec/words.h"
typedef struct VaxCPU { target_ulong pc; } VaxCPU;
const VMStateDescription vmstate_vax = { .name = "cpu", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT64(pc, VaxCPU), VMSTATE_END_OF_LIST() } };
`,
};

describe("a fork's own target", () => {
  it("is one of the tree's, where its interface and its build have it", () => {
    expect(targetsIn(read)).toEqual(["arm", "x86_64", "vax", "vaxcap", "vaxeb"]);
    expect(configurationOf("gone", read)).toBeUndefined();
    expect(distinctTargets(read)).toContain("vaxcap");
    const unnamed = (path: string): string | undefined => (path.startsWith("qapi/") ? undefined : read(path));
    expect(["vax", "gone"].map((name) => buildsTarget(name, unnamed))).toEqual([true, false]);
  });

  it("has the macros that its file gives it, and those of no other", () => {
    const vax = configurationOf("vax", read);
    expect(vax?.architectures).toEqual(["vax", "vax"]);
    expect([...(vax?.defined ?? [])].filter(([name]) => /^TARGET_(?!NAME|ARCH)/.test(name))).toEqual([
      ["TARGET_VAX", "1"],
      ["TARGET_TAGS", "0"],
      ["TARGET_LONG_BITS", "32"],
    ]);
    for (const name of ["TARGET_CAPABILITIES", "TARGET_VAXEB", "TARGET_ARM", "TARGET_BIG_ENDIAN"])
      expect(vax?.undefined).toContain(name);
    expect(configurationOf("vaxeb", read)?.defined.get("TARGET_BIG_ENDIAN")).toBe("1");
  });

  it("is another one with an option, where its file names that one's", () => {
    const defined = configurationOf("vaxcap", read)?.defined;
    expect([defined?.get("TARGET_VAX"), defined?.get("TARGET_CAPABILITIES"), defined?.get("TARGET_LONG_BITS")]).toEqual(
      ["1", "1", "64"],
    );
  });

  it("says to the targets of releases what they lack", () => {
    expect(treeOf(files, "x86_64").evaluate("sizeof(Board)", "hw/misc/board.c")).toEqual({ known: true, value: 8 });
    expect(treeOf(files, "vaxcap").evaluate("sizeof(Board)", "hw/misc/board.c")).toEqual({ known: true, value: 16 });
  });

  it("is checked with its own layouts", () => {
    const codes = (target: string) =>
      diagnoseFile(treeOf(files, target), "target/vax/machine.c").map(({ code }) => code);
    expect(codes("vax")).toContain("field-beyond-member");
    expect(codes("vaxcap")).not.toContain("field-beyond-member");
    expect(codes("x86_64")).not.toContain("field-beyond-member");
  });

  it("decides what is built for it, and which sources one emulator may have", () => {
    const meson = `system_ss.add(when: 'CONFIG_VAXBOARD', if_true: files('vaxboard.c'))
system_ss.add(when: 'CONFIG_PCBOARD', if_true: files('pcboard.c'))
`;
    const all: Readonly<Record<string, string>> = {
      ...build,
      Kconfig: "source hw/Kconfig\n",
      "hw/Kconfig": "config VAXBOARD\n    bool\n\nconfig PCBOARD\n    bool\n",
      "hw/misc/meson.build": meson,
    };
    const readAll = (path: string): string | undefined => all[path];
    const compiled = createBuild(readAll, "vax", ["vax", "vax"]);
    expect([compiled.compiles("hw/misc/vaxboard.c"), compiled.compiles("hw/misc/pcboard.c")]).toEqual([
      "true",
      "false",
    ]);
    const targets = createTargets(readAll);
    expect(targets.together("hw/misc/vaxboard.c", "hw/misc/vaxboard.c")).toBe(true);
    expect(targets.together("hw/misc/vaxboard.c", "hw/misc/pcboard.c")).toBe(false);
  });
});

it("files that name each other are read once", () => {
  const circle = "A=vax-softmmu.mak\nB=vaxcap-softmmu.mak\nC=vax-softmmu.mak\nTARGET_LONG_BITS=32\n";
  const files = new Map([
    ["configs/targets/vax-softmmu.mak", `TARGET_ARCH=vax\n${circle}`],
    ["configs/targets/vaxcap-softmmu.mak", circle],
  ]);
  let reads = 0;
  const counting = (path: string): string | undefined => {
    const text = files.get(path);
    if (text !== undefined) reads++;
    return text;
  };
  expect(readTargetFile("vaxcap", counting)).toMatchObject({ architecture: "vax", longBits: 32 });
  expect(reads).toBe(2);
});
