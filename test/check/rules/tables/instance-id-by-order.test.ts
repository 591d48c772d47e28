/** Parts of CPUs: after a CPU was unplugged, the order of creation numbers them otherwise. */
import { expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { treeOf } from "../../../tree";

const part = (register: string) => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Part { uint32_t a; } Part;
static const VMStateDescription vmstate_part = { .name = "part", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Part), VMSTATE_END_OF_LIST() } };
static void part_realize(DeviceState *dev, Error **errp)
{
    ${register === "by hand" ? "vmstate_register(NULL, part_id(dev), &vmstate_part, dev);" : ""}
}
static void part_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->realize = part_realize;
    ${register === "by hand" ? "" : "dc->vmsd = &vmstate_part;"}
}
static const TypeInfo part = { .name = "part-common", .parent = "device", .class_init = part_class_init };
static const TypeInfo own = { .name = "part", .parent = "part-common" };
`;

function found(register: string, maker: string, path = "target/toy/cpu.c") {
  const code = `#include "qemu/osdep.h"\nvoid toy_realize(void *cpu)\n{\n    ${maker}\n}\n`;
  const project = treeOf({ "hw/intc/part.c": part(register), [path]: code });
  return diagnoseFile(project, "hw/intc/part.c").filter(({ code: each }) => each === "instance-id-by-order");
}

const makes = 'const char *type = "part"; object_new(type);';

it("a table on the class of what a CPU makes, or of its parent", () => {
  const [finding] = found("by class", makes);
  expect(finding?.message).toContain("toy_realize makes a part for each CPU");
  expect(finding?.related[0]?.range.file).toBe("target/toy/cpu.c");
});

it("not one with an id of its own, nor one that a board makes", () => {
  expect(found("by hand", makes)).toEqual([]);
  expect(found("by class", makes, "hw/toy/board.c")).toEqual([]);
  expect(found("by class", "object_new(type);")).toEqual([]);
});

it("not one that is called as a property, a child or a message is", () => {
  for (const others of [
    'object_property_add_child(cpu, "part", object_new("other"));',
    'object_new_with_props("other", cpu, "part", errp, "part", "on", NULL);',
    'object_initialize_child(cpu, "part", &cpu->other, "other"); error_report("part");',
  ])
    expect(found("by class", others)).toEqual([]);
  expect(found("by class", 'object_initialize_child(cpu, "p", &cpu->part, "part");')).toHaveLength(1);
});
