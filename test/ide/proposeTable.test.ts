/** Tables from structs: what is proposed, and why the rest is left out. */
import { describe, expect, it } from "vitest";
import { structActions } from "../../core/ide/table/actions";
import { proposeTable } from "../../core/ide/table/propose";
import { treeOf } from "../tree";

const path = "hw/demo/device.c";
const source = (table = ""): string => `#include "migration/vmstate.h"
#define NREGS 16
typedef struct Ring { uint32_t head; uint32_t tail; } Ring;
typedef struct DemoState {
    uint32_t control;
    uint64_t wide;
    uint32_t regs[NREGS];
    Ring ring;
    uint32_t size;
    uint32_t kind;
    void *opaque;
    uint32_t flag : 1;
    bool enabled;
} DemoState;
${table}
static void demo_write(DemoState *s, int i, uint64_t value)
{
    s->control = value;
    s->wide = value;
    s->regs[i] = value;
    s->ring.head = i;
    s->enabled = true;
}
static void demo_realize(DemoState *s)
{
    s->kind = 7;
}
static const Property demo_properties[] = { DEFINE_PROP_UINT32("size", DemoState, size, 4), };
static void demo_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = demo_realize;
}
static const TypeInfo demo = { .name = "demo-device", .parent = "device", .instance_size = sizeof(DemoState), .class_init = demo_class_init };
DEFINE_TYPES(demo)
`;

const project = (table?: string) => treeOf({ [path]: source(table) });

describe("proposeTable", () => {
  const found = proposeTable(project(), path, "DemoState");

  it("has a field for each member that is state, in order, in this tree's words", () => {
    expect(`${found?.head}${found?.tail}`).toBe(`static const VMStateDescription vmstate_demo_device = {
    .name = "demo-device",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(control, DemoState),
        VMSTATE_UINT64(wide, DemoState),
        VMSTATE_UINT32_ARRAY(regs, DemoState, NREGS),
        VMSTATE_UINT32(ring.head, DemoState),
        VMSTATE_UINT32(ring.tail, DemoState),
        VMSTATE_BOOL(enabled, DemoState),
        VMSTATE_END_OF_LIST()
    },
};`);
  });

  it("says of each other member what speaks against it", () => {
    const reasons = Object.fromEntries((found?.leftOut ?? []).map(({ member, why }) => [member, why]));
    expect(reasons).toEqual({
      size: "a property sets it: both sides have it from the command line",
      kind: "it is set when the device is made, and not while the guest runs",
      opaque: "a pointer: what it leads to has an owner of its own",
      flag: "a bit-field has no address",
    });
  });

  it("refuses an index that nothing holds to its array in a post_load of its own", () => {
    const used = source()
      .replace("uint32_t kind;", "uint32_t pos; uint32_t held;")
      .replace("s->kind = 7;", "")
      .replace("s->enabled = true;", "s->pos = value; s->held = value;")
      .concat("static uint32_t demo_read(DemoState *s) { return s->regs[s->pos] + s->regs[s->held & (NREGS - 1)]; }\n");
    const table = proposeTable(treeOf({ [path]: used }), path, "DemoState");
    expect(table?.head).toContain(`static int demo_device_post_load(void *opaque, int version_id)
{
    DemoState *s = opaque;

    if (s->pos >= ARRAY_SIZE(s->regs)) {
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_demo_device = {
    .name = "demo-device",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = demo_device_post_load,
`);
  });

  it("goes by a member's type as it is after an edit", () => {
    const tree = project();
    const fieldOf = () =>
      proposeTable(tree, path, "DemoState")?.fields.find(({ member }) => member === "control")?.macro;
    expect(fieldOf()).toBe("VMSTATE_UINT32");
    tree.update(path, source().replace("uint32_t control;", "uint64_t control;"));
    expect(fieldOf()).toBe("VMSTATE_UINT64");
    tree.update(path, source().replace("uint32_t control;", "float control;"));
    expect(fieldOf()).toBeUndefined();
    tree.update(path, source());
    expect(fieldOf()).toBe("VMSTATE_UINT32");
  });

  it("is nothing for a struct that is not to be seen", () => {
    expect(proposeTable(project(), path, "Other")).toBeUndefined();
  });
});

