/** What a device has to do after loading, and what code that loads by hand must not do before. */
import { describe, expect, it } from "vitest";
import { device, hook, tree } from "../orderFixture";

describe("rebuild-missing", () => {
  const region = (table: string, code = ""): string =>
    device({
      name: "card",
      table,
      code: `static void card_map(Dev *s)
{
    memory_region_set_enabled(s->as, s->a);
}
static void card_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    Dev *s = opaque;
    s->a = value;
    card_map(s);
}
static const MemoryRegionOps card_ops = { .write = card_write };
${code}`,
    });
  const again = hook("card_post_load", "card_map(s);");

  it("stands on the table whose device switches a region as the guest writes", () => {
    const t = tree({ "card.c": region("") });
    expect(t.of("rebuild-missing")).toEqual(["card.c warning"]);
    expect(t.one("rebuild-missing").message).toContain("card_write -> card_map -> memory_region_set_enabled");
    expect(t.one("rebuild-missing").related[0]?.message).toBe("card_write -> card_map calls memory_region_set_enabled");
    t.project.update("hw/card.c", region(".post_load = card_post_load,", again));
    expect(t.inFile("card.c", "rebuild-missing")).toEqual([]);
  });

  it("asks that something puts the region into an address space", () => {
    const own = (code: string): string =>
      device({
        name: "card",
        table: "",
        code: `typedef struct Own { MemoryRegion io; MemoryRegion shown; uint32_t a; } Own;
static void card_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    Own *s = opaque;
    s->a = value;
    memory_region_set_enabled(&s->io, s->a);
}
static const MemoryRegionOps card_ops = { .write = card_write };
static void card_make(Own *s) { memory_region_init_ram(&s->io, NULL, "io", 4096, NULL); ${code} }
`,
      }).replaceAll(/VMSTATE_(\w+)\((\w+), Dev\)/g, "VMSTATE_$1($2, Own)");
    const found = (code: string): readonly string[] => tree({ "card.c": own(code) }).of("rebuild-missing");
    expect(found("")).toEqual([]);
    expect(found("memory_region_set_readonly(&s->io, true);")).toEqual([]);
    expect(found("sysbus_init_mmio(s, &s->io);")).toEqual(["card.c warning"]);
    expect(found('memory_region_init_alias(&s->shown, NULL, "a", &s->io, 0, 4096);')).toEqual(["card.c warning"]);
    expect(found("region_of = &s->io;")).toEqual(["card.c warning"]);
  });

  it("counts the routes that the kernel keeps", () => {
    const routes = (text: string): string =>
      text.replace("memory_region_set_enabled(s->as, s->a)", "kvm_irqchip_update_msi_route(s, 0)");
    const t = tree({ "card.c": routes(region("")) });
    expect(t.one("rebuild-missing").message).toContain("set interrupt routes");
    expect(tree({ "card.c": routes(region(".post_load = card_post_load,", again)) }).of("rebuild-missing")).toEqual([]);
  });

  it("counts timers that no table saves", () => {
    const timers = (table: string, fields?: string): string =>
      device({
        name: "card",
        table,
        ...(fields === undefined ? {} : { fields }),
        code: `static void card_arm(Dev *s)
{
    timer_mod(s->as, s->a);
}
static void card_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    card_arm((Dev *)opaque);
}
static const MemoryRegionOps card_ops = { .write = card_write };
${hook("card_post_load", "card_arm(s);")}`,
      });
    expect(tree({ "card.c": timers("") }).one("rebuild-missing").message).toContain(
      "make card arm timers (card_write -> card_arm -> timer_mod), and they are neither in the table nor armed again",
    );
    expect(tree({ "card.c": timers(".post_load = card_post_load,") }).of("rebuild-missing")).toEqual([]);
    const saved = '{ .name = "as", .info = &vmstate_info_timer },';
    expect(tree({ "card.c": timers("", saved) }).of("rebuild-missing")).toEqual([]);
  });

  it("counts a watch of a character device", () => {
    const port = (table: string, hooked = "card_send(s);"): string =>
      device({
        name: "card",
        table,
        code: `static void card_send(Dev *s)
{
    s->b = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT, card_again, s);
}
static void card_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    Dev *s = opaque;
    s->a = value;
    card_send(s);
}
static const MemoryRegionOps card_ops = { .write = card_write };
${hook("card_post_load", hooked)}`,
      });
    expect(tree({ "card.c": port("") }).one("rebuild-missing").message).toContain("wait until the character device");
    expect(tree({ "card.c": port(".post_load = card_post_load,") }).of("rebuild-missing")).toEqual([]);
    expect(tree({ "card.c": port(".post_load = card_post_load,", "s->b = 0;") }).of("rebuild-missing")).toHaveLength(1);
    const own = "s->b = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT, card_again, s);";
    expect(tree({ "card.c": port(".post_load = card_post_load,", own) }).of("rebuild-missing")).toEqual([]);
  });

  it("counts what loading has run later: bottom halves, timers, and what runs when the machine goes on", () => {
    const later = (realize: string, hooked: string, callback = "card_map(s);"): readonly string[] =>
      tree({
        "card.c": region(
          ".post_load = card_post_load,",
          `static void card_later(void *opaque) { Dev *s = opaque; ${callback} }
static void card_other(void *opaque) { }
static void card_run(void *opaque, bool running, RunState state) { Dev *s = opaque; if (running) { card_map(s); } }
${hook("card_post_load", hooked)}`,
        ).replace(
          "    \n}\nstatic const VMStateDescription",
          `    Dev *s = CARD(dev); ${realize}\n}\nstatic const VMStateDescription`,
        ),
      }).of("rebuild-missing");
    const bh = "s->bh = qemu_bh_new(card_later, s);";
    expect(later(bh, "qemu_bh_schedule(s->bh);")).toEqual([]);
    expect(later(bh, "QEMUBH *bh = s->bh; qemu_bh_schedule(bh);")).toEqual([]);
    expect(later("s->bh = qemu_bh_new_guarded(card_later, s, g);", "qemu_bh_schedule(s->bh);")).toEqual([]);
    expect(later("", "aio_bh_schedule_oneshot(qemu_get_aio_context(), card_later, s);")).toEqual([]);
    const timer = "timer_init_ns(&s->late, QEMU_CLOCK_VIRTUAL, card_later, s);";
    expect(later(timer, "timer_mod(&s->late, 0);")).toEqual([]);
    expect(later("qemu_add_vm_change_state_handler(card_run, s);", "")).toEqual([]);
    expect(later(bh, "")).toHaveLength(1);
    expect(later("s->bh = qemu_bh_new(card_other, s);", "qemu_bh_schedule(s->bh);")).toHaveLength(1);
    expect(later(bh, "qemu_bh_schedule(s->bh);", "s->a = 0;")).toHaveLength(1);
  });

  it("tells one region from another, and a state behind a cast", () => {
    const two = (hooked: string): string =>
      device({
        name: "card",
        table: ".post_load = card_post_load,",
        code: `static void card_io(Dev *s)
{
    memory_region_set_enabled(&s->io, s->a);
}
static void card_bus(Dev *s)
{
    memory_region_set_enabled(&s->bus.io, s->b);
}
static void card_config(PCIDevice *d, uint32_t address, uint32_t value, int len)
{
    card_io((Dev *)d);
    card_bus((Dev *)d);
}
${hook("card_post_load", hooked)}`,
        classInit: "pc->config_write = card_config;",
      });
    const t = tree({ "card.c": two("card_io(s);") });
    expect(t.one("rebuild-missing").related.map((r) => r.message)).toEqual([
      "card_config -> card_bus calls memory_region_set_enabled",
    ]);
    expect(tree({ "card.c": two("card_io(s); card_bus(s);") }).of("rebuild-missing")).toEqual([]);
    const inline = two("card_io(s); memory_region_set_enabled(&s->bus.io, 1);");
    expect(tree({ "card.c": inline }).of("rebuild-missing")).toEqual([]);
  });

  it.each([
    ["a device that cannot be migrated", region(".unmigratable = 1,")],
    ["a switch that only setting up makes", region("").replace("    card_map(s);\n}\nstatic const", "}\nstatic const")],
    ["another struct behind opaque", region("").replace("Dev *s = opaque", "Other *s = opaque")],
    [
      "a table whose parent does it",
      device({
        name: "outer",
        code: region("", again).replace("dc->vmsd = &vmstate_card;", ""),
        fields: "VMSTATE_STRUCT(a, Dev, 1, vmstate_card, Dev),",
        table: ".post_load = card_post_load,",
      }),
    ],
  ])("does not stand on %s", (_, card) => {
    expect(tree({ "card.c": card }).of("rebuild-missing")).toEqual([]);
  });
});

