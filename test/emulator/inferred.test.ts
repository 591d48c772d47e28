/** Streams that are loaded into a machine that is made from their own sections. */
import { expect, it } from "vitest";
import { simulate, simulateLoad } from "../../core/emulator";
import { treeWith } from "../board/tree";
import { exampleTree, pciType } from "./tree";

const registered = `
static SaveVMHandlers uplink_ops = { .save_state = uplink_save, .load_state = uplink_load };
void uplink_start(void *opaque)
{
    register_savevm_live("demo-uplink", VMSTATE_INSTANCE_ID_ANY, 4, &uplink_ops, opaque);
}
`;

const typeAlone = `
static const TypeInfo uplink_info = { .name = "demo-uplink", .parent = "device", .abstract = true };
static void uplink_types(void) { type_register_static(&uplink_info); }
type_init(uplink_types)
`;

it.each([
  ["is not known where the tree registers it and nothing says for what", registered, "unknown"],
  ["is not known where it has the name of a type, which may name its table itself", typeAlone, "unknown"],
  ["is refused where the tree has none of its name", "", "failed"],
])("a section without a device %s", (_, text, outcome) => {
  let stream = new Uint8Array(0);
  const writer = exampleTree({ "hw/demo/uplink.c": pciType("demo-uplink") });
  const saved = simulate(writer, {
    machine: "-M q35 -m 1 -device demo-uplink,addr=5",
    observe: (bytes) => (stream = Uint8Array.from(bytes)),
  });
  expect(saved).toMatchObject({ ok: true, value: { outcome: "completed" } });
  const loaded = simulateLoad(exampleTree({ "net/uplink.c": text }), stream);
  expect(loaded).toMatchObject({ ok: true, value: { outcome } });
  const open = loaded.ok ? loaded.value.open.map(({ idstr }) => idstr) : [];
  expect(open).toEqual(outcome === "unknown" ? ["0000:00:05.0/demo-uplink"] : []);
});

it("a device of the stream has options that its sections do not tell", () => {
  const device = (count: string): string =>
    pciType("demo-ports")
      .replace("uint32_t reg; }", "uint32_t reg; uint32_t count; uint32_t *ports; }")
      .replace(
        "VMSTATE_UINT32(reg, demo_ports_State),",
        `VMSTATE_UINT32(reg, demo_ports_State),
        { .name = "ports", .offset = offsetof(demo_ports_State, ports), .num_offset = offsetof(demo_ports_State, count),
          .size = sizeof(uint32_t), .info = &vmstate_info_uint32, .flags = VMS_VARRAY_UINT32 | VMS_POINTER },`,
      )
      .replace(
        "static void demo_ports_class_init",
        `static const Property demo_ports_properties[] = { DEFINE_PROP_UINT32("count", demo_ports_State, count, ${count}) };
static void demo_ports_class_init`,
      )
      .replace("dc->vmsd =", "device_class_set_props(dc, demo_ports_properties);\n    dc->vmsd =");
  let stream = new Uint8Array(0);
  const machine = "-M q35 -m 1 -device demo-ports,addr=5";
  const saved = simulate(exampleTree({ "hw/demo/ports.c": device("8") }), {
    machine,
    observe: (bytes) => (stream = Uint8Array.from(bytes)),
  });
  expect(saved).toMatchObject({ ok: true, value: { outcome: "completed" } });
  const tree = exampleTree({ "hw/demo/ports.c": device("4") });
  expect(simulateLoad(tree, stream, { machine })).toMatchObject({ ok: true, value: { outcome: "failed" } });
  const loaded = simulateLoad(tree, stream);
  expect(loaded).toMatchObject({ ok: true, value: { outcome: "unknown" } });
  const [open] = loaded.ok ? loaded.value.open : [];
  expect(open?.reasons).toEqual([expect.stringContaining("options of the device of 0000:00:05.0/demo-ports")]);
});

const church = `
#include "all.h"
static const VMStateDescription vmstate_bell = { .name = "bell", .version_id = 1 };
static const VMStateDescription vmstate_gong = { .name = "gong", .version_id = 1 };
static void church_init(MachineState *machine)
{
    vmstate_register_with_alias_id(NULL, -1, &vmstate_bell, machine, -1, 0, NULL);
    if (defaults_enabled()) {
        vmstate_register_with_alias_id(NULL, -1, &vmstate_gong, machine, -1, 0, NULL);
    }
}
static void church_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->name = "church";
    mc->init = church_init;
}
static const TypeInfo church_info = { .name = "church-machine", .parent = "machine", .class_init = church_class_init };
static void church_types(void) { type_register_static(&church_info); }
type_init(church_types)
`;

const options = `
static int has_defaults = 1;
void qemu_init(int argc, char **argv) { }
bool defaults_enabled(void) { return has_defaults; }
`;

it.each([true, false])("a board has its default devices where the stream has them: %s", (defaults) => {
  const tree = treeWith(church, { "system/vl.c": options });
  let stream = new Uint8Array(0);
  const saved = simulate(tree, {
    machine: "-M church",
    defaults,
    observe: (bytes) => (stream = Uint8Array.from(bytes)),
  });
  const names = saved.ok ? saved.value.sections.map(({ idstr }) => idstr) : [];
  expect(names.includes("gong")).toBe(defaults);
  const loaded = simulateLoad(tree, stream);
  expect(loaded).toMatchObject({ ok: true, value: { outcome: "completed" } });
  expect(loaded.ok && loaded.value.notes.join()).toEqual(
    defaults ? expect.stringContaining("default devices") : expect.not.stringContaining("default devices"),
  );
});

it("a guest that is described beside the stream is taken as described, if QEMU takes it", () => {
  const tree = exampleTree({ "hw/demo/uplink.c": pciType("demo-uplink") });
  let stream = new Uint8Array(0);
  const machine = "-M q35 -m 1 -device demo-uplink,addr=5";
  const saved = simulate(tree, { machine, observe: (bytes) => (stream = Uint8Array.from(bytes)) });
  expect(saved).toMatchObject({ ok: true, value: { outcome: "completed" } });
  const noteOf = (described: string): string => {
    const loaded = simulateLoad(tree, stream, { described });
    expect(loaded).toMatchObject({ ok: true, value: { outcome: "completed" } });
    return loaded.ok ? loaded.value.notes.join("\n") : "";
  };
  expect(noteOf(machine)).toContain(`the guest that libvirt describes: ${machine}`);
  const other = noteOf("-M q35 -m 1 -device demo-absent");
  expect(other).toContain("the guest that libvirt describes is not taken: ");
  expect(other).toContain("the stream's own machine: ");
});
