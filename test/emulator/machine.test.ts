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
  "hw/toy/host.c": pciType("toy-host", { parent: "device" }).replace("dc->vmsd", "dc->user_creatable = false; $&"),
  "hw/toy/copy.c": copied,
  "hw/toy/monitor.c": aliases,
});

function sections(line: string) {
  const order = machineOrder(built, line);
  if (!order.ok) throw new Error(order.message);
  const { entries, notes } = order.value;
  return { names: entries.map(({ idstr }) => idstr).filter((idstr) => idstr !== "ram"), notes };
}

describe("what a device makes while it is set up", () => {
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

  it("lists the machines it knows when asked for another", () => {
    expect(message("-M mainframe")).toMatch(
      /machine 'mainframe' is not known here; known are q35 .*, pc .*, microvm .*, virt/,
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
