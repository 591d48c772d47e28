import { describe, expect, it } from "vitest";
import { device, fixed, hook, iommu, levels, tree } from "../orderFixture";

const dmaHook = hook("disk_post_load", "disk_restart(s);");
const restart = "static void disk_restart(Dev *s)\n{\n    pci_dma_read(s, 0, 0, 4);\n}\n";
const disk = (table = ".post_load = disk_post_load,", code = restart + dmaHook): string =>
  device({ name: "disk", table, code });

describe("dma-before-iommu", () => {
  it("stands on the IOMMU and on the device, with the chain of calls", () => {
    const t = tree({ "iommu.c": iommu(""), "disk.c": disk() });
    expect(t.of("dma-before-iommu")).toEqual(["disk.c error", "iommu.c error"]);
    const [onDisk] = t.inFile("disk.c", "dma-before-iommu");
    expect(onDisk?.message).toContain("disk_post_load -> disk_restart -> pci_dma_read");
    expect(onDisk?.related.map((r) => r.message)).toContain("disk_restart calls pci_dma_read");
    const [onIommu] = t.inFile("iommu.c", "dma-before-iommu");
    expect(onIommu?.related[0]?.message).toContain("disk does DMA while it loads");
  });

  it("is mended by its quick fix, and silent with the priority", () => {
    const t = tree({ "iommu.c": iommu(""), "disk.c": disk() });
    const [found] = t.inFile("iommu.c", "dma-before-iommu");
    if (!found) throw new Error("nothing found");
    const mended = fixed(t.project, found);
    expect(mended).toContain("    .minimum_version_id = 1,\n    .priority = MIG_PRI_IOMMU,\n");
    t.project.update("hw/iommu.c", mended);
    expect(t.inFile("iommu.c", "dma-before-iommu")).toEqual([]);
    expect(t.inFile("disk.c", "dma-before-iommu")).toEqual([]);
  });

  it("follows an edit of a function in another file", () => {
    const far = '#include "migration/vmstate.h"\nvoid far_restart(void *s)\n{\n}\n';
    const t = tree({
      "iommu.c": iommu(""),
      "far.c": far,
      "disk.c": disk(undefined, hook("disk_post_load", "far_restart(s);")),
    });
    expect(t.of("dma-before-iommu")).toEqual([]);
    t.project.update("hw/far.c", far.replace("{\n}", "{\n    pci_dma_write(s, 0, 0, 4);\n}"));
    expect(t.inFile("disk.c", "dma-before-iommu")).toHaveLength(1);
    t.project.update("hw/far.c", far);
    expect(t.inFile("disk.c", "dma-before-iommu")).toEqual([]);
  });

  it("blames the device whose own priority is too high, and offers to remove it", () => {
    const t = tree({
      "iommu.c": iommu(".priority = MIG_PRI_IOMMU,"),
      "disk.c": disk(".priority = MIG_PRI_VGIC,\n    .post_load = disk_post_load,"),
    });
    expect(t.of("dma-before-iommu")).toEqual(["disk.c error"]);
    expect(fixed(t.project, t.one("dma-before-iommu"))).not.toContain("MIG_PRI_VGIC");
  });

  it.each([
    ["an IOMMU that cannot be migrated", iommu(".unmigratable = 1,"), disk()],
    ["a host bridge, which is there before its devices", iommu("", { parent: "pci-host-bridge" }), disk()],
    [
      "a device that is not on PCI",
      iommu(""),
      device({ name: "disk", parent: "device", table: ".post_load = disk_post_load,", code: restart + dmaHook }),
    ],
    [
      "DMA to system memory",
      iommu(""),
      disk(undefined, hook("disk_post_load", "dma_memory_read(&address_space_memory, 0, 0, 4);")),
    ],
    ["DMA of another hook", iommu(""), disk(".pre_save = disk_post_load,")],
    [
      "a handler that runs later",
      iommu(""),
      disk(
        undefined,
        `static void later(void *s)\n{\n    pci_dma_read(s, 0, 0, 4);\n}\n${hook("disk_post_load", "qemu_bh_new(later, s);")}`,
      ),
    ],
  ])("is silent about %s", (_, first, second) => {
    expect(tree({ "iommu.c": first, "disk.c": second }).of("dma-before-iommu")).toEqual([]);
  });

  it("goes through an ops table, a parameter that is the address space, and a nested table's get", () => {
    const ops = `
typedef struct DevOps { int (*restart)(Dev *s); } DevOps;
static int go(void *as)
{
    return dma_memory_read(as, 0, 0, 4);
}
static int real_restart(Dev *s)
{
    return go(s->as);
}
static const DevOps real_ops = { .restart = real_restart };
${hook("disk_post_load", "s->ops->restart(s);")}`;
    const [found] = tree({ "iommu.c": iommu(""), "disk.c": disk(undefined, ops) }).inFile("disk.c", "dma-before-iommu");
    expect(found?.message).toContain("disk_post_load -> real_restart -> go -> dma_memory_read");
    expect(found?.related.map((r) => r.message)).toContain(
      "disk_post_load (post_load) calls, through a pointer, real_restart",
    );
  });

  it("is silenced by a comment in the table", () => {
    const t = tree({
      "iommu.c": iommu("/* vmstate: ignore dma-before-iommu: made by the machine */"),
      "disk.c": disk("/* vmstate: ignore dma-before-iommu */\n    .post_load = disk_post_load,"),
    });
    expect(t.of("dma-before-iommu")).toEqual([]);
  });
});