describe("actions on a struct", () => {
  const at = (text: string, word: string) => structActions(treeOf({ [path]: text }), path, text.indexOf(word));

  it("put the table before the class_init, and register it there", () => {
    const [action, ...others] = at(source(), "uint32_t control;");
    expect(others).toEqual([]);
    expect(action?.title).toBe("Propose a VMStateDescription for DemoState");
    const made = (action?.parts ?? []).filter(({ against }) => against === undefined);
    expect(made.map(({ label, range }) => [label, source().slice(range.start, range.start + 22)])).toEqual([
      ["Add vmstate_demo_device for DemoState", "static void demo_class"],
      ["Add vmstate_demo_device for DemoState", "static void demo_class"],
      ["Set dc->vmsd in demo_class_init", "\n    dc->realize = dem"],
    ]);
    expect(made.map(({ text }) => text).join("")).toContain(
      "        VMSTATE_END_OF_LIST()\n    },\n};\n\n\n    dc->vmsd = &",
    );
  });

  it("have with them each member that is left out, for who wants it all the same", () => {
    const [action] = at(source(), "uint32_t control;");
    const optional = (action?.parts ?? []).flatMap(({ label, text, against }) => (against ? [[label, text]] : []));
    expect(optional).toEqual([
      ["Save size too", "        VMSTATE_UINT32(size, DemoState),\n"],
      ["Save kind too", "        VMSTATE_UINT32(kind, DemoState),\n"],
      ["opaque is not saved", ""],
      ["flag is not saved", ""],
    ]);
  });

  it("get a class to set the table on where the class_init has none", () => {
    const bare = source().replace(
      "DeviceClass *dc = DEVICE_CLASS(klass);\n\n    dc->realize = demo_realize;",
      "demo_set(klass);",
    );
    const [action] = at(bare, "uint32_t control;");
    expect(action?.parts.at(-1)?.text).toBe(
      "\n    DeviceClass *dc = DEVICE_CLASS(klass);\n\n    dc->vmsd = &vmstate_demo_device;\n",
    );
  });

  it("include the header of tables first where the file does not see it", () => {
    const [action] = at('#include "qemu/osdep.h"\ntypedef struct Bare { uint32_t control; } Bare;\n', "control");
    expect(action?.title).toBe("Include migration/vmstate.h, for a table of Bare");
    expect(action?.parts).toEqual([
      { range: { file: path, start: 24, end: 24 }, text: '#include "migration/vmstate.h"\n' },
    ]);
  });

  it("register nothing for a struct that is not the device's", () => {
    const [action] = at(source(), "uint32_t head;");
    expect(action?.title).toBe("Propose a VMStateDescription for Ring");
    expect(action?.parts.map(({ label }) => label)).toEqual(["Add vmstate_ring for Ring", "Add vmstate_ring for Ring"]);
  });

  it("make a type of a struct that begins with a device's state and is none yet", () => {
    const struct = `#include "hw/sysbus.h"
typedef struct FreshState {
    SysBusDevice parent_obj;
    uint32_t control;
} FreshState;
`;
    const qdev = `#include "hw/sysbus.h"
static const TypeInfo device_info = { .name = TYPE_DEVICE, .parent = TYPE_OBJECT, .instance_size = sizeof(DeviceState), .abstract = true };
static const TypeInfo sysbus_info = { .name = TYPE_SYS_BUS_DEVICE, .parent = TYPE_DEVICE, .instance_size = sizeof(SysBusDevice), .abstract = true };
static void qdev_register(void) { type_register_static(&device_info); type_register_static(&sysbus_info); }
type_init(qdev_register)
`;
    const tree = treeOf({ [path]: struct, "hw/core/qdev.c": qdev });
    const [action] = structActions(tree, path, struct.indexOf("uint32_t control"));
    const made = (action?.parts ?? []).filter(({ against }) => against === undefined);
    expect(made.map(({ text }) => text).join("")).toBe(`
static const VMStateDescription vmstate_fresh = {
    .name = "fresh",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(control, FreshState),
        VMSTATE_END_OF_LIST()
    },
};

static void fresh_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_fresh;
}

static const TypeInfo fresh_info = {
    .name = "fresh",
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(FreshState),
    .class_init = fresh_class_init,
};

static void fresh_register_types(void)
{
    type_register_static(&fresh_info);
}

type_init(fresh_register_types)
`);
    const registered = treeOf({ [path]: struct + made.map(({ text }) => text).join(""), "hw/core/qdev.c": qdev });
    expect(registered.type("fresh")?.descriptions.map(({ reference }) => reference.symbol)).toEqual(["vmstate_fresh"]);
  });

  it("add a member to the table that is there", () => {
    const table = `static const VMStateDescription vmstate_demo = { .name = "demo", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(wide, DemoState),
        VMSTATE_END_OF_LIST()
    } };`;
    const registered = source(table).replace("dc->realize", "dc->vmsd = &vmstate_demo;\n    dc->realize");
    expect(at(registered, "uint64_t wide;")).toEqual([]);
    const [subsection, action] = at(registered, "uint32_t control;");
    expect(subsection?.title).toBe("Migrate control: Save it in a subsection demo/control, sent while not 0");
    expect(action?.title).toContain("Migrate control: Save it from version 2 on");
    expect(action?.parts.map(({ text }) => text).join()).toContain("VMSTATE_UINT32_V(control, DemoState, 2)");
  });
});
