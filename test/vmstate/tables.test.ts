import { describe, expect, it } from "vitest";
import type { LoadableProject } from "../../core/project";
import type { Value } from "../../core/c/value";
import type { VMStateField } from "../../core/vmstate/model";
import { bareTree, fieldNames, table, treeOf } from "../tree";

const includes = '#include "qemu/osdep.h"\n#include "migration/vmstate.h"\n';
const state = "typedef struct State { uint32_t irr; uint8_t id; uint64_t redirect[24]; } State;\n";
const file = "hw/a.c";

function read(code: string, more: Readonly<Record<string, string>> = {}, target?: string): LoadableProject {
  return treeOf({ [file]: includes + state + code, ...more }, target);
}

const shown = <T>(value: Value<T>): T | string => (value.known ? value.value : `unknown: ${value.reason}`);

function field(project: LoadableProject, symbol: string, index = 0): VMStateField {
  const found = table(project, symbol, file).fields[index];
  if (found === undefined) throw new Error(`no field ${index}`);
  return found;
}

describe("a table", () => {
  const code = `static int a_post_load(void *opaque, int version_id) { return 0; }
static bool a_needed(void *opaque) { return true; }
static const VMStateDescription vmstate_sub = {
    .name = "a/sub", .version_id = 1, .needed = a_needed,
    .fields = (const VMStateField[]) { VMSTATE_END_OF_LIST() },
};
const VMStateDescription vmstate_a = {
    .name = "a" "-device",
    .version_id = 1 + 2,
    .minimum_version_id = 2,
    .priority = MIG_PRI_IOMMU,
    .post_load = a_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(irr, State),
        VMSTATE_UINT64_ARRAY(redirect, State, ARRAY_SIZE(((State *)0)->redirect)),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const[]) { &vmstate_sub, NULL },
};
`;
  const header = { "include/qemu/size.h": "#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))\n" };
  const project = read(`#include "qemu/size.h"\n${code}`, header);
  const text = project.text(file) ?? "";

  it("gives its values", () => {
    const a = table(project, "vmstate_a", file);
    expect(shown(a.name)).toBe("a-device");
    expect(shown(a.versionId)).toBe(3);
    expect(shown(a.minimumVersionId)).toBe(2);
    expect(a.priority?.text).toBe("MIG_PRI_IOMMU");
    expect(a.priority && shown(a.priority.value)).toBe(3);
    expect(a.hooks.post_load?.name).toBe("a_post_load");
    expect(a.fieldsTerminated).toBe(true);
    expect(a.subsections.map((s) => s.symbol)).toEqual(["vmstate_sub"]);
    expect(a.subsectionsTerminated).toBe(true);
  });

  it("gives its fields, with the values that the tree's macros make", () => {
    const redirect = field(project, "vmstate_a", 1);
    expect(shown(redirect.name)).toBe("redirect");
    expect(shown(redirect.size)).toBe(8);
    expect(shown(redirect.num)).toBe(24);
    expect(shown(redirect.offset)).toBe(8);
    expect(redirect.flagNames).toEqual(["ARRAY"]);
    expect(redirect.member).toEqual({ structName: "State", path: "redirect" });
    expect(redirect.info?.symbol).toBe("vmstate_info_uint64");
  });

  it("knows where everything is written", () => {
    const a = table(project, "vmstate_a", file);
    const at = (range: { start: number; end: number }): string => text.slice(range.start, range.end);
    expect(at(a.nameRange)).toBe("vmstate_a");
    expect(at(field(project, "vmstate_a").range)).toBe("VMSTATE_UINT32(irr, State)");
    expect(a.priority && at(a.priority.range)).toBe(".priority = MIG_PRI_IOMMU");
    expect(a.hooks.post_load && at(a.hooks.post_load.range)).toBe("a_post_load");
    expect(a.subsections[0] && at(a.subsections[0].range)).toBe("vmstate_sub");
    expect(at(a.range)).toMatch(/^const VMStateDescription vmstate_a = [\s\S]*};$/);
  });
});