describe("bus-number-before-iommu", () => {
  const lookup = (table: string) =>
    iommu(`${table}\n    .post_load = iommu_post_load,`, { code: hook("iommu_post_load", "pci_bus_num(s->as);") });
  const port = (table: string, more = "") =>
    device({ name: "port", parent: "base-pci-bridge", table, classInit: more });

  it("wants the bridges above an IOMMU that looks bus numbers up", () => {
    const t = tree({ "iommu.c": lookup(".priority = MIG_PRI_IOMMU,"), "port.c": port("") });
    expect(t.of("bus-number-before-iommu")).toEqual(["port.c error"]);
    expect(fixed(t.project, t.one("bus-number-before-iommu"))).toContain(".priority = MIG_PRI_PCI_BUS,");
  });
  it("is silent where they are, and about bridges that only a machine makes", () => {
    const held = tree({
      "iommu.c": lookup(".priority = MIG_PRI_IOMMU,"),
      "port.c": port(".priority = MIG_PRI_PCI_BUS,"),
    });
    expect(held.of("bus-number-before-iommu")).toEqual([]);
    const internal = tree({
      "iommu.c": lookup(".priority = MIG_PRI_IOMMU,"),
      "port.c": port("", "dc->user_creatable = false;"),
    });
    expect(internal.of("bus-number-before-iommu")).toEqual([]);
  });
  it("is silent about an IOMMU that does not", () => {
    const t = tree({ "iommu.c": iommu(".priority = MIG_PRI_IOMMU,"), "port.c": port("") });
    expect(t.of("bus-number-before-iommu")).toEqual([]);
  });
});

describe("interrupt controllers", () => {
  const its = (table: string) =>
    device({ name: "arm-vgic-its", parent: "device", realize: "msi_nonbroken = true;", table });
  const gic = (table: string) => device({ name: "arm-vgic", parent: "device", table });
  const card = device({
    name: "card",
    table: ".post_load = card_post_load,",
    code: hook("card_post_load", "msix_notify(s, 0);"),
  });

  it("are silent in the enum's order", () => {
    const t = tree({
      "its.c": its(".priority = MIG_PRI_VGIC_ITS,"),
      "gic.c": gic(".priority = MIG_PRI_VGIC,"),
      "card.c": card,
    });
    expect(t.all.filter((d) => d.severity !== "hint")).toEqual([]);
  });
  it("are reported on the one that left its level", () => {
    const withoutIts = tree({ "its.c": its(""), "gic.c": gic(".priority = MIG_PRI_VGIC,"), "card.c": card });
    expect(withoutIts.of("msi-before-its")).toEqual(["its.c warning"]);
    expect(withoutIts.of("interrupt-controller-order")).toEqual([]);
    const withoutGic = tree({ "its.c": its(".priority = MIG_PRI_VGIC_ITS,"), "gic.c": gic(""), "card.c": card });
    expect(withoutGic.of("interrupt-controller-order")).toEqual(["gic.c error"]);
    expect(fixed(withoutGic.project, withoutGic.one("interrupt-controller-order"))).toContain(
      ".priority = MIG_PRI_VGIC,",
    );
  });
  it("are expected at their own level even where another would do", () => {
    const t = tree({ "its.c": its(".priority = MIG_PRI_IOMMU,"), "gic.c": gic(".priority = MIG_PRI_VGIC,") });
    expect(t.of("unexpected-priority")).toEqual(["its.c warning"]);
  });
  it("without a level of their own are only a hint", () => {
    const t = tree({ "its.c": its("").replaceAll("arm-vgic-its", "old-pic"), "card.c": card });
    expect(t.of("msi-before-its")).toEqual([]);
    expect(t.of("order-by-creation")).toEqual(["its.c hint"]);
  });
});

