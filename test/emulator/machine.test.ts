import { describe, expect, it } from "vitest";
import { machineOrder } from "../../core/emulator";
import { exampleTree, pciType } from "./tree";

const bridge = `
static void toy_bridge_realize(PCIDevice *dev, Error **errp) { pci_bridge_initfn(dev, "PCIE"); }
static void toy_bridge_slots(ObjectClass *klass, const void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    k->realize = toy_bridge_realize;
}
static const TypeInfo toy_port_info = { .name = "toy-port", .parent = "toy-bridge", .class_init = toy_bridge_slots };
static void toy_port_register(void) { type_register_static(&toy_port_info); }
type_init(toy_port_register)
`;

const tree = exampleTree({
  "hw/toy/nic.c": pciType("toy-nic"),
  "hw/toy/bridge.c": pciType("toy-bridge", { extra: ".priority = MIG_PRI_PCI_BUS," }) + bridge,
});

function names(line: string): readonly string[] {
  const order = machineOrder(tree, line);
  if (!order.ok) throw new Error(order.message);
  return order.value.entries.map(({ idstr }) => idstr).filter((idstr) => idstr !== "ram");
}

function message(line: string): string {
  const order = machineOrder(tree, line);
  return order.ok ? "no message" : order.message;
}

/** A host bridge of its own inside a device, as PCI expanders have one, with a bridge on it where asked for. */
const expander = `
typedef enum { PLAIN, EXPRESS } ToyKind;
static void toy_expander_common(PCIDevice *dev, ToyKind kind)
{
    DeviceState *host;
    PCIBus *bus;
    host = qdev_new(kind == EXPRESS ? "toy-express-host" : "toy-host");
    if (kind == EXPRESS) {
        bus = pci_root_bus_new(host, NULL, NULL, NULL, 0, "toy-bus");
    } else {
        bus = pci_root_bus_new(host, "toy-internal", NULL, NULL, 0, "PCI");
        qdev_new("toy-port");
    }
}
static void toy_expander_realize(PCIDevice *dev, Error **errp) { toy_expander_common(dev, PLAIN); }
static void toy_express_realize(PCIDevice *dev, Error **errp) { toy_expander_common(dev, EXPRESS); }
static void toy_expander_class_init(ObjectClass *klass, const void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    k->realize = toy_expander_realize;
}
static void toy_express_class_init(ObjectClass *klass, const void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    k->realize = toy_express_realize;
}
static const TypeInfo toy_expander_info = { .name = "toy-expander", .parent = "pci-device", .class_init = toy_expander_class_init };
static const TypeInfo toy_express_info = { .name = "toy-express", .parent = "pci-device", .class_init = toy_express_class_init };
static int toy_bus_number(PCIBus *bus)
{
    ToyExpander *e = bus->parent_dev;
    return e->number;
}
static void toy_bus_class_init(ObjectClass *klass, const void *data)
{
    PCIBusClass *k = PCI_BUS_CLASS(klass);
    k->bus_num = toy_bus_number;
}
static const TypeInfo toy_bus_info = { .name = "toy-bus", .parent = "PCIE", .class_init = toy_bus_class_init };
static const Property toy_expander_properties[] = { DEFINE_PROP_UINT8("number", ToyExpander, number, 0) };
static void toy_expander_register(void)
{
    type_register_static(&toy_bus_info);
    type_register_static(&toy_expander_info);
    type_register_static(&toy_express_info);
}
type_init(toy_expander_register)
`;

/** A bus of its own kind with a name of its own kind, a device for it, and a device that puts one of two on it. */
const lane = `
static void toy_lanes_realize(PCIDevice *dev, Error **errp)
{
    const char *type;
    char name[] = "lane";
    qbus_init(&s->bus, sizeof(s->bus), "toy-lane-bus", DEVICE(dev), name);
    if (is_wide(dev)) {
        type = "toy-wide";
    } else {
        type = "toy-narrow";
    }
    qdev_realize(qdev_new(type), &s->bus, errp);
}
static void toy_lanes_class_init(ObjectClass *klass, const void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    k->realize = toy_lanes_realize;
}
static void toy_lane_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->bus_type = "toy-lane-bus";
}
static const TypeInfo toy_lanes_info = { .name = "toy-lanes", .parent = "pci-device", .class_init = toy_lanes_class_init };
static const TypeInfo toy_lane_info = { .name = "toy-lane", .parent = "device", .abstract = true, .class_init = toy_lane_class_init };
static void toy_lanes_register(void)
{
    type_register_static(&toy_lanes_info);
    type_register_static(&toy_lane_info);
}
type_init(toy_lanes_register)
`;

