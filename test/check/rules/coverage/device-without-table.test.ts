/** Devices without a table: which state shows that they need one. */
import { expect, it } from "vitest";
import { diagnoseFile, diagnoseProject } from "../../../../core/check";
import { treeOf } from "../../../tree";

const path = "hw/misc/dev.c";

interface Parts {
  readonly file?: string;
  readonly members: string;
  readonly write: string;
  readonly read?: string;
  readonly before?: string;
  readonly type?: string;
}

const info = '.name = "dev", .parent = "device", .instance_size = sizeof(Dev), .class_init = dev_class_init';

function found({ file = path, members, write, read = "", before = "", type }: Parts): readonly string[] {
  const code = `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
${before}
typedef struct Dev { void *bus; ${members} } Dev;
static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Dev *s = opaque; ${write} }
static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size) { Dev *s = opaque; ${read} return 0; }
static const MemoryRegionOps dev_ops = { .read = dev_read, .write = dev_write };
static void dev_class_init(ObjectClass *klass, const void *data) { }
${type ?? `static const TypeInfo dev = { ${info} };`}
`;
  return diagnoseFile(treeOf({ [file]: code }), file).flatMap(({ code: rule, message }) =>
    rule === "device-without-table" ? [/\((.*?)\)/.exec(message)?.[1] ?? ""] : [],
  );
}

it("an array of registers, whatever the handlers' names", () => {
  const members = "uint32_t regs[4];";
  expect(found({ members, write: "s->regs[addr & 3] = value;", read: "return s->regs[addr & 3];" })).toEqual(["regs"]);
});

it.each([
  ["../mine/dev.c", ["r"]],
  ["devices/dev.c", ["r"]],
  ["tests/unit/dev.c", []],
])("in whatever folder the device is kept: %s", (file, names) => {
  expect(found({ file, members: "uint32_t r;", write: "s->r = value;", read: "return s->r;" })).toEqual(names);
});

it("not what nothing goes by, nor what a property sets", () => {
  expect(found({ members: "uint32_t regs[4];", write: "s->regs[addr & 3] = value;" })).toEqual([]);
  const before = "";
  const type = `static const Property props[] = { DEFINE_PROP_UINT32("id", Dev, id, 0) };
static const TypeInfo dev = { ${info} };`;
  expect(found({ members: "uint32_t id;", write: "s->id = value;", read: "return s->id;", before, type })).toEqual([]);
});

it("a struct inside, through a pointer to it or through a helper", () => {
  const before = "struct dma { uint64_t src; uint32_t cmd; };";
  const members = "struct dma dma;";
  const read = "return s->dma.cmd + s->dma.src;";
  expect(found({ before, members, write: "struct dma *d = &s->dma; d->cmd = value;", read })).toEqual(["dma.cmd"]);
  const helper = `${before} static void put(uint64_t *at, uint64_t v) { *at = v; }`;
  expect(found({ before: helper, members, write: "put(&s->dma.src, value);", read })).toEqual(["dma.src"]);
});

it("what the device allocates", () => {
  const before = "struct chan { void *timer; uint32_t regs[4]; };";
  const write = "struct chan *c = &s->chans[addr >> 4]; c->regs[addr & 3] = value;";
  const read = "return s->chans[0].regs[addr & 3];";
  const readOfChan = "struct chan *c = &s->chans[0]; return c->regs[addr & 3];";
  expect(found({ before, members: "struct chan *chans;", write, read: readOfChan })).toEqual(["chans[].regs"]);
  expect(found({ before, members: "struct chan *chans;", write, read })).toEqual([]);
  expect(found({ members: "uint32_t *regs;", write: "s->regs[addr] = value;", read: "return s->regs[addr];" })).toEqual(
    ["regs"],
  );
});

it("not what lies in memory beside an image of the host", () => {
  const before = "typedef struct BlockBackend { int x; } BlockBackend;";
  const members = "BlockBackend *blk; uint8_t *storage;";
  const write = "s->storage[addr] = value;";
  expect(found({ before, members, write, read: "return s->storage[addr];" })).toEqual([]);
});

it("what a macro sets of its argument", () => {
  const before = `#define MASKED_WRITE(reg, mask, val) do { (reg) = ((reg) & (mask)) | (val); } while (0)
#define FIELD_PUT(regs, r, val) ((regs)[r] = (val))
#define IS_SET(reg, val) ((reg) == (val))`;
  const write = "MASKED_WRITE(s->ctl, 1, value); FIELD_PUT(s->regs, 0, value); if (IS_SET(s->idle, 1)) { return; }";
  const members = "uint32_t ctl; uint32_t idle; uint32_t regs[4];";
  expect(found({ before, members, write, read: "return s->ctl + s->idle + s->regs[0];" })).toEqual(["ctl, regs"]);
});

it("a type that a function describes and registers", () => {
  const type = `static void dev_register(void) { static const TypeInfo dev = { ${info} }; type_register_static(&dev); }
type_init(dev_register)`;
  expect(found({ members: "uint32_t ctl;", write: "s->ctl = value;", read: "return s->ctl;", type })).toEqual(["ctl"]);
});

