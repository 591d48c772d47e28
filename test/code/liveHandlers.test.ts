import { describe, expect, it } from "vitest";
import { treeOrder } from "../../core/order";
import { device, iommu, tree } from "../check/orderFixture";

const provider = iommu(".priority = MIG_PRI_IOMMU,");
const controller = device({
  name: "demo-vgic-its",
  parent: "device",
  realize: "msi_nonbroken = true;",
  table: ".priority = MIG_PRI_VGIC_ITS,",
});

/** A PCI card that registers a handler of its own in realize. */
const card = (handlers: string, register: string, statement: string): string =>
  device({
    name: "card",
    code: `static int card_load(QEMUFile *f, void *opaque, int version_id)
{
    Dev *s = opaque;
    ${statement}
    return 0;
}
${handlers}
`,
    realize: register,
  });

const table = (members: string): string => `static SaveVMHandlers savevm_card = {\n${members}\n};`;
const amongDevices = table(".save_state = card_save, .load_state = card_load,");
const withMemory = table(".save_setup = card_setup, .save_complete = card_save, .load_state = card_load,");
const live = 'register_savevm_live("card/live", 0, 1, &savevm_card, dev);';

describe("a live handler", () => {
  it("is an entry of the order, and needs what its load_state needs", () => {
    const t = tree({ "iommu.c": provider, "card.c": card(amongDevices, live, "pci_dma_read(s, 0, 0, 4);") });
    const order = treeOrder(t.project);
    expect(order.entries.find((e) => e.idstr === "card/live")).toMatchObject({
      description: "",
      symbol: "savevm_card",
      type: "card",
      level: "MIG_PRI_DEFAULT",
      file: "hw/card.c",
    });
    expect(order.edges).toMatchObject([{ consumer: "card/live", provider: "demo-iommu", kind: "dma", by: "level" }]);
    expect(order.edges[0]?.evidence[0]?.text).toBe("card_load (load_state) calls pci_dma_read");
    expect(t.of("dma-before-iommu")).toEqual([]);
  });

  it("is found with the function that older trees register", () => {
    const register = 'register_savevm(dev, "card/old", -1, 1, card_save, card_load, s);';
    const t = tree({ "iommu.c": iommu(""), "card.c": card("", register, "pci_dma_read(s, 0, 0, 4);") });
    expect(t.of("dma-before-iommu")).toEqual(["card.c error", "iommu.c error"]);
    expect(t.inFile("card.c", "dma-before-iommu")[0]?.message).toContain("card/old does DMA while it loads (card_load");
  });

  it("that comes with the guest's memory loads before every device, whatever the levels", () => {
    const files = { "iommu.c": provider, "its.c": controller };
    const t = tree({ ...files, "card.c": card(withMemory, live, "msix_notify(s, 0);") });
    expect(t.of("msi-before-its")).toEqual(["card.c error"]);
    expect(t.one("msi-before-its").message).toContain("its section comes with the guest's memory");
    expect(treeOrder(t.project).entries.find((e) => e.idstr === "card/live")?.iterated).toBe(true);
  });

  it("that sets up interrupt routes needs the controller, too", () => {
    const code = card(withMemory, live, "kvm_irqchip_add_msi_route(s, 0, dev);");
    const t = tree({ "its.c": controller, "card.c": code });
    expect(t.one("msi-before-its").message).toContain("sets up MSIs while it loads");
    t.project.update("hw/card.c", code.replace(".save_setup", ".save_state = card_state, .save_setup"));
    expect(t.inFile("card.c", "msi-before-its")).toEqual([]);
  });
});