/** A section whose name is made when the device is. */
const copied = `
static void toy_copy_realize(PCIDevice *dev, Error **errp)
{
    s->vmsd = g_memdup(&vmstate_toy_base, sizeof(vmstate_toy_base));
    s->vmsd->name = name_of(s);
    vmstate_register(VMSTATE_IF(dev), 0, s->vmsd, s);
}
static void toy_copy_class_init(ObjectClass *klass, const void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    k->realize = toy_copy_realize;
}
static const TypeInfo toy_copy_info = { .name = "toy-copy", .parent = "pci-device", .class_init = toy_copy_class_init };
static void toy_copy_register(void) { type_register_static(&toy_copy_info); }
type_init(toy_copy_register)
`;

/** Each makes eight of the next: millions in all. */
const cells = Array.from(
  { length: 8 },
  (_, depth) => `
static void toy_cell${depth}_init(Object *obj) { ${`qdev_new("toy-cell${depth + 1}"); `.repeat(8)} }
static const TypeInfo toy_cell${depth}_info = { .name = "toy-cell${depth}", .parent = "device", .instance_init = toy_cell${depth}_init };
static void toy_cell${depth}_register(void) { type_register_static(&toy_cell${depth}_info); }
type_init(toy_cell${depth}_register)
`,
).join("");

const aliases = `
#define QEMU_ARCH_I386 (1 << 2)
#define QEMU_ARCH_S390X (1 << 3)
typedef struct QDevAlias { const char *typename; const char *alias; uint32_t arch_mask; } QDevAlias;
static const QDevAlias qdev_alias_table[] = {
    { "toy-port", "toy-card", QEMU_ARCH_S390X },
    { "toy-nic", "toy-card", QEMU_ARCH_I386 },
    { "toy-nic", "toy-network" },
    { "toy-host", "toy-hidden" },
    { "toy-loop", "toy-knot" },
    { "toy-knot", "toy-loop" },
    { }
};
DeviceState *qdev_device_add(QemuOpts *opts, Error **errp) { return NULL; }
`;

const built = exampleTree({
  "hw/toy/nic.c": pciType("toy-nic"),
  "hw/toy/bridge.c": pciType("toy-bridge") + bridge,
  "hw/toy/host.c": pciType("toy-host", { parent: "device" }).replace("dc->vmsd", "dc->user_creatable = false; $&"),
  "hw/toy/express.c": pciType("toy-express-host", { parent: "device" }),
  "hw/toy/expander.c": expander,
  "hw/toy/lanes.c": lane,
  "hw/toy/wide.c": pciType("toy-wide", { parent: "toy-lane" }),
  "hw/toy/narrow.c": pciType("toy-narrow", { parent: "toy-lane" }),
  "hw/toy/copy.c": copied,
  "hw/toy/cell.c": cells,
  "hw/toy/monitor.c": aliases,
});

function sections(line: string) {
  const order = machineOrder(built, line);
  if (!order.ok) throw new Error(order.message);
  const { entries, notes } = order.value;
  return { names: entries.map(({ idstr }) => idstr).filter((idstr) => idstr !== "ram"), notes };
}

