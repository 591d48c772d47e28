import { describe, expect, it } from "vitest";
import type { LoadableProject } from "../../core/project";
import { deviceDescription } from "../../core/project/dump";
import { treeOf } from "../tree";

const includes = '#include "qemu/osdep.h"\n#include "migration/vmstate.h"\n#include "hw/sysbus.h"\n';
const tables = ["a", "b", "c"]
  .map((name) => `static const VMStateDescription vmstate_${name} = { .name = "${name}" };\n`)
  .join("");

function read(code: string, more: Readonly<Record<string, string>> = {}): LoadableProject {
  return treeOf({ "hw/a.c": includes + tables + code, ...more });
}

/** Description symbol of each type's DeviceClass, inherited or own. */
function bound(project: LoadableProject): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {};
  for (const type of project.types()) found[type.name] = deviceDescription(project, type.name)?.symbol;
  return found;
}

const classInit = (name: string, body: string): string =>
  `static void ${name}_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ${body}
}
`;
const sets = (name: string): string => classInit(name, `dc->vmsd = &vmstate_${name};`);

describe("types", () => {
  it("are named by macros, have parents, and inherit the table that they do not set", () => {
    const project = read(`#define TYPE_A "a-device"
#define NAME(model) model "-cpu"
${sets("a")}${sets("b")}
static const TypeInfo a_info = { .name = TYPE_A, .parent = TYPE_SYS_BUS_DEVICE, .abstract = true, .class_init = a_class_init };
static const TypeInfo child = { .name = NAME("x86"), .parent = TYPE_A };
static const TypeInfo other = { .name = "other", .parent = TYPE_A, .class_init = b_class_init };
`);
    expect(bound(project)).toEqual({ "a-device": "vmstate_a", "x86-cpu": "vmstate_a", other: "vmstate_b" });
    expect(project.type("a-device")?.abstract).toBe(true);
    expect(project.ancestry("x86-cpu").map((t) => t.name)).toEqual(["x86-cpu", "a-device"]);
    expect(project.children("a-device")).toEqual(["x86-cpu", "other"]);
  });

  it("stand in arrays and in DEFINE_TYPES", () => {
    const project = read(`#define DEFINE_TYPES(array) static void register_##array(void) { } type_init(register_##array)
${sets("a")}${sets("b")}
static const TypeInfo all[] = {
    { .name = "one", .parent = "device", .class_init = a_class_init },
    { .name = "two", .parent = "device", .class_init = b_class_init, .interfaces = (const InterfaceInfo[]) { { "bus" }, { } } },
};
DEFINE_TYPES(all)
`);
    expect(bound(project)).toEqual({ one: "vmstate_a", two: "vmstate_b" });
    expect(project.type("two")?.interfaces).toEqual(["bus"]);
  });

  it("are made by a macro at top level", () => {
    const project = read(`#define OBJECT_DEFINE(fn, parent_name) \\
static void fn##_class_init(ObjectClass *klass, const void *data); \\
static const TypeInfo fn##_type_info = { .name = #fn, .parent = parent_name, .class_init = fn##_class_init }; \\
type_init(fn##_register)
${sets("a")}
OBJECT_DEFINE(a, "device")
`);
    expect(bound(project)).toEqual({ a: "vmstate_a" });
  });

  it("have class functions that hand their work to others, also in other files", () => {
    const project = read(
      `void common_class_setup(DeviceClass *dc, const VMStateDescription *vmsd);
static void setup(ObjectClass *klass) { DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = &vmstate_b; }
${classInit("a", "common_class_setup(dc, &vmstate_a);")}
${classInit("b", "setup(klass);")}
static const TypeInfo a = { .name = "a", .class_init = a_class_init };
static const TypeInfo b = { .name = "b", .class_init = b_class_init };
`,
      {
        "hw/common.c": `${includes}void common_class_setup(DeviceClass *dc, const VMStateDescription *vmsd)
{
    dc->vmsd = vmsd;
}
`,
      },
    );
    expect(bound(project)).toEqual({ a: "vmstate_a", b: "vmstate_b" });
  });

  it("take tables from their class data", () => {
    const project = read(`typedef struct Info { const char *name; const VMStateDescription *vmsd; } Info;
${classInit("a", "const Info *info = data;\n    dc->vmsd = info->vmsd;")}
static const Info a_data = { .name = "a", .vmsd = &vmstate_c };
static const TypeInfo a = { .name = "a", .class_init = a_class_init, .class_data = &a_data };
`);
    expect(bound(project)).toEqual({ a: "vmstate_c" });
  });

  it("are registered in a loop over a table, with names made there", () => {
    const project = read(`typedef struct Model { const char *name; const VMStateDescription *vmsd; } Model;
${classInit("a", "const Model *model = data;\n    dc->vmsd = model->vmsd;")}
static const Model models[] = { { .name = "small", .vmsd = &vmstate_a }, { "big", &vmstate_b } };
static void a_register(void)
{
    for (int i = 0; i < 2; i++) {
        TypeInfo type = { .parent = "device", .class_init = a_class_init, .class_data = &models[i] };
        type.name = g_strdup_printf("%s-model", models[i].name);
        type_register_static(&type);
    }
}
type_init(a_register)
`);
    expect(Object.keys(bound(project))).toEqual(["small-model", "big-model"]);
    expect(project.type("small-model")?.descriptions[0]?.reference.symbol).toBe("vmstate_a");
  });

  it("are registered by a function that is called for each of a list's nodes", () => {
    const project = read(`typedef struct Core { const char *name; } Core;
typedef struct Node { Core *core; } Node;
${sets("a")}
#define REGISTER_CORE(which) static void register_##which(void) { static Node node = { .core = &which }; register_node(&node); }
static Core fast = { .name = "fast" };
REGISTER_CORE(fast)
void register_node(Node *node)
{
    TypeInfo type = { .parent = "device", .class_init = a_class_init };

    type.name = g_strdup_printf("%s" "-core", node->core->name);
    type_register_static(&type);
}
`);
    expect(bound(project)).toEqual({ "fast-core": "vmstate_a" });
  });

  it("are left out where their name cannot be known", () => {
    const project = read('static const TypeInfo a = { .name = name_of_nowhere(), .parent = "device" };\n');
    expect(bound(project)).toEqual({});
  });

  it("have the last table that is set, and none where only another class's is", () => {
    const project = read(`${classInit("a", "dc->vmsd = &vmstate_a;\n    dc->vmsd = &vmstate_b;")}
static void c_class_init(ObjectClass *klass, const void *data)
{
    OtherDeviceClass *odc = OTHER_DEVICE_CLASS(klass);
    odc->vmsd = &vmstate_c;
}
static const TypeInfo a = { .name = "a", .class_init = a_class_init };
static const TypeInfo c = { .name = "c", .class_init = c_class_init };
`);
    expect(bound(project)).toEqual({ a: "vmstate_b", c: undefined });
    expect(project.type("c")?.descriptions[0]).toMatchObject({ classStruct: "OtherDeviceClass", slot: "vmsd" });
  });
});

