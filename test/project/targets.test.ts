/**
 * Projects of several targets of one tree: what the first one has concluded is taken over where it hangs on no target, and each says
 * what a project of its own says.
 */
import { describe, expect, it } from "vitest";
import { diagnoseProject } from "../../core/check";
import type { Diagnostic } from "../../core/check/diagnostic";
import { createReading, type LoadableProject } from "../../core/project";
import { workOf } from "../counted";
import { exampleHeaders } from "../tree";

const bases = { aarch64: "arm", arm: "arm", s390x: "s390x", x86_64: "i386" } as const;
const targets = ["x86_64", "s390x", "aarch64", "arm"] as const;

/** Saves a version and an array whose length is written in another way. */
const device = (name: string, before: string, version: string, more = ""): string => `#include "qemu/osdep.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
${before}
typedef struct ${name}State { SysBusDevice parent_obj; uint32_t regs[4]; uint32_t pos; uint32_t ctl; } ${name}State;
static int ${name}_post_load(void *opaque, int version_id)
{
    ${name}State *s = opaque;
    ${name}_look(s);
    return 0;
}
static const VMStateDescription vmstate_${name} = {
    .name = "${name}",
    .version_id = ${version},
    .minimum_version_id = 2,
    .post_load = ${name}_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(regs, ${name}State, ${version}),
        VMSTATE_UINT32(pos, ${name}State),
        ${more}
        VMSTATE_END_OF_LIST()
    }
};
static void ${name}_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_${name};
}
static const TypeInfo ${name}_info = { .name = "${name}", .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(${name}State), .class_init = ${name}_class_init };
static void ${name}_register_types(void)
{
    type_register_static(&${name}_info);
}
type_init(${name}_register_types)
`;

const look = (name: string): string => `static void ${name}_look(${name}State *s)\n{\n    s->regs[s->pos] = 0;\n}\n`;

const byArm = (one: string, other: string): string => `#ifdef TARGET_ARM\n${one}\n#else\n${other}\n#endif\n`;
const build = (name: string): string =>
  `system_ss.add(when: 'CONFIG_${name}', if_true: files('a.c'), if_false: files('b.c'))\n`;

/** What the files of each case say otherwise for one of the targets, and how. */
const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "an arm of the file itself": { "hw/t/a.c": device("A", byArm("#define V 1", "#define V 3"), "V") },
  "an arm of a header": {
    "include/hw/t.h": byArm("#define V 1", "#define V 3"),
    "hw/t/a.c": device("A", '#include "hw/t.h"', "V"),
  },
  "an arm in the middle of a table": {
    "hw/t/a.c": device("A", "", "3", "\n#ifdef TARGET_S390X\n        VMSTATE_UINT32(gone, AState),\n#endif\n"),
  },
  "a macro of another header, by a second one": {
    "include/hw/t.h": '#include "hw/u.h"\n#define V U\n',
    "include/hw/u.h": byArm("#define U 1", "#define U 3"),
    "hw/t/a.c": device("A", '#include "hw/t.h"', "V"),
  },
  "a header of the processor": {
    "target/arm/t-regs.h": "#define V 1\n",
    "target/i386/t-regs.h": "#define V 3\n",
    "target/s390x/t-regs.h": "#define V 5\n",
    "hw/t/a.c": device("A", '#include "t-regs.h"', "V"),
  },
  "a header that only one processor's header includes": {
    "include/hw/t.h": "#define V 1\n",
    "include/hw/u.h": '#include "t-cpu.h"\n',
    "target/arm/t-cpu.h": '#include "hw/t.h"\n',
    "target/i386/t-cpu.h": "\n",
    "hw/t/a.c": device("A", '#include "hw/u.h"\n#ifndef V\n#define V 3\n#endif', "V"),
  },
  "an enumerator": {
    "include/hw/t.h": `enum { T_FIRST,\n${byArm("", "T_MORE,")}V };\n`,
    "hw/t/a.c": device("A", '#include "hw/t.h"', "V"),
  },
  "an enumerator that a macro makes": {
    "include/hw/t.h": `#define MADE(name) enum { name##_V = SIZE };\n${byArm("#define SIZE 1", "#define SIZE 3")}MADE(T)\n`,
    "hw/t/a.c": device("A", '#include "hw/t.h"', "T_V"),
  },
  "a macro's definition in an arm that makes enumerators": {
    "include/hw/t.h": `#define MADE(name, value) enum { name##_V = value };\n${byArm("MADE(T, 1)", "MADE(T, 3)")}`,
    "hw/t/a.c": device("A", '#include "hw/t.h"', "T_V"),
  },
  "the size of a struct of two headers": {
    "include/hw/u.h": byArm("typedef uint32_t word;", "typedef struct { uint32_t all[3]; } word;"),
    "include/hw/t.h": '#include "hw/u.h"\nstruct T { word one; };\ntypedef struct T T;\n',
    "hw/t/a.c": device("A", '#include "hw/t.h"', "(sizeof(T) / 4)"),
  },
  "a type that several headers of processors have": {
    "target/arm/t-type.h": "typedef struct T { uint32_t all[1]; } T;\n",
    "target/i386/t-type.h": "typedef struct T { uint32_t all[3]; } T;\n",
    "include/hw/t.h": "struct Around { T in; };\n",
    "hw/t/a.c": device("A", '#include "hw/t.h"', "(sizeof(struct Around) / 4)"),
  },
  "a macro that a header has from who includes it": {
    "include/hw/t.h": "enum { V = FROM_OUTSIDE };\n",
    "include/hw/one.h": "#define FROM_OUTSIDE 1\n",
    "include/hw/three.h": "#define FROM_OUTSIDE 3\n",
    "target/arm/user.c": '#include "hw/one.h"\n#include "hw/t.h"\nextern const VMStateDescription other;\n',
    "target/i386/user.c": '#include "hw/three.h"\n#include "hw/t.h"\nextern const VMStateDescription other;\n',
    "target/s390x/user.c": '#include "hw/three.h"\n#include "hw/t.h"\nextern const VMStateDescription other;\n',
    "hw/t/a.c": device("A", "int V_user;", "V"),
  },
  "the width of the target's registers": {
    "include/hw/t.h": "#if TARGET_LONG_BITS == 32\n#define V 1\n#else\n#define V 3\n#endif\n",
    "hw/t/a.c": device("A", '#include "hw/t.h"', "V"),
  },
  "which file's function is built": {
    "hw/t/meson.build": build("ONE"),
    "hw/t/Kconfig": "config ONE\n    bool\n",
    "hw/t/a.c": "void A_look(void *opaque)\n{\n    qemu_set_irq(opaque, 1);\n}\n",
    "hw/t/b.c": "void A_look(void *opaque)\n{\n}\n",
    "hw/u/a.c": device("A", "", "3"),
  },
};