describe("read-before-load", () => {
  const card = (before: string): string =>
    device({
      name: "card",
      code: `typedef struct CardClass { int (*load)(Dev *s, QEMUFile *f); } CardClass;
static const VMStateDescription vmstate_late = {
    .name = "card/late", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(b, Dev), VMSTATE_END_OF_LIST() },
};
static bool card_feature(Dev *s)
{
    return s->b & 1;
}
static int card_load_device(Dev *s, QEMUFile *f)
{
    return card_feature(s);
}
static int card_load(QEMUFile *f, void *opaque, int version_id)
{
    Dev *s = opaque;
    CardClass *k = CARD_GET_CLASS(s);
    ${before}
    k->load(s, f);
    return vmstate_load_state(f, &vmstate_late, s, 1);
}`,
      realize: 'register_savevm(dev, "card/hand", -1, 1, card_save, card_load, s);',
      classInit: "CardClass *k = CARD_CLASS(klass);\n    k->load = card_load_device;",
    });

  it("stands on the method that reads what its caller has not loaded yet", () => {
    const found = tree({ "card.c": card("") }).one("read-before-load");
    expect(found.message).toContain("card_load_device runs in the middle of card_load and reads b");
    expect(found.related[0]?.message).toBe("card_feature reads it");
  });

  it.each(["s->b = 0;", "qemu_get_be32s(f, &s->b);"])("does not where it is set before: %s", (before) => {
    expect(tree({ "card.c": card(before) }).of("read-before-load")).toEqual([]);
  });
});