describe("devices of trees older than QOM", () => {
  it("are named and bound by their info structs", () => {
    const project = treeOf({
      "hw/a.c": `${includes}${tables}
static PCIDeviceInfo a_info = { .qdev.name = "a" "-pci", .qdev.size = sizeof(int), .qdev.vmsd = &vmstate_a, .init = a_init };
static SysBusDeviceInfo list[] = { { .qdev = { .name = "b", .vmsd = &vmstate_b } }, { .qdev.name = "c", .qdev.size = 4 } };
static DeviceInfo plain = { .name = "plain", .size = 4, .vmsd = &vmstate_c };
static RateInfo rate = { .name = "no device", .rate = 8000 };
`,
    });
    expect(bound(project)).toEqual({ "a-pci": "vmstate_a", b: "vmstate_b", c: undefined, plain: "vmstate_c" });
  });
});

describe("registrations", () => {
  it("name the description, or the literal id of a live handler, and where", () => {
    const project = read(`static void realize(void *s)
{
    vmstate_register(NULL, 3, &vmstate_a, s);
    vmstate_register_any(NULL, &vmstate_b, s);
    register_savevm_live("ram", 0, 4, &handlers, s);
}
`);
    expect([...project.registrations()].map((r) => [r.callee, r.reference?.symbol, r.instanceId, r.function])).toEqual([
      ["vmstate_register", "vmstate_a", "3", "realize"],
      ["vmstate_register_any", "vmstate_b", "VMSTATE_INSTANCE_ID_ANY", "realize"],
      ["register_savevm_live", undefined, "0", "realize"],
    ]);
    expect([...project.registrations()][2]?.idstr).toEqual({ known: true, value: "ram" });
  });
});