describe("priorities", () => {
  it("are ignored on a subsection, a nested table and one that nobody registers", () => {
    const inner = (symbol: string, name: string) => `
static const VMStateDescription ${symbol} = {
    .name = "${name}", .version_id = 1, .minimum_version_id = 1,
    .priority = MIG_PRI_IOMMU,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(b, Dev), VMSTATE_END_OF_LIST() },
};`;
    const t = tree({
      "card.c": device({
        name: "card",
        code: inner("vmstate_sub", "card/sub") + inner("vmstate_lost", "lost"),
        table: ".subsections = (const VMStateDescription * const []) { &vmstate_sub, NULL },",
      }),
    });
    expect(t.of("priority-ignored")).toEqual(["card.c information", "card.c information"]);
    expect(
      tree({ "card.c": device({ name: "card", table: ".priority = MIG_PRI_LOW," }) }).of("priority-ignored"),
    ).toEqual([]);
  });
  it("beyond the enum's end stop QEMU", () => {
    expect(tree({ "card.c": device({ name: "card", table: ".priority = 40," }) }).of("unknown-priority")).toEqual([
      "card.c error",
    ]);
    expect(
      tree({ "card.c": device({ name: "card", table: ".priority = MIG_PRI_NONE_SUCH," }) }).of("unknown-priority"),
    ).toEqual(["card.c warning"]);
  });
  it("of the enum itself have to keep what its comments say", () => {
    expect(tree({}).of("priority-inverted")).toEqual([]);
    const swapped = levels
      .replace("    MIG_PRI_VGIC, /* Must happen before the ITS */\n", "")
      .replace("MIG_PRI_LOW,", "MIG_PRI_VGIC, /* Must happen before the ITS */\n    MIG_PRI_LOW,");
    const found = tree({}, swapped).all.filter((d) => d.code === "priority-inverted");
    expect(found.map((d) => d.message)).toEqual([expect.stringContaining("MIG_PRI_VGIC says")]);
  });
});

describe("declared dependencies", () => {
  const clock = (table = "") => device({ name: "clock", parent: "device", table });
  const alarm = (comment: string, table = "") =>
    device({ name: "alarm", parent: "device", table: `${comment}\n    ${table}` });

  it("are checked like found ones, with their reason", () => {
    const t = tree({
      "clock.c": clock(),
      "alarm.c": alarm("/* vmstate: loads after clock: the deadline needs its counter */"),
    });
    expect(t.of("declared-order")).toEqual(["alarm.c warning", "clock.c warning"]);
    expect(t.inFile("alarm.c", "declared-order")[0]?.message).toContain("the deadline needs its counter");
    const kept = tree({
      "clock.c": clock(".priority = MIG_PRI_IOMMU,"),
      "alarm.c": alarm("/* vmstate: loads after clock: x */"),
    });
    expect(kept.of("declared-order")).toEqual([]);
  });
  it("stand in the comment above the table too, whatever else it says", () => {
    const above = (comment: string, between = "") =>
      tree({ "alarm.c": alarm("").replace("static const VMState", `${comment}\n${between}static const VMState`) });
    const lines = "/* The alarm\n * vmstate: loads after watch: x\n * (its counter; see watch.c { })\n */";
    expect(above(lines).of("declared-order")).toEqual(["alarm.c information"]);
    expect(above("// vmstate: loads after watch: x").of("declared-order")).toEqual(["alarm.c information"]);
    expect(above(lines, "static int other;\n").of("declared-order")).toEqual([]);
  });
  it("about something that is not there are told", () => {
    expect(tree({ "alarm.c": alarm("// vmstate: loads after watch: x") }).of("declared-order")).toEqual([
      "alarm.c information",
    ]);
  });
});

