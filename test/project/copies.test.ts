/** What make's lists of folders say of the sources in them, in trees before 5.2. */
import { expect, it } from "vitest";
import { expectLinear } from "../steps";
import { treeOf } from "../tree";

const device = "static int shared_thing(void)\n{\n    return 1;\n}\n";

const build = {
  "Makefile.target":
    "obj-y += core.o\nobj-y += hw/\n\\\n\nobj-y += hw/$(TARGET_BASE_ARCH)/\nobj-y += target-$(TARGET_BASE_ARCH)/\n",
  "Makefile.objs": "obj-y = main.o\n",
  "hw/Makefile.objs": "obj-y += gpio/\n",
  "hw/gpio/Makefile.objs": "obj-y += lines.o\n",
  "hw/gpio/lines.c": device,
};

const leftOut = (more: Readonly<Record<string, string>>): readonly string[] => [
  ...treeOf({ ...build, ...more })
    .leftOut()
    .keys(),
];

it("a folder with a variable in its name is built", () => {
  expect(leftOut({ "hw/arm/Makefile.objs": "obj-y += lines.o\n", "hw/arm/lines.c": device })).toEqual([]);
  expect(leftOut({ "target-arm/Makefile.objs": "obj-y += lines.o\n", "target-arm/lines.c": device })).toEqual([]);
});

it("so are sources that a list names behind one", () => {
  const user = {
    "linux-user/Makefile.objs": "obj-y = main.o \\\n\t$(TARGET_ABI_DIR)/signal.o\n",
    "linux-user/arm/signal.c": device,
    "linux-user/mips/signal.c": device,
  };
  expect(leftOut({ ...user, "Makefile.target": `${build["Makefile.target"]}obj-y += linux-user/\n` })).toEqual([]);
});

it("a copied folder that no list leads to is not", () => {
  expect(leftOut({ "old/gpio/lines.c": device })).toEqual(["old/gpio/lines.c"]);
  const other = { "Makefile.target": build["Makefile.target"].replace("hw/$(TARGET_BASE_ARCH)/", "arm/") };
  expect(leftOut({ ...other, "hw/arm/Makefile.objs": "obj-y += lines.o\n", "hw/arm/lines.c": device })).toEqual([
    "hw/arm/lines.c",
  ]);
});

it("twice the lists and folders are twice the work", () => {
  expectLinear((n) => {
    const lists = Array.from({ length: n }, (_, k) => `obj-y += more${k}/$(A)/ own${k}/\n`).join("");
    const folders = Array.from({ length: n }, (_, k) => [`own${k}/lines.c`, device] as const);
    leftOut({ "Makefile.target": `obj-y += lines.o\n${lists}`, ...Object.fromEntries(folders) });
  }, 100);
});

it("twice the sources of a folder, named and not, are twice the work", () => {
  expectLinear((n) => {
    const sources = Array.from({ length: n }, (_, k) => [
      [`hw/gpio/named${k}.c`, `static int named_${k}(void)\n{\n    return 1;\n}\n`],
      [`hw/gpio/bare${k}.c`, `static int bare_${k}(void)\n{\n    return 1;\n}\n`],
    ]).flat();
    const list = Array.from({ length: n }, (_, k) => `obj-y += named${k}.o\n`).join("");
    leftOut({ "hw/gpio/Makefile.objs": list, ...Object.fromEntries(sources) });
  }, 100);
});

it("of several that a source repeats the first in the folder counts", () => {
  const other = "int other_thing(void)\n{\n    return 2;\n}\n";
  const files = {
    "hw/gpio/Makefile.objs": "obj-y += lines.o ports.o\n",
    "hw/gpio/copy.c": device + other,
    "hw/gpio/ports.c": other,
    "hw/gpio/user.c": `#include "used.c"\n${device}`,
    "hw/gpio/apart.c": "static int apart(void)\n{\n    return 3;\n}\n",
  };
  expect([...treeOf({ ...build, ...files }).leftOut()]).toEqual([
    ["hw/gpio/copy.c", "hw/gpio/lines.c"],
    ["hw/gpio/user.c", "hw/gpio/lines.c"],
  ]);
  const including = { ...files, "hw/gpio/ports.c": `#include "copy.c"\n${other}` };
  expect(leftOut(including)).toEqual(["hw/gpio/user.c"]);
});