describe("fields", () => {
  it("may come from a macro of the device's own, each with the place of its use", () => {
    const project = read(`#define BOTH(s) VMSTATE_UINT32(irr, s), VMSTATE_UINT8(id, s)
static const VMStateDescription vmstate_a = { .name = "a", .fields = (const VMStateField[]) {
    BOTH(State), VMSTATE_END_OF_LIST() } };`);
    expect(fieldNames(table(project, "vmstate_a", file))).toEqual(["irr", "id"]);
    const { range, macro } = field(project, "vmstate_a", 1);
    expect(project.text(file)?.slice(range.start, range.end)).toBe("BOTH(State)");
    expect(macro).toBe("BOTH");
  });

  it("may come from a fragment that is included in the list", () => {
    const project = read(
      `static const VMStateDescription vmstate_a = { .name = "a", .fields = (const VMStateField[]) {
#define REGISTER(name) VMSTATE_UINT32(name, State),
#include "registers.hx"
    VMSTATE_END_OF_LIST() } };`,
      { "hw/registers.hx": "REGISTER(irr)\nREGISTER(imr)\n" },
    );
    expect(fieldNames(table(project, "vmstate_a", file))).toEqual(["irr", "imr"]);
  });

  it("may stand in an array declared apart", () => {
    const project = read(`static const VMStateField a_fields[] = { VMSTATE_UINT32(irr, State), VMSTATE_END_OF_LIST() };
static const VMStateDescription vmstate_a = { .name = "a", .fields = a_fields };`);
    const a = table(project, "vmstate_a", file);
    expect(fieldNames(a)).toEqual(["irr"]);
    expect(a.fieldsTerminated).toBe(true);
  });

  it("may be braces without any macro", () => {
    const project = read(`static const VMStateDescription vmstate_a = { .name = "a", .fields = (const VMStateField[]) {
    { .name = "raw", .version_id = 2, .size = sizeof(State), .info = &vmstate_info_buffer, .flags = VMS_BUFFER | VMS_POINTER,
      .offset = offsetof(State, id) },
    {} } };`);
    const raw = field(project, "vmstate_a");
    expect(shown(raw.size)).toBe(200);
    expect(shown(raw.offset)).toBe(4);
    expect(raw.flagNames).toEqual(["BUFFER", "POINTER"]);
    expect(raw.macro).toBeUndefined();
    expect(table(project, "vmstate_a", file).fieldsTerminated).toBe(true);
  });

  it("keep the condition that the configuration decides, and leave out what the target excludes", () => {
    const code = `static const VMStateDescription vmstate_a = { .name = "a", .fields = (const VMStateField[]) {
#ifdef TARGET_X86_64
    VMSTATE_UINT32(irr, State),
#else
    VMSTATE_UINT8(id, State),
#endif
#ifdef CONFIG_FANCY
    VMSTATE_UINT64_ARRAY(redirect, State, 24),
#endif
    VMSTATE_END_OF_LIST() } };`;
    expect(fieldNames(table(read(code), "vmstate_a", file))).toEqual(["irr", "redirect"]);
    expect(fieldNames(table(read(code, {}, "ppc64"), "vmstate_a", file))).toEqual(["id", "redirect"]);
    expect(field(read(code), "vmstate_a", 1).condition).toBe("defined(CONFIG_FANCY)");
  });

  it("say so when their list does not end", () => {
    const project = read(`static const VMStateDescription vmstate_a = { .name = "a",
    .fields = (const VMStateField[]) { VMSTATE_UINT32(irr, State) } };`);
    expect(table(project, "vmstate_a", file).fieldsTerminated).toBe(false);
  });

  it("are unknown with the reason, never guessed", () => {
    const project = read(`static const VMStateDescription vmstate_a = { .name = NAME_FROM_NOWHERE,
    .version_id = SOME_VERSION, .fields = (const VMStateField[]) {
    VMSTATE_SINGLE_V(irr, State, 0, vmstate_info_uint32, ForeignType), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_b = { .name = "b", .fields = fields_from_nowhere };`);
    const a = table(project, "vmstate_a", file);
    expect(shown(a.name)).toContain("NAME_FROM_NOWHERE");
    expect(shown(a.versionId)).toContain("SOME_VERSION");
    expect(shown(field(project, "vmstate_a").size)).toContain("ForeignType");
    expect(shown(field(project, "vmstate_a").name)).toBe("irr");
    expect(table(project, "vmstate_b", file).unknowns[0]?.reason).toContain("fields_from_nowhere");
  });
});

