/** Devices without a table: which state shows that they need one. */
import { expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { treeOf } from "../../../tree";

const path = "hw/misc/dev.c";

interface Parts {
  readonly members: string;
  readonly write: string;
  readonly read?: string;
  readonly before?: string;
  readonly type?: string;
}

const info = '.name = "dev", .parent = "device", .instance_size = sizeof(Dev), .class_init = dev_class_init';

function found({ members, write, read = "", before = "", type }: Parts): readonly string[] {
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
  return diagnoseFile(treeOf({ [path]: code }), path).flatMap(({ code: rule, message }) =>
    rule === "device-without-table" ? [/\((.*?)\)/.exec(message)?.[1] ?? ""] : [],
  );
}

it("an array of registers, whatever the handlers' names", () => {
  const members = "uint32_t regs[4];";
  expect(found({ members, write: "s->regs[addr & 3] = value;", read: "return s->regs[addr & 3];" })).toEqual(["regs"]);
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
