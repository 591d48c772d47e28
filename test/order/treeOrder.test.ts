import { describe, expect, it } from "vitest";
import { levelPlan, machineEdges, orderMarkdown, treeOrder } from "../../core/order";
import { cyclesOf } from "../../core/order/treeOrder";
import { device, hook, iommu, tree } from "../check/orderFixture";

const disk = device({
  name: "disk",
  table: ".post_load = disk_post_load,",
  code: hook("disk_post_load", "return pci_dma_read(s, 0, 0, 4);"),
});

describe("the load order of a tree", () => {
  it("lists descriptions by level, and every dependency with its proof", () => {
    const order = treeOrder(tree({ "iommu.c": iommu(".priority = MIG_PRI_IOMMU,"), "disk.c": disk }).project);
    expect(order.entries.map((e) => `${e.level} ${e.idstr} ${e.type} ${e.file}`)).toEqual([
      "MIG_PRI_IOMMU demo-iommu demo-iommu hw/iommu.c",
      "MIG_PRI_DEFAULT disk disk hw/disk.c",
    ]);
    expect(order.edges).toMatchObject([
      { consumer: "disk", provider: "demo-iommu", kind: "dma", holds: true, by: "level", slack: 1 },
    ]);
    expect(order.edges[0]?.evidence[0]).toMatchObject({
      file: "hw/disk.c",
      text: "disk_post_load (post_load) calls pci_dma_read",
    });
    expect(order.levels.find((level) => level.name === "MIG_PRI_IOMMU")).toEqual({
      name: "MIG_PRI_IOMMU",
      value: 3,
      comment: "Must happen before PCI devices",
    });
  });

  it("says which dependency is left to creation, and what would have to move", () => {
    const order = treeOrder(tree({ "iommu.c": iommu(""), "disk.c": disk }).project);
    expect(order.edges).toMatchObject([{ holds: false, by: "creation", slack: 0 }]);
    expect(levelPlan(order)).toEqual({
      ranks: [["demo-iommu"]],
      moves: [{ name: "demo-iommu", from: "MIG_PRI_DEFAULT", to: "MIG_PRI_IOMMU", because: ["disk"] }],
      cycles: [],
    });
  });

  it("names circles", () => {
    const a = device({ name: "a", table: "/* vmstate: loads after b: x */" });
    const b = device({ name: "b", table: "/* vmstate: loads after a: y */" });
    expect(treeOrder(tree({ "a.c": a, "b.c": b }).project).cycles).toEqual([["a", "b"]]);
    const edges = [
      { consumer: "1", provider: "2" },
      { consumer: "2", provider: "3" },
      { consumer: "3", provider: "1" },
      { consumer: "3", provider: "4" },
    ];
    expect(cyclesOf(edges)).toEqual([["1", "2", "3"]]);
  });

  it("becomes a document", () => {
    const order = treeOrder(tree({ "iommu.c": iommu(".priority = MIG_PRI_IOMMU,"), "disk.c": disk }).project);
    const text = orderMarkdown(order);
    expect(text).toContain("## MIG_PRI_IOMMU (3)\n\nThe enum says: Must happen before PCI devices.\n\n- `demo-iommu`");
    expect(text).toContain("### `demo-iommu` before one: dma, held by the level");
    expect(text).toContain("The levels in use keep all of them.");
  });

  it("leaves out what QEMU refuses to migrate", () => {
    const order = treeOrder(tree({ "card.c": device({ name: "card", table: ".unmigratable = 1," }) }).project);
    expect(order.entries).toEqual([]);
  });

  it("gives a machine's entries their edges, under their section names", () => {
    const { project } = tree({ "iommu.c": iommu(""), "disk.c": disk });
    const at = (idstr: string, file: string, symbol: string, position: number) => ({ idstr, file, symbol, position });
    const edges = machineEdges(project, [
      at("0000:00:02.0/disk", "hw/disk.c", "vmstate_disk", 0),
      at("demo-iommu", "hw/iommu.c", "vmstate_demo_iommu", 1),
    ]);
    expect(edges.map((e) => `${e.consumer} after ${e.provider}`)).toEqual(["0000:00:02.0/disk after demo-iommu"]);
  });

  it("has no dependency between devices that no target compiles together", () => {
    const build = {
      "../hw/Kconfig": "config DISK\n default y\n depends on I386\nconfig UNIT\n default y\n depends on ARM\n",
      "../configs/targets/i386-softmmu.mak": "TARGET_ARCH=i386\n",
      "../configs/targets/arm-softmmu.mak": "TARGET_ARCH=arm\n",
      "../configs/devices/i386-softmmu/default.mak": "",
      "../configs/devices/arm-softmmu/default.mak": "",
    };
    const sources = { "iommu.c": iommu(""), "disk.c": disk };
    const meson = (disks: string): Record<string, string> => ({
      "../hw/meson.build": `system_ss.add(when: '${disks}', if_true: files('disk.c'))
system_ss.add(when: 'CONFIG_UNIT', if_true: files('iommu.c'))`,
    });
    expect(treeOrder(tree({ ...sources, ...build, ...meson("CONFIG_DISK") }).project).edges).toEqual([]);
    expect(treeOrder(tree({ ...sources, ...build, ...meson("CONFIG_UNIT") }).project).edges).toHaveLength(1);
  });

  describe("of MSIs", () => {
    const card = (table: string, parent?: string): string =>
      device({
        name: "card",
        parent: parent ?? "pci-device",
        table: `${table} .post_load = card_post_load,`,
        code: hook("card_post_load", "msix_notify(s, 0);"),
      });
    const controller = (parent: string, classInit = ""): string =>
      device({ name: "pic", parent, realize: "msi_nonbroken = true;", classInit });
    const edges = (files: Record<string, string>) =>
      treeOrder(tree(files).project).edges.map((e) => `${e.consumer} ${e.by}${e.createdFirst ? " always" : ""}`);
    const bases = `#include "migration/vmstate.h"
static const TypeInfo bus_info = { .name = "sys-bus-device", .parent = "device" };
static const TypeInfo machine_info = { .name = "machine", .parent = "object" };
DEFINE_TYPES(bus_info)
DEFINE_TYPES(machine_info)
`;

    it("is kept by construction where the machine makes the controller", () => {
      const made = { "more.c": bases, "card.c": card("") };
      expect(edges({ ...made, "pic.c": controller("sys-bus-device") })).toEqual(["card creation always"]);
      const free = controller("sys-bus-device", "dc->user_creatable = true;");
      expect(edges({ ...made, "pic.c": free })).toEqual(["card creation"]);
      expect(edges({ ...made, "pic.c": controller("machine") })).toEqual([]);
    });

    it("is nobody's concern where a bridge is early for its bus number", () => {
      const files = { "more.c": bases, "pic.c": controller("sys-bus-device") };
      expect(edges({ ...files, "card.c": card(".priority = MIG_PRI_PCI_BUS,", "base-pci-bridge") })).toEqual([]);
      expect(edges({ ...files, "card.c": card(".priority = MIG_PRI_PCI_BUS,") })).toEqual(["card inverted always"]);
    });
  });
});