describe("load hooks", () => {
  const card = (statements: string, code = "") =>
    tree({
      "card.c": device({
        name: "card",
        table: ".post_load = card_post_load,",
        code: code + hook("card_post_load", statements),
      }),
    });

  it.each([
    ["irq-in-post-load", "qemu_set_irq(s->as, 1);", "information"],
    ["cross-device-access-in-post-load", 'object_resolve_path_type("", "clock", NULL);', "information"],
    ["cross-device-access-in-post-load", "run_on_cpu(first_cpu, f, s);", "information"],
    ["block-write-in-post-load", "blk_pwrite(s->as, 0, 4, s, 0);", "error"],
  ])("%s: %s", (code, statements, severity) => {
    expect(card(statements).of(code)).toEqual([`card.c ${severity}`]);
    expect(card("s->a = 1;").of(code)).toEqual([]);
  });
  it("may register a handler that does it when the guest starts", () => {
    const later = "static void later(void *s, bool running, int state)\n{\n    blk_pwrite(s, 0, 4, s, 0);\n}\n";
    expect(card("qemu_add_vm_change_state_handler(later, s);", later).of("block-write-in-post-load")).toEqual([]);
  });
  it("of a subsection give no default to its own fields", () => {
    const sub = (statements: string) => `
static int sub_pre_load(void *opaque)
{
    Dev *s = opaque;
    ${statements}
    return 0;
}
static const VMStateDescription vmstate_sub = {
    .name = "card/sub", .version_id = 1, .minimum_version_id = 1, .pre_load = sub_pre_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(b, Dev), VMSTATE_END_OF_LIST() },
};`;
    const table = ".subsections = (const VMStateDescription * const []) { &vmstate_sub, NULL },";
    const of = (statements: string) =>
      tree({ "card.c": device({ name: "card", code: sub(statements), table }) }).of("load-hook-on-subsection");
    expect(of("s->b = 7;")).toEqual(["card.c warning"]);
    expect(of("s->a = 7;")).toEqual([]);
    expect(of("g_free(s->as); s->b = 0;")).toEqual([]);
  });
});

describe("IOMMUs", () => {
  const region = `
static const TypeInfo unit_region_info = { .name = "unit-region", .parent = "iommu-memory-region" };
DEFINE_TYPES(unit_region_info)`;
  const bare = `#include "migration/vmstate.h"
typedef struct Unit { uint32_t root; } Unit;
static const TypeInfo unit_info = { .name = "unit", .parent = "device", .instance_size = sizeof(Unit) };
DEFINE_TYPES(unit_info)${region}`;

  it("without a description, and not marked unmigratable, are reported", () => {
    expect(tree({ "unit.c": bare }).of("iommu-without-vmstate")).toEqual(["unit.c warning"]);
    expect(tree({ "unit.c": device({ name: "unit", parent: "device" }) + region }).of("iommu-without-vmstate")).toEqual(
      [],
    );
    const refused = device({ name: "unit", parent: "device", table: ".unmigratable = 1," }) + region;
    expect(tree({ "unit.c": refused }).of("iommu-without-vmstate")).toEqual([]);
  });
  it("that switch regions while running switch them again after loading", () => {
    const code = "static void unit_switch(Dev *s)\n{\n    memory_region_set_enabled(s->as, s->a);\n}\n";
    const lost = tree({ "iommu.c": iommu(".priority = MIG_PRI_IOMMU,", { code }) });
    expect(lost.of("iommu-rebuild-missing")).toEqual(["iommu.c warning"]);
    const kept = tree({
      "iommu.c": iommu(".priority = MIG_PRI_IOMMU,\n    .post_load = unit_post_load,", {
        code: code + hook("unit_post_load", "unit_switch(s);"),
      }),
    });
    expect(kept.of("iommu-rebuild-missing")).toEqual([]);
  });
});