describe("descriptions", () => {
  it("may be the elements of an array", () => {
    const project = read(`enum { FIRST, SECOND };
static const VMStateDescription vmstate_list[] = {
    [FIRST] = { .name = "first" }, [SECOND] = { .name = "second" } };
static const VMStateDescription vmstate_a = { .name = "a", .fields = (const VMStateField[]) {
    VMSTATE_STRUCT(irr, State, 1, vmstate_list[SECOND], State), VMSTATE_END_OF_LIST() } };`);
    expect(project.descriptionsIn(file).map((d) => shown(d.name))).toEqual(["first", "second", "a"]);
    const nested = field(project, "vmstate_a").vmsd;
    expect(nested && shown(project.resolve(nested)?.name ?? { known: false, reason: "none" })).toBe("second");
  });

  it("may be made by a macro at top level", () => {
    const project = read(`#define CAP(cap) \\
static bool cap##_needed(void *opaque) { return true; } \\
const VMStateDescription vmstate_##cap = { .name = "a/" #cap, .needed = cap##_needed, \\
    .fields = (const VMStateField[]) { VMSTATE_UINT8(cap, State), VMSTATE_END_OF_LIST() } };
CAP(id)
static const VMStateDescription vmstate_a = { .name = "a",
    .subsections = (const VMStateDescription *const[]) { &vmstate_id, NULL } };`);
    const sub = table(project, "vmstate_id", file);
    expect(shown(sub.name)).toBe("a/id");
    expect(sub.hooks.needed?.name).toBe("id_needed");
    expect(project.text(file)?.slice(sub.range.start, sub.range.end)).toBe("CAP(id)");
  });

  it("are seen from other files: static ones not, the target's own first, of a processor's file that processor's", () => {
    const one = 'const VMStateDescription vmstate_cpu = { .name = "cpu-i386" };\n';
    const two = 'const VMStateDescription vmstate_cpu = { .name = "cpu-arm" };\n';
    const files = {
      "target/i386/machine.c": includes + one,
      "target/arm/machine.c": includes + two,
      "target/i386/cpu.c": includes,
      "hw/b.c": `${includes}static const VMStateDescription vmstate_b = { .name = "b" };\n`,
      "target/i386/meson.build": "i386_ss.add(files('machine.c'))\ntarget_arch += {'i386': i386_ss}\n",
      "target/arm/meson.build": "arm_ss.add(files('machine.c'))\ntarget_arch += {'arm': arm_ss}\n",
    };
    const cpu = (target: string, from: string): string => shown(table(treeOf(files, target), "vmstate_cpu", from).name);
    expect(cpu("x86_64", "hw/b.c")).toBe("cpu-i386");
    expect(cpu("aarch64", "hw/b.c")).toBe("cpu-arm");
    expect(cpu("aarch64", "target/i386/cpu.c")).toBe("cpu-i386");
    expect(treeOf(files).description("vmstate_b", "target/i386/cpu.c")).toBeUndefined();
  });

  it("are the build's stub where the target does without the real one", () => {
    const files = {
      "hw/acpi/cpu.c": `${includes}const VMStateDescription vmstate_hotplug = { .name = "hotplug" };\n`,
      "hw/acpi/stub.c": `${includes}const VMStateDescription vmstate_hotplug;\n`,
      "hw/acpi/meson.build":
        "system_ss.add(when: 'CONFIG_HOTPLUG', if_true: files('cpu.c'), if_false: files('stub.c'))\n",
      "hw/b.c": includes,
      Kconfig: "config HOTPLUG\n    bool\n    default y\n    depends on X86_64\nconfig X86_64\n    bool\n",
    };
    expect(table(treeOf(files), "vmstate_hotplug", "hw/b.c").file).toBe("hw/acpi/cpu.c");
    expect(table(treeOf(files, "aarch64"), "vmstate_hotplug", "hw/b.c").file).toBe("hw/acpi/stub.c");
  });
});

