/** Tables that leave out what a type inherits. */
import { expect, it } from "vitest";
import { diagnoseProject } from "../../../../core/check";
import { treeOf } from "../../../tree";

const head = `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
`;

const table = (symbol: string, name: string, fields: string): string =>
  `const VMStateDescription ${symbol} = { .name = "${name}", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() } };\n`;

const type = (name: string, parent: string, more: string, init = ""): string =>
  `static void ${name}_class_init(ObjectClass *klass, const void *data) { DeviceClass *dc = DEVICE_CLASS(klass); ${init} }
static const TypeInfo ${name}_info = { .name = "${name}", .parent = "${parent}", .class_init = ${name}_class_init, ${more} };\n`;

const header = `typedef struct Bus { DeviceState parent; uint32_t address; uint32_t id; } Bus;
extern const VMStateDescription vmstate_bus;
extern const MemoryRegionOps bus_ops;
void bus_save(QEMUFile *f, Bus *b);
`;

const child = (fields: string, code = ""): string =>
  `${head}#include "bus.h"
typedef struct Child { Bus bus; uint32_t own; } Child;
${code}${table("vmstate_child", "child", `VMSTATE_UINT32(own, Child), ${fields}`)}
${type("child", "bus", ".instance_size = sizeof(Child),", "dc->vmsd = &vmstate_child;")}`;

function found(files: Readonly<Record<string, string>>): readonly string[] {
  return diagnoseProject(treeOf({ "hw/b/bus.h": header, ...files })).flatMap(({ code, message }) =>
    code === "parent-not-saved" ? [message] : [],
  );
}

/** The parent registers its table for all of its kinds. */
const registering = (abstract: boolean, more = ""): string =>
  `${head}#include "bus.h"
static void bus_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Bus *b = opaque; b->address = value; }
const MemoryRegionOps bus_ops = { .write = bus_write };
${table("vmstate_bus", "bus", `VMSTATE_UINT32(address, Bus), ${more}`)}
${type("bus", "device", `.instance_size = sizeof(Bus), .abstract = ${abstract}`, "dc->vmsd = &vmstate_bus;")}`;

it("a child's table replaces its parent's", () => {
  const [message] = found({ "hw/b/bus.c": registering(false), "hw/b/child.c": child("") });
  expect(message).toContain("child, the table of child, replaces vmstate_bus, which bus registers for its children");
  expect(message).toContain("address of bus is not migrated");
});

it("not where it contains it, saves the members itself, or cannot be migrated", () => {
  const parent = { "hw/b/bus.c": registering(false) };
  const nested = "VMSTATE_STRUCT(bus, Child, 1, vmstate_bus, Bus),";
  expect(found({ ...parent, "hw/b/child.c": child(nested) })).toEqual([]);
  expect(found({ ...parent, "hw/b/child.c": child("VMSTATE_UINT32(bus.address, Child),") })).toEqual([]);
  const never = child("").replace('.name = "child", .version_id', '.name = "child", .unmigratable = 1, .version_id');
  expect(found({ ...parent, "hw/b/child.c": never })).toEqual([]);
});

it("of an abstract parent only what the child's own code sets, or the parent's registers that it takes", () => {
  const parent = { "hw/b/bus.c": registering(true) };
  expect(found({ ...parent, "hw/b/child.c": child("") })).toEqual([]);
  const write = "static void child_write(void *o, hwaddr a, uint64_t v, unsigned z) { Bus *b = o; b->address = v; }\n";
  expect(found({ ...parent, "hw/b/child.c": child("", write) })).toHaveLength(1);
  const take = "void child_map(Child *c) { memory_region_init_io(0, 0, &bus_ops, c); }\n";
  expect(found({ ...parent, "hw/b/child.c": child("", take) })).toHaveLength(1);
});

/** The parent's table is for its children's to contain, as three do. */
const containing = (saver = ""): Readonly<Record<string, string>> => {
  const files: Record<string, string> = {
    "hw/b/bus.c": `${head}#include "bus.h"
${table("vmstate_bus", "bus", "VMSTATE_UINT32(address, Bus), VMSTATE_UINT32(id, Bus),")}${saver}
${type("bus", "device", ".instance_size = sizeof(Bus), .abstract = true")}`,
  };
  for (const name of ["a", "b", "c"]) {
    files[`hw/b/${name}.c`] = child("VMSTATE_STRUCT(bus, Child, 1, vmstate_bus, Bus),").replaceAll("child", name);
  }
  return files;
};

it("a table does not contain what those of its kind contain", () => {
  const [message, ...others] = found({ ...containing(), "hw/b/child.c": child("") });
  expect(message).toContain("does not contain vmstate_bus, as tables of other kinds of bus do: address, id of bus");
  expect(others).toEqual([]);
  const { "hw/b/c.c": _, ...two } = containing();
  expect(found({ ...two, "hw/b/child.c": child("") })).toEqual([]);
});

it("not where the type's code saves it by a call", () => {
  const saver = "void bus_save(QEMUFile *f, Bus *b) { vmstate_save_state(f, &vmstate_bus, b, NULL); }\n";
  const code = "static void child_save(QEMUFile *f, void *o) { bus_save(f, o); }\n";
  expect(found({ ...containing(saver), "hw/b/child.c": child("", code) })).toEqual([]);
  expect(found({ ...containing(saver), "hw/b/child.c": child("") })).toHaveLength(1);
});