describe("what a device makes while it is set up", () => {
  it("is what its caller asks for, and a bus comes with the device that has it", () => {
    const express = "-M q35 -device toy-express,id=p,number=10 -device toy-nic,bus=p";
    expect(sections(express).names).toEqual(["toy-express-host", "0000:0a:00.0:00.0/toy-nic"]);
    expect(sections("-M q35 -device toy-expander").names).toEqual(["toy-host", "0000:00:00.0:00.0/toy-bridge"]);
    const named = "-M q35 -device toy-expander,id=p -device toy-nic,bus=p -device toy-nic,bus=toy-internal";
    expect(sections(named).names.slice(2)).toEqual(["0000:00:00.0:00.0:00.0/toy-nic", "0000:00:00.0:01.0/toy-nic"]);
  });

  it("is the usual one of two where nothing decides, and that is said", () => {
    const { names: found, notes } = sections("-M q35 -device toy-lanes");
    expect(found).toEqual(["toy-narrow"]);
    expect(notes).toContain("toy-lanes makes a toy-narrow, or toy-wide: taken as the first");
  });

  it("takes devices on a bus of a kind of its own", () => {
    expect(sections("-M q35 -device toy-lanes -device toy-wide,bus=lane").names).toEqual(["toy-narrow", "toy-wide"]);
    const order = machineOrder(built, "-M q35 -device toy-lanes,id=a -device toy-nic,bus=lane");
    expect(order).toMatchObject({ ok: false, message: expect.stringMatching(/can't go on toy-lane-bus bus/) });
  });

  it("is not followed without end", () => {
    const order = machineOrder(built, "-M q35 -device toy-cell0");
    expect(order).toMatchObject({ ok: false, message: expect.stringContaining("a machine has at most 65536 devices") });
  });

  it("takes a section id though nobody knows the section's name", () => {
    const id = (line: string): number => {
      const order = machineOrder(built, line);
      if (!order.ok) throw new Error(order.message);
      return order.value.entries.find(({ idstr }) => idstr.endsWith("toy-nic"))?.sectionId ?? Number.NaN;
    };
    expect(id("-M q35 -device toy-copy -device toy-nic") - id("-M q35 -device toy-nic")).toBe(1);
  });
});

it("a device's alias stands for the type that it has on this target", () => {
  expect(sections("-M q35 -device toy-card -device toy-network").names).toEqual([
    "0000:00:00.0/toy-nic",
    "0000:00:01.0/toy-nic",
  ]);
  const refusal = (alias: string) => {
    const order = machineOrder(built, `-M q35 -device ${alias}`);
    return order.ok ? "taken" : order.message;
  };
  expect(refusal("toy-hidden")).toContain("expects a pluggable device type");
  expect(refusal("toy-knot")).toContain("'toy-loop' is not a valid device model name");
});

describe("a machine from a command line", () => {
  it("gives devices the first free slot, or the one they ask for", () => {
    expect(names("-M q35 -device toy-nic -device toy-nic,addr=1 -device toy-nic,addr=3.2 -device toy-nic")).toEqual([
      "0000:00:00.0/toy-nic",
      "0000:00:01.0/toy-nic",
      "0000:00:03.2/toy-nic",
      "0000:00:02.0/toy-nic",
    ]);
  });

  it("puts a bridge before what was created earlier, and names a device behind it by its way", () => {
    expect(names("-M q35 -device toy-nic -device toy-port,id=p0 -device toy-nic,bus=p0")).toEqual([
      "0000:00:01.0/toy-bridge",
      "0000:00:00.0/toy-nic",
      "0000:00:01.0:00.0/toy-nic",
    ]);
  });

  it("says what QEMU says of a bad device", () => {
    expect(message("-M q35 -device toy-nick")).toMatch(
      /'toy-nick' is not a valid device model name; the tree has toy-nic/,
    );
    expect(message("-M q35 -device toy-nic,bus=nowhere")).toMatch(/Bus 'nowhere' not found/);
    expect(message("-M q35 -device toy-nic,addr=2 -device toy-nic,addr=2")).toMatch(
      /PCI: slot 2 function 0 not available for toy-nic, in use by toy-nic,id=/,
    );
    expect(message("-M q35 -device toy-nic,id=a -device toy-nic,id=a")).toMatch(/Duplicate device ID 'a'/);
    expect(message("-M q35 -device toy-nic,addr=zz")).toMatch(/doesn't take value 'zz'/);
  });

  it("is of any machine type in a tree that has none, and says so", () => {
    const order = machineOrder(tree, "-M mainframe -device toy-nic");
    expect(order.ok && order.value.entries.map(({ idstr }) => idstr)).toContain("0000:00:00.0/toy-nic");
    expect(order.ok && order.value.notes).toContain(
      "the tree has no C of machine types: mainframe is taken as a board without devices",
    );
  });

  it("names level, file and line of each section's table", () => {
    const order = machineOrder(tree, "-M q35 -device toy-port,id=p0");
    expect(order.ok && order.value.entries[0]).toMatchObject({
      idstr: "0000:00:00.0/toy-bridge",
      type: "toy-port",
      level: "MIG_PRI_PCI_BUS",
      file: "hw/toy/bridge.c",
      line: 4,
    });
  });

  it("refuses a type that its class keeps from -device, not one that may be kept", () => {
    const treeWith = (statement: string) =>
      exampleTree({ "hw/toy/nic.c": pciType("toy-nic").replace(/dc->vmsd = /, `${statement} $&`) });
    const answer = (statement: string) => {
      const order = machineOrder(treeWith(statement), "-M q35 -device toy-nic");
      return order.ok ? "taken" : order.message;
    };
    expect(answer("dc->user_creatable = false;")).toContain("Parameter 'driver' expects a pluggable device type");
    expect(answer("(dc)->user_creatable = 0;")).toContain("expects a pluggable device type");
    expect(answer("dc->no_user = 1;")).toContain("expects a pluggable device type");
    expect(answer("dc->user_creatable = true;")).toBe("taken");
    expect(answer("dc->user_creatable = false; dc->user_creatable = true;")).toBe("taken");
    expect(answer("if (info->notuser) { dc->user_creatable = false; }")).toBe("taken");
    expect(answer("/* user_creatable = false */")).toBe("taken");
  });
});
