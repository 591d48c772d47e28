import { describe, expect, it } from "vitest";
import { bareTree } from "../tree";

const body = (name: string, type = "int"): string => `${type} ${name}(void)\n{\n    return 0;\n}\n`;
const device = 'static const VMStateDescription vmstate_demo = { .name = "demo" };\n';

function functionIn(files: Readonly<Record<string, string>>, from: string, name = "demo"): string | undefined {
  // with a device in each folder every source is read
  const folders = new Set(Object.keys(files).map((path) => path.slice(0, path.lastIndexOf("/") + 1)));
  const devices = Object.fromEntries([...folders].map((folder) => [`${folder}a-device.c`, device]));
  return bareTree({ ...devices, ...files }).function(name, from)?.file;
}

describe("of several functions of one name", () => {
  it("a file means its own", () => {
    const files = { "hw/x/a.c": body("demo", "static int"), "hw/x/b.c": body("demo") };
    expect([functionIn(files, "hw/x/a.c"), functionIn(files, "hw/x/c.c")]).toEqual(["hw/x/a.c", "hw/x/b.c"]);
  });

  it("none that is static elsewhere is meant, but by what stands in its middle", () => {
    const files = {
      "hw/x/a.c": `${body("demo", "static int")}#include "part.c.inc"\n`,
      "hw/x/part.c.inc": "int part;\n",
    };
    expect([functionIn(files, "hw/x/b.c"), functionIn(files, "hw/x/part.c.inc")]).toEqual([undefined, "hw/x/a.c"]);
  });

  it("no stub and no test is meant", () => {
    const files = { "hw/x/a.c": body("demo"), "stubs/a.c": body("demo"), "tests/unit/a.c": body("demo") };
    expect(functionIn(files, "hw/y/b.c")).toBe("hw/x/a.c");
  });

  it("a stub is meant where none of the others is built", () => {
    const others = ["arm", "aarch64"].map((target) => [`configs/targets/${target}-softmmu.c`, body("demo")]);
    const files = { ...Object.fromEntries(others), "demo-stub.c": `${device}${body("demo")}` };
    expect(functionIn(files, "hw/y/b.c")).toBe("demo-stub.c");
  });

  it("a stub is meant by what is built where the only other one is not", () => {
    const files = {
      "hw/x/meson.build":
        "system_ss.add(files('b.c'))\nsystem_ss.add(when: 'CONFIG_DEMO', if_true: files('a.c'))\nstub_ss.add(files('none-stub.c'))\n",
      Kconfig: "config DEMO\n    bool\n",
      "configs/devices/x86_64-softmmu/default.mak": "",
      "configs/targets/x86_64-softmmu.mak": "TARGET_ARCH=x86_64\n",
      "hw/x/a.c": body("demo"),
      "hw/x/none-stub.c": `${device}${body("demo")}`,
      "hw/x/b.c": `${device}${body("other")}`,
    };
    expect([functionIn(files, "hw/x/b.c"), functionIn(files, "hw/y/c.c")]).toEqual(["hw/x/none-stub.c", "hw/x/a.c"]);
  });

  it("a target's own is meant by its files, the configuration's by others", () => {
    const files = { "target/i386/a.c": body("demo"), "target/arm/a.c": body("demo") };
    expect(functionIn(files, "target/arm/b.c")).toBe("target/arm/a.c");
    expect(functionIn(files, "hw/x/b.c")).toBe("target/i386/a.c");
  });

  it("one that is linked for sure is meant, not one of a library", () => {
    const files = {
      "hw/x/meson.build": "system_ss.add(files('a.c', 'b.c'))\nstub_ss.add(files('none.c'))\n",
      "hw/x/a.c": body("demo"),
      "hw/x/none.c": body("demo"),
      "hw/x/b.c": `${device}${body("other")}`,
    };
    expect(functionIn(files, "hw/x/b.c")).toBe("hw/x/a.c");
  });

  it("two that nothing tells apart are none", () => {
    expect(functionIn({ "hw/x/a.c": body("demo"), "hw/y/a.c": body("demo") }, "hw/z/b.c")).toBeUndefined();
  });
});

describe("a global variable", () => {
  it("is found without an initialiser too, and not in a stub", () => {
    const files = { "hw/x/a.c": `${device}int demo_level;\n`, "stubs/a.c": `${device}int demo_level;\n` };
    expect(bareTree(files).global("demo_level", "hw/y/b.c")?.file).toBe("hw/x/a.c");
  });

  it("that is static is not another file's", () => {
    const project = bareTree({ "hw/x/a.c": `${device}static int demo_level = 1;\n` });
    expect(project.global("demo_level", "hw/x/a.c")?.file).toBe("hw/x/a.c");
    expect(project.global("demo_level", "hw/y/b.c")).toBeUndefined();
  });
});