it("a type whose struct its abstract parent names", () => {
  const type = `static const TypeInfo base = { ${info.replace('"dev"', '"base"')}, .abstract = true };
static const TypeInfo dev = { .name = "dev", .parent = "base" };`;
  expect(found({ members: "uint32_t ctl;", write: "s->ctl = value;", read: "return s->ctl;", type })).toEqual(["ctl"]);
});

it("not one whose description says that it cannot migrate", () => {
  const before = 'static const VMStateDescription vmstate_dev = { .name = "dev", .unmigratable = true };';
  const type = `static void own_class_init(ObjectClass *klass, const void *data)
{ DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = &vmstate_dev; }
static const TypeInfo dev = { ${info.replace("dev_class_init", "own_class_init")} };`;
  const parts = { members: "uint32_t ctl;", write: "s->ctl = value;", read: "return s->ctl;" };
  expect(found({ ...parts, before, type })).toEqual([]);
});

const head = `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
`;

const table = (symbol: string, fields: string, more = ""): string =>
  `const VMStateDescription ${symbol} = { .name = "${symbol}", .version_id = 1, .minimum_version_id = 1, ${more}
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() } };\n`;

const typeNamed = (name: string, parent: string, more: string, init = ""): string =>
  `static void ${name}_class_init(ObjectClass *klass, const void *data) { DeviceClass *dc = DEVICE_CLASS(klass); ${init} }
static const TypeInfo ${name}_info = { .name = "${name}", .parent = "${parent}", .class_init = ${name}_class_init, ${more} };\n`;

function messages(files: Readonly<Record<string, string>>): readonly string[] {
  return diagnoseProject(treeOf(files)).flatMap(({ code, message }) =>
    code === "device-without-table" ? [message.split(": after", 1)[0] ?? ""] : [],
  );
}

const registers = `static void kid_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Kid *s = opaque; s->map = value; }
static uint64_t kid_read(void *opaque, hwaddr addr, unsigned size) { Kid *s = opaque; return s->map; }
static const MemoryRegionOps kid_ops = { .read = kid_read, .write = kid_write };
`;

/** A bridge whose table its kinds inherit, and a kind with registers of its own. */
const inheriting = (hooks = "", own = ""): Readonly<Record<string, string>> => ({
  "hw/b/bridge.h": "typedef struct Bridge { DeviceState parent; uint32_t address; } Bridge;",
  "hw/b/bridge.c": `${head}#include "bridge.h"
${table("vmstate_bridge", "VMSTATE_UINT32(address, Bridge),", hooks)}
${typeNamed("bridge", "device", ".instance_size = sizeof(Bridge), .abstract = true", "dc->vmsd = &vmstate_bridge;")}`,
  "hw/b/kid.c": `${head}#include "bridge.h"
typedef struct Kid { Bridge parent; uint32_t map; } Kid;
${registers}${own}
${typeNamed("kid", "bridge", ".instance_size = sizeof(Kid)")}`,
});

it("what a type adds to a parent's struct, whose table it inherits", () => {
  expect(messages(inheriting())).toEqual([
    "kid has state that changes while the guest runs (map) that the table which it inherits from bridge does not know",
  ]);
  const own = table("vmstate_kid", "VMSTATE_UINT32(map, Kid),");
  expect(messages(inheriting("", own))).toEqual([]);
});

it("not where hooks of the parent's table may take it along", () => {
  const hook = "static int bridge_pre_save(void *opaque) { return 0; }\n";
  const files = inheriting(".pre_save = bridge_pre_save,");
  expect(messages({ ...files, "hw/b/bridge.c": `${hook}${files["hw/b/bridge.c"] ?? ""}` })).toEqual([]);
});

/** A controller's struct that one kind of device saves and another one holds without a table. */
const holding = (another: string): Readonly<Record<string, string>> => ({
  "hw/b/core.h": `typedef struct Core { uint32_t control; } Core;
typedef struct Other { uint32_t x; } Other;
extern const VMStateDescription vmstate_core;`,
  "hw/b/pci.c": `${head}#include "core.h"
typedef struct OnPci { DeviceState parent; Core core; } OnPci;
${table("vmstate_core", "VMSTATE_UINT32(control, Core),")}
${table("vmstate_on_pci", "VMSTATE_STRUCT(core, OnPci, 1, vmstate_core, Core),")}
${typeNamed("on-pci", "device", ".instance_size = sizeof(OnPci)", "dc->vmsd = &vmstate_on_pci;").replaceAll("on-pci_", "on_pci_")}`,
  "hw/b/plain.c": `${head}#include "core.h"
typedef struct OnBoard { DeviceState parent; ${another} core; } OnBoard;
${typeNamed("board", "device", ".instance_size = sizeof(OnBoard)")}`,
});