const makers = Object.fromEntries(
  targets.map((name) => [
    `configs/targets/${name}-softmmu.mak`,
    `TARGET_ARCH=${name}\nTARGET_BASE_ARCH=${bases[name]}\nTARGET_LONG_BITS=${name === "arm" ? 32 : 64}\n`,
  ]),
);
const devices = Object.fromEntries(
  targets.map((name) => [`configs/devices/${name}-softmmu/default.mak`, `CONFIG_ONE=${name === "arm" ? "y" : "n"}\n`]),
);

const plain = Object.fromEntries(
  ["One", "Two", "Three", "Four", "Five", "Six"].map((name) => [
    `hw/plain/${name}.c`,
    `${device(name, `typedef struct ${name}State ${name}State;\nstatic void ${name}_look(${name}State *s);`, "3")}${look(name)}`,
  ]),
);

const common = { ...exampleHeaders, ...makers, ...devices, Kconfig: "source hw/t/Kconfig\n", ...plain };

function open(files: Readonly<Record<string, string>>, all: readonly string[]): (target: string) => LoadableProject {
  const paths = Object.keys(files).filter((path) => path.endsWith(".c") || path.endsWith(".h"));
  const reading = createReading({ paths: () => paths, read: (path) => files[path] }, all);
  let before: LoadableProject | undefined;
  return (target) => {
    if (before !== undefined) reading.take(before);
    before = reading.project({ target });
    for (const path of paths) before.load(path);
    return before;
  };
}

const inOrder = (findings: readonly Diagnostic[]): readonly string[] =>
  findings.map((each) => JSON.stringify(each)).sort();

describe("targets of one tree", () => {
  it.each(Object.entries(cases))("differ by %s", (_, more) => {
    const files = { ...common, "hw/t/Kconfig": "", ...more };
    const next = open(files, targets);
    const alone = targets.map((target) => inOrder(diagnoseProject(open(files, [target])(target))));
    expect(new Set(alone.map((each) => each.join("\n"))).size).toBeGreaterThan(1);
    for (const [k, target] of targets.entries()) {
      expect([target, inOrder(diagnoseProject(next(target)))]).toEqual([target, alone[k]]);
    }
  });

  it("is not concluded again where no target says otherwise", async () => {
    const next = open({ ...common, "hw/t/Kconfig": "" }, targets);
    const first = await workOf(async () => diagnoseProject(next("x86_64")));
    const second = await workOf(async () => diagnoseProject(next("arm")));
    expect(second.answer).toEqual(first.answer);
    const each = Object.keys(plain).length;
    expect(first).toMatchObject({ tablesRead: each, typesRead: each });
    expect(second).toMatchObject({ tablesRead: 0, typesRead: 0, followed: 0 });
    expect(second.parsed).toBeLessThan(first.parsed / 4);
  });
});
