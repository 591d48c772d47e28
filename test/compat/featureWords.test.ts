/** Feature words of CPUs: what code changes of them, and whether a machine type can keep it from that. */
import { expect, it } from "vitest";
import { compareTrees, treeSide } from "../../core/compat";
import { treeOf } from "../tree";

const cpu = (code: string, properties = ""): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
enum { FEAT_1_ECX, FEAT_1_EDX };
typedef struct Cpu { uint32_t features[2]; uint32_t a; bool enable_pmu; bool keep; } Cpu;
#define DEFINE_PROP_BOOL(_n, _s, _f, _d) { .name = (_n), .info = &qdev_prop_bool, .offset = offsetof(_s, _f), .defval.u = _d }
static const VMStateDescription vmstate_cpu = { .name = "cpu", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Cpu), VMSTATE_END_OF_LIST() } };
static void cpu_expand(Cpu *cpu)
{
    cpu->features[FEAT_1_EDX] |= 4;
    ${code}
}
static const Property cpu_properties[] = { DEFINE_PROP_BOOL("pmu", Cpu, enable_pmu, false), ${properties} };
static void cpu_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_cpu;
    device_class_set_props(dc, cpu_properties);
}
static const TypeInfo cpu_info = { .name = "toy-cpu", .parent = "device", .instance_size = sizeof(Cpu), .class_init = cpu_class_init };
DEFINE_TYPES(cpu_info)
`;

function changed(before: string, after: string, compat = ""): readonly string[] {
  const list = `#include "qemu/osdep.h"\nGlobalProperty hw_compat_9_1[] = { ${compat} };\n`;
  const [old, next] = [before, after].map((text) => treeOf({ "target/i386/cpu.c": text, "hw/core/machine.c": list }));
  if (old === undefined || next === undefined) throw new Error("two trees");
  const machine = { major: 9, minor: 1 };
  return compareTrees(treeSide(old, "OLD", machine), treeSide(next, "NEW", machine)).map(({ message }) => message);
}

const clears = "if (!cpu->enable_pmu) { cpu->features[FEAT_1_ECX] &= ~2; }";

it("says what the new version's code clears on machine types of the old one", () => {
  const [message, ...others] = changed(cpu(""), cpu(clears));
  expect(message).toContain("cpu_expand of NEW does FEAT_1_ECX &= ~2 (not cpu->enable_pmu), which OLD does not");
  expect(others).toEqual([]);
});

it("not where a property of a compat list, or one that is off by default, decides", () => {
  const guarded = `if (!cpu->keep) { ${clears} }`;
  const keep = 'DEFINE_PROP_BOOL("x-keep", Cpu, keep, false)';
  const listed = '{ "toy-cpu", "x-keep", "true" },';
  expect(changed(cpu(""), cpu(guarded, keep), listed)).toEqual([]);
  expect(changed(cpu(""), cpu(guarded, keep))).toHaveLength(1);
  expect(changed(cpu(""), cpu(`if (cpu->keep) { ${clears} }`, keep))).toEqual([]);
});

it("not what both do, what is only written in other words, nor a word that only the new one has", () => {
  expect(changed(cpu(clears), cpu(clears))).toEqual([]);
  expect(changed(cpu(clears), cpu(clears.replace("~2", "~(1 << 1)")))).toEqual([]);
  expect(changed(cpu(""), cpu("cpu->features[FEAT_1_EDX] |= 8;"))).toHaveLength(1);
  const word = cpu("cpu->features[FEAT_7] = 1;").replace("FEAT_1_EDX };", "FEAT_1_EDX, FEAT_7 };");
  expect(changed(cpu(""), word)).toEqual([]);
});