describe("tables that a library of stubs has too", () => {
  const header = `${includes}extern const VMStateDescription vmstate_vgic;\n`;
  const files = (symbol: string) => ({
    "hw/vgic.c": `${includes}const VMStateDescription vmstate_vgic = { .name = "vgic", .version_id = 2 };\n`,
    "hw/vgic-stub.c": `${includes}const VMStateDescription vmstate_vgic = { .name = "vgic", .version_id = 1 };\n`,
    "hw/b.c": header,
    "hw/meson.build": `specific_ss.add(when: '${symbol}', if_true: files('vgic.c'))\nstub_ss.add(files('vgic-stub.c'))\n`,
    Kconfig: "source accel/Kconfig\nconfig VGIC\n    bool\n    default y\n",
    "accel/Kconfig": "config HVF\n    bool\n",
  });

  it.each([
    ["the device's own where it is built", "CONFIG_VGIC", "hw/vgic.c"],
    ["the stub where it is for an accelerator of another host", "CONFIG_HVF", "hw/vgic-stub.c"],
  ])("are %s", (_, symbol, file) => {
    expect(treeOf(files(symbol)).description("vmstate_vgic", "hw/b.c")?.file).toBe(file);
  });
});

it("an empty table of a library of stubs is taken where the real one is not built", () => {
  const files = {
    "hw/acpi/cpu.c": `${includes}const VMStateDescription vmstate_hotplug = { .name = "hotplug" };\n`,
    "hw/acpi/stub.c": `${includes}const VMStateDescription vmstate_hotplug;\n`,
    "hw/acpi/meson.build":
      "system_ss.add(when: 'CONFIG_HOTPLUG', if_true: files('cpu.c'))\nstub_ss.add(files('stub.c'))\n",
    "hw/b.c": includes,
    Kconfig: "config HOTPLUG\n    bool\n    default y\n    depends on X86_64\nconfig X86_64\n    bool\n",
  };
  expect(table(treeOf(files), "vmstate_hotplug", "hw/b.c").file).toBe("hw/acpi/cpu.c");
  expect(table(treeOf(files, "aarch64"), "vmstate_hotplug", "hw/b.c").file).toBe("hw/acpi/stub.c");
});

describe("tables of older releases", () => {
  it("have subsections of pairs, offsets through a null pointer, and zeroed ends", () => {
    const code = `typedef struct VMStateField { const char *name; int offset; int size; int flags; } VMStateField;
typedef struct VMStateSubsection { const void *vmsd; int (*needed)(void *); } VMStateSubsection;
typedef struct VMStateDescription { const char *name; VMStateField *fields; VMStateSubsection *subsections; } VMStateDescription;
enum VMStateFlags { VMS_SINGLE = 0x001, VMS_ARRAY = 0x004 };
#define offset_of(t, m) ((size_t) &((t *)0)->m)
#define VMSTATE_X(m, s) { .name = #m, .size = sizeof(int), .flags = VMS_SINGLE, .offset = offset_of(s, m) }
typedef struct State { char c; int x; } State;
static const VMStateDescription vmstate_sub = { .name = "a/sub" };
static const VMStateDescription vmstate_a = {
    .name = "a",
    .fields = (VMStateField []) { VMSTATE_X(x, State), { } },
    .subsections = (VMStateSubsection []) { { .vmsd = &vmstate_sub, .needed = needed }, { /* empty */ } },
};`;
    const project = bareTree({ "hw/a.c": code });
    const a = table(project, "vmstate_a", "hw/a.c");
    expect(fieldNames(a)).toEqual(["x"]);
    expect(a.fields[0]?.member).toEqual({ structName: "State", path: "x" });
    expect(a.fields[0] && shown(a.fields[0].offset)).toBe(4);
    expect(a.subsections.map((s) => s.symbol)).toEqual(["vmstate_sub"]);
    expect([a.fieldsTerminated, a.subsectionsTerminated]).toEqual([true, true]);
  });
});