describe("handler-unordered", () => {
  const api = `#include "migration/vmstate.h"
VMChangeStateEntry *qdev_add_vm_change_state_handler(DeviceState *dev, void *cb, void *opaque)
{
    return NULL;
}
static void disk_base_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->bus_type = "demo-bus";
}
static const TypeInfo disk_base_info = {
    .name = "disk-base", .parent = "device", .class_init = disk_base_class_init,
};
DEFINE_TYPES(disk_base_info)
`;
  const disk = (parent: string, realize: string): string => device({ name: "disk", parent, realize });
  const plain = "qemu_add_vm_change_state_handler(disk_run, dev);";

  it("is for devices on another device's bus, in a tree that has the ordered one", () => {
    const t = tree({ "api.c": api, "disk.c": disk("disk-base", plain) });
    expect(t.of("handler-unordered")).toEqual(["disk.c hint"]);
    expect(t.one("handler-unordered").message).toContain("disk sits on another device's bus");
    const quiet = [
      { "api.c": api, "disk.c": disk("disk-base", `qdev_${plain.slice("qemu_".length)}`) },
      { "api.c": api, "disk.c": disk("pci-device", plain) },
      { "api.c": api.replace("*qdev_add", "*other_add"), "disk.c": disk("disk-base", plain) },
    ];
    for (const files of quiet) expect(tree(files).of("handler-unordered")).toEqual([]);
  });
});