it("a struct that it holds and that a table saves where another device holds it", () => {
  expect(messages(holding("Core"))).toEqual([
    "board holds state that tables of other devices save (core, by vmstate_core) and no VMStateDescription",
  ]);
  expect(messages(holding("Other"))).toEqual([]);
});

it("not where the struct is a device of its own", () => {
  const files = holding("Core");
  const device = typeNamed("core", "device", ".instance_size = sizeof(Core)", "dc->vmsd = &vmstate_core;");
  expect(messages({ ...files, "hw/b/pci.c": `${files["hw/b/pci.c"] ?? ""}${device}` })).toEqual([]);
});

/** A bus whose kinds contain a table of it in theirs: three do. */
const onBus = (own: string, size = ""): Readonly<Record<string, string>> => {
  const files: Record<string, string> = {
    "hw/b/slot.h":
      "typedef struct Slot { DeviceState parent; uint32_t config[4]; } Slot;\nextern const VMStateDescription vmstate_slot;",
    "hw/b/slot.c": `${head}#include "slot.h"
${table("vmstate_slot", "VMSTATE_UINT32_ARRAY(config, Slot, 4),")}
${typeNamed("slot", "device", ".instance_size = sizeof(Slot), .abstract = true")}`,
    "hw/b/plain.c": `${head}#include "slot.h"
${own}${typeNamed("plain", "slot", size)}`,
  };
  for (const name of ["a", "b", "c"]) {
    files[`hw/b/${name}.c`] = `${head}#include "slot.h"
typedef struct Card { Slot parent; } Card;
${table(`vmstate_${name}`, "VMSTATE_STRUCT(parent, Card, 1, vmstate_slot, Slot),")}
${typeNamed(name, "slot", ".instance_size = sizeof(Card)", `dc->vmsd = &vmstate_${name};`)}`;
  }
  return files;
};

it("what all kinds of its parent save", () => {
  expect(messages(onBus(""))).toEqual([
    "plain has what all kinds of slot have (config, by vmstate_slot) and no VMStateDescription",
  ]);
  expect(messages(onBus("static void plain_realize(void) { migrate_add_blocker(0, 0); }\n"))).toEqual([]);
});

it("also where it calls the parent's struct its own", () => {
  expect(messages(onBus("", ".instance_size = sizeof(Slot)"))).toEqual([
    "plain has what all kinds of slot have (config, by vmstate_slot) and no VMStateDescription",
  ]);
});

it.each(["struct core", "Core"])("a struct that code calls by its tag, and the type %s", (name) => {
  const type = `typedef struct core { MemoryRegion io; uint32_t mask; } Core;
static void core_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { struct core *c = opaque; c->mask = value; }
static uint64_t core_read(void *opaque, hwaddr addr, unsigned size) { struct core *c = opaque; return c->mask; }
static const MemoryRegionOps core_ops = { .read = core_read, .write = core_write };
static void core_init(Object *obj)
{ struct core *c = CORE(obj); memory_region_init_io(&c->io, obj, &core_ops, c, "core", 16); }
${typeNamed("core", "device", `.instance_size = sizeof(${name}), .instance_init = core_init`)}`;
  expect(messages({ "hw/b/core.c": `${head}${type}` })).toEqual([
    "core has state that changes while the guest runs (mask) and no VMStateDescription",
  ]);
});

/** A board's timer that is no device. */
const boardTimer = (more = "", parameters = "MemoryRegion *area, DeviceState *pic"): string =>
  `${head}struct tick { MemoryRegion io; uint32_t reload; };
static void tick_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { struct tick *t = opaque; t->reload = value; }
static uint64_t tick_read(void *opaque, hwaddr addr, unsigned size) { struct tick *t = opaque; return t->reload; }
static const MemoryRegionOps tick_ops = { .read = tick_read, .write = tick_write };
${more}
static void tick_init(${parameters})
{
    struct tick *t = g_new0(struct tick, 1);
    memory_region_init_io(&t->io, NULL, &tick_ops, t, "tick", 16);
}
`;

it("what a board makes that is no device", () => {
  expect(messages({ "hw/b/board.c": boardTimer() })).toEqual([
    "tick, which tick_init makes a region for, belongs to no device type, has state that changes while the guest runs (reload) and is in no table",
  ]);
  const saved = table("vmstate_tick", "VMSTATE_UINT32(reload, struct tick),");
  expect(messages({ "hw/b/board.c": boardTimer(saved) })).toEqual([]);
});

it("not a part of a device, nor what a device makes for itself", () => {
  const card = `typedef struct Card { DeviceState parent; struct tick tick; } Card;
${typeNamed("card", "device", ".instance_size = sizeof(Card)")}`;
  const own = (text: string): readonly string[] =>
    messages({ "hw/b/board.c": text }).filter((each) => each.startsWith("tick"));
  expect(own(boardTimer(card))).toEqual([]);
  const apart = card.replace("struct tick tick;", "");
  expect(own(boardTimer(apart, "Card *card"))).toEqual([]);
  expect(own(boardTimer(apart))).toHaveLength(1);
});
